import { normalCdf, normalQuantile } from "./normal.ts";
import { ascending, median, ranked } from "./order.ts";
import type { RankTest, Shift } from "./signed-rank.ts";

/** Pairs of values beyond which only some are looked at: more tell nothing new. */
const mostSide = 1_000;

/** How many of the orders of n and m values have each U, as shares of all. */
export function uShares(n: number, m: number): Float64Array {
  // Shares of orders of i and m values, one more value of the first sample at a time, from the highest place down.
  let rows: Float64Array[] = Array.from({ length: m + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= n; i++) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let j = 1; j <= m; j++) {
      const shares = new Float64Array(i * j + 1);
      const last = i / (i + j);
      const above = rows[j] ?? Float64Array.of(1);
      const beside = next[j - 1] ?? Float64Array.of(1);
      for (let u = 0; u < above.length; u++) shares[u + j] = (shares[u + j] ?? 0) + last * (above[u] ?? 0);
      for (let u = 0; u < beside.length; u++) shares[u] = (shares[u] ?? 0) + (1 - last) * (beside[u] ?? 0);
      next.push(shares);
    }
    rows = next;
  }
  return rows[m] ?? Float64Array.of(1);
}

/**
 * The Mann-Whitney U test. Exact where there are no ties and one side has at most 8 values (`exact: true`: wherever there are no ties), else
 * the normal distribution with corrections for ties and continuity.
 */
export function rankSumTest(x: readonly number[], y: readonly number[], exact = false): RankTest {
  const [n, m] = [x.length, y.length];
  if (n === 0 || m === 0) return { statistic: 0, p: 1, method: "exact" };
  const { ranks, ties } = ranked([...x, ...y]);
  const statistic = ranks.slice(0, n).reduce((sum, rank) => sum + rank, 0) - (n * (n + 1)) / 2;
  const high = Math.max(statistic, n * m - statistic);
  if (ties === 0 && (exact || Math.min(n, m) <= 8) && n * m <= 10_000) {
    const tail = uShares(n, m)
      .subarray(high)
      .reduce((sum, share) => sum + share, 0);
    return { statistic, p: Math.min(1, 2 * tail), method: "exact" };
  }
  const total = n + m;
  const spread = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  const z = spread === 0 ? 0 : (high - (n * m) / 2 - 0.5) / spread;
  return { statistic, p: spread === 0 ? 1 : Math.min(1, 2 * normalCdf(-z)), method: "normal" };
}

/** How far y lies above x: the median of all differences, with the interval that the rank-sum test does not reject. */
export function shiftOf(x: readonly number[], y: readonly number[], tail: number): Shift {
  const [fewX, fewY] = [thinned(x), thinned(y)];
  const gaps = ascending(fewX.flatMap((a) => fewY.map((b) => b - a)));
  const cut = rankSumCut(fewX.length, fewY.length, tail);
  const [low, high] = [gaps[cut - 1], gaps[gaps.length - cut]];
  return { estimate: median(gaps), interval: cut < 1 || low === undefined || high === undefined ? undefined : [low, high] };
}

function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= mostSide) return values;
  const step = values.length / mostSide;
  return Array.from({ length: mostSide }, (_, index) => values[Math.floor(index * step)] ?? 0);
}

function rankSumCut(n: number, m: number, tail: number): number {
  if (n * m > 2_500) {
    return Math.max(0, Math.floor((n * m) / 2 + normalQuantile(tail) * Math.sqrt((n * m * (n + m + 1)) / 12)));
  }
  let sum = 0;
  for (const [cut, share] of uShares(n, m).entries()) {
    sum += share;
    if (sum > tail) return cut;
  }
  return 0;
}
