import type { Baseline, Log } from "../../../packages/frame/ports.ts";
import {
  type Algorithm,
  algorithms,
  type Build,
  type Digest,
  type Job,
  type MeasuredFile,
  type Sizer,
  type Sizes,
  type Versions,
} from "./model.ts";
import { libraryOf, needsSample } from "./stored.ts";

/** Sizes by content, compression and library version: content that was compressed once is not compressed again. */
export class SizeCache {
  readonly #sizes = new Map<string, number>();

  static key(sha256: string, algorithm: Algorithm, library: string): string {
    return `${sha256} ${algorithm} ${library}`;
  }

  get(sha256: string, algorithm: Algorithm, versions: Versions): number | undefined {
    return this.#sizes.get(SizeCache.key(sha256, algorithm, libraryOf(versions, algorithm)));
  }

  add({ files, versions }: Build): void {
    for (const { sha256, sizes } of files) {
      for (const algorithm of algorithms) {
        const size = algorithm === "none" ? undefined : sizes[algorithm];
        if (size !== undefined) this.#sizes.set(SizeCache.key(sha256, algorithm, libraryOf(versions, algorithm)), size);
      }
    }
  }

  /** Takes what `toJson` gave; leaves out what is no entry. */
  addJson(data: unknown): void {
    if (!Array.isArray(data)) return;
    for (const entry of data) {
      const [key, size]: unknown[] = Array.isArray(entry) ? entry : [];
      if (typeof key === "string" && typeof size === "number" && Number.isSafeInteger(size) && size >= 0) this.#sizes.set(key, size);
    }
  }

  /** What the build has, and nothing of what was only remembered: else it would grow for ever. */
  static toJson({ files, versions }: Build): readonly (readonly [string, number])[] {
    const cache = new SizeCache();
    cache.add({ files, versions });
    return [...cache.#sizes].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** Compressing less than this is quicker than asking a store. */
const worthRemembering = 512 * 1024;
const memoryKey = "sizes";

export interface MeasurePorts {
  readonly sizes: Sizer;
  readonly baseline: Baseline;
  readonly log: Log;
}

/** Reads every file once, and compresses what no known build and no remembered run has had. */
export async function measure(
  folder: string,
  paths: readonly string[],
  wanted: readonly Algorithm[],
  cache: SizeCache,
  ports: MeasurePorts,
): Promise<Build> {
  const { sizes: sizer, baseline, log } = ports;
  const versions = await sizer.versions();
  const digests = await sizer.read(folder, paths, paths.filter(needsSample));
  if (bytesOf(openJobs(digests, wanted, cache, versions)) >= worthRemembering) cache.addJson(await baseline.recall?.(memoryKey));
  const jobs = openJobs(digests, wanted, cache, versions);
  const bytes = bytesOf(jobs);
  if (jobs.length > 0) log.info(`Measuring ${paths.length} files: ${jobs.length} sizes to compute, ${bytes} bytes to compress.`);
  const results = await sizer.compress(folder, jobs);
  const build = { versions, files: digests.map((digest) => ({ path: digest.path, sha256: digest.sha256, sizes: { none: digest.bytes } })) };
  cache.add({ versions, files: answered(digests, jobs, results) });
  const files = digests.map((digest) => withSizes(digest, wanted, cache, versions));
  if (bytes >= worthRemembering) {
    const told = await baseline.remember?.(memoryKey, SizeCache.toJson({ ...build, files }));
    if (told !== undefined) log.debug("saved" in told ? `Sizes remembered: ${told.saved}.` : `Sizes not remembered: ${told.skipped}.`);
  }
  return { files, versions };
}

/** Equal content once. */
function openJobs(digests: readonly Digest[], wanted: readonly Algorithm[], cache: SizeCache, versions: Versions): Job[] {
  const jobs: Job[] = [];
  const seen = new Set<string>();
  for (const { path, sha256, bytes } of digests) {
    if (seen.has(sha256)) continue;
    seen.add(sha256);
    for (const algorithm of wanted) {
      if (algorithm !== "none" && cache.get(sha256, algorithm, versions) === undefined) jobs.push({ path, algorithm, bytes });
    }
  }
  return jobs;
}

function bytesOf(jobs: readonly Job[]): number {
  return jobs.reduce((sum, { bytes }) => sum + bytes, 0);
}

function answered(digests: readonly Digest[], jobs: readonly Job[], results: readonly number[]): MeasuredFile[] {
  const shas = new Map(digests.map(({ path, sha256 }) => [path, sha256]));
  return jobs.map(({ path, algorithm }, index) => ({
    path,
    sha256: shas.get(path) ?? "",
    sizes: { none: 0, [algorithm]: results[index] ?? 0 },
  }));
}

function withSizes(digest: Digest, wanted: readonly Algorithm[], cache: SizeCache, versions: Versions): MeasuredFile {
  const { path, sha256, bytes, sample } = digest;
  const compressed = wanted.flatMap((algorithm) => {
    const size = algorithm === "none" ? undefined : cache.get(sha256, algorithm, versions);
    return size === undefined ? [] : [[algorithm, size] as const];
  });
  const sizes: Sizes = { none: bytes, ...Object.fromEntries(compressed) };
  return { path, sha256, sizes, ...(sample === undefined ? {} : { sample }) };
}
