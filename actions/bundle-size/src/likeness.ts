import type { Sample } from "./model.ts";

export interface Likeness {
  /** What both have of what either has, 0 to 1. */
  readonly share: number;
  /** What both have of what the smaller one has, 0 to 1. */
  readonly inner: number;
  /** How many sampled hashes the smaller one has: little evidence is no proof. */
  readonly evidence: number;
}

/** What a hash is worth: 1 when at most one file of each side has it, a quarter when two have it, a ninth for three … */
export type Weights = (hash: number) => number;

export const equally: Weights = () => 1;

/** Counts in how many files of a side each hash occurs. What every file has says nothing about which belongs to which. */
export function weightsOf(sides: readonly (readonly Sample[])[]): Weights {
  const most = new Map<number, number>();
  for (const side of sides) {
    const counts = new Map<number, number>();
    for (const { hashes } of side) for (const hash of hashes) counts.set(hash, (counts.get(hash) ?? 0) + 1);
    for (const [hash, count] of counts) if (count > 1 && count > (most.get(hash) ?? 1)) most.set(hash, count);
  }
  return (hash) => 1 / (most.get(hash) ?? 1) ** 2;
}

/** The end of what can be compared: above it a sample that left something out says nothing. */
function endOf(sample: Sample): number {
  return sample.complete ? 2 ** 32 : (sample.hashes.at(-1) ?? 0);
}

export function likeness(a: Sample, b: Sample, weights: Weights): Likeness {
  const end = Math.min(endOf(a), endOf(b));
  let both = 0;
  let [onlyA, onlyB, countA, countB] = [0, 0, 0, 0];
  let [i, j] = [0, 0];
  for (;;) {
    const left = a.hashes[i] ?? 2 ** 32;
    const right = b.hashes[j] ?? 2 ** 32;
    const hash = Math.min(left, right);
    if (hash > end || hash === 2 ** 32) break;
    const weight = weights(hash);
    if (left === right) both += weight;
    else if (left < right) onlyA += weight;
    else onlyB += weight;
    if (left <= right) {
      i++;
      countA++;
    }
    if (right <= left) {
      j++;
      countB++;
    }
  }
  const smaller = Math.min(onlyA, onlyB) + both;
  const all = both + onlyA + onlyB;
  return { share: all === 0 ? 0 : both / all, inner: smaller === 0 ? 0 : both / smaller, evidence: Math.min(countA, countB) };
}
