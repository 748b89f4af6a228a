import { type History, rulerName } from "./history.ts";
import { limitsOf, resultOf } from "./judge.ts";
import { keyOf, type StoredRun } from "./model.ts";
import type { Pair, Side } from "./readings.ts";
import type { Settings } from "./settings.ts";
import { changePoints } from "./statistics/change-points.ts";
import { median, quantile, scaledDeviation } from "./statistics/order.ts";
import { tQuantile } from "./statistics/student.ts";
import { reaches, worseBy } from "./thresholds.ts";
import { clears, type Decision, decideExact, fromZero, type Limits, type Result } from "./verdicts.ts";

/** Fewer stored runs say too little about how far runs lie apart. */
const fewestRuns = 8;
const mostRuns = 60;
/** Runs lie at least this far apart, in logarithms. */
const floor = 0.005;

export interface Point {
  readonly commit: string;
  readonly date: string;
  readonly host: string;
  /** In base units. */
  readonly value: number;
  /** Logarithm of the value, less the ruler's where there is one. */
  readonly log: number;
}

export interface ChangeData {
  readonly name: string;
  readonly suite: string;
  readonly metric: string;
  readonly commit: string;
  readonly change: number;
}

/** The course of every benchmark, oldest first. `ruler` is a benchmark's name, `builtin` or `none`. */
export function coursesOf(history: History, ruler: string): Map<string, Point[]> {
  const courses = new Map<string, Point[]>();
  for (const run of history.runs) {
    const scale = rulerOf(run, ruler);
    for (const { name, metric, value } of run.benchmarks) {
      if (name === rulerName) continue;
      const key = keyOf({ suite: run.suite, name, metric });
      const own = courses.get(key) ?? [];
      courses.set(key, own);
      own.push({ commit: run.commit, date: run.date, host: run.host, value, log: Math.log(value) - (name === ruler ? 0 : scale) });
    }
  }
  return courses;
}

/** The ruler's logarithm in a run; 0 where it has none. */
function rulerOf(run: StoredRun, ruler: string): number {
  if (ruler === "none") return 0;
  const name = ruler === "builtin" ? rulerName : ruler;
  const value = run.benchmarks.find((each) => each.name === name && each.unit === "ns")?.value ?? 1;
  return value > 0 ? Math.log(value) : 0;
}

export interface HistoryGiven {
  readonly pairs: readonly Pair[];
  readonly history: History;
  readonly host: string;
  /** Logarithm of the ruler's value now; 0 without. */
  readonly ruler: number;
  readonly rulerName: string;
  /** The newest commits first; exact values are compared with the nearest. */
  readonly files: number;
}

/** One side against what runs before it have shown. */
export function judgeHistory(given: HistoryGiven, settings: Settings): Result[] {
  const courses = coursesOf(given.history, given.rulerName);
  const noisy = given.pairs.filter(({ measure }) => !measure.exact).length;
  return given.pairs.map((pair) => {
    const limits = limitsOf(pair.measure, settings);
    const course = courses.get(keyOf(pair.measure)) ?? [];
    const side = pair.head;
    const own = pair.measure.name === given.rulerName ? 0 : given.ruler;
    const { decision, used } =
      side === undefined
        ? { decision: absent, used: course }
        : decide(side, pair, course, limits, { ...given, ruler: own }, settings, noisy);
    const base: Side = { rounds: used.map(({ value }) => value), all: used.map(({ value }) => value) };
    return resultOf(used.length === 0 ? pair : { ...pair, base }, limits, decision);
  });
}

const absent: Decision = { verdict: "removed", change: null, interval: null, moreRounds: null };

interface Decided {
  readonly decision: Decision;
  readonly used: readonly Point[];
}

function decide(
  side: Side,
  { measure }: Pair,
  course: readonly Point[],
  limits: Limits,
  given: HistoryGiven,
  settings: Settings,
  noisy: number,
): Decided {
  const nothing = { change: null, interval: null, moreRounds: null };
  if (side.failed !== undefined || side.all.length === 0)
    return { decision: { verdict: "failed", ...nothing, why: side.failed ?? "it has no value" }, used: course };
  const values = side.rounds.filter((value) => value !== undefined);
  const now = median(values);
  const last = course.at(-1);
  if (last === undefined) return { decision: { verdict: "new", ...nothing }, used: [] };
  if (measure.exact || (last.value === 0 && now === 0)) return { decision: decideExact(last.value, now, limits), used: [last] };
  if (last.value === 0) return { decision: fromZero(now, limits), used: [last] };
  const used = sameEpoch(course.filter(({ host, value }) => host === given.host && value > 0)).slice(-mostRuns);
  const change = now / (used.length === 0 ? last.value : median(used.map(({ value }) => value))) - 1;
  if (used.length < fewestRuns || values.includes(0)) {
    const why = values.includes(0) ? "some of its values are 0" : `the history has ${used.length} of ${fewestRuns} runs on such a machine`;
    return { decision: { verdict: "inconclusive", ...nothing, change, why }, used: used.length === 0 ? [last] : used };
  }
  return { decision: predict(values, used, limits, given, settings, noisy), used };
}

/** Since the last step: what was before it tells nothing about now. */
function sameEpoch(course: readonly Point[]): readonly Point[] {
  const steps = changePoints(
    course.map(({ log }) => log),
    0.001,
    0.02,
  );
  const since = course.slice(steps.at(-1)?.index ?? 0);
  return since.length >= fewestRuns ? since : course.slice(-Math.max(fewestRuns, since.length));
}

function predict(
  values: readonly number[],
  used: readonly Point[],
  limits: Limits,
  given: HistoryGiven,
  settings: Settings,
  noisy: number,
): Decision {
  const logs = used.map(({ log }) => log);
  const centre = median(logs);
  const n = logs.length;
  const wide = (quantile(logs, 0.9) - quantile(logs, 0.1)) / 2.563;
  const spread = Math.max(scaledDeviation(logs), wide, floor) * Math.sqrt(1 + 1.57 / n);
  const reach = spread * tQuantile(1 - (1 - settings.confidence) / 2 / Math.max(1, noisy), n - 1);
  const gaps = values.map((value) => Math.log(value) - given.ruler - centre);
  const gap = median(gaps);
  const half = spread * tQuantile((1 + settings.confidence) / 2, n - 1);
  const interval = [Math.expm1(gap - half), Math.expm1(gap + half)] as const;
  const told = { change: Math.expm1(gap), interval };
  if (limits.direction === "none") return { verdict: "ok", ...told, moreRounds: null };
  const agreeing = gaps.filter((each) => Math.abs(each) > reach && Math.sign(each) === Math.sign(gap)).length;
  const badness = worseBy(told.change, limits.direction, limits.reading);
  if (agreeing === 0 || Math.abs(gap) <= reach || Math.abs(badness) < limits.margin) return within(told, limits);
  if (agreeing < 2)
    return { verdict: "inconclusive", ...told, moreRounds: 1, why: "one run stands out from the history; a second one must agree" };
  if (badness < 0) return { verdict: "improved", ...told, moreRounds: null };
  const least = Math.min(...interval.map((end) => worseBy(end, limits.direction, limits.reading)));
  const failing = reaches(badness, limits.fail) && clears(least, limits);
  return { verdict: failing ? "fail" : reaches(badness, limits.alert) ? "alert" : "notice", ...told, moreRounds: null };
}

function within(told: Pick<Decision, "change" | "interval">, limits: Limits): Decision {
  const most = Math.max(...(told.interval ?? []).map((end) => worseBy(end, limits.direction, limits.reading)));
  if (most < limits.alert) return { verdict: "ok", ...told, moreRounds: null };
  return { verdict: "inconclusive", ...told, moreRounds: 1, why: "runs of the history lie too far apart to tell" };
}

/** Steps in the courses of the default branch, machine class by machine class. */
export function stepsOf(history: History, ruler: string): ChangeData[] {
  return [...coursesOf(history, ruler)].flatMap(([key, course]) => {
    const [suite = "", name = "", metric = ""] = namesIn(key);
    const hosts = [...new Set(course.map(({ host }) => host))];
    return hosts.flatMap((host) => {
      const own = course.filter((point) => point.host === host && point.value > 0);
      const logs = own.map(({ log }) => log);
      return changePoints(logs, 0.001, 0.02).map(({ index, shift }) => ({
        name,
        suite,
        metric,
        commit: own[index]?.commit ?? "",
        change: Math.expm1(shift),
      }));
    });
  });
}

function namesIn(key: string): string[] {
  const value: unknown = JSON.parse(key);
  return Array.isArray(value) ? value.map(String) : [];
}
