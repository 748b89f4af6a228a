/** F16 to F20: certificates of an authority that this process trusts, except where that is the fault. */
import { mkdtempSync, rmSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { one, verdict } from "./arrange.ts";
import { type Certificate, makeCertificate } from "./certificates.ts";

const day = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "forge-tls-"));
const made = new Map<string, Certificate>();
/** Node 24.5 and newer can be told at run time whom to trust. */
const trusts =
  "setDefaultCACertificates" in tls && typeof tls.setDefaultCACertificates === "function" ? tls.setDefaultCACertificates : undefined;
const open: { close(): unknown }[] = [];

beforeAll(() => {
  const make = (name: string, from: number, to: number, host: string, by?: string): void => {
    made.set(name, makeCertificate(folder, { name, from, to, host, ...(by === undefined ? {} : { by }) }));
  };
  make("authority", -30 * day, 300 * day, "DNS:authority.example");
  make("expired", -9 * day, -day, "IP:127.0.0.1", "authority");
  make("future", day, 9 * day, "IP:127.0.0.1", "authority");
  make("stranger", -day, 90 * day, "DNS:other.example", "authority");
  make("self", -day, 90 * day, "IP:127.0.0.1");
  make("good", -day, 90 * day, "IP:127.0.0.1", "authority");
  make("soon", -day, 3 * day, "IP:127.0.0.1", "authority");
  trusts?.([String(made.get("authority")?.cert)]);
}, 30_000);
afterAll(() => {
  for (const server of open) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(name: string, http2 = false): Promise<number> {
  const options = made.get(name) ?? {};
  const server = http2
    ? createSecureServer({ ...options, allowHTTP1: false }, (_, response) => response.end("two"))
    : createHttps(options, (_, response) => response.end("ok"));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

describe("a certificate", () => {
  it.each([
    ["F16", "expired", "tls.expired"],
    ["F17", "future", "tls.not_yet_valid"],
    ["F18", "stranger", "tls.host"],
    ["F19", "self", "tls.untrusted"],
  ])("%s: %s", async (_, name, reason) => {
    const ports = { first: await serve(name), second: await serve(name, true) };
    for (const scheme of ["tls", "https", "wss", "rediss", "grpcs"]) {
      const port = scheme === "grpcs" ? ports.second : ports.first;
      expect([scheme, ...verdict(await one({ url: `${scheme}://127.0.0.1:${port}` }))]).toEqual([scheme, "down", reason]);
    }
  });

  it("that is not right is known before a word of the request is said", async () => {
    const said: string[] = [];
    const server = tls.createServer(made.get("stranger") ?? {}, (socket) => {
      socket.on("error", () => {});
      socket.on("data", (data) => said.push(String(data)));
    });
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const headers = { authorization: "Bearer abcdef123456" };
    expect(verdict(await one({ url: `https://127.0.0.1:${port}`, headers }))).toEqual(["down", "tls.host"]);
    expect(said).toEqual([]);
  });
});

describe.skipIf(trusts === undefined)("a certificate that is trusted", () => {
  it("F20: expires in three days", async () => {
    const port = await serve("soon");
    for (const scheme of ["tls", "https"]) {
      const url = `${scheme}://127.0.0.1:${port}`;
      expect(verdict(await one({ url }))).toEqual(["healthy", "ok"]);
      expect(verdict(await one({ url, conditions: ["[CERTIFICATE_EXPIRATION] > 48h"] }))).toEqual(["healthy", "ok"]);
      expect(verdict(await one({ url, conditions: ["[CERTIFICATE_EXPIRATION] > 7d"] }))).toEqual(["down", "tls.expiring"]);
    }
  });

  it("is told apart from an expired one where a condition asks for its time", async () => {
    const url = `tls://127.0.0.1:${await serve("expired")}`;
    expect(verdict(await one({ url, conditions: ["[CERTIFICATE_EXPIRATION] > 48h"] }))).toEqual(["down", "tls.expired"]);
  });

  it("carries HTTP/1.1 and HTTP/2, whichever the server speaks", async () => {
    const conditions = ["[STATUS] == 200", "[CERTIFICATE_EXPIRATION] > 48h"];
    const two = await one({ url: `https://127.0.0.1:${await serve("good", true)}`, conditions: [...conditions, "[BODY] == two"] });
    expect(verdict(two)).toEqual(["healthy", "ok"]);
    const first = await one({ url: `https://127.0.0.1:${await serve("good")}`, conditions: [...conditions, "[BODY] == ok"] });
    expect(verdict(first)).toEqual(["healthy", "ok"]);
  });

  it.each([
    [20, "healthy", "ok"],
    [21, "down", "http.protocol"],
    [Number.POSITIVE_INFINITY, "down", "http.protocol"],
  ])("HTTP/2 with %d answers of the kind 1xx before the real one", async (early, status, reason) => {
    const server = createSecureServer({ ...made.get("good"), allowHTTP1: false });
    open.push(server);
    let told = 0;
    server.on("stream", (stream) => {
      stream.on("error", () => {});
      const tell = (): void => {
        for (let each = 0; each < 10 && told < early && !stream.destroyed; each++, told++) stream.additionalHeaders({ ":status": 103 });
        if (stream.destroyed) return;
        if (told < early) setImmediate(tell);
        else stream.respond({ ":status": 200 }, { endStream: true });
      };
      tell();
    });
    server.on("sessionError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(verdict(await one({ url, timeout: "5s" }))).toEqual([status, reason]);
    // It is not heard any further.
    expect(told).toBeLessThan(5_000);
  });
});
