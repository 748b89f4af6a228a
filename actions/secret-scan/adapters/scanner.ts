import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../packages/frame/errors.ts";
import { globMatcher } from "../../../packages/frame/glob.ts";
import type { Exec, Files, Log } from "../../../packages/frame/ports.ts";
import { gitError } from "../../../packages/git/command.ts";
import { openBareRepository, openRepository, type Repository } from "../../../packages/git/repository.ts";
import type { Detection, Occurrence, ScanPlan, ScanResult, SecretScanner, Skip } from "../src/model.ts";
import { authorsOf, distinct, introductions, occurrence } from "./attribution.ts";
import type { BatchResult } from "./blob-stream.ts";
import { changesOf, type PathChange } from "./changes.ts";
import { setupOf } from "./machine.ts";
import { type CommitRange, findRange } from "./range.ts";
import { withSafeNames } from "./safe-names.ts";
import { type Batch, Threads } from "./threads.ts";

export interface ScannerOptions {
  readonly files: Files;
  readonly exec: Exec;
  readonly log: Log;
}

/** The scanner over the git and the disk of this machine. */
export function openScanner(options: ScannerOptions): SecretScanner {
  return {
    scan: async (plan) => withSafeNames(await scanScope(plan, options), plan),
    async present(commits) {
      const { exec, files } = options;
      const repository =
        (await openRepository(exec, files.workingDirectory, process.env, true)) ??
        (await openBareRepository(exec, files.workingDirectory, process.env, true));
      const found = repository === undefined ? [] : await repository.resolve(commits);
      return commits.filter((_, index) => found[index] !== undefined);
    },
  };
}

async function scanScope(plan: ScanPlan, options: ScannerOptions): Promise<ScanResult> {
  const repository = await openRepository(options.exec, options.files.workingDirectory, process.env, !plan.terminal);
  const bare =
    repository === undefined
      ? await openBareRepository(options.exec, options.files.workingDirectory, process.env, !plan.terminal)
      : undefined;
  if (bare !== undefined) return scanCommits(plan, bare, options);
  if (plan.scope === "worktree") return scanWorktree(plan, repository, options);
  if (repository === undefined) {
    throw new UserError(
      `${options.files.workingDirectory} is not inside a git repository, so there are no commits to scan: check the repository out first, or use \`scope: worktree\`.`,
      { exitCode: 3 },
    );
  }
  return plan.scope === "staged" ? scanStaged(plan, repository, options) : scanCommits(plan, repository, options);
}

async function scanCommits(plan: ScanPlan, repository: Repository, options: ScannerOptions): Promise<ScanResult> {
  if (plan.scope === "worktree" || plan.scope === "staged")
    throw new UserError(
      `${repository.root} is a bare repository, which has neither files nor an index: use \`scope: history\` or \`scope: diff\`.`,
      { exitCode: 3 },
    );
  const range = await findRange(repository, plan, options.log);
  if (range.nothing !== undefined) return { ...nothing(range.words), nothing: range.nothing };
  return plan.scope === "history" ? scanHistory(plan, repository, range, options) : scanDiff(plan, repository, range, options);
}

function nothing(range: string): ScanResult {
  return { occurrences: [], commits: 0, blobs: 0, bytes: 0, skipped: [], range, paths: [] };
}

/** Everything that batches gave, put together. */
class Harvest {
  readonly found = new Map<string, { path: string; detections: readonly Detection[] }>();
  readonly skipped: Skip[] = [];
  blobs = 0;
  bytes = 0;

  take = (result: BatchResult): void => {
    for (const { key, path, detections } of result.hits) this.found.set(key, { path, detections });
    for (const skip of result.skipped) this.skipped.push(skip);
    this.blobs += result.blobs;
    this.bytes += result.bytes;
  };

  detections(): Map<string, readonly Detection[]> {
    return new Map([...this.found].map(([key, { detections }]) => [key, detections]));
  }
}

function matcherOf(plan: ScanPlan): (path: string) => boolean {
  if (plan.paths.length === 0) return () => true;
  const patterns = plan.paths.every((pattern) => pattern.startsWith("!")) ? ["**", ...plan.paths] : plan.paths;
  return globMatcher(patterns);
}

function inShard(shard: ScanPlan["shard"], key: string): boolean {
  if (shard === undefined) return true;
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) >>> 0;
  return hash % shard.of === shard.index - 1;
}

/** Contents of a batch: enough that a process of git is worth its start, few enough that threads finish together. */
const objectsOfBatch = 3_000;
const filesOfBatch = 250;

function objectBatches(lines: readonly string[]): Batch[] {
  const batches: Batch[] = [];
  const size = Math.max(200, Math.min(objectsOfBatch, Math.ceil(lines.length / 8)));
  for (let at = 0; at < lines.length; at += size) batches.push({ objects: Buffer.from(`${lines.slice(at, at + size).join("\n")}\n`) });
  return batches;
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

async function scanHistory(plan: ScanPlan, repository: Repository, range: CommitRange, { log }: ScannerOptions): Promise<ScanResult> {
  const { git, root } = repository;
  const commits = await git.text(["rev-list", ...range.revisions, "--"]);
  const count = countLines(commits);
  const skipped: Skip[] = [];
  const batches: Batch[] = [];
  const args = ["rev-list", "--objects", "--filter=object:type=blob", "--filter-provided-objects", ...range.revisions, "--"];
  const splitter = new LineBatches(plan.shard, batches);
  const listed = await git.run(args, { output: (piece) => splitter.push(piece) });
  splitter.end();
  if (listed.exitCode !== 0) {
    if (splitter.lines === 0) throw gitError(args, listed.stderr);
    skipped.push({ reason: gitError(args, listed.stderr).message, name: "", incomplete: true });
  }
  if (count === 0 && splitter.lines === 0 && skipped.length === 0 && plan.shard === undefined)
    return { ...nothing(range.words), nothing: `There is no commit to scan: ${range.words}.` };
  const harvest = new Harvest();
  await new Threads(setupOf(plan, root), plan.workers, log).scan(batches, splitter.lines < 1_500, harvest.take);
  const found = harvest.detections();
  const occurrences = found.size === 0 ? [] : await attribute(plan, repository, commits, harvest, found);
  const paths = plan.rules.some((rule) => rule.finder.kind === "path")
    ? (await changesOf(git, commits, () => true)).map(({ path }) => path)
    : [];
  return {
    occurrences,
    commits: count,
    blobs: harvest.blobs,
    bytes: harvest.bytes,
    skipped: [...skipped, ...(await wantedSkips(plan, repository, commits, harvest.skipped))],
    range: range.words,
    paths: [...new Set(paths)],
  };
}

async function attribute(
  plan: ScanPlan,
  { git }: Repository,
  commits: string,
  harvest: Harvest,
  found: ReadonlyMap<string, readonly Detection[]>,
): Promise<Occurrence[]> {
  const changes = await changesOf(git, commits, (blob) => found.has(blob));
  const matches = matcherOf(plan);
  const known = new Set(changes.map(({ blob }) => blob));
  // What no commit holds: a tag on a file, or on a tree.
  const loose = [...found].filter(([blob]) => !known.has(blob)).map(([blob]) => ({ path: harvest.found.get(blob)?.path || blob, blob }));
  const attributed = await withAuthors(
    plan,
    git,
    introductions(
      changes.filter(({ path }) => matches(path)),
      found,
    ),
  );
  return [
    ...attributed,
    ...loose.flatMap(({ path, blob }) =>
      distinct(found.get(blob) ?? []).map((detection) => occurrence(detection, path, plan.rules, plan.sha1)),
    ),
  ];
}

async function withAuthors(
  plan: ScanPlan,
  git: Repository["git"],
  introduced: readonly { change: PathChange; detection: Detection }[],
): Promise<Occurrence[]> {
  const authors = await authorsOf(git, [...new Set(introduced.map(({ change }) => change.commit))]);
  return introduced.map(({ change, detection }) => ({
    ...occurrence(detection, change.path, plan.rules, plan.sha1),
    commit: change.commit,
    ...authors.get(change.commit),
  }));
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** Cuts the output of `rev-list --objects` into batches without looking at most of it. */
class LineBatches {
  readonly #shard: ScanPlan["shard"];
  readonly #batches: Batch[];
  #rest = "";
  #lines: string[] = [];
  lines = 0;

  constructor(shard: ScanPlan["shard"], batches: Batch[]) {
    this.#shard = shard;
    this.#batches = batches;
  }

  push(piece: Uint8Array): void {
    const text = this.#rest + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
    const last = text.lastIndexOf("\n");
    this.#rest = text.slice(last + 1);
    if (last === -1) return;
    for (const line of text.slice(0, last).split("\n")) {
      if (!inShard(this.#shard, line.slice(0, 16))) continue;
      this.#lines.push(line);
      if (this.#lines.length === objectsOfBatch) this.#flush();
    }
  }

  end(): void {
    if (this.#rest !== "") this.#lines.push(this.#rest);
    this.#flush();
    // A short list is cut anew, so that no thread is without work.
    const [only] = this.#batches;
    if (this.#batches.length > 3 || only === undefined) return;
    const all = this.#batches.flatMap((batch) =>
      "objects" in batch ? Buffer.from(batch.objects).toString("latin1").trimEnd().split("\n") : [],
    );
    this.#batches.length = 0;
    const size = Math.max(200, Math.ceil(all.length / 8));
    for (let at = 0; at < all.length; at += size)
      this.#batches.push({ objects: Buffer.from(`${all.slice(at, at + size).join("\n")}\n`, "latin1") });
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    this.lines += this.#lines.length;
    this.#batches.push({ objects: Buffer.from(`${this.#lines.join("\n")}\n`, "latin1") });
    this.#lines = [];
  }
}

async function scanDiff(plan: ScanPlan, repository: Repository, range: CommitRange, { log }: ScannerOptions): Promise<ScanResult> {
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
  await threads.scan(objectBatches(lines), lines.length < 1_500, harvest.take);
  const { blobs, bytes } = harvest;
  const touched = changes.filter(({ blob }) => harvest.found.has(blob));
  // Only now is it worth to look at what stood there before.
  const before = new Map(
    touched.flatMap(({ before: blobs, path }) =>
      blobs.filter((blob) => blob !== "" && !wanted.has(blob)).map((blob) => [blob, path] as const),
    ),
  );
  for (const [blob, path] of touchedBefore(plan, touched, wanted)) before.set(blob, path);
  await threads.scan(objectBatches([...before].map(([blob, path]) => lineOf(blob, path))), true, harvest.take);
  const occurrences = touched.length === 0 ? [] : await withAuthors(plan, git, introductions(touched, harvest.detections()));
  return {
    occurrences,
    commits: count,
    blobs,
    bytes,
    skipped: harvest.skipped,
    range: range.words,
    paths: [...new Set(changes.map(({ path }) => path))],
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

function lineOf(blob: string, path: string): string {
  return `${blob} ${path.replace(/[\n\0]/g, " ")}`;
}

async function scanStaged(plan: ScanPlan, repository: Repository, { log }: ScannerOptions): Promise<ScanResult> {
  const { git, root } = repository;
  const [head] = await repository.resolve(["HEAD"]);
  const against = head ?? (await repository.emptyTree());
  const text = await git.text([
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
  ]);
  const { changes, skipped } = stagedChanges(text, matcherOf(plan));
  const words = head === undefined ? "the index, before the first commit" : "the index against HEAD";
  if (changes.length === 0 && skipped.length === 0)
    return { ...nothing(words), nothing: "Nothing is staged, so there is nothing to scan." };
  const threads = new Threads(setupOf(plan, root), plan.workers, log);
  const harvest = new Harvest();
  const wanted = new Map(changes.map(({ blob, path }) => [blob, path]));
  await threads.scan(objectBatches([...wanted].map(([blob, path]) => lineOf(blob, path))), true, harvest.take);
  const { blobs, bytes } = harvest;
  const touched = changes.filter(({ blob }) => harvest.found.has(blob));
  const before = new Map(
    touched.flatMap(({ before: old, path }) => old.filter((blob) => blob !== "" && !wanted.has(blob)).map((blob) => [blob, path] as const)),
  );
  await threads.scan(objectBatches([...before].map(([blob, path]) => lineOf(blob, path))), true, harvest.take);
  const occurrences = introductions(touched, harvest.detections()).map(({ change, detection }) =>
    occurrence(detection, change.path, plan.rules, plan.sha1),
  );
  return {
    occurrences,
    commits: 0,
    blobs,
    bytes,
    skipped: [...skipped, ...harvest.skipped],
    range: words,
    paths: changes.map(({ path }) => path),
  };
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

async function scanWorktree(plan: ScanPlan, repository: Repository | undefined, { files, log }: ScannerOptions): Promise<ScanResult> {
  const root = repository?.root ?? files.workingDirectory;
  const skipped: Skip[] = [];
  const matches = matcherOf(plan);
  const all = repository === undefined ? await walk(root, skipped) : await listed(repository);
  const paths = all.filter((path) => matches(path) && inShard(plan.shard, path));
  const batches: Batch[] = [];
  const size = Math.max(20, Math.min(filesOfBatch, Math.ceil(paths.length / 8)));
  for (let at = 0; at < paths.length; at += size) batches.push({ files: paths.slice(at, at + size) });
  const harvest = new Harvest();
  await new Threads(setupOf(plan, root), plan.workers, log).scan(batches, paths.length < 400, harvest.take);
  const occurrences = [...harvest.found.values()]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap(({ path, detections }) => distinct(detections).map((detection) => occurrence(detection, path, plan.rules, plan.sha1)));
  const words = repository === undefined ? "the files on disk" : "the files on disk but the git-ignored";
  return {
    occurrences,
    commits: 0,
    blobs: harvest.blobs,
    bytes: harvest.bytes,
    skipped: [...skipped, ...harvest.skipped],
    range: words,
    paths,
  };
}

/** Tracked or not, but not ignored. Folders stand for repositories in the repository. */
async function listed({ git }: Repository): Promise<string[]> {
  const text = await git.text(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  return [...new Set(text.split("\0").filter((path) => path !== ""))].map((path) => path.replace(/\/$/, "")).sort();
}

async function walk(root: string, skipped: Skip[]): Promise<string[]> {
  const found: string[] = [];
  const pending = [""];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(async (error: NodeJS.ErrnoException) => {
      if ((await lstat(join(root, folder ?? "")).catch(() => undefined)) !== undefined)
        skipped.push({ reason: `could not be read (${error.code ?? error.message})`, name: folder ?? "", incomplete: true });
      return [];
    });
    for (const entry of entries) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== ".git") pending.push(path);
      } else found.push(path);
    }
  }
  return found.sort();
}
