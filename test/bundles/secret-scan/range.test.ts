import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { onDefaultBranch, proposed, pushed, queued } from "../events.ts";
import { cleanUp, root, runForge, temporaryFolder } from "../harness.ts";
import { git, writeFiles } from "../repository.ts";
import { commit, ended, fresh, project, scan, told } from "./arrange.ts";

afterAll(cleanUp);

const line = (): string => `key = "${fresh()}"\n`;

/** main with an old secret; a branch with two commits, the second of them with a new one. */
function forked(): { folder: string; base: string; head: string } {
  const { folder } = project({ "old.js": line() });
  const base = commit(folder, { "a.js": "a\n" });
  git(folder, "checkout", "-q", "-b", "change");
  commit(folder, { "b.js": "b\n" });
  const head = commit(folder, { "c.js": line() });
  return { folder, base, head };
}

describe("auto", () => {
  it("a pull request is judged by its own commits", async () => {
    const { folder, base, head } = forked();
    git(folder, "checkout", "-q", "main");
    const tip = commit(folder, { "d.js": line() });
    git(folder, "merge", "-q", "--no-ff", "-m", "merge", "change");
    const tested = git(folder, "rev-parse", "HEAD");
    const run = await scan(folder, {}, proposed({ base: tip, head, tested }));
    expect(
      told(run).map(({ path }) => path),
      run.log,
    ).toEqual(["c.js"]);
    expect(run.outputs["scanned-commits"]).toBe(git(folder, "rev-list", "--count", `${base}..${head}`));
  });

  it("a fork under pull_request_target too, the base being checked out", async () => {
    const { folder, base, head } = forked();
    git(folder, "checkout", "-q", "main");
    const run = await scan(folder, {}, proposed({ base, head, tested: base }, { eventName: "pull_request_target", fork: true }));
    expect(told(run).map(({ path }) => path)).toEqual(["c.js"]);
  });

  it("a push by what it brought", async () => {
    const { folder, base, head } = forked();
    const run = await scan(folder, {}, pushed(head, { before: base, branch: "change" }));
    expect(told(run)).toMatchObject([{ path: "c.js", commit: head }]);
    expect(run.outputs["scanned-commits"]).toBe("2");
  });

  it("a forced push by what was not there before", async () => {
    const { folder, base, head } = forked();
    git(folder, "reset", "-q", "--hard", base);
    const rewritten = commit(folder, { "e.js": line() });
    const run = await scan(folder, {}, pushed(rewritten, { before: head, branch: "change", forced: true }));
    expect(told(run).map(({ path }) => path)).toEqual(["e.js"]);
  });

  it("a new branch from its merge base with the default one", async () => {
    const { folder, head } = forked();
    const run = await scan(folder, {}, pushed(head, { branch: "change" }));
    expect(told(run).map(({ path }) => path)).toEqual(["c.js"]);
  });

  it("a new default branch, and a tag, by everything", async () => {
    const { folder, head } = forked();
    git(folder, "checkout", "-q", "main");
    const main = git(folder, "rev-parse", "main");
    expect(told(await scan(folder, {}, pushed(main))).map(({ path }) => path)).toEqual(["old.js"]);
    const tag = await scan(folder, {}, { ...pushed(head), env: { GITHUB_SHA: head, GITHUB_REF: "refs/tags/v1" } });
    expect(told(tag)).toHaveLength(2);
  });

  it("a merge group by its own commits", async () => {
    const { folder, base, head } = forked();
    expect(told(await scan(folder, {}, queued(base, head))).map(({ path }) => path)).toEqual(["c.js"]);
  });

  it("a deletion is neutral", async () => {
    const { folder, base } = forked();
    const push = pushed("0".repeat(40), { before: base, branch: "gone" });
    const run = await scan(folder, {}, { ...push, event: { ...push.event, deleted: true }, env: { ...push.env, GITHUB_SHA: base } });
    expect(ended(run)).toEqual([0, "neutral"]);
  });

  it.each(["schedule", "workflow_dispatch"] as const)("%s: the history of every ref", async (name) => {
    const { folder, base } = forked();
    git(folder, "checkout", "-q", "main");
    const run = await scan(folder, {}, onDefaultBranch(name, base));
    expect(told(run)).toHaveLength(2);
    expect(run.outputs["scanned-commits"]).toBe(git(folder, "rev-list", "--count", "--all"));
  });
});

describe("shallow checkouts", () => {
  it("are deepened as far as is needed, and no further than there is", async () => {
    const { folder, base, head } = forked();
    const clone = temporaryFolder();
    execFileSync("git", ["clone", "-q", "--depth=1", "--no-single-branch", "-b", "change", pathToFileURL(folder).href, clone]);
    const run = await scan(clone, {}, proposed({ base, head, tested: head }));
    expect(
      told(run).map(({ path }) => path),
      run.log,
    ).toEqual(["c.js"]);
    expect(run.outputs["scanned-commits"]).toBe("2");
  });

  it("without a server end with 3 and never clean", async () => {
    const { folder, head } = forked();
    const clone = temporaryFolder();
    execFileSync("git", ["clone", "-q", "--depth=1", "-b", "change", pathToFileURL(folder).href, clone]);
    git(clone, "remote", "set-url", "origin", pathToFileURL(`${folder}-gone`).href);
    expect(ended(await scan(clone))).toEqual([3, "unknown"]);
    expect(ended(await scan(clone, { scope: "diff", range: "HEAD" }))).toEqual([3, "unknown"]);
    git(clone, "remote", "remove", "origin");
    expect(ended(await scan(clone, { scope: "diff", range: "HEAD" }))).toEqual([3, "unknown"]);
    expect(ended(await scan(clone, {}, proposed({ base: "d".repeat(40), head, tested: head })))).toEqual([3, "unknown"]);
  });
});

describe("what cannot be known", () => {
  it("an unknown revision, a folder without git, a repository without commits: 3", async () => {
    const { folder } = project();
    expect((await scan(folder, { scope: "diff", range: "nowhere..HEAD" })).exitCode).toBe(3);
    expect((await scan(temporaryFolder())).exitCode).toBe(3);
    const empty = temporaryFolder();
    git(empty, "init", "-q");
    expect((await scan(empty, {}, pushed("a".repeat(40)))).exitCode).toBe(3);
  });

  it("a range with a scope that has none, a wrong shard, an option for a revision: 2 or 3", async () => {
    const { folder } = project();
    expect((await scan(folder, { scope: "staged", range: "HEAD" })).exitCode).toBe(2);
    expect((await scan(folder, { shard: "5/4" })).exitCode).toBe(2);
    for (const range of ["--output=x", "HEAD..--all", "a..b..c", "HEAD\n--all", "..HEAD", ".."]) {
      const run = await scan(folder, { scope: "diff", range });
      expect([run.exitCode, run.log], range).toEqual([2, expect.stringContaining("range: ")]);
    }
    for (const range of ["HEAD --all", "$(id)", "^HEAD", "HEAD^@", "HEAD^{tree}"])
      expect(ended(await scan(folder, { scope: "diff", range })), range).toEqual([3, "unknown"]);
  });

  it("a missing object makes it incomplete, unless a secret is found", async () => {
    const { folder } = project({ "a.js": "aaa\n", "b.js": "bbb\n" });
    const blob = git(folder, "rev-parse", "HEAD:a.js");
    execFileSync("rm", ["-f", `${folder}/.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`]);
    const run = await scan(folder);
    expect(ended(run), run.log).toEqual([3, "unknown"]);
    commit(folder, { "a.js": line() });
    expect(ended(await scan(folder))).toEqual([1, "fail"]);
  });
});

describe("files on disk", () => {
  const isRoot = process.getuid?.() === 0;
  /** Root may read everything, so it lets nobody scan. */
  const asNobody = (folder: string): { exitCode: number | null; said: string } => {
    const args = [join(root, "dist", "forge", "index.js"), "run", "secret-scan", "--scope", "worktree"];
    const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env["PATH"] },
      ...user,
    });
    return { exitCode: status, said: `${stdout}${stderr}` };
  };

  it.skipIf(process.platform === "win32")("that may not be read are never called clean, nor are folders", () => {
    for (const [closed, file] of [
      ["closed.txt", "closed.txt"],
      ["closed", "closed/c.txt"],
    ] as const) {
      const { folder } = project();
      writeFiles(folder, { [file]: line() });
      if (isRoot) execFileSync("chown", ["-R", "65534:65534", folder]);
      chmodSync(join(folder, closed), 0);
      const { exitCode, said } = asNobody(folder);
      chmodSync(join(folder, closed), 0o755);
      expect(said).toContain(`${closed} could not be read`);
      expect(exitCode).toBe(3);
    }
  });
});

describe("staged", () => {
  it("is the index and not the disk, also before the first commit, and tells only what is new", async () => {
    const folder = temporaryFolder();
    git(folder, "init", "-q");
    writeFiles(folder, { "a.js": line(), "b.js": "b\n" });
    git(folder, "add", "a.js");
    const run = await runForge(["run", "secret-scan", "--scope", "staged", "--json"], folder);
    expect([run.exitCode, JSON.parse(run.stdout)], run.stderr).toMatchObject([1, { findings: [{ path: "a.js" }] }]);
    git(folder, "commit", "-q", "-m", "first");
    writeFiles(folder, { "b.js": line() });
    expect((await runForge(["run", "secret-scan", "--scope", "staged"], folder)).exitCode).toBe(0);
    git(folder, "add", "b.js");
    expect((await runForge(["run", "secret-scan", "--scope", "staged"], folder)).exitCode).toBe(1);
  });

  it("is what `git commit -a` commits, which has an index of its own", async () => {
    const { folder } = project({ "a.js": "a\n" });
    const forge = `"${process.execPath}" "${root}/dist/forge/index.js" run secret-scan --scope staged >.git/said`;
    mkdirSync(join(folder, ".git", "hooks"), { recursive: true });
    writeFileSync(join(folder, ".git", "hooks", "pre-commit"), `#!/bin/sh\nexec ${forge}\n`, { mode: 0o755 });
    writeFileSync(join(folder, "a.js"), line());
    expect(() => git(folder, "-c", "core.hooksPath=.git/hooks", "commit", "-qam", "all")).toThrow();
    expect(readFileSync(join(folder, ".git", "said"), "utf8")).toContain("1 secret was found");
    writeFileSync(join(folder, "a.js"), "b\n");
    git(folder, "-c", "core.hooksPath=.git/hooks", "commit", "-qam", "all");
  });
});

describe("shards", () => {
  it("find together what one run finds", async () => {
    const { folder } = project(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}.js`, line()])));
    const parts = await Promise.all(["1/3", "2/3", "3/3"].map((shard) => scan(folder, { shard })));
    const paths = parts.flatMap((part) => told(part).map(({ path }) => path)).sort();
    expect(paths).toEqual(Array.from({ length: 12 }, (_, index) => `f${index}.js`).sort());
    expect(parts.every((part) => told(part).length < 12)).toBe(true);
  });
});
