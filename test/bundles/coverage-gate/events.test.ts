import { rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onDefaultBranch, proposed, pushed, queued } from "../events.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { edit, type PullRequest, pullRequest } from "../pull-request.ts";
import { commitAll, git } from "../repository.ts";
import { ended, gate, lcov, notes, project, rule, source } from "./gate.ts";

afterAll(cleanUp);

const limit = { "minimum-patch": "80", minimum: "0" };

/** Two of the three lines that the change adds did not run. */
const reports = { "coverage/lcov.info": lcov({ "src/a.js": "1111111111001" }) };

function proposal(): PullRequest {
  return pullRequest({
    before: { "src/a.js": source(10) },
    change: { "src/a.js": source(13) },
    meanwhile: { "docs/a.md": "x\n" },
    reports,
  });
}

const found = { "patch-coverage": "33.33", "patch-covered": "1", "patch-total": "3" };

describe("pull requests", () => {
  let pull: PullRequest;
  beforeAll(() => {
    pull = proposal();
  });

  it.each(["pull_request", "pull_request_review"])("%s is judged by its merge commit", async (eventName) => {
    const run = await gate(pull.folder, limit, proposed({ base: pull.base, head: pull.head, tested: pull.merge }, { eventName }));
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject(found);
    expect(notes(run)).toContain("first parent of the merge commit, the tip of main");
  });

  it("is judged the same where the head itself is checked out", async () => {
    const other = proposal();
    git(other.folder, "checkout", "--quiet", other.head);
    const run = await gate(other.folder, limit, other.happening);
    expect(run.outputs).toMatchObject(found);
    expect(run.report?.findings).toMatchObject([{ path: "src/a.js", line: 11, endLine: 12 }]);
  });

  it("pull_request_target tests the base branch, in which nothing is changed", async () => {
    const other = proposal();
    git(other.folder, "checkout", "--quiet", other.base);
    edit(other.folder, { "coverage/lcov.info": lcov({ "src/a.js": "1111111111" }) });
    const target = proposed({ base: other.base, head: other.head, tested: other.base }, { eventName: "pull_request_target", fork: true });
    const run = await gate(other.folder, limit, target);
    expect([run.exitCode, rule(run, "minimum-patch").verdict], run.log).toEqual([0, "neutral"]);
  });

  it("a fork's is judged like any other", async () => {
    const fork = proposed({ base: pull.base, head: pull.head, tested: pull.merge }, { fork: true });
    const run = await gate(pull.folder, limit, fork);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject(found);
  });

  it("a payload whose base is older than the branch it names changes nothing", async () => {
    const stale = proposed({ base: pull.fork, head: pull.head, tested: pull.merge });
    expect((await gate(pull.folder, limit, stale)).outputs).toMatchObject(found);
  });
});

describe("everything else", () => {
  it("the merge queue is compared with what its group is based on", async () => {
    const pull = proposal();
    const run = await gate(pull.folder, limit, queued(pull.base, pull.merge));
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject(found);
  });

  it("a push is compared with the commit before it", async () => {
    const pull = proposal();
    const run = await gate(pull.folder, limit, pushed(pull.merge, { before: pull.base }));
    expect(run.outputs).toMatchObject(found);
    expect(run.report?.["base"]).toBe(pull.base);
  });

  it("a forced push is compared with where both histories part", async () => {
    const pull = proposal();
    git(pull.folder, "checkout", "--quiet", pull.head);
    const forced = pushed(pull.head, { before: pull.base, branch: "change", forced: true });
    const run = await gate(pull.folder, limit, forced);
    expect(run.outputs).toMatchObject(found);
    expect(run.report?.["base"]).toBe(pull.fork);
  });

  it("a new branch is compared with the default branch", async () => {
    const pull = proposal();
    git(pull.folder, "checkout", "--quiet", pull.head);
    expect((await gate(pull.folder, limit, pushed(pull.head, { branch: "change" }))).outputs).toMatchObject(found);
  });

  it.each(["schedule", "workflow_dispatch", "workflow_run"] as const)("%s is compared with the first parent", async (name) => {
    const pull = proposal();
    const run = await gate(pull.folder, limit, onDefaultBranch(name, pull.merge));
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject(found);
  });

  it("the first commit is compared with nothing: all of it is new", async () => {
    const { folder, commit } = project({ "src/a.js": "1110" });
    const run = await gate(folder, limit, pushed(commit));
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject({ "patch-coverage": "75.00", "patch-total": "4" });
  });

  it("a payload that is torn, or is no object, is wrong or tells nothing, and is no crash", async () => {
    const { folder } = project({ "src/a.js": "11" });
    for (const event of [[], null, { pull_request: "x" }, { pull_request: {}, number: "7" }, { repository: 5, merge_group: [] }]) {
      const run = await gate(folder, {}, { eventName: "pull_request", event: event as unknown as Record<string, unknown> });
      expect(run.exitCode, run.log).toBe(0);
    }
  });
});

describe("shallow checkouts", () => {
  /** As `actions/checkout` makes one: the merge commit with `depth` commits of history, from a server that knows all. */
  function shallow(depth: number): PullRequest & { readonly server: string } {
    const pull = proposal();
    const server = temporaryFolder();
    git(server, "clone", "--quiet", "--bare", pull.folder, ".");
    git(server, "update-ref", "refs/pull/7/merge", pull.merge);
    git(server, "config", "uploadpack.allowAnySHA1InWant", "true");
    const folder = temporaryFolder();
    git(folder, "init", "--quiet");
    git(folder, "remote", "add", "origin", pathToFileURL(server).href);
    git(folder, "fetch", "--quiet", "--no-tags", `--depth=${depth}`, "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge");
    git(folder, "checkout", "--quiet", "refs/remotes/pull/7/merge");
    edit(folder, reports);
    return { ...pull, folder, server };
  }

  it("of depth 2 are enough, without any server", async () => {
    const pull = shallow(2);
    rmSync(pull.server, { recursive: true });
    const run = await gate(pull.folder, limit, pull.happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject(found);
  });

  it("of depth 1 are deepened", async () => {
    const pull = shallow(1);
    const run = await gate(pull.folder, limit, pull.happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject(found);
    expect(run.report?.findings).toMatchObject([{ line: 11, endLine: 12 }]);
  });

  it("of depth 1 without a server are refused where a rule needs the change, naming fetch-depth", async () => {
    const pull = shallow(1);
    rmSync(pull.server, { recursive: true });
    const needed = await gate(pull.folder, limit, pull.happening);
    expect([2, 3], needed.log).toContain(needed.exitCode);
    expect(needed.outputs["verdict"]).toBe("unknown");
    expect(needed.outputs["summary"]).toContain("fetch-depth");
    const free = await gate(pull.folder, { minimum: "50" }, pull.happening);
    expect(ended(free), free.log).toEqual([0, "pass"]);
    expect(free.outputs["patch-coverage"]).toBe("");
    expect(notes(free)).toContain("fetch-depth");
  });

  it("a detached checkout of any commit is judged", async () => {
    const { folder } = project({ "src/a.js": "11" });
    edit(folder, { "src/a.js": source(3) });
    const second = commitAll(folder, "second");
    git(folder, "checkout", "--quiet", "--detach", second);
    edit(folder, { "coverage/lcov.info": lcov({ "src/a.js": "110" }) });
    const run = await gate(folder, limit, onDefaultBranch("workflow_dispatch", second));
    expect(run.outputs).toMatchObject({ "patch-covered": "0", "patch-total": "1" });
  });
});
