import type { FileCoverage, Metric, Ratio } from "./model.ts";
import { metrics } from "./model.ts";
import { type Counting, eachLine, type Totals } from "./totals.ts";

/** What is kept of a run of the default branch: its totals, and which lines made them, so that removed code can be taken out later. */
export interface Stored {
  readonly flags: readonly StoredFlag[];
}

export interface StoredFlag {
  /** Empty for reports without a flag. */
  readonly flag: string;
  /** The commit that was measured; older than the record's own where the flag was carried forward. */
  readonly commit: string;
  readonly metric: Metric;
  readonly partialLines: "hit" | "miss";
  readonly covered: number;
  readonly total: number;
  readonly totals: Readonly<Partial<Record<Metric, readonly [covered: number, total: number]>>>;
  /** Path, covered, total, and the lines behind them (`encodeLines`). A list, because paths make poor keys. */
  readonly files: readonly (readonly [path: string, covered: number, total: number, lines: string])[];
}

export function storeFlag(flag: string, commit: string, totals: Totals, files: ReadonlyMap<string, FileCoverage>): StoredFlag {
  const { counting, ratio, all } = totals;
  const kept: Partial<Record<Metric, readonly [number, number]>> = {};
  for (const metric of metrics) {
    const found = all[metric];
    if (found !== undefined) kept[metric] = [found.covered, found.total];
  }
  return {
    flag,
    commit,
    metric: counting.metric,
    partialLines: counting.partialLines,
    covered: ratio.covered,
    total: ratio.total,
    totals: kept,
    files: totals.files.map(({ path, ratio: own }) => {
      const file = files.get(path);
      return [path, own.covered, own.total, file === undefined ? "" : encodeLines(file, counting)];
    }),
  };
}

/**
 * Runs of neighbouring lines that count alike: how many lines were skipped, the sign `+` covered, `-` not, or `c/t` units, and the run's
 * length (left out for 1). `4+3,1-` is lines 4 to 6 covered, line 7 not: each skip counts from the line after the last one.
 */
export function encodeLines(file: FileCoverage, counting: Counting): string {
  const runs: string[] = [];
  let next = 0;
  let run: { skip: number; mark: string; length: number } | undefined;
  const flush = (): void => {
    if (run !== undefined) runs.push(`${run.skip}${run.mark}${run.length === 1 ? "" : run.length}`);
  };
  eachLine(file, counting, (line, covered, total) => {
    const mark = total === 1 ? (covered === 1 ? "+" : "-") : `(${covered}/${total})`;
    if (run !== undefined && line === next && run.mark === mark) run.length++;
    else {
      flush();
      run = { skip: line - next, mark, length: 1 };
    }
    next = line + 1;
  });
  flush();
  return runs.join(",");
}

const longestFile = 5_000_000;

interface StoredRun {
  readonly first: number;
  readonly last: number;
  readonly covered: number;
  readonly total: number;
}

function readRun(text: string, next: number): StoredRun | undefined {
  const match = /^(\d{1,10})(?:([+-])|\((\d{1,10})\/(\d{1,10})\))(\d{1,7})?$/.exec(text);
  if (match === null) return undefined;
  const [, skip, sign, some, all, length = "1"] = match;
  const first = next + Number(skip);
  const units = sign === undefined ? { covered: Number(some), total: Number(all) } : { covered: sign === "+" ? 1 : 0, total: 1 };
  return { first, last: first + Number(length) - 1, ...units };
}

/**
 * The reverse: what stood on the lines for which `wanted`, asked in ascending order, is true. Anything that is not such a text, or claims
 * more lines than a file has, gives `undefined`.
 */
export function sumLines(encoded: string, wanted: (line: number) => boolean): Ratio | undefined {
  let covered = 0;
  let total = 0;
  let next = 0;
  let visited = 0;
  for (const text of encoded === "" ? [] : encoded.split(",")) {
    const run = readRun(text, next);
    visited += run === undefined ? 0 : run.last - run.first + 1;
    if (run === undefined || visited > longestFile || run.last > 0xffffffff) return undefined;
    for (let line = run.first; line <= run.last; line++) {
      if (!wanted(line)) continue;
      covered += run.covered;
      total += run.total;
    }
    next = run.last + 1;
  }
  return { covered, total };
}

/** A stored measurement as it should be; `undefined` for anything else, because a store can be torn or written by others. */
export function readStored(data: unknown): Stored | undefined {
  if (!isRecord(data) || !Array.isArray(data["flags"])) return undefined;
  const flags = data["flags"].filter(isStoredFlag);
  return flags.length === data["flags"].length ? { flags } : undefined;
}

function isStoredFlag(value: unknown): value is StoredFlag {
  if (!isRecord(value) || typeof value["flag"] !== "string" || typeof value["commit"] !== "string") return false;
  if (!/^[0-9a-f]{0,64}$/.test(value["commit"]) || !(metrics as readonly unknown[]).includes(value["metric"])) return false;
  if (value["partialLines"] !== "hit" && value["partialLines"] !== "miss") return false;
  if (!isShare(value["covered"], value["total"]) || !isRecord(value["totals"]) || !Array.isArray(value["files"])) return false;
  const totals = Object.values(value["totals"]);
  return totals.every((pair) => Array.isArray(pair) && isShare(pair[0], pair[1])) && value["files"].every(isStoredFile);
}

function isStoredFile(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === "string" && isShare(value[1], value[2]) && typeof value[3] === "string";
}

function isShare(covered: unknown, total: unknown): boolean {
  return isCount(covered) && isCount(total) && covered <= total;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
