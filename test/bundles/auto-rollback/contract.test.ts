import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { inFile, play, told, type World, world } from "./world.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  await fake.close();
  cleanUp();
});

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A repository whose job may do everything, and a service that fell ill with 1.1.0. */
async function onGitHub() {
  fake.reset();
  const made = fake.state.addRepository("octo/app");
  made.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addActionsToken("ghs_job", made, { contents: "write", issues: "write" });
  fake.state.rate.limit = 100_000;
  fake.state.rate.remaining = 100_000;
  const here = world();
  const run = (inputs: Readonly<Record<string, string>>): ReturnType<World["run"]> =>
    play(here.folder, { provider: "command", settings: inFile, token: "ghs_job", ...inputs }, { env: { GITHUB_API_URL: fake.url } });
  here.deploy("1.0.0");
  await run({ verdict: "pass", deployment: "1" });
  here.deploy("1.1.0");
  return { made, here, run, writes: () => fake.requests.filter(({ method }) => method !== "GET").length };
}

describe("a dry run", () => {
  it("asks GitHub for nothing but to read, whatever the operation, and its hash is the real run's", async () => {
    const { here, run, writes } = await onGitHub();
    const before = writes();
    const runs: Readonly<Record<string, string>>[] = [
      { verdict: "fail", deployment: "2" },
      { verdict: "fail", deployment: "2", approval: "comment" },
      { verdict: "pass", deployment: "2" },
      { verdict: "unknown" },
      { operation: "mark-good" },
      { operation: "mark-bad", to: "1.0.0" },
    ];
    const dry: Awaited<ReturnType<typeof run>>[] = [];
    for (const inputs of runs) dry.push(await run({ ...inputs, "dry-run": "true" }));
    expect([writes() - before, here.changes()]).toEqual([0, []]);
    const real = await run({ verdict: "fail", deployment: "2" });
    expect([real.outputs["decision"], real.outputs["plan-hash"]]).toEqual(["rolled-back", dry[0]?.outputs["plan-hash"]]);
    expect(dry[1]?.outputs["plan-hash"]).toBe(real.outputs["plan-hash"]);
    const pinned = writes();
    for (const operation of ["commit", "revert", "verify", "plan"]) await run({ operation, "dry-run": "true", deployment: "9" });
    expect([writes() - pinned, here.changes()]).toEqual([0, ["1.0.0"]]);
  }, 90_000);
});

it("a ledger on GitHub that was damaged has no effect and keeps its damage, with 3 and a reason", async () => {
  const { made, here, run, writes } = await onGitHub();
  made.git.commitFiles("forge-ops", { "releases/production/default.json": "{" });
  const before = [writes(), made.git.refs.get("refs/heads/forge-ops")];
  for (const inputs of [{ verdict: "fail", deployment: "2" }, { verdict: "pass" }, { operation: "mark-good" }, { operation: "commit" }]) {
    const damaged = await run(inputs);
    expect([damaged.exitCode, damaged.outputs["verdict"]]).toEqual([3, "unknown"]);
    expect(damaged.outputs["summary"]).toContain("damaged");
  }
  expect([[writes(), made.git.refs.get("refs/heads/forge-ops")], here.changes()]).toEqual([before, []]);
});

/** npm's registry as far as it is asked, which can lose its power at the n-th write. */
async function npmRegistry(names: readonly string[]) {
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

it("npm: goes on where the registry failed, and every tag comes before any deprecation", async () => {
  const names = ["one", "@org/two", "three"];
  for (const power of [1, 3, 5]) {
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
}, 60_000);

it.skipIf(process.platform !== "linux")(
  "npm: a run that was killed between two tags is known to be gone, and the next one finishes its work",
  async () => {
    const names = ["one", "two"];
    const registry = await npmRegistry(names);
    const folder = temporaryFolder();
    const settings = JSON.stringify({ packages: names, registry: registry.url });
    const inputs = { provider: "npm", settings, backend: "file" };
    const env = { NODE_AUTH_TOKEN: "not-a-real-token" };
    await play(folder, { ...inputs, operation: "mark-good", to: "1.0.0" }, { env });
    let kill = (): void => {};
    registry.power.used = (write) => {
      if (write === 1) kill();
    };
    const started = (child: { kill(signal: "SIGKILL"): boolean }): void => {
      kill = () => void child.kill("SIGKILL");
    };
    const dead = await play(folder, { ...inputs, verdict: "fail", deployment: "2" }, { env, started });
    expect([dead.signal, registry.writes]).toEqual(["SIGKILL", ["tag one"]]);
    const next = await play(folder, { ...inputs, verdict: "fail", deployment: "2" }, { env });
    expect(told(next)).toBe("0 pass rolled-back 1.1.0→1.0.0");
    expect(next.log).toMatch(/A run died while it was executing: waits [123] s/);
    expect(next.log).not.toContain("Another run works");
    expect(registry.writes).toEqual(["tag one", "tag two", "deprecate one", "deprecate two"]);
  },
);

it("oci: a registry that knows logins is not written to without one, and the tag gets the digest's own bytes", async () => {
  const digest = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
  const [good, bad] = ['{"a": 1}\n', '{"a":2}'];
  const stored = new Map([good, bad].map((text) => [digest(text), text]));
  let latest = good;
  let closed = true;
  const puts: string[] = [];
  const host = await listen((request, response) => {
    const reference = (request.url ?? "").split("/").at(-1) ?? "";
    const text = reference === "latest" ? latest : stored.get(reference);
    if (reference === "") return void response.writeHead(closed ? 401 : 200, { "www-authenticate": 'Basic realm="x"' }).end();
    if (request.method === "GET")
      return void response.writeHead(text === undefined ? 404 : 200, { "content-type": "application/json" }).end(text);
    request.on("data", (part) => void puts.push(String(part)));
    request.on("end", () => {
      latest = puts.join("");
      response.writeHead(201, { "docker-content-digest": digest(latest) }).end();
    });
  });
  const folder = temporaryFolder();
  const inputs = { provider: "oci", settings: JSON.stringify({ image: `${host}/org/app`, tag: "latest" }), backend: "file" };
  const env = { DOCKER_CONFIG: folder, REGISTRY_USERNAME: undefined, REGISTRY_PASSWORD: undefined };
  await play(folder, { ...inputs, verdict: "pass", deployment: "1" }, { env });
  latest = bad;
  expect(told(await play(folder, { ...inputs, verdict: "fail", deployment: "2" }, { env }))).toContain(
    "1 fail refused credentials-missing",
  );
  expect(puts).toEqual([]);
  closed = false;
  expect(told(await play(folder, { ...inputs, verdict: "fail", deployment: "2" }, { env }))).toContain("0 pass rolled-back");
  expect([puts, latest]).toEqual([[good], good]);
});
