import type { Latency } from "./model.ts";

/** Nearest rank: the smallest value that at least so many percent of all do not exceed. In whole milliseconds. */
export function latencyOf(values: readonly number[]): Latency {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (percent: number): number | undefined => {
    const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
    return value === undefined ? undefined : Math.round(value);
  };
  return { p50: rank(50), p95: rank(95), p99: rank(99) };
}
