import { UserError } from "../../../packages/frame/errors.ts";
import { compileGlob } from "../../../packages/frame/glob.ts";
import { shorten } from "../../../packages/frame/inputs.ts";
import type { YamlInput } from "../../../packages/frame/manifest.ts";
import { didYouMean } from "../../../packages/frame/nearest.ts";
import type { Direction, Measure } from "./model.ts";
import { type Reading, readThreshold } from "./thresholds.ts";
import { readUnit } from "./units.ts";

export interface Budget {
  readonly text: string;
  readonly unit: string;
  readonly holds: (value: number) => boolean;
  /** In base units. */
  readonly limit: number;
}

export interface BenchmarkRule {
  readonly where: string;
  readonly benchmark: string;
  readonly matches: (measure: Pick<Measure, "suite" | "name" | "metric">) => boolean;
  readonly direction?: Direction;
  readonly alert?: number;
  readonly fail?: number;
  readonly budget?: Budget;
  readonly ignore?: { readonly reason: string; readonly until: string };
}

const keys = ["benchmark", "metric", "direction", "alert", "fail", "budget", "ignore"] as const;
const example = "Example: - benchmark: parse/**";

/** Reads the `rules` input and collects every problem. */
export function readRules(input: YamlInput | undefined, reading: Reading = "change"): BenchmarkRule[] {
  if (input === undefined || input.value === null || input.value === undefined) return [];
  if (!Array.isArray(input.value)) throw new UserError(`${placed(input.where([]))}: a list of rules is expected. ${example}`);
  const problems: string[] = [];
  const entries: readonly unknown[] = input.value;
  const rules = entries.flatMap((entry, index) => {
    try {
      return [readRule(entry, index, input, reading)];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
  return rules;
}

function placed(where: string): string {
  return where.startsWith("rules") ? where : `${where}: rules`;
}

function readRule(entry: unknown, index: number, input: YamlInput, reading: Reading): BenchmarkRule {
  const where = placed(input.where([index]));
  if (!isRecord(entry)) throw new UserError(`${where}: a rule has keys. ${example}`);
  const unknown = Object.keys(entry).find((key) => !keys.some((known) => known === key));
  if (unknown !== undefined)
    throw new UserError(
      `${where}: "${shorten(unknown)}" is no key of a rule. Allowed: ${keys.join(", ")}.${didYouMean(unknown, [...keys])}`,
    );
  const benchmark = entry["benchmark"];
  if (typeof benchmark !== "string" || benchmark === "")
    throw new UserError(`${where}: \`benchmark\` is missing: a name, or a glob of names. ${example}`);
  const metric = entry["metric"];
  if (metric !== undefined && typeof metric !== "string")
    throw new UserError(`${where}: \`metric\` is the name of a metric, such as time.`);
  const threshold = (key: "alert" | "fail"): Record<string, number> =>
    entry[key] === undefined || entry[key] === null ? {} : { [key]: readThreshold(`${where}: ${key}`, String(entry[key]), reading) };
  return {
    where,
    benchmark,
    matches: matcherOf(benchmark, metric),
    ...directionOf(entry["direction"], where),
    ...threshold("alert"),
    ...threshold("fail"),
    ...budgetOf(entry["budget"], where),
    ...ignoreOf(entry["ignore"], where),
  };
}

function matcherOf(benchmark: string, metric: string | undefined): BenchmarkRule["matches"] {
  const glob = compileGlob(benchmark);
  return (measure) => {
    if (metric !== undefined && measure.metric !== metric) return false;
    const whole = `${measure.suite}/${measure.name}`;
    return measure.name === benchmark || whole === benchmark || glob(measure.name) || glob(whole);
  };
}

function directionOf(value: unknown, where: string): { direction?: Direction } {
  if (value === undefined || value === null) return {};
  if (value === "lower" || value === "higher" || value === "none") return { direction: value };
  throw new UserError(`${where}: "${shorten(String(value))}" is no direction. Allowed: lower, higher, none.`);
}

function budgetOf(value: unknown, where: string): { budget?: Budget } {
  if (value === undefined || value === null) return {};
  const [, sign, number, unit = ""] = /^\s*(<=|>=|<|>)\s*([\d.]+)\s*(\D.*|)$/.exec(String(value)) ?? [];
  const amount = Number(number);
  if (sign === undefined || number === undefined || !Number.isFinite(amount))
    throw new UserError(
      `${where}: "${shorten(String(value))}" is no budget. Allowed: <, <=, > or >= and a number with its unit. Example: < 200ms`,
    );
  const read = readUnit(unit);
  const limit = amount * read.factor;
  const tests: Readonly<Record<string, (value: number) => boolean>> = {
    "<": (now) => now < limit,
    "<=": (now) => now <= limit,
    ">": (now) => now > limit,
    ">=": (now) => now >= limit,
  };
  return { budget: { text: String(value).trim(), unit: read.unit.trim(), limit, holds: tests[sign] ?? (() => false) } };
}

function ignoreOf(value: unknown, where: string): { ignore?: { reason: string; until: string } } {
  if (value === undefined || value === null) return {};
  const { reason, until } = isRecord(value) ? value : {};
  const day = until instanceof Date ? until.toISOString().slice(0, 10) : until;
  const dated = typeof day === "string" && /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day));
  if (typeof reason !== "string" || reason.trim() === "" || !dated)
    throw new UserError(
      `${where}: \`ignore\` needs a reason and a last day. Example: ignore: { reason: the disk is being replaced, until: 2027-01-31 }`,
    );
  return { ignore: { reason, until: day } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
