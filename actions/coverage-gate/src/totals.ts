import type { LineRange } from "../../../packages/frame/ports.ts";
import { nothing, plus } from "./fraction.ts";
import {
  type FileCoverage,
  type LineColumn,
  type LineTable,
  lineState,
  type Metric,
  metrics,
  type Ratio,
  type UnitTable,
} from "./model.ts";

/** What is counted, and whether a line with an untaken branch is a hit. */
export interface Counting {
  readonly metric: Metric;
  readonly partialLines: "hit" | "miss";
}

/** Called once a line that holds at least one unit, ascending. */
export type VisitLine = (line: number, covered: number, total: number) => void;

/** Visits the lines of `first` to `last` that count, with the units that start on them. */
export function eachLine(file: FileCoverage, counting: Counting, visit: VisitLine, first = 0, last = Number.POSITIVE_INFINITY): void {
  if (counting.metric !== "lines") {
    const units = file[counting.metric];
    if (units !== undefined) eachUnitLine(units, visit, first, last);
  } else if (counting.partialLines === "miss" && file.branches !== undefined) {
    eachWholeLine(file.lines, file.branches, visit, first, last);
  } else eachPlainLine(file.lines, visit, first, last);
}

function eachPlainLine({ line, state }: LineTable, visit: VisitLine, first: number, last: number): void {
  for (let index = lowerBound(line, first); index < line.length; index++) {
    const at = line[index] ?? 0;
    if (at > last) return;
    if (state[index] !== lineState.ignored) visit(at, state[index] === lineState.hit ? 1 : 0, 1);
  }
}

/** A line is covered when it was hit and none of its branches was left out. */
function eachWholeLine({ line, state }: LineTable, branches: UnitTable, visit: VisitLine, first: number, last: number): void {
  let branch = lowerBound(branches.line, first);
  for (let index = lowerBound(line, first); index < line.length; index++) {
    const at = line[index] ?? 0;
    if (at > last) return;
    while ((branches.line[branch] ?? Number.POSITIVE_INFINITY) < at) branch++;
    let partial = false;
    for (; branches.line[branch] === at; branch++) if (branches.covered[branch] === 0) partial = true;
    if (state[index] !== lineState.ignored) visit(at, state[index] === lineState.hit && !partial ? 1 : 0, 1);
  }
}

function eachUnitLine({ line, covered, weight }: UnitTable, visit: VisitLine, first: number, last: number): void {
  let index = lowerBound(line, first);
  while (index < line.length) {
    const at = line[index] ?? 0;
    if (at > last) return;
    let hit = 0;
    let total = 0;
    for (; line[index] === at; index++) {
      const counts = weight?.[index] ?? 1;
      total += counts;
      if (covered[index] !== 0) hit += counts;
    }
    if (total > 0) visit(at, hit, total);
  }
}

function lowerBound(values: LineColumn, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the file comes with numbers only, so that nothing is known of its lines. */
export function isTotalsOnly(file: FileCoverage): boolean {
  return file.totals !== undefined && file.lines.line.length === 0;
}

/** `undefined` where the report does not speak of the metric. */
export function ratioOf(file: FileCoverage, counting: Counting): Ratio | undefined {
  if (isTotalsOnly(file)) return file.totals?.[counting.metric];
  if (counting.metric !== "lines" && file[counting.metric] === undefined) return undefined;
  let covered = 0;
  let total = 0;
  eachLine(file, counting, (_, hit, all) => {
    covered += hit;
    total += all;
  });
  return { covered, total };
}

/** Collects lines that are next to each other; a range never spans a line that was not added. */
export class RangeFolder {
  readonly ranges: [number, number][] = [];

  add(line: number): void {
    const last = this.ranges.at(-1);
    if (last !== undefined && line <= last[1] + 1) last[1] = Math.max(last[1], line);
    else this.ranges.push([line, line]);
  }
}

/** Lines on which a unit was not covered. */
export function uncoveredRanges(file: FileCoverage, counting: Counting): LineRange[] {
  const folder = new RangeFolder();
  eachLine(file, counting, (line, covered, total) => {
    if (covered < total) folder.add(line);
  });
  return folder.ranges;
}

export interface FileNumbers {
  readonly path: string;
  /** In units of the metric; 0 of 0 where the report does not speak of it. */
  readonly ratio: Ratio;
  readonly branches: Ratio;
}

export interface Totals {
  readonly counting: Counting;
  /** By path. */
  readonly files: readonly FileNumbers[];
  readonly ratio: Ratio;
  /** Every metric that at least one file speaks of. */
  readonly all: Readonly<Partial<Record<Metric, Ratio | undefined>>>;
  /** Why the metric cannot be counted. */
  readonly missing?: string;
}

/** `unplaced` are totals without files. */
export function countTotals(
  files: ReadonlyMap<string, FileCoverage>,
  counting: Counting,
  unplaced: readonly Readonly<Partial<Record<Metric, Ratio>>>[] = [],
): Totals {
  const numbers: FileNumbers[] = [];
  const all: Partial<Record<Metric, Ratio | undefined>> = {};
  for (const metric of metrics) for (const totals of unplaced) all[metric] = sum(all[metric], totals[metric]);
  for (const path of [...files.keys()].sort()) {
    const file = files.get(path);
    if (file === undefined) continue;
    const each: Partial<Record<Metric, Ratio>> = {};
    for (const metric of metrics) {
      const ratio = ratioOf(file, { metric, partialLines: counting.partialLines });
      if (ratio === undefined) continue;
      each[metric] = ratio;
      all[metric] = plus(all[metric] ?? nothing, ratio);
    }
    numbers.push({ path, ratio: each[counting.metric] ?? nothing, branches: each.branches ?? nothing });
  }
  const missing = whyNotCounted(files, counting, all);
  return { counting, files: numbers, ratio: all[counting.metric] ?? nothing, all, ...(missing === undefined ? {} : { missing }) };
}

function sum(a: Ratio | undefined, b: Ratio | undefined): Ratio | undefined {
  return a === undefined || b === undefined ? (a ?? b) : plus(a, b);
}

function whyNotCounted(
  files: ReadonlyMap<string, FileCoverage>,
  counting: Counting,
  all: Readonly<Partial<Record<Metric, Ratio | undefined>>>,
): string | undefined {
  if (Object.values(all).some((ratio) => ratio !== undefined && ratio.total > 0) && all[counting.metric] === undefined) {
    return `the reports do not count ${counting.metric}`;
  }
  if (counting.metric !== "lines" || counting.partialLines === "hit") return undefined;
  const bare = [...files].find(([, file]) => isTotalsOnly(file));
  return bare === undefined ? undefined : `partial-lines: miss needs the lines of ${bare[0]}, and its report holds totals only`;
}

/** The sum over some of the files. */
export function sumOf(files: Iterable<FileNumbers>): Ratio {
  let sum = nothing;
  for (const file of files) sum = plus(sum, file.ratio);
  return sum;
}
