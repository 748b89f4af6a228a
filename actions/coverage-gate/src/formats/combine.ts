import type { LineColumn } from "../model.ts";

/** How counts of the same line combine: within one report they add up; between reports the larger is taken, so that a report read twice counts once. */
export type Combine = "add" | "max";

/** The same values in a wider array. */
export function grown<T extends Uint32Array | Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

export function combined(a: number, b: number, how: Combine): number {
  return how === "add" ? a + b : Math.max(a, b);
}

/** The first `length` line numbers as a column of their own, in the narrowest array that holds them. */
export function lineColumn(line: Uint32Array, length: number): LineColumn {
  const rows = line.subarray(0, length);
  return lastOf(line, length) < 2 ** 16 ? Uint16Array.from(rows) : rows.slice();
}

/** The last of ascending lines; 0 of none. */
export function lastOf(line: Uint32Array, length: number): number {
  return length === 0 ? 0 : (line[length - 1] ?? 0);
}
