import type { Matching } from "./match.ts";
import type { Algorithm, MeasuredFile, Sizes } from "./model.ts";

export type Status = "same" | "changed" | "renamed" | "added" | "removed";

/** A file of either side, or of both. */
export interface Row {
  /** Where it is now; where it was, for a removed one. */
  readonly path: string;
  /** Its name in the baseline, where that is another one. */
  readonly previous?: string;
  /** Absent without a baseline. */
  readonly status?: Status;
  readonly sizes?: Sizes;
  readonly previousSizes?: Sizes;
}

export function rowsWithoutBaseline(files: readonly MeasuredFile[]): Row[] {
  return files.map(({ path, sizes }) => ({ path, sizes }));
}

/** One row for each file of each side, pairs in one: the sums of the rows are the sums of the files. */
export function rowsOf({ pairs, added, removed }: Matching): Row[] {
  const rows: Row[] = [
    ...pairs.map(({ before, now }): Row => {
      const { path, sizes } = now;
      if (before.path !== path) return { path, previous: before.path, status: "renamed", sizes, previousSizes: before.sizes };
      return { path, status: before.sha256 === now.sha256 ? "same" : "changed", sizes, previousSizes: before.sizes };
    }),
    ...added.map(({ path, sizes }): Row => ({ path, status: "added", sizes })),
    ...removed.map(({ path, sizes }): Row => ({ path, status: "removed", previousSizes: sizes })),
  ];
  return rows.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : Number(a.sizes === undefined) - Number(b.sizes === undefined)));
}

export interface Sum {
  readonly now: number;
  readonly before: number;
}

export function sumOf(rows: readonly Row[], algorithm: Algorithm): Sum {
  let now = 0;
  let before = 0;
  for (const { sizes, previousSizes } of rows) {
    now += sizes?.[algorithm] ?? 0;
    before += previousSizes?.[algorithm] ?? 0;
  }
  return { now, before };
}

export function increaseOf({ sizes, previousSizes }: Row, algorithm: Algorithm): number {
  return (sizes?.[algorithm] ?? 0) - (previousSizes?.[algorithm] ?? 0);
}

/** Most growth first; what shrank most comes last. */
export function byIncrease(rows: readonly Row[], algorithm: Algorithm): Row[] {
  return [...rows].sort((a, b) => increaseOf(b, algorithm) - increaseOf(a, algorithm) || (a.path < b.path ? -1 : 1));
}

export interface Counts {
  readonly matched: number;
  readonly renamed: number;
  readonly added: number;
  readonly removed: number;
}

export function countsOf(rows: readonly Row[]): Counts {
  const count = (status: Status): number => rows.filter((row) => row.status === status).length;
  const renamed = count("renamed");
  return { matched: renamed + count("same") + count("changed"), renamed, added: count("added"), removed: count("removed") };
}
