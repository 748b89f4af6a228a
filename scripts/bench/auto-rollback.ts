import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bookPath, emptyBook, markGood, readBook, renderBook } from "../../packages/releases/book.ts";
import type { Row } from "./coverage-gate.ts";
import type { Target } from "./targets.ts";
import { measureInterleaved, type Program } from "./whole-process.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "auto-rollback", "index.js");

function git(folder: string, ...args: readonly string[]): void {
  const who = [
    "-c",
    "user.name=Bench",
    "-c",
    "user.email=bench@example.com",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "init.defaultBranch=main",
  ];
  execFileSync("git", [...who, ...args], { cwd: folder, stdio: "ignore" });
}

/** A repository with two releases and a tag that stands on the second, and a ledger that knows the first as good. */
function prepare(): string {
  const folder = mkdtempSync(join(tmpdir(), "forge-bench-"));
  const clone = join(folder, "clone");
  mkdirSync(clone);
  git(folder, "init", "--quiet", "--bare", "server");
  git(clone, "init", "--quiet");
  for (const version of ["v1.0.0", "v1.1.0"]) {
    writeFileSync(join(clone, "a.txt"), version);
    git(clone, "add", "a.txt");
    git(clone, "commit", "--quiet", "--message", version);
    git(clone, "tag", version);
  }
  git(clone, "tag", "v1");
  git(clone, "remote", "add", "origin", join(folder, "server"));
  git(clone, "push", "--quiet", "--tags", "origin", "HEAD:refs/heads/main");
  const mark = { release: "v1.0.0", commit: "", at: new Date().toISOString(), run: "1/1", deployment: "", why: "bench" };
  const path = join(clone, ".forge", "ledger", bookPath("production", ""));
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, renderBook(markGood(emptyBook("production", ""), mark)));
  return folder;
}

function decide(folder: string): Program {
  const inputs = {
    verdict: "fail",
    provider: "git-tag",
    settings: "{tag: v1, releases: v1.*}",
    backend: "file",
    deployment: "2",
    "dry-run": "true",
  };
  const variables = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
  const env = { ...Object.fromEntries(variables), GITHUB_WORKSPACE: join(folder, "clone"), FORGE_TERMINAL: "1" };
  return { command: process.execPath, args: [bundle], cwd: join(folder, "clone"), env };
}

interface Recovery {
  /** Seconds from the plan in the ledger to the first step that changes something. */
  readonly decision: number;
  /** Seconds from the failing verdict to a verified rollback, as whoever waits for the process sees it. */
  readonly whole: number;
}

/** A bad release runs, the verdict is fail: back on the good one, read back and verified, in a process of its own. */
function recover(): Recovery {
  const folder = prepare();
  try {
    const { command, args, cwd, env } = decide(folder);
    const start = Date.now();
    execFileSync(command, args, { cwd: cwd ?? folder, env: { ...process.env, ...env, "INPUT_DRY-RUN": "false" }, stdio: "ignore" });
    const whole = (Date.now() - start) / 1_000;
    const path = join(folder, "clone", ".forge", "ledger", bookPath("production", ""));
    const attempt = readBook(readFileSync(path, "utf8"), path).attempts.at(-1);
    const at = (state: string): number => Date.parse(attempt?.timeline.find((each) => each.state === state)?.at ?? "");
    if (attempt?.state !== "pinned") throw new Error(`the rollback ended as ${attempt?.state ?? "nothing"}`);
    return { decision: (at("executing") - at("planned")) / 1_000, whole };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function benchRecovery(runs: number): Target {
  const recoveries = Array.from({ length: runs }, recover);
  const worst = (field: keyof Recovery): string => Math.max(...recoveries.map((each) => each[field])).toFixed(2);
  return {
    what: `auto-rollback: from a failing verdict to a verified rollback, worst of ${runs}`,
    measured: `plan to first mutation ${worst("decision")} s, whole recovery ${worst("whole")} s`,
    target: "at most 5 s to the mutation, under 5 min in all",
  };
}

/** From the verdict to the moment before the tag is moved, beside a push that looks at nothing. */
export async function* benchRollback(runs: number): AsyncGenerator<Row | Target> {
  const folder = prepare();
  try {
    const push = ["push", "--dry-run", "--quiet", "--force", "origin", "v1.0.0^{commit}:refs/tags/v1"];
    const programs = { ours: decide(folder), peer: { command: "git", args: push, cwd: join(folder, "clone") } };
    const { ours, peer } = await measureInterleaved(programs, { runs });
    yield {
      what: "auto-rollback: decide on a tag, all rails, up to the mutation",
      ours,
      peer,
      peerName: "git push --dry-run --force",
      promise: "at most 5 s from the decision to the mutation",
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  yield benchRecovery(runs);
}
