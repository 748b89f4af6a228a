import type { Direction } from "./model.ts";
import type { Reading, Thresholds } from "./thresholds.ts";
import { reaches, worseBy } from "./thresholds.ts";

export type BenchmarkVerdict = "fail" | "alert" | "notice" | "improved" | "ok" | "inconclusive" | "new" | "removed" | "failed";

export interface Summary {
  /** How many values stand behind the median. */
  readonly n: number;
  readonly median: number | null;
}

/** What is said about one metric of one benchmark. */
export interface Result {
  readonly name: string;
  readonly suite: string;
  readonly metric: string;
  readonly unit: string;
  readonly direction: Direction;
  readonly verdict: BenchmarkVerdict;
  readonly base: Summary;
  readonly head: Summary;
  /** Signed fraction; positive: the value grew. */
  readonly change: number | null;
  readonly interval: readonly [number, number] | null;
  readonly moreRounds: number | null;
  readonly why?: string;
}

/** What decides about one benchmark. */
export interface Limits extends Thresholds {
  readonly margin: number;
  readonly direction: Direction;
  readonly reading: Reading;
}

export interface Decision {
  readonly verdict: BenchmarkVerdict;
  readonly change: number | null;
  readonly interval: readonly [number, number] | null;
  readonly moreRounds: number | null;
  readonly why?: string;
}

export const flagged = (verdict: BenchmarkVerdict): boolean => verdict === "fail" || verdict === "alert" || verdict === "notice";

/** Fewer rounds cannot tell a difference from chance. */
export const fewestRounds = 6;
/** As many as see most differences of 10 %. */
export const usualRounds = 10;
const mostRounds = 1_000;

/** Made once: thousands of benchmarks share them. */
const tooFewRounds = Array.from(
  { length: fewestRounds },
  (_, rounds) => `${rounds} ${rounds === 1 ? "round has" : "rounds have"} next to no power; from ${fewestRounds} on something can be told`,
);

/** Two values that do not vary by chance. */
export function decideExact(base: number, head: number, limits: Limits): Decision {
  if (base === 0) return fromZero(head, limits);
  const change = head / base - 1;
  const worse = worseBy(change, limits.direction, limits.reading);
  return { verdict: sizeOf(worse, limits), change, interval: [change, change], moreRounds: null };
}

function sizeOf(worse: number, { alert, fail, margin }: Limits): BenchmarkVerdict {
  if (worse > 0 && reaches(worse, fail)) return "fail";
  if (worse > 0 && reaches(worse, alert)) return "alert";
  if (worse > 0 && reaches(worse, margin)) return "notice";
  return worse < 0 && reaches(-worse, margin) ? "improved" : "ok";
}

/** Nothing is a fraction of nothing: what was not there before is worth a look, whatever its size. */
export function fromZero(head: number, { direction }: Limits): Decision {
  const none = { interval: null, moreRounds: null };
  if (head === 0) return { verdict: "ok", change: 0, ...none };
  const verdict = direction === "none" ? "ok" : direction === "lower" ? "alert" : "improved";
  return { verdict, change: null, ...none, why: "it was 0 before" };
}

/** An estimate of logarithms of `head / base`, with what the tests say. */
export interface Evidence {
  readonly estimate: number;
  readonly interval: readonly [number, number] | undefined;
  /** Beyond the margin, all benchmarks taken together. */
  readonly worse: boolean;
  readonly better: boolean;
  readonly rounds: number;
}

/** Values that vary by chance. */
export function decideNoisy({ estimate, interval, worse, better, rounds }: Evidence, limits: Limits): Decision {
  const change = Math.expm1(estimate);
  const shown = interval === undefined ? null : ([Math.expm1(interval[0]), Math.expm1(interval[1])] as const);
  const told = { change, interval: shown };
  if (limits.direction === "none") return { verdict: "ok", ...told, moreRounds: null };
  if (rounds < fewestRounds) {
    return { verdict: "inconclusive", ...told, moreRounds: usualRounds - rounds, why: tooFewRounds[rounds] ?? "" };
  }
  const badness = worseBy(change, limits.direction, limits.reading);
  const ends = (shown ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]).map((end) => worseBy(end, limits.direction, limits.reading));
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  if (worse && reaches(badness, limits.margin)) {
    const failing = reaches(badness, limits.fail) && least > limits.alert;
    return { verdict: failing ? "fail" : reaches(badness, limits.alert) ? "alert" : "notice", ...told, moreRounds: null };
  }
  if (better && reaches(-badness, limits.margin)) return { verdict: "improved", ...told, moreRounds: null };
  if (most < limits.alert) return { verdict: "ok", ...told, moreRounds: null };
  const why = "the interval reaches the alert threshold";
  return { verdict: "inconclusive", ...told, moreRounds: roundsNeeded(rounds, badness, [least, most], limits.alert), why };
}

/** An interval shrinks with the root of the rounds; it must come to lie on one side of the threshold. */
function roundsNeeded(rounds: number, estimate: number, [least, most]: readonly [number, number], alert: number): number {
  const half = Math.max(1e-9, Math.min(most - least, 1e6) / 2);
  const target = Math.max(Math.abs(alert - estimate), half / 10);
  const needed = Math.ceil(rounds * Math.max(1.2, 1.3 * (half / target) ** 2));
  return Math.max(1, Math.min(mostRounds, needed) - rounds);
}
