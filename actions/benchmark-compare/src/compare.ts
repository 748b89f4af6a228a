import { jointTest } from "./statistics/max-t.ts";
import { rankSumTest, shiftOf } from "./statistics/rank-sum.ts";
import { differencesOf } from "./statistics/shared-noise.ts";
import { centreOf } from "./statistics/signed-rank.ts";
import type { Evidence } from "./verdicts.ts";

/** Logarithms of one benchmark's values on both sides; `sign` is -1 where more is better, so that larger is worse. */
export interface Series {
  readonly base: readonly number[];
  readonly head: readonly number[];
  readonly sign: 1 | -1;
}

export interface Certainty {
  /** Logarithm of a ratio. */
  readonly margin: number;
  readonly confidence: number;
}

/**
 * Flags are held to a stricter level than intervals: what stays of the machine's noise where a neighbour came or went is not quite symmetric,
 * and a simulation of crowded runners asks for this share of the level to keep what is promised (docs/decisions/0009).
 */
const flagShare = 0.5;
const seed = 20_261_121;

/** Rounds of both sides, in the order of running; each series has as many values on both sides. */
export function comparePaired(series: readonly Series[], { margin, confidence }: Certainty): Evidence[] {
  const level = (1 - confidence) * flagShare;
  const results: Evidence[] = new Array<Evidence>(series.length);
  const groups = new Map<number, number[]>();
  for (const [index, { head }] of series.entries()) groups.set(head.length, [...(groups.get(head.length) ?? []), index]);
  for (const [rounds, members] of groups) {
    // Benchmarks that some rounds lack are tested apart, with their share of the level.
    const own = level * (members.length / series.length);
    const chosen = members.flatMap((index) => series[index] ?? []);
    const differences = differencesOf(
      chosen.map(({ base, sign }) => base.map((value) => sign * value)),
      chosen.map(({ head, sign }) => head.map((value) => sign * value)),
    );
    const worse = jointTest(differences, margin, seed);
    const turned = differences.map((column) => column.map((value) => -value));
    const better = jointTest(turned, margin, seed);
    for (const [place, { base, head }] of chosen.entries()) {
      const gaps = head.map((value, round) => value - (base[round] ?? 0));
      const index = members[place];
      if (index === undefined) continue;
      const { estimate, interval } = centreOf(gaps, (1 - confidence) / 2);
      results[index] = { estimate, interval, rounds, worse: (worse[place] ?? 1) <= own, better: (better[place] ?? 1) <= own };
    }
  }
  return results;
}

/** Repetitions of both sides that are no pairs: the rank-sum test beyond the margin, with Holm's correction over all benchmarks. */
export function compareUnpaired(series: readonly Series[], { margin, confidence }: Certainty): Evidence[] {
  const tested = series.map(({ base, head, sign }) => {
    const shift = shiftOf(base, head, (1 - confidence) / 2);
    const direction = Math.sign(shift.estimate);
    const beyond = Math.abs(shift.estimate) > margin;
    const p = beyond
      ? rankSumTest(
          base,
          head.map((value) => value - direction * margin),
          true,
        ).p / 2
      : 1;
    return { shift, p, worse: direction * sign > 0, rounds: Math.min(base.length, head.length) };
  });
  const significant = holm(
    tested.map(({ p }) => p),
    (1 - confidence) / 2,
  );
  return tested.map(({ shift, worse, rounds }, index) => ({
    estimate: shift.estimate,
    interval: shift.interval,
    rounds,
    worse: worse && significant[index] === true,
    better: !worse && significant[index] === true,
  }));
}

/** Which of several chances are significant when all are asked at once. */
function holm(chances: readonly number[], level: number): boolean[] {
  const order = chances.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const result = chances.map(() => false);
  for (const [place, { p, index }] of order.entries()) {
    if (p > level / (order.length - place)) break;
    result[index] = true;
  }
  return result;
}
