import { gitError } from "../../../packages/git/command.ts";
import type { Repository } from "../../../packages/git/repository.ts";
import type { ScanPlan, ScanResult, Skip } from "../src/model.ts";
import { addAll, addIntroduced } from "./attribution.ts";
import { authorsOf } from "./authors.ts";
import { BatchQueue, LineBatches } from "./batches.ts";
import { changesOf } from "./changes.ts";
import { countLines, Harvest, matcherOf, nothing, pathsFound } from "./harvest.ts";
import { setupOf } from "./machine.ts";
import { OccurrenceRows } from "./occurrence-rows.ts";
import type { ScannerOptions } from "./options.ts";
import type { CommitRange } from "./range.ts";
import { Threads } from "./threads.ts";

export async function scanHistory(
  plan: ScanPlan,
  repository: Repository,
  range: CommitRange,
  { log }: ScannerOptions,
): Promise<ScanResult> {
  const { git, root } = repository;
  const skipped: Skip[] = [];
  const queue = new BatchQueue();
  const splitter = new LineBatches(plan.shard, (batch) => queue.put(batch));
  const harvest = new Harvest();
  const scanning = new Threads(setupOf(plan, root), plan.workers, log).scan(queue, harvest.take);
  const args = ["rev-list", "--objects", "--filter=object:type=blob", "--filter-provided-objects", ...range.revisions, "--"];
  const listing = git.run(args, { output: (piece) => splitter.push(piece) }).finally(() => {
    splitter.end();
    queue.end();
  });
  const [commits, listed] = await Promise.all([git.text(["rev-list", ...range.revisions, "--"]), listing, scanning]);
  if (listed.exitCode !== 0) {
    if (splitter.lines === 0) throw gitError(args, listed.stderr);
    skipped.push({ reason: gitError(args, listed.stderr).message, name: "", incomplete: true });
  }
  if (commits === "" && splitter.lines === 0 && skipped.length === 0 && plan.shard === undefined)
    return { ...nothing(range.words), nothing: `There is no commit to scan: ${range.words}.` };
  const occurrences = new OccurrenceRows(harvest.store, plan.rules, plan.sha1);
  if (harvest.found.size > 0) await attribute(plan, repository, commits, harvest, occurrences);
  const paths = plan.rules.some((rule) => rule.finder.kind === "path")
    ? await pathsFound(plan, git, await changesOf(git, commits, () => true))
    : [];
  return {
    occurrences,
    commits: countLines(commits),
    blobs: harvest.blobs,
    bytes: harvest.bytes,
    skipped: [...skipped, ...(await wantedSkips(plan, repository, commits, harvest.skipped))],
    range: range.words,
    paths,
  };
}

async function attribute(plan: ScanPlan, { git }: Repository, commits: string, harvest: Harvest, rows: OccurrenceRows): Promise<void> {
  const changes = await changesOf(git, commits, (blob) => harvest.found.has(blob));
  const matches = matcherOf(plan);
  const known = new Set(changes.map(({ blob }) => blob));
  const wanted = changes.filter(({ path }) => matches(path));
  addIntroduced(rows, harvest, wanted);
  rows.authors = await authorsOf(git, rows.commits);
  // What no commit holds: a tag on a file, or on a tree.
  for (const [blob, { path }] of harvest.found) if (!known.has(blob)) addAll(rows, harvest, blob, path || blob);
}

/** A content that no wanted path ever had is not missed; one that any of them had is. */
async function wantedSkips(plan: ScanPlan, { git }: Repository, commits: string, skipped: readonly Skip[]): Promise<readonly Skip[]> {
  if (plan.paths.length === 0 || skipped.length === 0) return skipped;
  const matches = matcherOf(plan);
  const changes = await changesOf(git, commits, () => true);
  return skipped.filter(({ name }) => {
    const blobs = new Set(changes.filter(({ path }) => path === name).map(({ blob }) => blob));
    return blobs.size === 0 || changes.some(({ blob, path }) => blobs.has(blob) && matches(path));
  });
}
