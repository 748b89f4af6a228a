import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBaseline } from "../../../packages/baseline/index.ts";
import { openExec } from "../../../packages/frame/adapters/exec.ts";
import { openDiff } from "../../../packages/git/adapters/diff.ts";
import { memoryLog, pushEvent } from "../github/arrange.ts";
import { contextAt, newFolder, removeFolders } from "./arrange.ts";

/** A real clone, with a real history, that has fetched the data branch. */
let clone: string;
let commits: string[];

beforeAll(async () => {
  const origin = await newFolder();
  clone = await newFolder();
  git(origin, "init", "--quiet", "--initial-branch=main");
  for (const n of [1, 2, 3]) await commitFile(origin, "a.txt", `${n}\n`);
  commits = git(origin, "rev-list", "main").split("\n");
  const [, middle = ""] = commits;
  git(origin, "checkout", "--quiet", "--orphan", "forge-data");
  const record = { commit: middle, branch: "main", created: "2026-01-01T00:00:00Z", data: { covered: 80 } };
  const owner = { action: "coverage-gate", id: "" };
  await commitFile(origin, `baseline/coverage-gate/${middle}.json`, JSON.stringify({ schema: "forge-baseline/1", ...owner, ...record }));
  await commitFile(
    origin,
    "baseline/coverage-gate/history.json",
    JSON.stringify({ schema: "forge-baseline-history/1", ...owner, history: [record] }),
  );
  const month = { schema: "forge-baseline-journal/1", ...owner, entries: [{ name: "2026-10/a", data: "a" }] };
  await commitFile(origin, "baseline/coverage-gate/months/2026-10.json", JSON.stringify(month));
  await commitFile(origin, "baseline/coverage-gate/runs/2026-10/a.json", '"a"');
  await commitFile(origin, "baseline/coverage-gate/runs/2026-11/b.json", '"b"');
  git(origin, "checkout", "--quiet", "main");
  git(clone, "clone", "--quiet", `file://${origin}`, ".");
});
afterAll(removeFolders);

function git(folder: string, ...args: string[]): string {
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", HOME: folder };
  const settings = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...settings, ...args], { cwd: folder, env, encoding: "utf8" }).trim();
}

async function commitFile(folder: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
  git(folder, "add", "--", path);
  git(folder, "commit", "--quiet", "-m", path);
}

function diffOf(folder: string) {
  const event = pushEvent({ url: "" }, { name: "local" });
  return openDiff({ exec: openExec(), event, workingDirectory: folder, token: undefined, log: memoryLog(), terminal: true });
}

test("a laptop reads the data branch of its clone", async () => {
  const context = await contextAt(1, { terminal: true, folder: clone, diff: diffOf(clone), event: { name: "local" } });
  const [tip = "", middle = "", first = ""] = commits;
  const baseline = openBaseline("auto", context);
  expect(await baseline.find(tip)).toMatchObject({ distance: 1, record: { commit: middle, data: { covered: 80 } } });
  expect(await baseline.find(first)).toHaveProperty("missing");
  expect(await baseline.history(9)).toHaveLength(1);
  expect(await openBaseline("branch", context).entries?.()).toEqual(["a", "b"]);
});

test("a file counts as the base has it", async () => {
  const first = commits.at(-1) ?? "";
  const work = await newFolder();
  git(work, "clone", "--quiet", `file://${clone}`, ".");
  const envelope = (covered: number) =>
    JSON.stringify({
      schema: "forge-baseline/1",
      action: "coverage-gate",
      id: "",
      commit: first,
      branch: "main",
      created: "2026-01-01T00:00:00Z",
      data: { covered },
    });
  await commitFile(work, "data/base.json", envelope(80));
  const base = git(work, "rev-parse", "HEAD");
  await commitFile(work, "data/base.json", envelope(10));
  const context = await contextAt(1, { folder: work, diff: diffOf(work), event: { name: "local", sha: git(work, "rev-parse", "HEAD") } });
  expect(await openBaseline("data/base.json", context).find(base)).toMatchObject({
    distance: 3,
    record: { commit: first, data: { covered: 80 } },
  });
});
