import { mean, median, variance } from "./order.ts";
import { welchP } from "./student.ts";

/** Values on either side of a step, at least. */
const least = 4;
const longest = 300;

export interface ChangePoint {
  /** The first value after the step. */
  readonly index: number;
  /** Median after less median before, each up to the next step. */
  readonly shift: number;
}

/**
 * Steps in a series, by the energy statistic (E-divisive): the split that sets both sides farthest apart is kept where a t test says that chance
 * would hardly do it, and both sides are looked at in turn. Only the newest values are looked at.
 */
export function changePoints(series: readonly number[], significance: number, smallest: number): ChangePoint[] {
  const offset = Math.max(0, series.length - longest);
  const values = series.slice(offset);
  const cuts: number[] = [];
  const pending: (readonly [number, number])[] = [[0, values.length]];
  for (let range = pending.pop(); range !== undefined; range = pending.pop()) {
    const [from, to] = range;
    const cut = from + bestSplit(values.slice(from, to));
    if (cut <= from || !isStep(values.slice(from, cut), values.slice(cut, to), significance, smallest)) continue;
    cuts.push(cut);
    pending.push([from, cut], [cut, to]);
  }
  cuts.sort((a, b) => a - b);
  return cuts.map((cut, place) => {
    const before = values.slice(cuts[place - 1] ?? 0, cut);
    const after = values.slice(cut, cuts[place + 1] ?? values.length);
    return { index: offset + cut, shift: median(after) - median(before) };
  });
}

function isStep(before: readonly number[], after: readonly number[], significance: number, smallest: number): boolean {
  if (Math.abs(median(after) - median(before)) < smallest) return false;
  const p = welchP(before, after, [variance(before), variance(after)], [mean(before), mean(after)]);
  return p < significance;
}

/** Where the sides are farthest apart; 0 where there are too few values. */
function bestSplit(values: readonly number[]): number {
  const n = values.length;
  if (n < 2 * least) return 0;
  // Sums of distances within the left side, within the right side and between them, moved along one value at a time.
  let within = 0;
  let between = values.slice(1).reduce((sum, value) => sum + Math.abs(value - (values[0] ?? 0)), 0);
  let beyond = totalDistance(values) - between;
  let best = { at: 0, energy: 0 };
  for (let cut = 1; cut < n; cut++) {
    if (cut >= least && n - cut >= least) {
      const m = n - cut;
      const energy = ((cut * m) / n) * ((2 * between) / (cut * m) - (2 * within) / (cut * cut) - (2 * beyond) / (m * m));
      if (energy > best.energy) best = { at: cut, energy };
    }
    const moved = values[cut] ?? 0;
    const left = distances(values, 0, cut, moved);
    const right = distances(values, cut + 1, n, moved);
    within += left;
    beyond -= right;
    between += right - left;
  }
  return best.at;
}

function distances(values: readonly number[], from: number, to: number, value: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += Math.abs((values[index] ?? 0) - value);
  return sum;
}

function totalDistance(values: readonly number[]): number {
  return values.reduce((sum, value, index) => sum + distances(values, index + 1, values.length, value), 0);
}
