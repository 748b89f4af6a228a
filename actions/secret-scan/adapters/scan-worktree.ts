import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Repository } from "../../../packages/git/repository.ts";
import type { ScanPlan, ScanResult, Skip } from "../src/model.ts";
import { addAll } from "./attribution.ts";
import { BatchQueue, fileBatches, inShard } from "./batches.ts";
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
  const all = repository === undefined ? await walk(root, skipped) : await listed(repository);
  const paths = all.filter((path) => matches(path) && inShard(plan.shard, path));
  const harvest = new Harvest();
  await new Threads(setupOf(plan, root), plan.workers, log).scan(BatchQueue.of(fileBatches(paths)), harvest.take, paths.length < 400);
  const occurrences = new OccurrenceRows(harvest.store, plan.rules, plan.sha1);
  for (const path of [...harvest.found.keys()].sort()) addAll(occurrences, harvest, path, path);
  const words = repository === undefined ? "the files on disk" : "the files on disk but the git-ignored";
  return {
    occurrences,
    commits: 0,
    blobs: harvest.blobs,
    bytes: harvest.bytes,
    skipped: [...skipped, ...harvest.skipped],
    range: words,
    paths: paths.filter(pathTest(plan)).map((path) => ({ path })),
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
