import { equally, type Likeness, likeness, type Weights, weightsOf } from "./likeness.ts";
import type { MeasuredFile, Sample } from "./model.ts";
import { stemsOf } from "./names.ts";

export interface Pair {
  readonly before: MeasuredFile;
  readonly now: MeasuredFile;
}

export interface Matching {
  readonly pairs: readonly Pair[];
  readonly added: readonly MeasuredFile[];
  readonly removed: readonly MeasuredFile[];
}

/** Files that are less alike than this are two files. */
const leastLikeness = 0.3;

/** Each file of either side occurs exactly once: in one pair, in `added` or in `removed`. */
class Open {
  readonly pairs: Pair[] = [];
  readonly before: Map<string, MeasuredFile>;
  readonly now: Map<string, MeasuredFile>;

  constructor(before: readonly MeasuredFile[], now: readonly MeasuredFile[]) {
    this.before = new Map(before.map((file) => [file.path, file]));
    this.now = new Map(now.map((file) => [file.path, file]));
  }

  pair(before: MeasuredFile, now: MeasuredFile): void {
    if (!this.before.delete(before.path) || !this.now.delete(now.path)) throw new Error("A file was to be matched twice.");
    this.pairs.push({ before, now });
  }
}

/**
 * Finds which file of a build is which file of another one: identical bytes first, then the same name, then the same stem (the name without
 * its hash) with alike content, best first. One to one; what is left is added or removed.
 */
export function match(before: readonly MeasuredFile[], now: readonly MeasuredFile[]): Matching {
  const open = new Open(before, now);
  const stems = stemsOf([...before, ...now].map(({ path }) => path));
  pairIdentical(open, stems);
  for (const [path, file] of [...open.now]) {
    const same = open.before.get(path);
    if (same !== undefined) open.pair(same, file);
  }
  pairAlike(open, stems, before, now);
  return { pairs: open.pairs, added: [...open.now.values()], removed: [...open.before.values()] };
}

/** Among copies the one with the same name is taken, then one with the same stem, then the first by name. */
function pairIdentical(open: Open, stems: ReadonlyMap<string, string>): void {
  const copies = groupBySha(open.now.values());
  const ways: readonly ((a: MeasuredFile, b: MeasuredFile) => boolean)[] = [
    (a, b) => a.path === b.path,
    (a, b) => stems.get(a.path) === stems.get(b.path),
    () => true,
  ];
  for (const alike of ways) {
    for (const file of [...open.before.values()]) {
      const found = copies.get(file.sha256)?.find((copy) => open.now.has(copy.path) && alike(file, copy));
      if (found !== undefined) open.pair(file, found);
    }
  }
}

function groupBySha(files: Iterable<MeasuredFile>): Map<string, MeasuredFile[]> {
  const groups = new Map<string, MeasuredFile[]>();
  for (const file of files) {
    const group = groups.get(file.sha256);
    if (group === undefined) groups.set(file.sha256, [file]);
    else group.push(file);
  }
  return groups;
}

interface Candidate extends Pair {
  readonly score: number;
}

function pairAlike(open: Open, stems: ReadonlyMap<string, string>, before: readonly MeasuredFile[], now: readonly MeasuredFile[]): void {
  const groups = stemGroups(open, stems);
  if (groups.length === 0) return;
  const weights = weightsOf([samplesIn(before), samplesIn(now)]);
  const candidates = groups.flatMap((group) => scored(group, weights));
  candidates.sort((a, b) => b.score - a.score || compare(a.now.path, b.now.path) || compare(a.before.path, b.before.path));
  for (const { before: old, now: file } of candidates) {
    if (open.before.has(old.path) && open.now.has(file.path)) open.pair(old, file);
  }
}

interface StemGroup {
  readonly before: readonly MeasuredFile[];
  readonly now: readonly MeasuredFile[];
}

function stemGroups(open: Open, stems: ReadonlyMap<string, string>): StemGroup[] {
  const groups = new Map<string, { before: MeasuredFile[]; now: MeasuredFile[] }>();
  for (const side of ["before", "now"] as const) {
    for (const file of open[side].values()) {
      const stem = stems.get(file.path) ?? file.path;
      if (stem === file.path) continue;
      const group = groups.get(stem) ?? { before: [], now: [] };
      group[side].push(file);
      groups.set(stem, group);
    }
  }
  return [...groups.values()].filter(({ before, now }) => before.length > 0 && now.length > 0);
}

function samplesIn(files: readonly MeasuredFile[]): Sample[] {
  return files.flatMap(({ sample }) => (sample === undefined ? [] : [sample]));
}

/** Groups with more pairs than this are searched by what is rare in them. */
const mostPairs = 20_000;
const mostPartners = 20;

function scored(group: StemGroup, weights: Weights): Candidate[] {
  const only = group.before.length === 1 && group.now.length === 1;
  const partners = group.before.length * group.now.length > mostPairs ? rarePartners(group.before, weights) : () => group.before;
  const candidates: Candidate[] = [];
  for (const now of group.now) {
    for (const before of partners(now)) {
      if (before.sample === undefined || now.sample === undefined) continue;
      const score = scoreOf(likeness(before.sample, now.sample, weights), only ? likeness(before.sample, now.sample, equally) : undefined);
      if (score >= leastLikeness) candidates.push({ before, now, score });
    }
  }
  return candidates;
}

/** For a file, those that share most of the hashes that few files have. */
function rarePartners(files: readonly MeasuredFile[], weights: Weights): (file: MeasuredFile) => readonly MeasuredFile[] {
  const holders = new Map<number, MeasuredFile[]>();
  for (const file of files) {
    for (const hash of file.sample?.hashes ?? []) {
      if (weights(hash) < 1 / 16) continue;
      const known = holders.get(hash);
      if (known === undefined) holders.set(hash, [file]);
      else known.push(file);
    }
  }
  return ({ sample }) => {
    const hits = new Map<MeasuredFile, number>();
    for (const hash of sample?.hashes ?? [])
      for (const file of holders.get(hash) ?? []) hits.set(file, (hits.get(file) ?? 0) + weights(hash));
    const best = [...hits].sort(([a, x], [b, y]) => y - x || compare(a.path, b.path));
    return best.slice(0, mostPartners).map(([file]) => file);
  };
}

/**
 * How much of a file lies within another one counts less than how alike both are, but it finds the chunk that has swallowed a library. Where each
 * side has one file of a stem, the name speaks for the pair, and what all files share counts in full.
 */
function scoreOf(weighed: Likeness, plain: Likeness | undefined): number {
  const inner = weighed.evidence >= 8 ? 0.8 * weighed.inner : 0;
  return Math.max(weighed.share, inner, plain?.share ?? 0, plain?.inner ?? 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
