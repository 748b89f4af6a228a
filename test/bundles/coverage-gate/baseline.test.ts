import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Permissions } from "../../fake-github/state.ts";
import { type Happening, onDefaultBranch, proposed, pushed, queued } from "../events.ts";
import { cleanUp } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { commitAll, git } from "../repository.ts";
import { ended, gate, lcov, project, share } from "./gate.ts";

afterAll(cleanUp);

const inputs = { baseline: "kept/baseline.json", minimum: "0" };

function arranged(): { folder: string; commit: string; kept: string } {
  const made = project({ "src/a.js": share(8, 10) }, { ".gitignore": "coverage/\nkept/\n" });
  return { ...made, kept: join(made.folder, "kept", "baseline.json") };
}

interface Envelope {
  readonly schema: string;
  readonly commit: string;
}

function envelope(path: string): Envelope {
  const text = JSON.parse(readFileSync(path, "utf8")) as { record?: Envelope } & Envelope;
  return text.record ?? text;
}

describe("a file: who may write it", () => {
  it("a push to the default branch does", async () => {
    const { folder, commit, kept } = arranged();
    const run = await gate(folder, inputs, pushed(commit));
    expect(run.exitCode).toBe(0);
    expect(envelope(kept)).toMatchObject({ schema: "forge-baseline/1", commit });
    expect(run.log).toContain("Baseline saved");
  });

  it("the default branch is the one that the event names", async () => {
    const { folder, commit, kept } = arranged();
    await gate(folder, inputs, pushed(commit, { branch: "main", defaultBranch: "trunk" }));
    expect(existsSync(kept)).toBe(false);
    await gate(folder, inputs, pushed(commit, { branch: "trunk", defaultBranch: "trunk" }));
    expect(existsSync(kept)).toBe(true);
  });

  it("else the one that the clone names, else main", async () => {
    const { folder, commit, kept } = arranged();
    const told = ({ env }: Happening): Happening => ({ eventName: "push", event: {}, env });
    await gate(folder, inputs, told(pushed(commit, { branch: "trunk" })));
    expect(existsSync(kept)).toBe(false);
    git(folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
    await gate(folder, inputs, told(pushed(commit)));
    expect(existsSync(kept)).toBe(false);
    await gate(folder, inputs, told(pushed(commit, { branch: "trunk" })));
    expect(existsSync(kept)).toBe(true);
  });

  it("a push to a branch of `baseline-branches` does", async () => {
    const { folder, commit, kept } = arranged();
    await gate(folder, inputs, pushed(commit, { branch: "release/1.2" }));
    expect(existsSync(kept)).toBe(false);
    await gate(folder, { ...inputs, "baseline-branches": "hotfix/*\nrelease/*" }, pushed(commit, { branch: "release/1.2" }));
    expect(envelope(kept).commit).toBe(commit);
  });

  it.each<[name: string, happening: (commit: string) => Happening]>([
    ["a pull request", (commit) => proposed({ base: commit, head: commit, tested: commit })],
    [
      "a pull request that is told as pull_request_target",
      (commit) => proposed({ base: commit, head: commit, tested: commit }, { eventName: "pull_request_target" }),
    ],
    ["the merge queue", (commit) => queued(commit, commit)],
    ["a schedule", (commit) => onDefaultBranch("schedule", commit)],
    ["a dispatch", (commit) => onDefaultBranch("workflow_dispatch", commit)],
    ["a run after a run", (commit) => onDefaultBranch("workflow_run", commit)],
    ["a tag", (commit) => ({ ...pushed(commit), env: { GITHUB_SHA: commit, GITHUB_REF: "refs/tags/v1" } })],
  ])("%s does not", async (_, happening) => {
    const { folder, commit, kept } = arranged();
    const run = await gate(folder, inputs, happening(commit));
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(existsSync(kept)).toBe(false);
  });

  it("a run without a verdict does not", async () => {
    const { folder, commit, kept } = arranged();
    writeFileSync(join(folder, "coverage", "lcov.info"), "SF:src/a.js\nDA:1,x\n");
    expect((await gate(folder, inputs, pushed(commit))).exitCode).toBe(2);
    expect(existsSync(kept)).toBe(false);
  });
});

describe("a file: what is in it", () => {
  it("a torn one is no baseline, is named, and is written anew by the next push", async () => {
    const { folder, commit, kept } = arranged();
    await gate(folder, inputs, pushed(commit));
    writeFileSync(kept, readFileSync(kept).subarray(0, 80));
    const torn = await gate(folder, { ...inputs, "maximum-drop": "0" }, proposed({ base: commit, head: commit, tested: commit }));
    expect(ended(torn), torn.log).toEqual([0, "pass"]);
    expect(torn.outputs["summary"]).toMatch(/maximum-drop was not judged: there is no baseline/);
    await gate(folder, inputs, pushed(commit));
    expect(envelope(kept).commit).toBe(commit);
  });

  it("somebody else's file is not replaced", async () => {
    const { folder, commit } = arranged();
    const text = '{\n  "name": "app"\n}\n';
    edit(folder, { "kept/package.json": text });
    const run = await gate(folder, { ...inputs, baseline: "kept/package.json" }, pushed(commit));
    expect(readFileSync(join(folder, "kept", "package.json"), "utf8")).toBe(text);
    expect(run.log).toContain("No baseline saved");
  });

  it("a later push follows an earlier one, and the trend is shown", async () => {
    const { folder, commit } = arranged();
    await gate(folder, inputs, pushed(commit));
    edit(folder, { "docs/a.md": "x\n" });
    const second = commitAll(folder, "second");
    edit(folder, { "coverage/lcov.info": lcov({ "src/a.js": share(9, 10) }) });
    const run = await gate(folder, inputs, pushed(second, { before: commit }));
    expect(run.outputs["delta"]).toBe("+10.00");
    expect(run.summary).toMatch(/Trend/);
    const again = await gate(folder, inputs, pushed(second, { before: commit }));
    expect(again.outputs["delta"]).toBe("+10.00");
  });

  it("two that write at once leave one whole file", async () => {
    const { folder, commit, kept } = arranged();
    const runs = await Promise.all([1, 2, 3].map(() => gate(folder, inputs, pushed(commit))));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(envelope(kept).commit).toBe(commit);
  });

  it.each(["../outside.json", "/forge-outside/baseline.json"])("%s is not written", async (baseline) => {
    const { folder, commit } = arranged();
    const run = await gate(folder, { ...inputs, baseline }, pushed(commit));
    expect(existsSync(join(folder, "..", "outside.json")) || existsSync("/forge-outside")).toBe(false);
    expect([0, 2]).toContain(run.exitCode);
    expect(run.log).toMatch(/outside the workspace/);
  });
});

describe("a branch of the repository", () => {
  let fake: FakeGitHub;
  beforeAll(async () => {
    fake = await startFakeGitHub();
  });
  beforeEach(() => fake.reset());
  afterAll(() => fake.close());

  const token = "ghs_job";
  const onBranch = { baseline: "branch", minimum: "0", token };

  function prepare(permissions: Permissions): { files: () => Map<string, string>; env: (happening: Happening) => Happening } {
    const repository = fake.state.addRepository("octo/app");
    repository.git.commitFiles("main", { "README.md": "# App\n" });
    fake.state.addActionsToken(token, repository, permissions);
    return {
      files: () => {
        const { git } = repository;
        const tree = git.commits.get(git.refs.get("refs/heads/forge-data") ?? "")?.tree;
        const entries = tree === undefined ? [] : [...git.files(tree)];
        return new Map(entries.map(([path, { sha }]) => [path, git.blobs.get(sha)?.toString("utf8") ?? ""]));
      },
      env: (happening) => ({ ...happening, env: { ...happening.env, GITHUB_API_URL: fake.url } }),
    };
  }

  it("gets the record, the history and the badge by a push, and is read by a pull request", async () => {
    const { files, env } = prepare({ contents: "write" });
    const { folder, commit } = arranged();
    const run = await gate(folder, onBranch, env(pushed(commit)));
    expect(ended(run), run.log).toEqual([0, "pass"]);
    const badge = files().get("baseline/coverage-gate/badge.json");
    expect(JSON.parse(badge ?? "{}")).toMatchObject({ schemaVersion: 1, label: "coverage", message: "80.00%" });
    expect(files().get("baseline/coverage-gate/badge.svg")).toContain("80.00%");
    expect(JSON.parse(files().get(`baseline/coverage-gate/${commit}.json`) ?? "{}")).toBeTruthy();
    edit(folder, { "coverage/lcov.info": lcov({ "src/a.js": share(7, 10) }) });
    const before = files();
    const event = env(proposed({ base: commit, head: commit, tested: commit }));
    const read = await gate(folder, { ...onBranch, "maximum-drop": "5" }, event);
    expect(ended(read), read.log).toEqual([1, "fail"]);
    expect(read.outputs["delta"]).toBe("-10.00");
    expect(files()).toEqual(before);
    fake.verify();
  });

  it("a token that may not write leaves the verdict alone, and the missing right is named", async () => {
    const { files, env } = prepare({ contents: "read" });
    const { folder, commit } = arranged();
    const run = await gate(folder, onBranch, env(pushed(commit)));
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(run.log).toContain("contents: write");
    expect(files().size).toBe(0);
  });

  it("two gates with ids of their own write at once, and neither is lost", async () => {
    const { files, env } = prepare({ contents: "write" });
    const { folder, commit } = arranged();
    const ids = ["web", "api"];
    const runs = await Promise.all(ids.map((id) => gate(folder, { ...onBranch, id }, env(pushed(commit)))));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    for (const id of ids) expect([...files().keys()]).toContain(`baseline/coverage-gate.${id}/${commit}.json`);
    fake.verify();
  });

  it("the project's own branch is refused", async () => {
    const { env } = prepare({ contents: "write" });
    const { folder, commit } = arranged();
    const run = await gate(folder, { ...onBranch, baseline: "branch:main" }, env(pushed(commit)));
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(fake.requests).toEqual([]);
  });
});
