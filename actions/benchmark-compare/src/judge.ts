import { comparePaired, compareUnpaired, type Series } from "./compare.ts";
import type { Direction, Measure } from "./model.ts";
import type { Pair, Side } from "./readings.ts";
import type { BenchmarkRule } from "./rules.ts";
import type { Settings } from "./settings.ts";
import { median } from "./statistics/order.ts";
import { type Decision, decideExact, decideNoisy, fromZero, type Limits, type Result, type Summary } from "./verdicts.ts";

export type Mode = "paired" | "unpaired" | "history" | "none";

export interface Given {
  readonly pairs: readonly Pair[];
  readonly paired: boolean;
  /** Why times cannot be compared. */
  readonly distrust: string | undefined;
}

/** The benchmark's own limits, later rules over earlier ones. */
export function limitsOf(measure: Pick<Measure, "suite" | "name" | "metric" | "direction">, settings: Settings): Limits {
  const rules = settings.rules.filter((rule) => rule.matches(measure));
  const last = <K extends keyof BenchmarkRule>(key: K): BenchmarkRule[K] | undefined =>
    rules.findLast((rule) => rule[key] !== undefined)?.[key];
  const direction: Direction = last("direction") ?? measure.direction;
  const { thresholds, margin, reading } = settings;
  return { alert: last("alert") ?? thresholds.alert, fail: last("fail") ?? thresholds.fail, margin, direction, reading };
}

/** Without rules, benchmarks of one direction have the same limits; files with tens of thousands of benchmarks share them. */
function allLimits(pairs: readonly Pair[], settings: Settings): Limits[] {
  if (settings.rules.length > 0) return pairs.map((pair) => limitsOf(pair.measure, settings));
  const shared = new Map<Direction, Limits>();
  return pairs.map((pair) => {
    const limits = shared.get(pair.measure.direction) ?? limitsOf(pair.measure, settings);
    shared.set(pair.measure.direction, limits);
    return limits;
  });
}

export function judgePairs({ pairs, paired, distrust }: Given, settings: Settings): Result[] {
  const limits = allLimits(pairs, settings);
  const decisions: (Decision | undefined)[] = [];
  const open: number[] = [];
  const series: Series[] = [];
  for (const [index, pair] of pairs.entries()) {
    const own = limits[index] ?? limitsOf(pair.measure, settings);
    const decision = decideEarly(pair, own, distrust);
    const one = decision === undefined && !single(pair) ? seriesOf(pair, own, paired) : undefined;
    decisions.push(decision ?? (one === undefined ? fromSingles(pair, own) : undefined));
    if (one === undefined) continue;
    open.push(index);
    series.push(one);
  }
  const certainty = { margin: Math.log1p(settings.margin), confidence: settings.confidence };
  for (const [place, evidence] of (paired ? comparePaired : compareUnpaired)(series, certainty).entries()) {
    const index = open[place] ?? -1;
    const own = limits[index];
    if (own !== undefined) decisions[index] = decideNoisy(evidence, own);
  }
  return pairs.map((pair, index) => resultOf(pair, limits[index] ?? limitsOf(pair.measure, settings), decisions[index] ?? noRounds));
}

/** One value a side has neither an interval nor a test. */
function single({ base, head }: Pair): boolean {
  return base?.all.length === 1 && head?.all.length === 1;
}

function fromSingles({ base, head }: Pair, limits: Limits): Decision | undefined {
  const [before, now] = [base?.all[0], head?.all[0]];
  if (before === undefined || now === undefined || base?.all.length !== 1 || head?.all.length !== 1) return undefined;
  if (base.rounds.findIndex(isNumber) !== head.rounds.findIndex(isNumber)) return undefined;
  return decideNoisy({ estimate: Math.log(now / before), interval: undefined, worse: false, better: false, rounds: 1 }, limits);
}

const isNumber = (value: number | undefined): boolean => value !== undefined;

const noRounds: Decision = { verdict: "inconclusive", change: null, interval: null, moreRounds: 10, why: "no round has it on both sides" };

/** What needs no test. */
function decideEarly({ measure, base, head, mismatch }: Pair, limits: Limits, distrust: string | undefined): Decision | undefined {
  const nothing = { change: null, interval: null, moreRounds: null };
  if (head === undefined) return { verdict: "removed", ...nothing };
  if (head.failed !== undefined || head.all.length === 0) return { verdict: "failed", ...nothing, why: head.failed ?? "it has no value" };
  if (base === undefined) return { verdict: "new", ...nothing };
  if (base.failed !== undefined || base.all.length === 0)
    return { verdict: "new", ...nothing, why: `on the base it failed: ${base.failed ?? "it has no value"}` };
  if (mismatch !== undefined) return { verdict: "inconclusive", ...nothing, why: mismatch };
  const [before, now] = [middleOf(base), middleOf(head)];
  if (measure.exact || (before === 0 && now === 0)) return decideExact(before, now, limits);
  if (distrust !== undefined) return { verdict: "inconclusive", ...changeOf(before, now), interval: null, moreRounds: null, why: distrust };
  if (before === 0) return fromZero(now, limits);
  if ([...base.all, ...head.all].includes(0)) return decideWithZeros(before, now);
  return undefined;
}

function changeOf(before: number, now: number): { change: number | null } {
  return { change: before === 0 ? null : now / before - 1 };
}

function decideWithZeros(before: number, now: number): Decision {
  return {
    verdict: "inconclusive",
    ...changeOf(before, now),
    interval: null,
    moreRounds: null,
    why: "some of its values are 0, which has no ratio to others",
  };
}

function seriesOf({ base, head }: Pair, { direction }: Limits, paired: boolean): Series | undefined {
  if (base === undefined || head === undefined) return undefined;
  const sign = direction === "higher" ? -1 : 1;
  if (!paired) return { base: base.all.map(Math.log), head: head.all.map(Math.log), sign };
  const both = head.rounds.flatMap((now, round) => {
    const before = base.rounds[round];
    return now === undefined || before === undefined ? [] : [{ before: Math.log(before), now: Math.log(now) }];
  });
  return both.length === 0 ? undefined : { base: both.map(({ before }) => before), head: both.map(({ now }) => now), sign };
}

/** The middle of the rounds, so that a round with more repetitions weighs no more. */
export function middleOf(side: Side): number {
  const rounds = side.rounds.filter((value) => value !== undefined);
  return median(rounds);
}

function summaryOf(side: Side | undefined): Summary {
  if (side === undefined || side.all.length === 0) return { n: 0, median: null };
  return { n: side.all.length, median: middleOf(side) };
}

export function resultOf({ measure, base, head }: Pair, { direction }: Limits, decision: Decision): Result {
  const { suite, name, metric, unit } = measure;
  const { verdict, change, interval, moreRounds, why } = decision;
  const result = {
    name,
    suite,
    metric,
    unit,
    direction,
    verdict,
    change,
    interval,
    moreRounds,
    base: summaryOf(base),
    head: summaryOf(head),
  };
  return why === undefined ? result : { ...result, why };
}
