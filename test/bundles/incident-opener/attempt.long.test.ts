import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp } from "../harness.ts";
import { type World, world } from "./github.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterEach(() => fake.verify());
afterAll(async () => {
  await fake.close();
  cleanUp();
});

const attempt = { operation: "attempt", verdict: "fail", check: "self-heal" };

it.each([
  ["the answer to the write is lost", { method: "PATCH", path: "/git/refs/" }, { kind: "status", status: 502, after: true }],
  ["the write is lost", { method: "PATCH", path: "/git/refs/" }, { kind: "status", status: 502 }],
  ["the connection breaks", { method: "PATCH", path: "/git/refs/" }, { kind: "reset-mid-body", after: true }],
] as const)("where %s, no more than one is granted", async (_name, matcher, fault) => {
  const here: World = world(fake, { contents: "write" });
  await here.run({ ...attempt, backend: "branch", service: "another" });
  fake.fault(matcher, fault);
  const first = await here.run({ ...attempt, backend: "branch" });
  const second = await here.run({ ...attempt, backend: "branch" });
  const granted = [first, second].filter(({ outputs }) => outputs["attempt"] === "granted");
  expect(granted.length, `${first.log}\n${second.log}`).toBeLessThanOrEqual(1);
  expect([first, second].map(({ outputs }) => outputs["attempt"])).toContain("granted");
});

it.each([
  ["does not answer", { path: "/git/", times: Number.POSITIVE_INFINITY }, { kind: "status", status: 503 }],
  [
    "may not be written",
    { method: "POST", path: "/git/", times: Number.POSITIVE_INFINITY },
    { kind: "answer", status: 403, message: "Resource not accessible by integration" },
  ],
] as const)("a ledger that %s grants none", async (_name, matcher, fault) => {
  const here = world(fake, { contents: "write" });
  fake.fault(matcher, fault);
  const run = await here.run({ ...attempt, backend: "branch", enforce: "false" });
  expect([run.outputs["verdict"], run.outputs["attempt"], run.outputs["attempts-left"]], run.log).toEqual(["unknown", "", ""]);
});
