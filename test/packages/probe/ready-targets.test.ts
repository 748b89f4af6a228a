/** Each of the README's ready targets, once where all is well and once where it is not. Its queries on Prometheus itself are in test/servers. */
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tls from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { check, memory, one, verdict } from "./arrange.ts";
import { makeCertificate } from "./certificates.ts";
import { closeFaults, httpFault } from "./fault-server.ts";
import { ready, readyTargets } from "./ready-targets.ts";

const folder = mkdtempSync(join(tmpdir(), "forge-ready-"));
const trusts =
  "setDefaultCACertificates" in tls && typeof tls.setDefaultCACertificates === "function" ? tls.setDefaultCACertificates : undefined;
const day = 86_400_000;
const minute = 60_000;
const now = Date.UTC(2026, 10, 21, 12);

beforeAll(() => {
  const authority = makeCertificate(folder, { name: "authority", from: -day, to: 300 * day, host: "DNS:authority.example" });
  trusts?.([String(authority.cert)]);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await closeFaults();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("all can be read as they stand, by one run", async () => {
  const { targets } = await check(readyTargets, { prometheus: "http://127.0.0.1:9", settings: { deadline: 1 }, now: () => now });
  expect(targets.map(({ name }) => name)).toEqual([
    "error rate over 5 % for 5 minutes",
    "p95 over 2 s for 10 minutes",
    "down for 1 minute",
    "502s at the proxy",
    "restart loop",
    "full disk",
    "missed backup",
    "certificate",
  ]);
});

/** A Prometheus whose queries have these values; those for the total are 100 always. */
function prometheus(value: (ago: number) => string) {
  return httpFault((request, response) => {
    let text = "";
    request.on("data", (piece) => {
      text += String(piece);
    });
    request.on("end", () => {
      const asked = new URLSearchParams(text);
      const bad = /status|quantile/.test(asked.get("query") ?? "");
      const at = (time: number): [number, string] => [time, bad ? value(now / 1000 - time) : "100"];
      const [start, end, step] = ["start", "end", "step"].map((name) => Number(asked.get(name))) as [number, number, number];
      const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
      const data =
        request.url === "/api/v1/query"
          ? { resultType: "vector", result: [{ metric: {}, value: at(now / 1000) }] }
          : { resultType: "matrix", result: [{ metric: {}, values: times.map(at) }] };
      response.end(JSON.stringify({ status: "success", data }));
    });
  });
}

describe("by Prometheus", () => {
  it.each([
    ["error rate over 5 % for 5 minutes", "4", "8", 300],
    ["p95 over 2 s for 10 minutes", "1.9", "2.1", 600],
  ])("%s", async (name, good, bad, seconds) => {
    const asked = async (value: (ago: number) => string) =>
      verdict(await one(ready(name), { prometheus: (await prometheus(value)).url, now: () => now }));
    expect(await asked(() => good)).toEqual(["healthy", "ok"]);
    expect(await asked(() => bad)).toEqual(["down", "prom.assert"]);
    expect(await asked((ago) => (ago < seconds / 2 ? bad : good))).toEqual(["degraded", "prom.assert"]);
    expect(await asked((ago) => (ago > seconds / 2 ? bad : good))).toEqual(["healthy", "ok"]);
  });

  it("502s at the proxy", async () => {
    const asked = async (value: string) =>
      verdict(await one(ready("502s at the proxy"), { prometheus: (await prometheus(() => value)).url }));
    expect(await asked("0.5")).toEqual(["healthy", "ok"]);
    expect(await asked("5")).toEqual(["down", "prom.assert"]);
  });
});

it("down for 1 minute", async () => {
  let status = 500;
  const { url } = await httpFault((_, response) => response.writeHead(status).end());
  const store = memory();
  const after = async (seconds: number) =>
    (await one(ready("down for 1 minute", { url }), { memory: store, now: () => now + seconds * 1000 })).status;
  expect([await after(0), await after(59), await after(60)]).toEqual(["degraded", "degraded", "down"]);
  status = 200;
  expect(await after(61)).toBe("healthy");
});

it("restart loop", async () => {
  const pod = (containers: readonly object[]) => ({ items: [{ metadata: { name: "api-1" }, status: { containerStatuses: containers } }] });
  const deployment = {
    kind: "Deployment",
    metadata: { name: "api", generation: 1 },
    spec: { replicas: 2, selector: { matchLabels: { app: "api" } } },
    status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
  };
  const asked = async (containers: readonly object[]) => {
    const { url } = await httpFault((request, response) =>
      response.end(JSON.stringify(request.url?.includes("/pods") === true ? pod(containers) : deployment)),
    );
    const config = join(folder, "kubeconfig");
    const named = { contexts: [{ name: "x", context: { cluster: "x" } }], clusters: [{ name: "x", cluster: { server: url } }] };
    writeFileSync(config, JSON.stringify({ "current-context": "x", ...named }));
    vi.stubEnv("KUBECONFIG", config);
    return verdict(await one(ready("restart loop"), { now: () => now }));
  };
  expect(await asked([{ restartCount: 0, state: { running: {} } }])).toEqual(["healthy", "ok"]);
  const [status, reason] = await asked([{ restartCount: 7, state: { waiting: { reason: "CrashLoopBackOff" } } }]);
  expect([status === "healthy", reason]).toEqual([false, "k8s.crash_loop"]);
});

it("full disk", async () => {
  const { blocks, bfree, bavail } = statfsSync(folder);
  const used = (100 * (blocks - bfree)) / (blocks - bfree + bavail);
  const asked = async (conditions: readonly string[]) => verdict(await one(ready("full disk", { url: `disk://${folder}`, conditions })));
  expect(await asked([`[USED_PERCENT] < ${Math.min(100, used + 1)}`, "[FREE] > 1KiB"])).toEqual(["healthy", "ok"]);
  expect(await asked([`[USED_PERCENT] < ${Math.max(0, used - 1)}`, "[FREE] > 1KiB"])).toEqual(["down", "disk.assert"]);
  expect(await asked(["[USED_PERCENT] <= 100", "[FREE] > 1000000GiB"])).toEqual(["down", "disk.assert"]);
});

it("missed backup", async () => {
  const store = memory();
  // 03:00 in Berlin is 02:00 in winter; an hour of grace.
  const at = (hour: number, minutes: number) => Date.UTC(2026, 10, 21, hour, minutes);
  const asked = async (time: number) => verdict(await one(ready("missed backup"), { memory: store, now: () => time }));
  expect(await asked(at(2, 30))).toEqual(["unknown", "heartbeat.never"]);
  store.kept.set("beat-nightly-backup", { schema: 1, at: at(2, 20) - day });
  expect(await asked(at(2, 59))).toEqual(["healthy", "ok"]);
  expect(await asked(at(3, 1))).toEqual(["down", "heartbeat.missed"]);
  store.kept.set("beat-nightly-backup", { schema: 1, at: at(2, 20) });
  expect(await asked(at(3, 1))).toEqual(["healthy", "ok"]);
});

it.skipIf(trusts === undefined)("certificate", async () => {
  const asked = async (days: number) => {
    const name = `for-${days}-days`;
    const server = createServer(
      makeCertificate(folder, { name, from: -day, to: days * day + minute, host: "IP:127.0.0.1", by: "authority" }),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const result = verdict(await one(ready("certificate", { url: `tls://127.0.0.1:${port}` })));
    server.close();
    return result;
  };
  expect(await asked(15)).toEqual(["healthy", "ok"]);
  expect(await asked(13)).toEqual(["down", "tls.expiring"]);
});
