import { jointTest } from "./statistics/max-t.ts";
import { rankSumTest, shiftOf } from "./statistics/rank-sum.ts";
import { differencesOf } from "./statistics/shared-noise.ts";
import { centreOf, type Shift } from "./statistics/signed-rank.ts";
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
  const tested = series.map((one) => shiftedBy(one, margin, confidence));
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

interface Tested {
  readonly shift: Shift;
  readonly p: number;
  readonly worse: boolean;
  readonly rounds: number;
}

function shiftedBy({ base, head, sign }: Series, margin: number, confidence: number): Tested {
  const rounds = Math.min(base.length, head.length);
  const [before, now] = [base[0], head[0]];
  // One value a side is what most large files hold: nothing can be tested, and tens of thousands of such tests take their time and memory.
  if (base.length === 1 && head.length === 1 && before !== undefined && now !== undefined)
    return { shift: { estimate: now - before, interval: undefined }, p: 1, worse: (now - before) * sign > 0, rounds };
  const shift = shiftOf(base, head, (1 - confidence) / 2);
  const direction = Math.sign(shift.estimate);
  const moved = head.map((value) => value - direction * margin);
  const p = Math.abs(shift.estimate) > margin ? rankSumTest(base, moved, true).p / 2 : 1;
  return { shift, p, worse: direction * sign > 0, rounds };
}

/** Which of several chances are significant when all are asked at once. */
function holm(chances: readonly number[], level: number): boolean[] {
  const order = chances.map((_, index) => index).sort((a, b) => (chances[a] ?? 1) - (chances[b] ?? 1));
  const result = chances.map(() => false);
  for (const [place, index] of order.entries()) {
    if ((chances[index] ?? 1) > level / (order.length - place)) break;
    result[index] = true;
  }
  return result;
}
