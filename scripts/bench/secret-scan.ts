import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../install/cache.ts";
import { install as installGitleaks } from "../install/gitleaks.ts";
import type { Row } from "./coverage-gate.ts";
import { ensureHistory, ensureTree, stageTenFiles } from "./secret-repositories.ts";
import { measureInterleaved, type Program } from "./whole-process.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "forge", "index.js");

function ours(folder: string, scope: string): Program {
  return { command: process.execPath, args: [bundle, "run", "secret-scan", `--scope=${scope}`, "--workers=2"], cwd: folder };
}

/** Whole history and whole tree against gitleaks with its own rules, which undoes encodings too, on the same repositories in turn. */
export async function* benchSecrets(runs: number): AsyncGenerator<Row> {
  const cache = join(cacheFolder(), "bench");
  const gitleaks = await installGitleaks();
  const peer = (folder: string, ...args: readonly string[]): Program => ({
    command: gitleaks,
    args: [...args, "--no-banner", "--log-level=error", "--redact"],
    cwd: folder,
  });
  const options = { runs, exitCodes: [0, 1] };
  const history = await ensureHistory(cache, 4_000);
  const past = await measureInterleaved({ ours: ours(history, "history"), peer: peer(history, "git", ".") }, options);
  yield { what: "history of 4,000 commits", ...past, peerName: "gitleaks 8.30", promise: "wall at most 0.25, memory at most 220 MB" };
  const tree = ensureTree(cache, 150_000_000);
  const present = await measureInterleaved({ ours: ours(tree, "worktree"), peer: peer(tree, "dir", ".") }, options);
  yield { what: "tree of 150 MB", ...present, peerName: "gitleaks 8.30", promise: "wall at most 0.08, memory at most 220 MB" };
  const small = mkdtempSync(join(tmpdir(), "forge-bench-small-"));
  yield* stagedHook(small, gitleaks, options);
}

/** What a pre-commit hook costs on a commit of ten files. */
async function* stagedHook(folder: string, gitleaks: string, options: { runs: number; exitCodes: number[] }): AsyncGenerator<Row> {
  stageTenFiles(folder);
  const hook = { ...ours(folder, "staged"), args: [bundle, "run", "secret-scan", "--scope=staged"] };
  const peer = { command: gitleaks, args: ["git", "--staged", "--no-banner", "--log-level=error", "--redact", "."], cwd: folder };
  const cost = await measureInterleaved({ ours: hook, peer }, { ...options, runs: 20 });
  yield { what: "ten staged files", ...cost, peerName: "gitleaks 8.30", promise: "at most 150 ms" };
}
