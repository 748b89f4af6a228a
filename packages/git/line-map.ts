import type { LineRange } from "../frame/ports.ts";

/**
 * Where a line of the new side stood on the old one, given the lines that were removed from the old and added to the new; `undefined` for an
 * added line. Lines that stay keep their order: the k-th that stays on one side is the k-th on the other.
 */
export function mapToOld(added: readonly LineRange[], removed: readonly LineRange[]): (line: number) => number | undefined {
  const addedBefore = sizes(added);
  const removedBefore = sizes(removed);
  return (line) => {
    const count = firstWhere(added.length, (index) => (added[index]?.[0] ?? 0) > line);
    const last = added[count - 1];
    if (last !== undefined && line <= last[1]) return undefined;
    const rank = line - (addedBefore[count] ?? 0);
    const gone = firstWhere(removed.length, (index) => (removed[index]?.[0] ?? 0) - (removedBefore[index] ?? 0) > rank);
    return rank + (removedBefore[gone] ?? 0);
  };
}

/** How many lines the first 0, 1, 2 … ranges hold. */
function sizes(ranges: readonly LineRange[]): number[] {
  const sums = [0];
  let sum = 0;
  for (const [first, last] of ranges) {
    sum += last - first + 1;
    sums.push(sum);
  }
  return sums;
}

/** The first index for which `holds`, where it holds for all that follow; `length` if for none. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
