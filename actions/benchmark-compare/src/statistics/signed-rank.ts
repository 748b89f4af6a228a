import { normalCdf, normalQuantile } from "./normal.ts";
import { ascending, median, ranked } from "./order.ts";

/** Beyond this many pairs the normal distribution stands in for the exact one. */
const mostExact = 50;

/** How many sets of the ranks 1..n have each sum, as shares of all 2^n. */
function sumShares(n: number): Float64Array {
  const shares = new Float64Array((n * (n + 1)) / 2 + 1);
  shares[0] = 1;
  let top = 0;
  for (let rank = 1; rank <= n; rank++) {
    top += rank;
    for (let sum = top; sum >= 0; sum--) shares[sum] = ((shares[sum] ?? 0) + (sum >= rank ? (shares[sum - rank] ?? 0) : 0)) / 2;
  }
  return shares;
}

export interface RankTest {
  /** Sum of the ranks of positive differences, or U of the first sample. */
  readonly statistic: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: "exact" | "normal";
}

/** Wilcoxon's signed-rank test. Zeros are left out; with them or with ties p is the normal approximation's, without continuity correction. */
export function signedRankTest(differences: readonly number[]): RankTest {
  const kept = differences.filter((value) => value !== 0);
  const n = kept.length;
  if (n === 0) return { statistic: 0, p: 1, method: "exact" };
  const { ranks, ties } = ranked(kept.map(Math.abs));
  const statistic = kept.reduce((sum, value, index) => sum + (value > 0 ? (ranks[index] ?? 0) : 0), 0);
  const low = Math.min(statistic, (n * (n + 1)) / 2 - statistic);
  if (n <= mostExact && ties === 0 && n === differences.length) {
    const shares = sumShares(n);
    const tail = shares.subarray(0, low + 1).reduce((sum, share) => sum + share, 0);
    return { statistic, p: Math.min(1, 2 * tail), method: "exact" };
  }
  const spread = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - ties / 48);
  const z = spread === 0 ? 0 : (low - (n * (n + 1)) / 4) / spread;
  return { statistic, p: Math.min(1, 2 * normalCdf(z)), method: "normal" };
}

/** Means of all pairs, each value with itself included, ascending. */
function walshMeans(values: readonly number[]): number[] {
  const means: number[] = [];
  for (let i = 0; i < values.length; i++) {
    for (let j = i; j < values.length; j++) means.push(((values[i] ?? 0) + (values[j] ?? 0)) / 2);
  }
  return ascending(means);
}

export interface Shift {
  /** The Hodges-Lehmann estimate. */
  readonly estimate: number;
  /** Absent where so few values cannot reach the confidence. */
  readonly interval: readonly [number, number] | undefined;
}

/** Where the middle of symmetric values lies, with the interval that the signed-rank test does not reject. `tail` is the chance on either side. */
export function centreOf(values: readonly number[], tail: number): Shift {
  const means = walshMeans(values);
  const cut = signedRankCut(values.length, tail);
  const [low, high] = [means[cut - 1], means[means.length - cut]];
  return { estimate: median(means), interval: cut < 1 || low === undefined || high === undefined ? undefined : [low, high] };
}

/** How many means from either end the interval begins; 0 where the tail cannot be reached. */
function signedRankCut(n: number, tail: number): number {
  if (n > mostExact) {
    const cut = (n * (n + 1)) / 4 + normalQuantile(tail) * Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
    return Math.max(0, Math.floor(cut));
  }
  const shares = sumShares(n);
  let sum = 0;
  for (let cut = 0; cut < shares.length; cut++) {
    sum += shares[cut] ?? 0;
    if (sum > tail) return cut;
  }
  return 0;
}
