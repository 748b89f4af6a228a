import { ascending, median, quantile } from "./order.ts";

/** How many benchmarks on either side, in the order of running, tell what the machine did to one of them. */
const reach = 6;
/** Fewer benchmarks cannot tell a machine's noise from their own. */
const fewest = 8;
/** Where a benchmark's undisturbed rounds lie. Neighbours only slow, so it is low. */
const quiet = 0.1;
/** How much the spread of the quieter half of the disturbances counts as doubt about where the quiet rounds lie. */
const doubt = 0.08;

/** `[benchmark][round]`: logarithms, larger is worse, benchmarks in the order of running. */
export type Columns = readonly (readonly number[])[];

export interface Differences {
  readonly columns: Columns;
  /** For each column, a standard error of its centre besides what its own values show. */
  readonly errors: readonly number[];
}

/**
 * Differences of two sides, less what the machine did. A neighbour on it slows whatever runs while it is there, so benchmarks that ran next to each
 * other share it: what those around a benchmark have in common in a round, each against its own quiet rounds on that side, is taken off.
 * A change that is there in every round stays, also one of the whole suite.
 */
export function differencesOf(base: Columns, head: Columns): Differences {
  const plain = head.map((column, j) => column.map((value, k) => value - (base[j]?.[k] ?? 0)));
  if (head.length < fewest) return { columns: plain, errors: plain.map(() => 0) };
  const [before, after] = [disturbances(base), disturbances(head)];
  const columns = plain.map((column, j) => column.map((value, k) => value - (after[j]?.[k] ?? 0) + (before[j]?.[k] ?? 0)));
  const errors = plain.map((_, j) => doubt * Math.hypot(lowerSpread(before[j] ?? []), lowerSpread(after[j] ?? [])));
  return { columns, errors };
}

/** How much slower than in quiet rounds everything around each benchmark was. */
function disturbances(columns: Columns): Columns {
  const above = columns.map((column) => {
    const level = quantile(column, quiet);
    return column.map((value) => value - level);
  });
  return columns.map((column, j) => {
    const around = [...above.slice(Math.max(0, j - reach), j), ...above.slice(j + 1, j + reach + 1)];
    return column.map((_, k) => median(around.map((other) => other[k] ?? 0)));
  });
}

function lowerSpread(values: readonly number[]): number {
  const sorted = ascending(values);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0) - (sorted[0] ?? 0);
}
