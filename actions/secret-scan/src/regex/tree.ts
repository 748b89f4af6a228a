/** A regular expression as a tree over bytes: text is scanned as bytes, so a letter beyond ASCII is the sequence of its UTF-8 bytes. */
export type Node =
  | { readonly kind: "empty" }
  | { readonly kind: "set"; readonly set: ByteSet }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "choice"; readonly options: readonly Node[] }
  | { readonly kind: "repeat"; readonly part: Node; readonly min: number; readonly max: number; readonly greedy: boolean }
  | { readonly kind: "group"; readonly part: Node; readonly index: number }
  | { readonly kind: "assert"; readonly what: Assertion };

export type Assertion = "text-start" | "text-end" | "line-start" | "line-end" | "boundary" | "no-boundary";

/** 256 flags. */
export type ByteSet = Uint8Array;

export function emptySet(): ByteSet {
  return new Uint8Array(256);
}

export function rangeSet(...ranges: readonly (readonly [number, number])[]): ByteSet {
  const set = emptySet();
  for (const [from, to] of ranges) set.fill(1, from, to + 1);
  return set;
}

export function negated(set: ByteSet): ByteSet {
  return set.map((flag) => 1 - flag);
}

export function union(target: ByteSet, other: ByteSet): void {
  for (let code = 0; code < 256; code++) if (other[code] === 1) target[code] = 1;
}

/** Adds the other case of every ASCII letter. */
export function foldCase(set: ByteSet): ByteSet {
  const folded = set.slice();
  for (let code = 65; code <= 90; code++) {
    const either = set[code] === 1 || set[code + 32] === 1 ? 1 : 0;
    folded[code] = either;
    folded[code + 32] = either;
  }
  return folded;
}

export const digits = rangeSet([48, 57]);
export const words = rangeSet([48, 57], [65, 90], [95, 95], [97, 122]);
/** RE2's `\s`, which knows neither vertical tabs nor no-break spaces. */
export const spaces = rangeSet([9, 10], [12, 13], [32, 32]);
export const anyByte = rangeSet([0, 255]);
export const notNewline = rangeSet([0, 9], [11, 255]);
