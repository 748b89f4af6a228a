import { type Direction, type HostFacts, keyOf, type Measure } from "../model.ts";
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
  readonly rows: Iterable<Row>;
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

/**
 * Joins the rows of one file: the same benchmark again is one more value, never a replacement. One metric in two units is two metrics. Rows
 * are taken one at a time, so that a reader may make them as they are asked for.
 */
export function measuresOf(rows: Iterable<Row>): Measure[] {
  const found = new Map<string, Measure & { values: number[] }>();
  for (const row of rows) {
    if (row.name === "") continue;
    const given = measureOf(row);
    const before = found.get(keyOf(given));
    const measure = before === undefined || before.unit === given.unit ? given : { ...given, metric: `${given.metric} (${given.unit})` };
    const key = keyOf(measure);
    const same = measure === given ? before : found.get(key);
    if (same === undefined) found.set(key, measure);
    else found.set(key, merged(same, measure));
  }
  return [...found.values()];
}

function merged(before: Measure & { values: number[] }, more: Measure): Measure & { values: number[] } {
  for (const value of more.values) before.values.push(value);
  const failed = before.failed ?? more.failed;
  return failed === undefined ? before : { ...before, failed };
}

function measureOf(row: Row): Measure & { values: number[] } {
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
