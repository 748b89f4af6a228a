import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { operationsOf } from "../../fake-github/routes/operations.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Permissions, Repository } from "../../fake-github/state.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
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

describe("the ledger on GitHub", () => {
  it.each(["branch", "issue"])("backend %s: learns, rolls back once of two at once, and frees the lock", async (backend) => {
    const made = repository();
    const here = world();
    const inputs = { provider: "command", settings: inFile, backend };
    here.deploy("1.0.0");
    const learnt = await run({ ...inputs, verdict: "pass", deployment: "1" }, here.folder);
    expect(told(learnt)).toContain("0 neutral nothing-to-do");
    here.deploy("1.1.0");
    const runs = await Promise.all([1, 2].map(() => run({ ...inputs, verdict: "fail", deployment: "2" }, here.folder)));
    expect(runs.map(({ outputs }) => outputs["decision"]).sort(), `${runs[0]?.log}${runs[1]?.log}`).toEqual([
      "already-rolled-back",
      "rolled-back",
    ]);
    expect(here.changes()).toEqual(["1.0.0"]);
    expect([...made.git.refs.keys()].filter((ref) => ref.includes("lock"))).toEqual([]);
    expect(made.git.refs.has("refs/heads/forge-ops")).toBe(backend === "branch");
  });

  it("that may not be written means no effect and exit code 3", async () => {
    const here = world();
    here.deploy("1.0.0");
    repository({ contents: "read" });
    const refused = await run({ provider: "command", settings: inFile, operation: "mark-good" }, here.folder);
    expect([refused.exitCode, refused.outputs["verdict"]], refused.log).toEqual([3, "unknown"]);
    expect(here.changes()).toEqual([]);
  });
});

describe("providers on GitHub", () => {
  it("release: makes the good one the latest", async () => {
    const operations = operationsOf(repository());
    for (const [index, tag] of ["v1", "v2"].entries()) operations.releases.push({ id: index + 1, tag, draft: false, prerelease: false });
    operations.latest = "v1";
    const inputs = { provider: "release", settings: '{releases: "v*"}' };
    await run({ ...inputs, verdict: "pass", deployment: "1" });
    operations.latest = "v2";
    expect(told(await run({ ...inputs, verdict: "fail", deployment: "2" }))).toBe("0 pass rolled-back v2→v1");
    expect(operations.latest).toBe("v1");
    operations.releases.splice(0, 1);
    operations.latest = "v2";
    expect(told(await run({ ...inputs, verdict: "fail", deployment: "3", window: "0s" }))).toContain("refused artifact-missing");
  });

  it("deployment: deploys the good ref anew, and never from a rollback", async () => {
    const made = repository();
    const operations = operationsOf(made);
    const [one = "", two = ""] = ["1", "2"].map((text) => made.git.commitFiles("main", { "a.txt": text }));
    made.git.refs.set("refs/tags/v1", one);
    made.git.refs.set("refs/tags/v2", two);
    const deploy = (id: number, ref: string, sha: string): void =>
      void operations.deployments.push({ id, ref, sha, environment: "production", payload: {}, body: {}, states: ["success"] });
    const inputs = { provider: "deployment", settings: '{workflow: deploy.yml, inputs: {ref: "{to}"}}' };
    deploy(1, "v1", one);
    await run({ ...inputs, verdict: "pass", deployment: "1" });
    deploy(2, "v2", two);
    operations.outcome = "";
    const back = await run({ ...inputs, verdict: "fail", deployment: "2" });
    expect(told(back), back.log).toBe("0 pass rolled-back v2→v1");
    expect(operations.dispatches).toEqual([{ workflow: "deploy.yml", ref: "main", inputs: { ref: "v1" } }]);
    expect(operations.deployments.at(-1)?.body).toMatchObject({
      ref: "v1",
      auto_merge: false,
      required_contexts: [],
      payload: { rollback: true },
    });
    expect(told(await run({ ...inputs, verdict: "fail", deployment: "3", window: "0s" }))).not.toContain(" rolled-back");
    expect(operations.deployments.length).toBe(3);
  });
});

describe("approval", () => {
  it("by comment: waits for the plan's own hash, from somebody who may write", async () => {
    const made = repository();
    const here = world();
    const inputs = { provider: "command", settings: inFile, backend: "branch", approval: "comment" };
    here.deploy("1.0.0");
    await run({ ...inputs, verdict: "pass", deployment: "1" }, here.folder);
    here.deploy("1.1.0");
    const waits = await run({ ...inputs, verdict: "fail", deployment: "2" }, here.folder);
    expect(told(waits), waits.log).toBe("0 neutral planned 1.1.0→1.0.0");
    expect(here.changes()).toEqual([]);
    const issues = [...made.issues.all.values()].filter(({ labels }) => labels.includes("forge-approval"));
    const hash = waits.outputs["plan-hash"] ?? "";
    const { collaborators } = made.issues;
    for (const login of ["writer", "gone", "editor", "deploy[bot]"]) collaborators.set(login, "write");
    const say = (author: string, body: string) => fake.state.addComment(made, { issue: issues[0]?.number ?? 0, author, body });
    say("stranger", `/approve ${hash}`);
    say("deploy[bot]", `/approve ${hash}`);
    say("gone", `/approve ${hash}`);
    collaborators.set("gone", "read");
    const edited = say("editor", `/approve ${hash}`);
    edited.updated = fake.state.nextTime();
    for (const body of [
      `/approve ${hash.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))}`,
      `/approve ${hash.slice(0, 11)}`,
      `I would not\n/approve ${hash}`,
      "/approve",
    ])
      say("writer", body);
    expect(told(await run({ ...inputs, verdict: "fail", deployment: "2" }, here.folder))).toContain("planned");
    expect([...made.issues.all.values()].filter(({ labels }) => labels.includes("forge-approval"))).toHaveLength(1);
    expect(here.changes()).toEqual([]);
    say("writer", `/approve ${hash.slice(0, 12)}\nLooks right.`);
    const back = await run({ ...inputs, verdict: "fail", deployment: "2" }, here.folder);
    expect(told(back), back.log).toBe("0 pass rolled-back 1.1.0→1.0.0");
    expect(JSON.stringify(back.report?.data["timeline"])).toContain("approved by writer");
    expect(here.changes()).toEqual(["1.0.0"]);
  });

  it("by a reviewer of the environment", async () => {
    const operations = operationsOf(repository());
    const here = world();
    const inputs = { provider: "command", settings: inFile, approval: "environment" };
    here.deploy("1.0.0");
    await run({ ...inputs, verdict: "pass", deployment: "1" }, here.folder);
    here.deploy("1.1.0");
    expect(told(await run({ ...inputs, verdict: "fail", deployment: "2" }, here.folder))).toContain("0 neutral planned");
    operations.approvals = [{ state: "approved", user: { login: "boss" }, environments: [{ name: "production" }] }];
    expect(told(await run({ ...inputs, verdict: "fail", deployment: "2" }, here.folder))).toContain("0 pass rolled-back");
  });
});
