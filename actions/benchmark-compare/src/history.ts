import { FormatFault, measuresOf } from "./formats/draft.ts";
import { isObject, listOf, objectOf, objectsOf, textOf } from "./formats/json.ts";
import { parseDataJs } from "./formats/plain.ts";
import type { Direction, ResultFile, StoredRun, StoredValue } from "./model.ts";
import { packedSchema, unpackRuns } from "./packed.ts";
import { median } from "./statistics/order.ts";

export const historySchema = "forge-benchmark-history/1";

export interface History {
  readonly schema: typeof historySchema;
  /** Oldest first. */
  readonly runs: readonly StoredRun[];
}

/** Runs of the default branch that are kept. */
const mostRuns = 4_000;
const mostValues = 1_000_000;

/** The name under which the built-in ruler's time is kept. */
export const rulerName = "(ruler)";

/** A run of each suite in the result files; several files are one run, of their medians. */
export function runsOf(
  files: readonly ResultFile[],
  about: { commit: string; date: string; host: string; suite: string; ruler: number | undefined },
): StoredRun[] {
  const suites = new Map<string, Map<string, { value: Omit<StoredValue, "value">; all: number[] }>>();
  for (const measure of files.flatMap(({ measures }) => measures)) {
    if (measure.values.length === 0) continue;
    const suite = measure.suite === "" ? about.suite : measure.suite;
    const own = suites.get(suite) ?? new Map<string, { value: Omit<StoredValue, "value">; all: number[] }>();
    suites.set(suite, own);
    const key = JSON.stringify([measure.name, measure.metric]);
    const { name, metric, unit, direction } = measure;
    const entry = own.get(key) ?? { value: { name, metric, unit, direction }, all: [] };
    entry.all.push(median(measure.values));
    own.set(key, entry);
  }
  const ruler: StoredValue[] =
    about.ruler === undefined ? [] : [{ name: rulerName, metric: "time", unit: "ns", direction: "none", value: about.ruler }];
  return [...suites].map(([suite, own]) => ({
    commit: about.commit,
    date: about.date,
    suite,
    host: about.host,
    benchmarks: [...[...own.values()].map(({ value, all }) => ({ ...value, value: median(all) })), ...ruler],
  }));
}

/** Both histories, each run once, oldest first; the newest stay where there are too many. */
export function joinedHistory(a: readonly StoredRun[], b: readonly StoredRun[]): History {
  const runs = new Map<string, StoredRun[]>();
  for (const run of [...a, ...b]) {
    const key = JSON.stringify([run.suite, run.commit, run.date, run.host]);
    const alike = runs.get(key) ?? [];
    // Legs of a matrix may end in the same millisecond.
    if (!alike.some((other) => JSON.stringify(other) === JSON.stringify(run))) runs.set(key, [...alike, run]);
  }
  const sorted = [...runs.values()]
    .flat()
    .sort((x, y) => (x.date < y.date ? -1 : x.date > y.date ? 1 : 0))
    .slice(-mostRuns);
  let values = 0;
  const kept = sorted.toReversed().filter(({ benchmarks }) => {
    values += benchmarks.length;
    return values <= mostValues;
  });
  return { schema: historySchema, runs: kept.toReversed() };
}

/** `undefined` for what is no history of ours. Single entries that are torn are left out. */
export function readHistory(value: unknown): History | undefined {
  if (!isObject(value) || !Array.isArray(value["runs"])) return undefined;
  if (value["schema"] === packedSchema) return { schema: historySchema, runs: unpackRuns(value).flatMap(readRun) };
  if (value["schema"] !== historySchema) return undefined;
  return { schema: historySchema, runs: listOf(value["runs"]).flatMap(readRun) };
}

function readRun(value: unknown): StoredRun[] {
  const { commit, date, suite, host, benchmarks } = objectOf(value);
  if (typeof commit !== "string" || typeof date !== "string" || Number.isNaN(Date.parse(date)) || !Array.isArray(benchmarks)) return [];
  return [{ commit, date, suite: textOf(suite), host: textOf(host), benchmarks: objectsOf(benchmarks).flatMap(readValue) }];
}

function readValue(value: Readonly<Record<string, unknown>>): StoredValue[] {
  const { name, metric, unit, direction, value: number } = value;
  if (typeof name !== "string" || typeof number !== "number" || !Number.isFinite(number)) return [];
  const known: Direction = direction === "higher" || direction === "none" ? direction : "lower";
  return [{ name, metric: textOf(metric), unit: textOf(unit), direction: known, value: number }];
}

/** The runs of a `data.js`, in base units; entries without a single number are left out. */
export function importedRuns(root: unknown): StoredRun[] {
  if (!isObject(root) || !isObject(root["entries"])) throw new FormatFault("is no data.js of github-action-benchmark");
  return parseDataJs(root).flatMap(({ suite, commit, date, rows }): StoredRun[] => {
    const measures = measuresOf(rows.map((row) => ({ ...row, suite }))).filter(({ values }) => values.length > 0);
    if (measures.length === 0 || !Number.isFinite(date)) return [];
    const benchmarks = measures.map(({ name, metric, unit, direction, values }) => ({
      name,
      metric,
      unit,
      direction,
      value: median(values),
    }));
    return [{ commit, date: new Date(date).toISOString(), suite, host: "", benchmarks }];
  });
}
