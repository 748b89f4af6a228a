import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished } from "vitest";
import { temporaryFolder } from "../harness.ts";
import { play, told } from "./world.ts";

/** A server on loopback until the test ends; gives its host and port. */
export async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** npm's registry as far as it is asked, which can lose its power at the n-th write. */
export async function npmRegistry(names: readonly string[]) {
  const packages = new Map(
    names.map((name) => [
      name,
      { "dist-tags": { latest: "1.1.0" }, versions: { "1.0.0": {}, "1.1.0": {} } as Record<string, { deprecated?: string }> },
    ]),
  );
  const writes: string[] = [];
  const power = { left: Number.POSITIVE_INFINITY, used: (_: number): void => {} };
  const host = await listen((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += String(part);
    });
    request.on("end", () => {
      const path = decodeURIComponent((request.url ?? "").split("?")[0] ?? "");
      const name = path.replace(/^\/(?:-\/package\/)?/, "").replace(/\/dist-tags\/.*$/, "");
      const found = packages.get(name);
      const answer = (status: number, value: unknown): void =>
        void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
      if (path === "/-/whoami") return answer(200, { username: "bob" });
      if (found === undefined) return answer(404, {});
      if (request.method === "GET") return answer(200, found);
      if (power.left-- <= 0) return answer(503, {});
      if (path.includes("/dist-tags/")) found["dist-tags"].latest = JSON.parse(body) as string;
      else found.versions = (JSON.parse(body) as typeof found).versions;
      writes.push(path.includes("/dist-tags/") ? `tag ${name}` : `deprecate ${name}`);
      power.used(writes.length);
      return answer(200, {});
    });
  });
  return { packages, writes, power, url: `http://${host}` };
}

/** A rollback of three packages that loses the registry at a write, and the run after it. */
export async function goesOn(power: number): Promise<void> {
  const names = ["one", "@org/two", "three"];
  const registry = await npmRegistry(names);
  const folder = temporaryFolder();
  const settings = JSON.stringify({ packages: names, registry: registry.url });
  const run = (inputs: Readonly<Record<string, string>>) =>
    play(folder, { provider: "npm", settings, backend: "file", ...inputs }, { env: { NODE_AUTH_TOKEN: "not-a-real-token" } });
  await run({ operation: "mark-good", to: "1.0.0" });
  registry.power.left = power;
  const first = await run({ verdict: "fail", deployment: "2" });
  expect([first.exitCode, first.outputs["verdict"]], first.log).toEqual([3, "unknown"]);
  registry.power.left = Number.POSITIVE_INFINITY;
  expect(told(await run({ verdict: "fail", deployment: "2" }))).toBe("0 pass rolled-back 1.1.0→1.0.0");
  expect(registry.writes).toEqual([...names.map((name) => `tag ${name}`), ...names.map((name) => `deprecate ${name}`)]);
}
