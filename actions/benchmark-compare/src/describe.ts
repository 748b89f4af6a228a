import type { Verdict } from "../../../packages/frame/outcome.ts";
import type { Section, Text } from "../../../packages/report/model.ts";
import { sparkline } from "../../../packages/report/trend.ts";
import type { Mode } from "./judge.ts";
import { keyOf } from "./model.ts";
import { limitText } from "./outcome.ts";
import type { Settings } from "./settings.ts";
import { flagged, type Result } from "./verdicts.ts";
import { changeText, counted, intervalText, titleOf, valueText } from "./words.ts";

/** The course that led to a result, oldest first, for its sparkline. */
export type Courses = ReadonlyMap<string, readonly number[]>;

export interface Told {
  readonly results: readonly Result[];
  readonly mode: Mode;
  readonly rounds: number;
  readonly courses: Courses;
  readonly settings: Settings;
}

const sparkPoints = 20;
/** More rows than a summary has room for. */
const mostRows = 6_000;

/** One line: the answer, the benchmark that decided, its number and the limit. */
export function headlineOf(verdict: Verdict, told: Told, broken: string | undefined): string {
  const { results, settings } = told;
  const fails = results.filter((result) => result.verdict === "fail");
  const [first] = fails;
  if (first !== undefined && verdict === "fail") {
    const more = fails.length === 1 ? "" : `; ${counted(fails.length - 1, "more benchmark fails", "more benchmarks fail")}`;
    const interval = intervalText(first.interval);
    return `${titleOf(first)} changed by ${changeText(first.change)}${interval === "" ? "" : ` (${interval})`}, and fail-threshold is ${limitText(settings.thresholds.fail)}${more}`;
  }
  if (broken !== undefined && (verdict === "fail" || verdict === "unknown")) return broken;
  return summaryOf(told);
}

function summaryOf({ results, mode, rounds }: Told): string {
  const count = (verdict: Result["verdict"]): number => results.filter((result) => result.verdict === verdict).length;
  const parts = [
    counted(results.length, "benchmark"),
    mode === "paired"
      ? `${counted(rounds, "round")} a side`
      : mode === "history"
        ? "against the history"
        : mode === "unpaired"
          ? "without pairs"
          : "nothing to compare with",
  ];
  const worst = results.find(({ verdict }) => flagged(verdict));
  const told = (["fail", "alert", "notice", "improved", "inconclusive", "new", "removed", "failed"] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdict}`);
  const named = worst === undefined ? "" : `; most: ${titleOf(worst)} ${changeText(worst.change)}`;
  const open = results.find(({ verdict }) => verdict === "inconclusive");
  const why = open !== undefined && worst === undefined && open.why !== undefined ? ` (${open.why})` : "";
  return `${parts.join(", ")}: ${told.length === 0 ? "none changed" : told.join(", ")}${why}${named}`;
}

/** Movers first, then what is open, then the rest, folded. */
export function sectionsOf(told: Told): Section[] {
  const { results } = told;
  const movers = results.filter(({ verdict }) => flagged(verdict) || verdict === "improved");
  const open = results.filter(({ verdict }) => verdict === "inconclusive" || verdict === "failed");
  const named = new Set([...movers, ...open]);
  const rest = results.filter((result) => !named.has(result));
  return [
    ...table("What changed", movers, told, false),
    ...table("Not decided", open, told, true),
    ...table(`The other ${counted(rest.length, "benchmark")}`, rest, told, false).map((section) => ({ ...section, folded: true })),
  ];
}

function table(title: string, results: readonly Result[], { courses }: Told, open: boolean): Section[] {
  if (results.length === 0) return [];
  const last = open ? [{ title: "More rounds", align: "right" as const }, { title: "Why" }] : [{ title: "Course" }];
  const columns = [
    { title: "" },
    { title: "Benchmark" },
    { title: "Base", align: "right" as const },
    { title: "Now", align: "right" as const },
    { title: "Change", align: "right" as const },
    { title: "Interval", align: "right" as const },
    ...last,
  ];
  const rows = results
    .slice(0, mostRows)
    .map((result): Text[] => [
      result.verdict,
      titleOf(result),
      valueText(result.base.median, result.unit),
      valueText(result.head.median, result.unit),
      result.base.median === null || result.head.median === null ? "" : changeText(result.change),
      intervalText(result.interval),
      ...(open
        ? [result.moreRounds === null ? "" : String(result.moreRounds), result.why ?? ""]
        : [courseOf(courses.get(keyOf(result)) ?? [])]),
    ]);
  return [{ title, blocks: [{ kind: "table", columns, rows, ...(results.length > mostRows ? { more: results.length - mostRows } : {}) }] }];
}

function courseOf(values: readonly number[]): string {
  return values.length < 2 ? "" : sparkline(values.slice(-sparkPoints));
}
