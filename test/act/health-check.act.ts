/** The health check against real servers. What cannot be had on this machine is left out, with the reason in the test's name. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { install as installPrometheus } from "../../scripts/install/prometheus.ts";
import { one, verdict } from "../packages/probe/arrange.ts";
import { refusedPort } from "../packages/probe/fault-server.ts";

const folder = mkdtempSync(join(tmpdir(), "forge-real-"));
const started: ChildProcess[] = [];
afterAll(async () => {
  await Promise.all(started.map((child) => new Promise((resolve) => child.once("exit", resolve).kill("SIGTERM") || resolve(undefined))));
  rmSync(folder, { recursive: true, force: true });
});

const found = await installPrometheus().then(
  (path) => ({ path, why: "" }),
  (error: unknown) => ({ path: "", why: `: left out, ${String(error)}` }),
);

describe.skipIf(found.path === "")(`Prometheus${found.why}`, () => {
  it("tells apart what can be judged and what cannot", async () => {
    const port = await refusedPort();
    const config = join(folder, "prometheus.yml");
    writeFileSync(config, `scrape_configs: [{job_name: self, scrape_interval: 1s, static_configs: [{targets: ["127.0.0.1:${port}"]}]}]`);
    const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "data")}`, `--web.listen-address=127.0.0.1:${port}`];
    started.push(spawn(found.path, args, { stdio: "ignore" }));
    const url = `http://127.0.0.1:${port}`;
    const wait = { settings: { startupDeadline: 60_000, deadline: 90_000 } };
    expect(verdict(await one({ url: `${url}/-/ready`, interval: "200ms" }, wait))).toEqual(["healthy", "ok"]);
    const ask = (query: string, more: object = {}, asked: object = {}) =>
      one({ kind: "prometheus", query, conditions: ["[VALUE] < 0.05"], interval: "200ms", ...more }, { prometheus: url, ...asked });
    expect(verdict(await ask("up - 1", {}, wait))).toEqual(["healthy", "ok"]);
    expect(verdict(await ask("vector(1)"))).toEqual(["down", "prom.assert"]);
    expect(verdict(await ask("scalar(vector(0))"))).toEqual(["healthy", "ok"]);
    expect(verdict(await ask("no_such_metric"))).toEqual(["unknown", "prom.empty"]);
    expect(verdict(await ask("vector(0) / vector(0)"))).toEqual(["unknown", "prom.nan"]);
    expect(verdict(await ask("vector(1) / vector(0)"))).toEqual(["unknown", "prom.inf"]);
    expect(verdict(await ask("sum("))).toEqual(["unknown", "prom.query"]);
    expect(verdict(await ask("up[1m]"))).toEqual(["unknown", "prom.shape"]);
    expect(verdict(await ask('label_replace(vector(1), "a", "b", "", "") or vector(2)'))).toEqual(["unknown", "prom.series"]);
    expect(verdict(await ask("no_such_metric", { total: "vector(20)" }))).toEqual(["healthy", "ok"]);
    expect(verdict(await ask("vector(1)", { total: "vector(0)" }))).toEqual(["unknown", "prom.no_total"]);
    expect(verdict(await ask("vector(1)", { for: "1m" }))).toEqual(["down", "prom.assert"]);
    expect(verdict(await ask("vector(0)", { for: "1m" }))).toEqual(["healthy", "ok"]);
  });
});

const postgres = "/usr/lib/postgresql/15/bin";
const nobody = process.getuid?.() === 0 ? 65_534 : undefined;

describe.skipIf(!existsSync(`${postgres}/initdb`))("PostgreSQL 15 (left out where the Debian package is not installed)", () => {
  it("is asked whether it accepts connections", async () => {
    const data = mkdtempSync(join(tmpdir(), "forge-pg-"));
    if (nobody !== undefined) chownSync(data, nobody, nobody);
    const as = nobody === undefined ? {} : { uid: nobody, gid: nobody };
    execFileSync(`${postgres}/initdb`, ["-D", data, "-A", "reject", "-U", "app", "-N"], { stdio: "ignore", ...as });
    const port = await refusedPort();
    const url = `postgres://app@127.0.0.1:${port}/postgres`;
    expect(verdict(await one({ url }))).toEqual(["down", "tcp.refused"]);
    started.push(
      spawn(`${postgres}/postgres`, ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", data], { stdio: "ignore", ...as }),
    );
    const result = await one({ url, interval: "100ms" }, { settings: { startupDeadline: 30_000, deadline: 40_000 } });
    expect(verdict(result)).toEqual(["healthy", "ok"]);
    expect(result.evidence).toContain("28000");
  });
});
