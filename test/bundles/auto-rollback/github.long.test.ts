import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Permissions, Repository } from "../../fake-github/state.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { illOnGitHub } from "./ill-on-github.ts";
import { inFile, play, told, world } from "./world.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterEach(() => expect(fake.problems).toEqual([]));
afterAll(async () => {
  await fake.close();
  cleanUp();
});

const everything: Permissions = { contents: "write", issues: "write", deployments: "write", actions: "write", pull_requests: "write" };

function repository(permissions: Permissions = everything): Repository {
  fake.reset();
  const made = fake.state.addRepository("octo/app");
  made.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addActionsToken("ghs_job", made, permissions);
  fake.state.rate.limit = 100_000;
  fake.state.rate.remaining = 100_000;
  return made;
}

function run(inputs: Readonly<Record<string, string>>, folder = temporaryFolder()): ReturnType<typeof play> {
  return play(folder, { token: "ghs_job", ...inputs }, { env: { GITHUB_API_URL: fake.url } });
}

it("a dry run asks GitHub for nothing but to read, whatever the operation, and its hash is the real run's", async () => {
  const { here, run, writes } = await illOnGitHub(fake);
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

it("a ledger that cannot be reached means no effect and exit code 3", async () => {
  const here = world();
  here.deploy("1.0.0");
  const inputs = { provider: "command", settings: inFile, verdict: "fail", deployment: "2" };
  expect((await play(here.folder, { ...inputs, token: "ghs_job" })).exitCode).toBe(3);
  expect(here.changes()).toEqual([]);
});

it("approval by comment: counts for a person who may write now, once, and not for the same plan of another day", async () => {
  const made = repository();
  const here = world();
  const fail = (deployment: string) =>
    run({ provider: "command", settings: inFile, approval: "comment", verdict: "fail", window: "0s", deployment }, here.folder);
  const requests = () => [...made.issues.all.values()].filter(({ labels }) => labels.includes("forge-approval"));
  const say = (author: string, body: string) => fake.state.addComment(made, { issue: requests().at(-1)?.number ?? 0, author, body });
  here.deploy("1.0.0");
  await run({ provider: "command", settings: inFile, verdict: "pass", deployment: "1" }, here.folder);
  here.deploy("1.1.0");
  const hash = (await fail("2")).outputs["plan-hash"] ?? "";
  for (const login of ["boss", "left", "helper[bot]"]) made.issues.collaborators.set(login, "write");
  say("boss", `/approve ${"0".repeat(64)}`);
  say("boss", `Do not /approve ${hash}`);
  say("helper[bot]", `/approve ${hash}`);
  say("left", `/approve ${hash}`);
  made.issues.collaborators.set("left", "read");
  say("boss", `/approve ${hash}`).updated = "2031-01-01T00:00:00Z";
  const waits = await fail("2");
  expect(told(waits), waits.log).toBe("0 neutral planned 1.1.0→1.0.0");
  expect(waits.log).toContain("was changed afterwards");
  say("boss", `/approve ${hash.slice(0, 12)}\nIt is bad indeed.`);
  const both = await Promise.all([fail("2"), fail("2")]);
  expect(both.map(({ outputs }) => outputs["decision"]).sort(), both.map(({ log }) => log).join()).toEqual([
    "already-rolled-back",
    "rolled-back",
  ]);
  expect(told(await fail("2"))).toContain("already-rolled-back");
  expect([here.changes(), requests().length]).toEqual([["1.0.0"], 1]);
  await run({ provider: "command", settings: inFile, operation: "commit" }, here.folder);
  await run({ provider: "command", settings: inFile, operation: "mark-good", to: "1.0.0" }, here.folder);
  here.deploy("1.1.0");
  const again = await fail("3");
  expect(again.outputs["plan-hash"], again.log).toBe(hash);
  expect([told(again), here.changes()]).toEqual(["0 neutral planned 1.1.0→1.0.0", ["1.0.0"]]);
  expect(requests().length).toBe(2);
});
