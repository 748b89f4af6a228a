import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { type PullRequest, pullRequest } from "../pull-request.ts";
import { git } from "../repository.ts";
import { bench, ended, notes, row } from "./bench.ts";

afterAll(cleanUp);

/** A project whose benchmark prints what `size.txt` holds. */
function project(before: string, after: string): PullRequest {
  return pullRequest({ before: { "size.txt": before }, change: { "size.txt": after } });
}

const print = `printf '[{"name":"a","unit":"bytes","value":%s}]' "$(cat size.txt)"`;

describe("a command in two worktrees", () => {
  it("compares the merge base with the tested tree, and leaves the checkout alone", async () => {
    const made = project("1000", "1600");
    const before = [git(made.folder, "status", "--porcelain"), git(made.folder, "rev-parse", "HEAD")];
    const run = await bench(made.folder, { command: print, rounds: "2" }, made.happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(row(run, "a")).toMatchObject({ base: { n: 2, median: 1000 }, head: { n: 2, median: 1600 }, verdict: "fail" });
    expect(run.report?.data).toMatchObject({ mode: "paired", rounds: 2, guards: expect.any(Array) });
    expect([git(made.folder, "status", "--porcelain"), git(made.folder, "rev-parse", "HEAD")]).toEqual(before);
    expect(git(made.folder, "worktree", "list").split("\n")).toHaveLength(1);
  });

  it("runs in turns, in both orders, and sets up once a side", async () => {
    const made = project("1", "2");
    const log = join(temporaryFolder(), "log");
    await bench(made.folder, { command: `cat size.txt >> '${log}'; ${print}`, setup: `printf s >> '${log}'`, rounds: "8" }, made.happening);
    const said = readFileSync(log, "utf8");
    expect(said.slice(0, 2)).toBe("ss");
    const pairs = said.slice(2).match(/../g) ?? [];
    expect(pairs).toHaveLength(8);
    expect(pairs.filter((pair) => pair === "12")).toHaveLength(4);
    expect(pairs.filter((pair) => pair === "21")).toHaveLength(4);
  });

  it("reads the files that it writes, and no old ones", async () => {
    const made = project("1000", "900");
    const command = `if [ -e out/r.json ]; then exit 9; fi; mkdir -p out; ${print} > out/r.json; echo noise`;
    const run = await bench(made.folder, { command, results: "out/*.json", rounds: "3" }, made.happening);
    expect(row(run, "a").verdict, run.log).toBe("improved");
  });

  it("gives it neither inputs nor tokens", async () => {
    const made = project("1", "1");
    const log = join(temporaryFolder(), "log");
    const env = {
      ...made.happening.env,
      ACTIONS_RUNTIME_TOKEN: "runtime-secret",
      ACTIONS_RESULTS_URL: "http://127.0.0.1:9/",
      MY_TOKEN: "other-secret",
    };
    await bench(
      made.folder,
      { command: `env >> '${log}'; ${print}`, rounds: "1", token: "ghs_secret_0123456789" },
      { ...made.happening, env },
    );
    const said = readFileSync(log, "utf8");
    expect(said).toMatch(/^PATH=/m);
    expect(said).not.toMatch(/^INPUT_|^ACTIONS_|^GITHUB_(OUTPUT|ENV|TOKEN)|secret/m);
  });

  it.each([
    [
      "command",
      { command: `if [ "$(cat size.txt)" = 2 ]; then echo 'no such file' >&2; exit 7; fi; ${print}` },
      "command: on the tested tree it ended with exit code 7: no such file",
    ],
    ["setup", { command: print, setup: "exit 3" }, "setup: on the base it ended with exit code 3"],
  ])("a crash of %s is unknown, and says where", async (_, inputs, why) => {
    const made = project("1", "2");
    const run = await bench(made.folder, { rounds: "2", ...inputs }, made.happening);
    expect(ended(run)).toEqual([3, "unknown"]);
    expect(run.outputs["summary"]).toContain(why);
    expect(git(made.folder, "worktree", "list").split("\n")).toHaveLength(1);
  });

  it("a crash of the base is unknown too, and the summary says so", async () => {
    const made = project("1", "2");
    const command = `if [ "$(cat size.txt)" = 1 ]; then kill -9 $$; fi; ${print}`;
    const run = await bench(made.folder, { command, rounds: "2" }, made.happening);
    expect(ended(run)).toEqual([3, "unknown"]);
    expect(run.outputs["summary"]).toContain("command: on the base it ended with exit code 137");
  });

  it("a command that hangs is stopped by the budget, with all that it has started", async () => {
    const made = project("1", "2");
    const folder = temporaryFolder();
    const command = `sh -c 'sleep 60; touch "${folder}/late"' & echo $! > '${folder}/pid'; sleep 60`;
    const run = await bench(made.folder, { command, rounds: "2", budget: "1s" }, made.happening);
    expect(ended(run)).toEqual([3, "unknown"]);
    expect(run.outputs["summary"]).toMatch(/^command: on the (base|tested tree) it was stopped after 1 s, the time that it has\.$/);
    // What has ended and was not yet taken leave of is still listed, as a zombie.
    const listed = join("/proc", readFileSync(join(folder, "pid"), "utf8").trim(), "stat");
    expect(existsSync(listed) ? readFileSync(listed, "utf8") : "gone").toMatch(/^gone$|\) Z /);
    expect(git(made.folder, "worktree", "list").split("\n")).toHaveLength(1);
  });

  it("what goes by the workspace's path lands in its own tree, and git in it is its own", async () => {
    const made = project("1000", "1600");
    const env = { ...made.happening.env, GIT_DIR: join(made.folder, ".git"), GIT_INDEX_FILE: join(made.folder, ".git", "index") };
    const command = `cd "$GITHUB_WORKSPACE"; echo '[LOG] {x'; git rev-parse --absolute-git-dir | grep -q worktrees; ${print}; echo; echo bye`;
    const run = await bench(made.folder, { command, rounds: "1" }, { ...made.happening, env });
    expect(row(run, "a"), run.log).toMatchObject({ base: { median: 1000 }, head: { median: 1600 } });
  });

  it("a base that is an option, a shell's words or a path runs nothing and is refused", async () => {
    const made = project("1", "2");
    for (const base of ["--output=pwned", "$(touch pwned)", "../../etc/passwd", "x\ny"]) {
      const run = await bench(made.folder, { command: print, rounds: "1", base }, made.happening);
      expect([2, 3], run.log).toContain(run.exitCode);
    }
    expect(existsSync(join(made.folder, "pwned"))).toBe(false);
  });

  it("a branch with a name for a shell is only a name", async () => {
    const made = project("1000", "1600");
    const name = "x;touch$IFS;pwned|&'$(touch$IFS'pwned')";
    git(made.folder, "branch", name, "HEAD^1");
    const run = await bench(made.folder, { command: print, rounds: "1", base: name }, made.happening);
    expect(row(run, "a"), run.log).toMatchObject({ base: { median: 1000 }, head: { median: 1600 } });
    expect(existsSync(join(made.folder, "pwned"))).toBe(false);
  });

  it("what it prints must be a result", async () => {
    const made = project("1", "2");
    const run = await bench(made.folder, { command: "echo hello", rounds: "1" }, made.happening);
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toMatch(/the output of round 1 of the (base|tested tree) is in no format/);
  });

  it("stops when the budget ends, and says how far it came", async () => {
    const made = project("1", "1");
    const timed = `sleep 0.2; printf '[{"name":"a","unit":"ms","value":%s}]' "$(cat size.txt)"`;
    const run = await bench(made.folder, { command: timed, rounds: "50", budget: "1s" }, made.happening);
    expect(Number(run.report?.data["rounds"])).toBeLessThan(10);
    expect(notes(run)).toMatch(/The budget ended after \d of 50 rounds/);
    expect(ended(run)).toEqual([0, "neutral"]);
  });

  it("cancelled, it takes its worktrees with it", async () => {
    const made = project("1", "2");
    const mark = join(temporaryFolder(), "begun");
    const run = await bench(
      made.folder,
      { command: `touch '${mark}'; sleep 30`, rounds: "1" },
      {
        ...made.happening,
        started: (child) => {
          const timer = setInterval(() => {
            if (!existsSync(mark)) return;
            clearInterval(timer);
            child.kill("SIGTERM");
          }, 20);
        },
      },
    );
    expect(run.exitCode).toBe(143);
    expect(git(made.folder, "worktree", "list").split("\n")).toHaveLength(1);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`forge-trees-${process.pid}`))).toEqual([]);
  });

  it("without a repository there is nothing to compare with", async () => {
    const run = await bench(temporaryFolder(), { command: print });
    expect(ended(run)).toEqual([3, "unknown"]);
  });
});
