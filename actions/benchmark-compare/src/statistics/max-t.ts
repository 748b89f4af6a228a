import { median } from "./order.ts";
import { seeded } from "./random.ts";
import type { Columns } from "./shared-noise.ts";

/** Up to this many rounds every pattern of signs is tried; beyond it, as many drawn ones. */
const mostExact = 12;
const drawnPatterns = 4_096;
/** How much the spread of all benchmarks together weighs against a benchmark's own, in degrees of freedom. */
const sharedFreedom = 4;

/**
 * Tests benchmarks together: is the middle of `columns[j]` (one value a round, positive is worse, logarithms) above `margin`?
 * The answer is, for each benchmark, the chance that any would look as bad as this one, were none of them changed by more than the margin.
 * Rounds change signs together, so whatever benchmarks share in a round stays shared; the largest t of each pattern holds for all.
 */
export function jointTest(columns: Columns, margin: number, seed: number): readonly number[] {
  const rounds = columns[0]?.length ?? 0;
  if (rounds < 2) return columns.map(() => 1);
  const centred = columns.map((column) => Float64Array.from(column, (value) => value - margin));
  const squares = centred.map((column) => column.reduce((sum, value) => sum + value * value, 0));
  const freedom = rounds - 1;
  const own = centred.map((column, j) => ((squares[j] ?? 0) - sumOf(column) ** 2 / rounds) / freedom);
  const shared = Math.max(median(own), 1e-18);
  const tOf = (sum: number, j: number): number => {
    const square = squares[j] ?? 0;
    const spread = Math.max(0, square - sum ** 2 / rounds);
    const known = (sharedFreedom * shared + spread) / (sharedFreedom + freedom) / rounds;
    return sum / rounds / Math.sqrt(known);
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
  return observed.map((t) => shareReaching(largest, t));
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
