import { type Characters, fromRanges, type Range } from "./characters.ts";

/** `[[:alpha:]]` and its kin. */
export const posixClasses: Readonly<Record<string, readonly Range[]>> = {
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  alpha: [
    [65, 90],
    [97, 122],
  ],
  ascii: [[0, 127]],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: [[48, 57]],
  graph: [[33, 126]],
  lower: [[97, 122]],
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: [[65, 90]],
  word: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
};

/** `\d`, `\w`, `\s`; RE2's `\s` knows neither vertical tabs nor no-break spaces. The capital ones are their complements. */
export const perlClasses: Readonly<Record<string, readonly Range[]>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 10],
    [12, 13],
    [32, 32],
  ],
};

const known = new Map<string, Characters | undefined>();

/** The characters of a Unicode category or script, as this machine's Unicode has them; `undefined` for what is neither. */
export function propertyClass(name: string): Characters | undefined {
  if (!known.has(name)) known.set(name, enumerate(name));
  return known.get(name);
}

function enumerate(name: string): Characters | undefined {
  if (name === "Any") return fromRanges([[0, 0x10ffff]]);
  const pattern = propertyPattern(name);
  if (pattern === undefined) return undefined;
  const ranges: Range[] = [];
  let from = -1;
  for (let code = 0; code <= 0x110000; code++) {
    const inside = code < 0x110000 && pattern.test(String.fromCodePoint(code));
    if (inside && from === -1) from = code;
    if (inside || from === -1) continue;
    ranges.push([from, code - 1]);
    from = -1;
  }
  return fromRanges(ranges);
}

function propertyPattern(name: string): RegExp | undefined {
  // RE2's C leaves out what is not assigned.
  if (name === "C") return /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;
  if (name === "Cn" || !/^\w+$/.test(name)) return undefined;
  try {
    return new RegExp(/^[CLMNPSZ][a-z]?$/.test(name) ? `\\p{gc=${name}}` : `\\p{sc=${name}}`, "u");
  } catch {
    return undefined;
  }
}
