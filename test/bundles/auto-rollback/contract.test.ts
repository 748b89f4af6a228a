import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { illOnGitHub } from "./ill-on-github.ts";
import { goesOn, listen } from "./npm-registry.ts";
import { play, told } from "./world.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  await fake.close();
  cleanUp();
});

describe("a dry run", () => {
  it("asks GitHub for nothing but to read, and its hash is the real run's", async () => {
    const { here, run, writes } = await illOnGitHub(fake);
    const before = writes();
    const runs: Readonly<Record<string, string>>[] = [
      { verdict: "fail", deployment: "2" },
      { verdict: "fail", deployment: "2", approval: "comment" },
      { operation: "mark-good" },
    ];
    const dry: Awaited<ReturnType<typeof run>>[] = [];
    for (const inputs of runs) dry.push(await run({ ...inputs, "dry-run": "true" }));
    expect([writes() - before, here.changes()]).toEqual([0, []]);
    const real = await run({ verdict: "fail", deployment: "2" });
    expect([real.outputs["decision"], real.outputs["plan-hash"]]).toEqual(["rolled-back", dry[0]?.outputs["plan-hash"]]);
    expect(dry[1]?.outputs["plan-hash"]).toBe(real.outputs["plan-hash"]);
    const pinned = writes();
    for (const operation of ["commit", "plan"]) await run({ operation, "dry-run": "true", deployment: "9" });
    expect([writes() - pinned, here.changes()]).toEqual([0, ["1.0.0"]]);
  });
});

it("a ledger on GitHub that was damaged has no effect and keeps its damage, with 3 and a reason", async () => {
  const { made, here, run, writes } = await illOnGitHub(fake);
  made.git.commitFiles("forge-ops", { "releases/production/default.json": "{" });
  const before = [writes(), made.git.refs.get("refs/heads/forge-ops")];
  for (const inputs of [{ verdict: "fail", deployment: "2" }, { verdict: "pass" }, { operation: "mark-good" }, { operation: "commit" }]) {
    const damaged = await run(inputs);
    expect([damaged.exitCode, damaged.outputs["verdict"]]).toEqual([3, "unknown"]);
    expect(damaged.outputs["summary"]).toContain("damaged");
  }
  expect([[writes(), made.git.refs.get("refs/heads/forge-ops")], here.changes()]).toEqual([before, []]);
});

it("npm: goes on where the registry failed, and every tag comes before any deprecation", () => goesOn(3));

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
