import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cleanUp, root, temporaryFolder } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { git } from "../repository.ts";
import { ended, gate, notes, type Project, project, rule, stored } from "./gate.ts";

afterAll(cleanUp);

const budgets = "- name: app\n  files: dist/*.js\n  compression: none\n  max-increase: 0";

/** The build copies the source; a count of its runs is kept outside. */
function building(): { made: Project; line: string; log: string } {
  const made = project();
  edit(made.folder, { "dist/a.js": "two\n" });
  const log = join(temporaryFolder(), "builds");
  return { made, log, line: `mkdir -p dist && cp src/a.js dist/a.js && echo built >> '${log}'` };
}

/** Everything that must be left alone: HEAD, the index, every file's bytes, and what git notes of worktrees. */
function snapshot(folder: string): string {
  const hash = createHash("sha256");
  hash.update(git(folder, "rev-parse", "HEAD"));
  hash.update(readFileSync(join(folder, ".git", "index")));
  hash.update(readFileSync(join(folder, ".git", "HEAD")));
  hash.update(git(folder, "worktree", "list"));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.includes("/.git/") || path.includes("/kept/")) continue;
    hash.update(path).update(readFileSync(path));
  }
  return hash.digest("hex");
}

describe("the base is built where nothing is stored", () => {
  it("once: the result is kept for its commit", async () => {
    const { made, line, log } = building();
    edit(made.folder, { "src/untracked.txt": "mine\n", "dist/a.js": "two, and more\n" });
    const before = snapshot(made.folder);
    const run = await gate(made.folder, { ...stored, budgets, "base-build": line }, made.proposal);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(rule(run, "app: max-increase")).toMatchObject({ actual: 10, limit: 0 });
    expect(snapshot(made.folder)).toBe(before);
    await gate(made.folder, { ...stored, budgets, "base-build": line }, made.proposal);
    expect(readFileSync(log, "utf8")).toBe("built\n");
    expect(existsSync(join(made.folder, "kept", "sizes.json"))).toBe(false);
  });

  it("not at all where the sizes are stored", async () => {
    const { made, line, log } = building();
    await gate(made.folder, { ...stored, budgets }, made.push);
    await gate(made.folder, { ...stored, budgets, "base-build": line }, made.proposal);
    expect(existsSync(log)).toBe(false);
  });

  it("another line is another build", async () => {
    const { made, line, log } = building();
    await gate(made.folder, { ...stored, budgets, "base-build": line }, made.proposal);
    await gate(made.folder, { ...stored, budgets, "base-build": `${line} && true` }, made.proposal);
    expect(readFileSync(log, "utf8")).toBe("built\nbuilt\n");
  });

  it("in the folder that stands for the working directory", async () => {
    const made = project({ "web/src/a.js": "one\n" });
    edit(made.folder, { "web/dist/a.js": "one\n" });
    const run = await gate(
      made.folder,
      { baseline: "none", budgets, "working-directory": "web", "base-build": "mkdir dist && cp src/a.js dist/" },
      made.proposal,
    );
    expect(ended(run), run.log).toEqual([0, "pass"]);
  });

  it.each([
    ["that fails", "echo 'no such dependency' >&2; exit 7", "exit code 7: no such dependency"],
    ["that writes nothing", "true", "its result cannot be measured"],
    ["that does not exist", "no-such-command-anywhere", "exit code 127"],
  ])("a build %s is neutral, and leaves all as it was", async (_, line, words) => {
    const { made } = building();
    const before = snapshot(made.folder);
    const run = await gate(made.folder, { ...stored, budgets, "base-build": line }, made.proposal);
    expect(ended(run), run.log).toEqual([0, "neutral"]);
    expect(notes(run)).toContain(words);
    expect(snapshot(made.folder)).toBe(before);
  });

  it("the build sees no input of the step, no token and none of its files", async () => {
    const { made } = building();
    const seen = join(temporaryFolder(), "seen");
    await gate(made.folder, { baseline: "none", budgets, token: "ghs_secret_0123456789", "base-build": `env > '${seen}'` }, made.proposal);
    expect(readFileSync(seen, "utf8")).not.toMatch(/ghs_secret|INPUT_|GITHUB_OUTPUT|GITHUB_ENV/);
  });
});

describe("a checkout in the middle of something", () => {
  /** HEAD on no branch, one file staged and changed again, one staged as removed, one half merged, one that is nowhere else. */
  function midway(): Project {
    const made = project({ "src/b.js": "b\n", "src/c.js": "c\n" });
    git(made.folder, "checkout", "--quiet", "--detach", made.head);
    edit(made.folder, { "src/a.js": "staged\n" });
    git(made.folder, "add", "src/a.js");
    edit(made.folder, { "src/a.js": "changed again\n", "src/new.js": "untracked\n", "dist/a.js": "two\n" });
    git(made.folder, "rm", "--quiet", "--cached", "src/b.js");
    const blob = git(made.folder, "rev-parse", "HEAD:src/c.js").trim();
    const stages = [1, 2, 3].map((stage) => `100644 ${blob} ${stage}\tsrc/c.js`).join("\n");
    execFileSync("git", ["update-index", "--index-info"], { cwd: made.folder, input: `0 ${"0".repeat(40)}\tsrc/c.js\n${stages}\n` });
    return made;
  }

  const line = "mkdir -p dist && cp src/a.js dist/a.js";

  it("stays as it is, and the base is what was committed", async () => {
    const made = midway();
    const [before, status] = [snapshot(made.folder), git(made.folder, "status", "--porcelain")];
    expect(status).toContain("UU src/c.js");
    const run = await gate(made.folder, { baseline: "none", budgets, "base-build": line }, made.proposal);
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect([snapshot(made.folder), git(made.folder, "status", "--porcelain")]).toEqual([before, status]);
  });

  it("a build that writes where it is told the workspace or git's index is, writes into the worktree", async () => {
    const made = midway();
    const before = snapshot(made.folder);
    const meddling = `${line} && rm "$GITHUB_WORKSPACE/src/a.js" && git add --all && git -c user.name=a -c user.email=a@b.example commit --quiet -m base`;
    const env = { ...made.proposal.env, GIT_INDEX_FILE: join(made.folder, ".git", "index"), GIT_DIR: join(made.folder, ".git") };
    const run = await gate(made.folder, { baseline: "none", budgets, "base-build": meddling }, { ...made.proposal, env });
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(snapshot(made.folder)).toBe(before);
  });

  it("two runs at once do not disturb each other", async () => {
    const made = midway();
    const before = snapshot(made.folder);
    const both = await Promise.all(
      [line, `${line} && true`].map((each) => gate(made.folder, { ...stored, budgets, "base-build": each }, made.proposal)),
    );
    for (const run of both) expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(snapshot(made.folder)).toBe(before);
  });
});

describe("a run that is ended while the base is built", () => {
  /** Starts the bundle with a build that never ends, and waits until it runs. */
  async function interrupted(made: Project, signal: NodeJS.Signals): Promise<{ exitCode: number | null; temp: string }> {
    const temp = temporaryFolder("forge-runner-");
    const running = join(temp, "running");
    writeFileSync(join(temp, "event.json"), JSON.stringify(made.proposal.event));
    for (const name of ["output", "summary"]) writeFileSync(join(temp, name), "");
    const child = spawn(process.execPath, [join(root, "dist", "bundle-size", "index.js")], {
      cwd: made.folder,
      stdio: "ignore",
      env: {
        PATH: process.env["PATH"],
        ...made.proposal.env,
        GITHUB_ACTIONS: "true",
        GITHUB_WORKSPACE: made.folder,
        GITHUB_EVENT_NAME: made.proposal.eventName,
        GITHUB_EVENT_PATH: join(temp, "event.json"),
        GITHUB_OUTPUT: join(temp, "output"),
        GITHUB_STEP_SUMMARY: join(temp, "summary"),
        GITHUB_REPOSITORY: "octo/app",
        RUNNER_TEMP: temp,
        INPUT_BASELINE: "none",
        INPUT_BUDGETS: budgets,
        "INPUT_BASE-BUILD": `echo $$ > '${running}.part' && mv '${running}.part' '${running}' && exec sleep 600`,
      },
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    while (!existsSync(running)) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill(signal);
    return { exitCode: await ended, temp };
  }

  const worktrees = (temp: string): string[] => readdirSync(temp).filter((name) => name.startsWith("forge-base-"));

  it("SIGTERM: the worktree is gone", async () => {
    const { made } = building();
    const before = snapshot(made.folder);
    const { exitCode, temp } = await interrupted(made, "SIGTERM");
    expect(exitCode).toBe(143);
    expect(worktrees(temp)).toEqual([]);
    expect(snapshot(made.folder)).toBe(before);
  });

  it("SIGKILL: the next run clears up and works", async () => {
    const { made, line } = building();
    const before = snapshot(made.folder);
    const { temp } = await interrupted(made, "SIGKILL");
    expect(worktrees(temp)).toHaveLength(1);
    process.kill(Number(readFileSync(join(temp, "running"), "utf8")), "SIGKILL");
    const run = await gate(made.folder, { baseline: "none", budgets, "base-build": line }, made.proposal);
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(worktrees(temp)).toEqual([]);
    expect(snapshot(made.folder)).toBe(before);
  });

  it("a folder that only looks like one of ours is left alone", async () => {
    const { made, line } = building();
    const other = join(temporaryFolder(), "forge-base-1-mine");
    mkdirSync(join(other, "tree"), { recursive: true });
    await gate(made.folder, { baseline: "none", budgets, "base-build": line }, made.proposal);
    expect(existsSync(join(other, "tree"))).toBe(true);
  });
});
