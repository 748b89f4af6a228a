import { median, scaledDeviation } from "./order.ts";
import { seeded } from "./random.ts";
import type { Differences } from "./shared-noise.ts";

/** Up to this many rounds every pattern of signs is tried; beyond it, as many drawn ones. */
const mostExact = 12;
const drawnPatterns = 4_096;
/** How many scaled deviations from its median a round may lie before it is pulled in. */
const widest = 2.5;
/** How much the spread of all benchmarks together weighs against a benchmark's own, in degrees of freedom. */
const sharedFreedom = 4;

export interface JointTest {
  /** For each benchmark the chance, were none of them changed by more than the margin, that any would look as bad as this one. */
  readonly p: readonly number[];
  /** How many values were pulled in. */
  readonly clipped: number;
}

/**
 * Tests benchmarks together: is the middle of `columns[j]` (one value a round, positive is worse, logarithms) above `margin`?
 * Rounds change signs together, so whatever benchmarks share in a round stays shared; the largest t of each pattern holds for all.
 */
export function jointTest({ columns, errors }: Differences, margin: number, seed: number): JointTest {
  const rounds = columns[0]?.length ?? 0;
  if (rounds < 2) return { p: columns.map(() => 1), clipped: 0 };
  const { values, clipped } = winsorised(columns);
  const centred = values.map((column) => Float64Array.from(column, (value) => value - margin));
  const squares = centred.map((column) => column.reduce((sum, value) => sum + value * value, 0));
  const freedom = rounds - 1;
  const own = centred.map((column, j) => ((squares[j] ?? 0) - sumOf(column) ** 2 / rounds) / freedom);
  const shared = Math.max(median(own), 1e-18);
  const tOf = (sum: number, j: number): number => {
    const square = squares[j] ?? 0;
    const spread = Math.max(0, square - sum ** 2 / rounds);
    const known = (sharedFreedom * shared + spread) / (sharedFreedom + freedom) / rounds;
    return sum / rounds / Math.sqrt(known + (errors[j] ?? 0) ** 2);
  };
  const observed = centred.map((column, j) => tOf(sumOf(column), j));
  const largest: number[] = [];
  for (const signs of patterns(rounds, seed)) {
    let top = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < centred.length; j++) {
      const column = centred[j];
      if (column === undefined) continue;
      let sum = 0;
      for (let k = 0; k < rounds; k++) sum += (column[k] ?? 0) * (signs[k] ?? 1);
      top = Math.max(top, tOf(sum, j));
    }
    largest.push(top);
  }
  return { p: observed.map((t) => shareReaching(largest, t)), clipped };
}

function sumOf(column: Float64Array): number {
  return column.reduce((sum, value) => sum + value, 0);
}

/** The pattern that was observed is among them, so that no chance is zero. Equal up to rounding counts as reached. */
function shareReaching(largest: readonly number[], t: number): number {
  const bar = t - 1e-9 * Math.max(1, Math.abs(t));
  return largest.reduce((count, top) => count + (top >= bar ? 1 : 0), 0) / largest.length;
}

function* patterns(rounds: number, seed: number): Generator<Int8Array> {
  const signs = new Int8Array(rounds).fill(1);
  if (rounds <= mostExact) {
    for (let pattern = 0; pattern < 2 ** rounds; pattern++) {
      for (let k = 0; k < rounds; k++) signs[k] = (pattern >> k) & 1 ? -1 : 1;
      yield signs;
    }
    return;
  }
  yield signs;
  const random = seeded(seed);
  for (let drawn = 1; drawn < drawnPatterns; drawn++) {
    for (let k = 0; k < rounds; k++) signs[k] = random() < 0.5 ? -1 : 1;
    yield signs;
  }
}

/** Values far from their column's median are pulled in: a neighbour's burst in one round is no news about a benchmark. */
function winsorised(columns: readonly (readonly number[])[]): { readonly values: number[][]; readonly clipped: number } {
  const spreads = columns.map(scaledDeviation);
  const least = 0.5 * median(spreads);
  let clipped = 0;
  const values = columns.map((column, j) => {
    const centre = median(column);
    const reach = widest * Math.max(spreads[j] ?? 0, least);
    return column.map((value) => {
      if (reach === 0 || Math.abs(value - centre) <= reach) return value;
      clipped += 1;
      return centre + Math.sign(value - centre) * reach;
    });
  });
  return { values, clipped };
}
