import { lstat, readdir } from "node:fs/promises";
import { gitError } from "../../../packages/git/command.ts";
import type { Repository } from "../../../packages/git/repository.ts";
import type { ScanPlan, ScanResult, Skip } from "../src/model.ts";
import { addAll } from "./attribution.ts";
import { BatchQueue, fileBatches, inShard } from "./batches.ts";
import { diskPath, type FileName, fileNameOf, nameIn, shownName } from "./file-name.ts";
import { Harvest, matcherOf, pathTest } from "./harvest.ts";
import { setupOf } from "./machine.ts";
import { OccurrenceRows } from "./occurrence-rows.ts";
import type { ScannerOptions } from "./options.ts";
import { Threads } from "./threads.ts";

export async function scanWorktree(
  plan: ScanPlan,
  repository: Repository | undefined,
  { files, log }: ScannerOptions,
): Promise<ScanResult> {
  const root = repository?.root ?? files.workingDirectory;
  const skipped: Skip[] = [];
  const matches = matcherOf(plan);
  const all = repository === undefined ? await walk(root, skipped) : await listed(repository, skipped);
  const paths = all.filter((name) => matches(shownName(name)) && inShard(plan.shard, name));
  const harvest = new Harvest();
  await new Threads(setupOf(plan, root), plan.workers, log).scan(BatchQueue.of(fileBatches(paths)), harvest.take, paths.length < 400);
  const occurrences = new OccurrenceRows(harvest.store, plan.rules, plan.sha1);
  for (const name of [...harvest.found.keys()].sort()) addAll(occurrences, harvest, name, shownName(name));
  const words = repository === undefined ? "the files on disk" : "the files on disk but the git-ignored";
  return {
    occurrences,
    commits: 0,
    blobs: harvest.blobs,
    bytes: harvest.bytes,
    skipped: [...skipped, ...harvest.skipped],
    range: words,
    paths: paths
      .map(shownName)
      .filter(pathTest(plan))
      .map((path) => ({ path })),
  };
}

/** Tracked or not, but not ignored. Folders stand for repositories in the repository. */
async function listed({ git }: Repository, skipped: Skip[]): Promise<FileName[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout, stderr, exitCode } = await git.run(args);
  if (exitCode !== 0) throw gitError(args, stderr);
  // A folder that git may not open is a warning to it and no failure.
  for (const [, name = ""] of stderr.matchAll(/could not open directory '(.*?)\/?':/g))
    skipped.push({ reason: "could not be read (git may not open the folder)", name, incomplete: true });
  const names = new Set<FileName>();
  for (let start = 0, end = stdout.indexOf(0); end !== -1; start = end + 1, end = stdout.indexOf(0, start))
    names.add(fileNameOf(stdout.subarray(start, stdout[end - 1] === 47 ? end - 1 : end)));
  return [...names].sort();
}

async function walk(root: string, skipped: Skip[]): Promise<FileName[]> {
  const found: FileName[] = [];
  const pending: FileName[] = [""];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const place = diskPath(root, folder);
    const entries = await readdir(place, { withFileTypes: true, encoding: "buffer" }).catch(async (error: NodeJS.ErrnoException) => {
      if ((await lstat(place).catch(() => undefined)) !== undefined)
        skipped.push({ reason: `could not be read (${error.code ?? error.message})`, name: shownName(folder ?? ""), incomplete: true });
      return [];
    });
    for (const entry of entries) {
      const name = nameIn(folder, entry.name);
      if (!entry.isDirectory()) found.push(name);
      else if (!entry.name.equals(Buffer.from(".git"))) pending.push(name);
    }
  }
  return found.sort();
}
