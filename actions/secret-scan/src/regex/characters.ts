import { type ByteSet, emptySet, type Node, rangeSet } from "./tree.ts";

/** A set of characters: those of ASCII as flags, those beyond as ascending ranges of code points. */
export interface Characters {
  readonly low: ByteSet;
  readonly high: readonly Range[];
}

export type Range = readonly [from: number, to: number];

const last = 0x10ffff;
/** What Go reads where bytes are no UTF-8. */
const damaged = 0xfffd;
export const everyHigh: readonly Range[] = [[128, last]];
const continuation = rangeSet([0x80, 0xbf]);

export function fromRanges(ranges: readonly Range[]): Characters {
  const low = emptySet();
  for (const [from, to] of ranges) if (from < 128) low.fill(1, from, Math.min(to, 127) + 1);
  return { low, high: merged(ranges.filter(([, to]) => to >= 128).map(([from, to]): Range => [Math.max(from, 128), to])) };
}

export function joined(sets: readonly Characters[]): Characters {
  const low = emptySet();
  for (const set of sets) for (let code = 0; code < 128; code++) if (set.low[code] === 1) low[code] = 1;
  return { low, high: merged(sets.flatMap(({ high }) => high)) };
}

export function without({ low, high }: Characters): Characters {
  const rest: Range[] = [];
  let next = 128;
  for (const [from, to] of high) {
    if (from > next) rest.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= last) rest.push([next, last]);
  return { low: low.map((flag, code) => (code < 128 ? 1 - flag : 0)), high: rest };
}

function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const before = result.at(-1);
    if (before !== undefined && from <= before[1] + 1) result[result.length - 1] = [before[0], Math.max(before[1], to)];
    else result.push([from, to]);
  }
  return result;
}

/** More than the letters of any alphabet with two cases. */
const mostFolded = 5_000;

/** Adds the other case of every letter. The two signs beyond ASCII that fold to `k` and `s` are left alone: no keyword folds them either. */
export function eitherCase({ low, high }: Characters): Characters {
  const flags = low.slice();
  for (let code = 65; code <= 90; code++) {
    const either = low[code] === 1 || low[code + 32] === 1 ? 1 : 0;
    flags[code] = either;
    flags[code + 32] = either;
  }
  if (high.reduce((sum, [from, to]) => sum + to - from + 1, 0) > mostFolded) return { low: flags, high };
  const has = (code: number): boolean => high.some(([from, to]) => code >= from && code <= to);
  if (has(0x17f)) flags[83] = flags[115] = 1;
  if (has(0x212a)) flags[75] = flags[107] = 1;
  const more: Range[] = [];
  for (const [from, to] of high)
    for (let code = from; code <= to; code++) for (const other of casesOf(code)) if (other >= 128) more.push([other, other]);
  return { low: flags, high: merged([...high, ...more]) };
}

function casesOf(code: number): number[] {
  if (code >= 0xd800 && code < 0xe000) return [];
  const character = String.fromCodePoint(code);
  const upper = character.toUpperCase();
  const forms = [character.toLowerCase(), upper, upper.toLowerCase()];
  return forms.filter((form) => [...form].length === 1).map((form) => form.codePointAt(0) ?? code);
}

/** The bytes of any of these characters, as UTF-8. */
export function nodeOf({ low, high }: Characters): Node {
  if (high.length === 0) return { kind: "set", set: low };
  const options: Node[] = low.includes(1) ? [{ kind: "set", set: low }] : [];
  for (const [from, to] of high) options.push(...sequences(from, to));
  if (high.some(([from, to]) => from <= damaged && to >= damaged))
    options.push({
      kind: "sequence",
      parts: [
        { kind: "set", set: rangeSet([0x80, 0xff]) },
        { kind: "assert", what: "lone-byte" },
      ],
    });
  return options.length === 1 && options[0] !== undefined ? options[0] : { kind: "choice", options };
}

const sizes: readonly Range[] = [
  [128, 0x7ff],
  [0x800, 0xffff],
  [0x10000, last],
];

function* sequences(from: number, to: number): Generator<Node> {
  for (const [first, end] of sizes)
    if (from <= end && to >= first) yield* split(bytesOf(Math.max(from, first)), bytesOf(Math.min(to, end)));
}

function bytesOf(code: number): number[] {
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
}

/** All byte sequences of one length from one to another. */
function* split(from: readonly number[], to: readonly number[]): Generator<Node> {
  const [first = 0, ...fromRest] = from;
  const [end = 0, ...toRest] = to;
  if (fromRest.length === 0) {
    yield set(first, end);
    return;
  }
  const lowest = fromRest.every((byte) => byte === 0x80);
  const highest = toRest.every((byte) => byte === 0xbf);
  if (first === end || (lowest && highest)) {
    if (lowest && highest) yield sequence(first, end, [repeated(fromRest.length)]);
    else for (const rest of split(fromRest, toRest)) yield sequence(first, end, [rest]);
    return;
  }
  const start = lowest ? first : first + 1;
  const stop = highest ? end : end - 1;
  if (!lowest) yield* split(from, [first, ...fromRest.map(() => 0xbf)]);
  if (start <= stop) yield sequence(start, stop, [repeated(fromRest.length)]);
  if (!highest) yield* split([end, ...toRest.map(() => 0x80)], to);
}

function set(from: number, to: number): Node {
  return { kind: "set", set: rangeSet([from, to]) };
}

function repeated(count: number): Node {
  const part: Node = { kind: "set", set: continuation };
  return count === 1 ? part : { kind: "repeat", part, min: count, max: count, greedy: true };
}

function sequence(from: number, to: number, rest: readonly Node[]): Node {
  return { kind: "sequence", parts: [set(from, to), ...rest] };
}
