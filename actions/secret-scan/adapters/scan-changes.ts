import type { Repository } from "../../../packages/git/repository.ts";
import type { ScanPlan, ScanResult, Skip } from "../src/model.ts";
import { addIntroduced } from "./attribution.ts";
import { authorsOf } from "./authors.ts";
import { BatchQueue, inShard, objectBatches } from "./batches.ts";
import { changesOf, type PathChange } from "./changes.ts";
import { countLines, Harvest, lineOf, matcherOf, nothing, pathsFound } from "./harvest.ts";
import { setupOf } from "./machine.ts";
import { OccurrenceRows } from "./occurrence-rows.ts";
import type { ScannerOptions } from "./options.ts";
import type { CommitRange } from "./range.ts";
import { Threads } from "./threads.ts";

export async function scanDiff(plan: ScanPlan, repository: Repository, range: CommitRange, { log }: ScannerOptions): Promise<ScanResult> {
  const { git, root } = repository;
  const commits = await git.text(["rev-list", ...range.revisions, "--"]);
  const count = countLines(commits);
  if (count === 0) return { ...nothing(range.words), nothing: `There is no commit to scan: ${range.words}.` };
  const matches = matcherOf(plan);
  const changes = (await changesOf(git, commits, () => true)).filter(({ path }) => matches(path));
  const threads = new Threads(setupOf(plan, root), plan.workers, log);
  const harvest = new Harvest();
  const wanted = new Map(changes.map(({ blob, path }) => [blob, path]));
  const lines = [...wanted].filter(([blob]) => inShard(plan.shard, blob.slice(0, 16))).map(([blob, path]) => lineOf(blob, path));
  await threads.scan(BatchQueue.of(objectBatches(lines)), harvest.take, lines.length < 1_500);
  const { blobs, bytes } = harvest;
  const touched = changes.filter(({ blob }) => harvest.found.has(blob));
  // Only now is it worth to look at what stood there before.
  const before = new Map(
    touched.flatMap(({ before: blobs, path }) =>
      blobs.filter((blob) => blob !== "" && !wanted.has(blob)).map((blob) => [blob, path] as const),
    ),
  );
  for (const [blob, path] of touchedBefore(plan, touched, wanted)) before.set(blob, path);
  await threads.scan(BatchQueue.of(objectBatches([...before].map(([blob, path]) => lineOf(blob, path)))), harvest.take, true);
  const occurrences = new OccurrenceRows(harvest.store, plan.rules, plan.sha1);
  addIntroduced(occurrences, harvest, touched);
  occurrences.authors = await authorsOf(git, occurrences.commits);
  return {
    occurrences,
    commits: count,
    blobs,
    bytes,
    skipped: harvest.skipped,
    range: range.words,
    paths: await pathsFound(plan, git, changes),
  };
}

/** With shards, old contents that another shard scans are needed here too. */
function* touchedBefore(
  { shard }: ScanPlan,
  touched: readonly PathChange[],
  wanted: ReadonlyMap<string, string>,
): Generator<readonly [string, string]> {
  if (shard === undefined) return;
  for (const { before, path } of touched)
    for (const blob of before) if (blob !== "" && wanted.has(blob) && !inShard(shard, blob.slice(0, 16))) yield [blob, path];
}

export async function scanStaged(plan: ScanPlan, repository: Repository, { log }: ScannerOptions): Promise<ScanResult> {
  const { git, root } = repository;
  const [head] = await repository.resolve(["HEAD"]);
  const against = head ?? (await repository.emptyTree());
  const text = await git.text(
    [
      "diff-index",
      "--cached",
      "--raw",
      "-z",
      "--no-renames",
      "--no-abbrev",
      "--no-ext-diff",
      "--ignore-submodules=all",
      "--end-of-options",
      against,
      "--",
    ],
    plan.terminal ? { env: indexOfCommit(process.env) } : {},
  );
  const { changes, skipped } = stagedChanges(text, matcherOf(plan));
  const words = head === undefined ? "the index, before the first commit" : "the index against HEAD";
  if (changes.length === 0 && skipped.length === 0)
    return { ...nothing(words), nothing: "Nothing is staged, so there is nothing to scan." };
  const threads = new Threads(setupOf(plan, root), plan.workers, log);
  const harvest = new Harvest();
  const wanted = new Map(changes.map(({ blob, path }) => [blob, path]));
  await threads.scan(BatchQueue.of(objectBatches([...wanted].map(([blob, path]) => lineOf(blob, path)))), harvest.take, true);
  const { blobs, bytes } = harvest;
  const touched = changes.filter(({ blob }) => harvest.found.has(blob));
  const before = new Map(
    touched.flatMap(({ before: old, path }) => old.filter((blob) => blob !== "" && !wanted.has(blob)).map((blob) => [blob, path] as const)),
  );
  await threads.scan(BatchQueue.of(objectBatches([...before].map(([blob, path]) => lineOf(blob, path)))), harvest.take, true);
  const occurrences = new OccurrenceRows(harvest.store, plan.rules, plan.sha1);
  addIntroduced(occurrences, harvest, touched);
  return {
    occurrences,
    commits: 0,
    blobs,
    bytes,
    skipped: [...skipped, ...harvest.skipped],
    range: words,
    paths: await pathsFound(plan, git, changes),
  };
}

/** `git commit -a` and `git commit <file>` commit an index of their own, and tell their hooks so by this variable alone. */
function indexOfCommit({ GIT_INDEX_FILE: index }: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return index === undefined || index === "" ? {} : { GIT_INDEX_FILE: index };
}

function stagedChanges(text: string, matches: (path: string) => boolean): { changes: PathChange[]; skipped: Skip[] } {
  const changes: PathChange[] = [];
  const skipped: Skip[] = [];
  const fields = text.split("\0");
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = "", old = "", blob = "", status = ""] = (fields[at] ?? "").split(" ");
    const path = fields[at + 1] ?? "";
    if (!matches(path) || status.startsWith("D") || mode === "160000") continue;
    if (status.startsWith("U")) skipped.push({ reason: "not merged yet", name: path, incomplete: true });
    else if (!/^0+$/.test(blob)) changes.push({ commit: "", path, blob, before: [/^0+$/.test(old) ? "" : old] });
  }
  return { changes, skipped };
}
