import { comparePaired, compareUnpaired, type Series } from "./compare.ts";
import type { Direction, Measure } from "./model.ts";
import type { Pair, Side } from "./readings.ts";
import type { BenchmarkRule } from "./rules.ts";
import type { Settings } from "./settings.ts";
import { median } from "./statistics/order.ts";
import { type Decision, decideExact, decideNoisy, type Evidence, fromZero, type Limits, type Result, type Summary } from "./verdicts.ts";

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
  const fail = last("fail") ?? thresholds.fail;
  // A benchmark that fails from 10 % on does not wait for an alert at 20 %.
  return { alert: Math.min(last("alert") ?? thresholds.alert, fail), fail, margin, direction, reading };
}

export function judgePairs({ pairs, paired, distrust }: Given, settings: Settings): Result[] {
  const decisions = pairs.map((pair) => {
    const limits = limitsOf(pair.measure, settings);
    return { pair, limits, decision: decideEarly(pair, limits, distrust) };
  });
  const open = decisions.flatMap((item, index) => {
    const series = item.decision === undefined && !single(item.pair) ? seriesOf(item.pair, item.limits, paired) : undefined;
    return series === undefined ? [] : [{ index, series }];
  });
  const certainty = { margin: Math.log1p(settings.margin), confidence: settings.confidence };
  const compare = paired ? comparePaired : compareUnpaired;
  const evidence = new Map<number, Evidence>();
  const found = compare(
    open.map(({ series }) => series),
    certainty,
  );
  for (const [place, each] of found.entries()) {
    const index = open[place]?.index;
    if (index !== undefined) evidence.set(index, each);
  }
  return decisions.map(({ pair, limits, decision }, index) => {
    const known = evidence.get(index);
    const one = decision === undefined && known === undefined ? fromSingles(pair, limits) : undefined;
    return resultOf(pair, limits, decision ?? one ?? (known === undefined ? noRounds : decideNoisy(known, limits)));
  });
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
  return { name, suite, metric, unit, direction, ...decision, base: summaryOf(base), head: summaryOf(head) };
}
