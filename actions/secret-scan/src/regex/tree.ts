/** A regular expression as a tree over bytes: text is scanned as bytes, so a letter beyond ASCII is the sequence of its UTF-8 bytes. */
export type Node =
  | { readonly kind: "empty" }
  | { readonly kind: "set"; readonly set: ByteSet }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "choice"; readonly options: readonly Node[] }
  | { readonly kind: "repeat"; readonly part: Node; readonly min: number; readonly max: number; readonly greedy: boolean }
  | { readonly kind: "group"; readonly part: Node; readonly index: number }
  | { readonly kind: "assert"; readonly what: Assertion };

export type Assertion = "text-start" | "text-end" | "line-start" | "line-end" | "boundary" | "no-boundary" | "lone-byte";

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

/** With every byte beyond ASCII. */
export function withHigh(set: ByteSet): ByteSet {
  return set.slice().fill(1, 128);
}
