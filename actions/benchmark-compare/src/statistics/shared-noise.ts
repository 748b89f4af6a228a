import { median, quantile, scaledDeviation } from "./order.ts";

/** Fewer benchmarks cannot tell a machine's noise from their own. */
const fewest = 8;
/** Where a benchmark's undisturbed rounds lie at first sight, and the undisturbed stretch of a run. Neighbours only slow, so it is low. */
const quiet = 0.1;
/** How much better a further step of the machine's speed must explain a run, in squared standard deviations. */
const stepCost = 80;
/** Benchmarks that one stretch of even speed spans at most; keeps the search linear. */
const longest = 300;
/** Speeds and levels are estimated in turns, this often. */
const passes = 3;
/** Spreads are not believed below this, and at first all are taken to be `usualSpread`. Logarithms. */
const leastSpread = 0.003;
const usualSpread = 0.012;
/** A single value this many spreads away from what is around it is its own, not the machine's. */
const widest = 2.5;
/** What whole runs differ by is pulled in beyond this many scaled deviations: one that a neighbour slowed from end to end says nothing. */
const widestRun = 1.5;
const leastRunSpread = 0.002;

/** `[benchmark][round]`: logarithms, larger is worse, benchmarks in the order of running. */
export type Columns = readonly (readonly number[])[];

/**
 * Differences of two sides, less what the machine did within a run. A neighbour slows whatever runs while it is there, so a run of all benchmarks is
 * slow in stretches; these are found as steps of its speed, and what lies above the run's quiet part is taken off. By how much the quiet parts of
 * a round's two runs differ stays in all of the round's differences: it is either the machine's drift, which the test must see as noise, or a
 * change of the whole suite. So nothing depends on where a side's own level lies, and the rounds may still change signs.
 */
export function differencesOf(base: Columns, head: Columns): Columns {
  if (head.length < fewest) return pulledInAll(head.map((column, j) => column.map((value, k) => value - (base[j]?.[k] ?? 0))));
  const [before, after] = [slowness(base), slowness(head)];
  const runs = pulledIn(
    (head[0] ?? []).map((_, k) => quietPart(after, k) - quietPart(before, k)),
    widestRun,
    leastRunSpread,
  );
  const [was, is] = [pulledInAll(less(base, before)), pulledInAll(less(head, after))];
  return is.map((column, j) => column.map((value, k) => value - (was[j]?.[k] ?? 0) + (runs[k] ?? 0)));
}

const less = (columns: Columns, slow: Columns): Columns =>
  columns.map((column, j) => column.map((value, k) => value - (slow[j]?.[k] ?? 0)));

/** Outliers are no news about a benchmark. What few rounds show of its spread is not believed below half of what is usual among the benchmarks. */
function pulledInAll(columns: Columns): Columns {
  const least = 0.5 * median(columns.map(scaledDeviation));
  return columns.map((column) => pulledIn(column, widest, least));
}

function pulledIn(values: readonly number[], width: number, leastSpread: number): number[] {
  const centre = median(values);
  const reach = width * Math.max(scaledDeviation(values), leastSpread);
  return values.map((value) => Math.min(centre + reach, Math.max(centre - reach, value)));
}

function quietPart(slow: Columns, round: number): number {
  return quantile(
    slow.map((column) => column[round] ?? 0),
    quiet,
  );
}

/** How slow the machine was while each benchmark ran, up to a constant for the side. */
function slowness(columns: Columns): number[][] {
  let levels = columns.map((column) => quantile(column, quiet));
  let spreads = columns.map(() => usualSpread);
  let slow: number[][] = [];
  for (let pass = 0; pass < passes; pass++) {
    const runs = (columns[0] ?? []).map((_, k) => {
      const above = columns.map((column, j) => (column[k] ?? 0) - (levels[j] ?? 0));
      return evenStretches(withoutOutliers(above, spreads), spreads);
    });
    slow = columns.map((_, j) => runs.map((run) => run[j] ?? 0));
    const rests = columns.map((column, j) => column.map((value, k) => value - (slow[j]?.[k] ?? 0)));
    levels = rests.map(median);
    spreads = rests.map((rest) => Math.max(leastSpread, scaledDeviation(rest)));
  }
  return slow;
}

/** Pulls in what is far from the values before it, those after it and those around it. */
function withoutOutliers(run: readonly number[], spreads: readonly number[]): number[] {
  return run.map((value, j) => {
    const [before, after] = [run.slice(Math.max(0, j - 3), j), run.slice(j + 1, j + 4)];
    const near = [median([...before, value, ...after]), ...[before, after].filter((side) => side.length > 0).map(median)];
    const closest = near.reduce((best, each) => (Math.abs(each - value) < Math.abs(best - value) ? each : best));
    const reach = widest * (spreads[j] ?? usualSpread);
    return Math.min(closest + reach, Math.max(closest - reach, value));
  });
}

/** The mean of the stretch that each value lies in; stretches are the ones with the least squared error, each step paid for. */
function evenStretches(run: readonly number[], spreads: readonly number[]): number[] {
  const n = run.length;
  const [weights, sums] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  for (let j = 0; j < n; j++) {
    const weight = 1 / ((spreads[j] ?? usualSpread) ** 2 + (leastSpread / 2) ** 2);
    weights[j + 1] = (weights[j] ?? 0) + weight;
    sums[j + 1] = (sums[j] ?? 0) + weight * (run[j] ?? 0);
  }
  const starts = cheapestStarts(weights, sums);
  const means = new Array<number>(n).fill(0);
  for (let end = n; end > 0; ) {
    const start = starts[end] ?? 0;
    means.fill(((sums[end] ?? 0) - (sums[start] ?? 0)) / ((weights[end] ?? 0) - (weights[start] ?? 0)), start, end);
    end = start;
  }
  return means;
}

/** For each end, where the last stretch before it begins. Squares of values cancel out of the comparison: a stretch is worth `sum² / weight`. */
function cheapestStarts(weights: Float64Array, sums: Float64Array): Int32Array {
  const cost = new Float64Array(weights.length);
  const starts = new Int32Array(weights.length);
  for (let end = 1; end < weights.length; end++) {
    const [weight, sum] = [weights[end] ?? 0, sums[end] ?? 0];
    let best = Number.POSITIVE_INFINITY;
    for (let start = Math.max(0, end - longest); start < end; start++) {
      const within = sum - (sums[start] ?? 0);
      const each = (cost[start] ?? 0) + stepCost - (within * within) / (weight - (weights[start] ?? 0));
      if (each < best) {
        best = each;
        starts[end] = start;
      }
    }
    cost[end] = best;
  }
  return starts;
}
