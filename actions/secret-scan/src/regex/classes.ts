import { type ByteSet, digits, emptySet, rangeSet, spaces, union, words } from "./tree.ts";

/** `[[:alpha:]]` and its kin. */
export const posixClasses: Readonly<Record<string, ByteSet>> = {
  alnum: rangeSet([48, 57], [65, 90], [97, 122]),
  alpha: rangeSet([65, 90], [97, 122]),
  ascii: rangeSet([0, 127]),
  blank: rangeSet([9, 9], [32, 32]),
  cntrl: rangeSet([0, 31], [127, 127]),
  digit: digits,
  graph: rangeSet([33, 126]),
  lower: rangeSet([97, 122]),
  print: rangeSet([32, 126]),
  punct: rangeSet([33, 47], [58, 64], [91, 96], [123, 126]),
  space: rangeSet([9, 13], [32, 32]),
  upper: rangeSet([65, 90]),
  word: words,
  xdigit: rangeSet([48, 57], [65, 70], [97, 102]),
};

/** `\d`, `\w`, `\s`; the capital ones are their complements. */
export const perlClasses: Readonly<Record<string, ByteSet>> = { d: digits, w: words, s: spaces };

const high = rangeSet([128, 255]);

/** Unicode properties as far as ASCII goes; the bytes of other letters count as letters. */
export function propertyClass(name: string): ByteSet | undefined {
  const letters = posixClasses["alpha"] ?? high;
  const known: Readonly<Record<string, readonly ByteSet[]>> = {
    L: [letters, high],
    Lu: [posixClasses["upper"] ?? high],
    Ll: [posixClasses["lower"] ?? high],
    N: [digits],
    Nd: [digits],
    P: [posixClasses["punct"] ?? high],
    S: [rangeSet([36, 36], [43, 43], [60, 62], [94, 94], [96, 96], [124, 124], [126, 126])],
    Z: [rangeSet([32, 32])],
    Zs: [rangeSet([32, 32])],
    Greek: [high],
    Cyrillic: [high],
    Han: [high],
    Latin: [letters, high],
  };
  const parts = Object.hasOwn(known, name) ? known[name] : undefined;
  if (parts === undefined) return undefined;
  const set = emptySet();
  for (const part of parts) union(set, part);
  return set;
}
