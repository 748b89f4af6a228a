import type { Direction, HostFacts, Measure } from "../model.ts";
import { readUnit } from "../units.ts";

/** What a parser gives: values as the tool wrote them. */
export interface Row {
  readonly name: string;
  readonly metric: string;
  readonly unit: string;
  /** One per invocation, fork or `-count` line. */
  readonly values: readonly number[];
  readonly suite?: string;
  /** What the tool says; times and rates know better. */
  readonly direction?: Direction;
  /** The tool's own word on whether the value is exact. */
  readonly exact?: boolean;
  readonly failed?: string;
}

export interface Draft {
  readonly rows: readonly Row[];
  readonly host?: HostFacts;
}

/** What is wrong with a file, in words that follow its name. */
export class FormatFault extends Error {
  override readonly name = "FormatFault";
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

/** Beyond this a name is cut: it is a name and no text. */
const longestName = 500;

/** Joins the rows of one file: the same benchmark again is one more value, never a replacement. */
export function measuresOf(rows: readonly Row[]): Measure[] {
  const found = new Map<string, Measure & { values: number[] }>();
  for (const row of rows) {
    const measure = measureOf(row);
    const key = JSON.stringify([measure.suite, measure.name, measure.metric, measure.unit]);
    const before = found.get(key);
    if (before === undefined) found.set(key, { ...measure, values: [...measure.values] });
    else found.set(key, merged(before, measure));
  }
  return unitsApart([...found.values()]);
}

function merged(before: Measure & { values: number[] }, more: Measure): Measure & { values: number[] } {
  for (const value of more.values) before.values.push(value);
  const failed = before.failed ?? more.failed;
  return failed === undefined ? before : { ...before, failed };
}

function measureOf(row: Row): Measure {
  const unit = readUnit(row.unit);
  const values = row.values.map((value) => value * unit.factor);
  const bad = row.failed ?? (values.length === 0 ? "it has no value" : badValue(values));
  return {
    suite: (row.suite ?? "").slice(0, longestName),
    name: row.name.slice(0, longestName),
    metric: row.metric,
    unit: unit.unit,
    direction: row.direction === "none" ? "none" : (unit.direction ?? row.direction ?? "lower"),
    exact: row.exact ?? unit.exact,
    values: bad === undefined ? values : [],
    ...(bad === undefined ? {} : { failed: bad }),
  };
}

function badValue(values: readonly number[]): string | undefined {
  if (values.some((value) => !Number.isFinite(value))) return "its value is no finite number";
  return values.some((value) => value < 0) ? "its value is negative" : undefined;
}

/** One metric in two units is two metrics. */
function unitsApart(measures: readonly Measure[]): Measure[] {
  const seen = new Map<string, string>();
  return measures.map((measure) => {
    const key = JSON.stringify([measure.suite, measure.name, measure.metric]);
    const unit = seen.get(key);
    if (unit === undefined || unit === measure.unit) {
      seen.set(key, measure.unit);
      return measure;
    }
    return { ...measure, metric: `${measure.metric} (${measure.unit})` };
  });
}
