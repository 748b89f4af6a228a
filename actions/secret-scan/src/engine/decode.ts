import { base64Bytes, decodeBase64 } from "./base64.ts";

/** Text that stood encoded at `[start, end)`. */
export interface Decoded {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** Shorter runs hold no secret worth the name. */
const shortest = 24;
const longestRun = 1_048_576;

/** Everything in `[start, end)` that decodes into text: base64 (both alphabets), hexadecimal, percent and unicode escapes; and lines with marks that nobody sees, without these. */
export function decodedParts(bytes: Uint8Array, start: number, end: number): Decoded[] {
  const parts: Decoded[] = [];
  runs(bytes, start, end, parts);
  // Behind the end a large buffer may go on, and a mark that is rare would be looked for in all of it.
  const bounded = bytes.subarray(0, end);
  escapes(bounded, start, 37, percentRun, parts);
  escapes(bounded, start, 92, unicodeRun, parts);
  for (const mark of [0xe2, 0xef, 0xc2]) escapes(bounded, start, mark, unmarkedLine, parts);
  return parts;
}

/** Every run of that length covers a multiple of it, so only those places are looked at first. */
function runs(bytes: Uint8Array, start: number, end: number, parts: Decoded[]): void {
  let done = start;
  let blockEnd = start;
  for (let at = start + shortest - 1; at < end; at += shortest) {
    if (at < done || base64Bytes[bytes[at] as number] !== 1) continue;
    let first = at;
    while (first > done && base64Bytes[bytes[first - 1] as number] === 1) first--;
    let last = at + 1;
    const limit = Math.min(end, first + longestRun);
    while (last < limit && base64Bytes[bytes[last] as number] === 1) last++;
    done = last;
    if (last - first < shortest) continue;
    // Lines may be texts of their own too, so they are looked at alone as well.
    const block = first < blockEnd ? undefined : wrapped(bytes, first, last, end);
    if (block !== undefined) {
      parts.push(block);
      blockEnd = block.end;
    }
    addRun(bytes, first, last, end, parts);
  }
}

/** Shorter lines are nobody's wrapping. */
const shortestLine = 40;

/** Base64 that goes on over lines of one length, of which the last may be shorter: as `base64` and YAML write it. Nothing where it is no text. */
function wrapped(bytes: Uint8Array, first: number, last: number, end: number): Decoded | undefined {
  const width = last - first;
  if (width < shortestLine || !isText(decodeBase64(bytes, first, first + 16), 8)) return undefined;
  const lines = [bytes.subarray(first, last)];
  let behind = last;
  for (let length = width; length === width && behind - first < longestRun; ) {
    const from = nextLine(bytes, behind, end);
    let to = from;
    while (to < end && to - from <= width && base64Bytes[bytes[to] as number] === 1) to++;
    length = to - from;
    if (length === 0 || length > width) break;
    lines.push(bytes.subarray(from, to));
    behind = to;
  }
  if (lines.length === 1) return undefined;
  const joined = new Uint8Array(lines.reduce((sum, line) => sum + line.length, 0));
  let at = 0;
  for (const line of lines) {
    joined.set(line, at);
    at += line.length;
  }
  const decoded = decodeBase64(joined, 0, joined.length);
  return isText(decoded, decoded.length) ? { start: first, end: behind, bytes: decoded } : undefined;
}

/** Behind the break and the indentation; `from` where there is no break. */
function nextLine(bytes: Uint8Array, from: number, end: number): number {
  let at = bytes[from] === 13 ? from + 1 : from;
  if (bytes[at] !== 10) return from;
  at++;
  while (at < end && (bytes[at] === 32 || bytes[at] === 9)) at++;
  return at;
}

function addRun(bytes: Uint8Array, first: number, last: number, end: number, parts: Decoded[]): void {
  let behind = last;
  while (behind < end && behind < last + 2 && bytes[behind] === 61) behind++;
  // A path or a name may stand in front: `/` and `-` are letters of base64 too.
  for (const from of starts(bytes, first, last)) {
    if (isText(decodeBase64(bytes, from, Math.min(last, from + 16)), 8)) {
      const decoded = decodeBase64(bytes, from, last);
      if (isText(decoded, decoded.length)) parts.push({ start: from, end: behind, bytes: decoded });
      return;
    }
  }
  addHex(bytes, first, last, parts);
}

function* starts(bytes: Uint8Array, first: number, last: number): Generator<number> {
  yield first;
  for (let at = first, found = 0; at < last - shortest && found < 4; at++) {
    if (bytes[at] !== 47 && bytes[at] !== 45 && bytes[at] !== 95) continue;
    found++;
    yield at + 1;
  }
}

function addHex(bytes: Uint8Array, first: number, last: number, parts: Decoded[]): void {
  if (last - first < 32 || (last - first) % 2 === 1) return;
  const decoded = new Uint8Array((last - first) / 2);
  for (let index = 0; index < decoded.length; index++) {
    const value = hexPair(bytes, first + index * 2);
    if (value < 32 || value > 126) return;
    decoded[index] = value;
  }
  parts.push({ start: first, end: last, bytes: decoded });
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function hexPair(bytes: Uint8Array, at: number): number {
  const high = hexDigit(bytes[at]);
  const low = hexDigit(bytes[at + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** Printable ASCII and UTF-8, white space included; the last bytes may be cut. */
function isText(bytes: Uint8Array, length: number): boolean {
  if (bytes.length < 4) return false;
  const limit = Math.min(bytes.length, length);
  let high = 0;
  for (let at = 0; at < limit; at++) {
    const byte = bytes[at] as number;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) return false;
    if (byte === 127) return false;
    if (byte > 127) high++;
  }
  return high * 10 <= limit;
}

type Escape = (bytes: Uint8Array, start: number, end: number) => Decoded | undefined;

function escapes(bytes: Uint8Array, start: number, mark: number, read: Escape, parts: Decoded[]): void {
  for (let at = bytes.indexOf(mark, start); at !== -1; at = bytes.indexOf(mark, at)) {
    const part = read(bytes, at, bytes.length);
    if (part !== undefined && part.bytes.length >= 8) parts.push(part);
    at = Math.max(at + 1, part?.end ?? 0);
  }
}

const longestEscaped = 16_384;

/** The word around `%xx`, decoded. */
function percentRun(bytes: Uint8Array, at: number, end: number): Decoded | undefined {
  if (hexPair(bytes, at + 1) < 0) return undefined;
  let first = at;
  while (first > 0 && at - first < 200 && isWordByte(bytes[first - 1])) first--;
  const out: number[] = [];
  let index = first;
  const limit = Math.min(end, first + longestEscaped);
  while (index < limit && isWordByte(bytes[index])) {
    const value = bytes[index] === 37 ? hexPair(bytes, index + 1) : -1;
    out.push(value >= 0 ? value : (bytes[index] as number));
    index += value >= 0 ? 3 : 1;
  }
  return { start: first, end: index, bytes: Uint8Array.from(out) };
}

function isWordByte(byte: number | undefined): boolean {
  return byte !== undefined && byte > 32 && byte !== 34 && byte !== 39 && byte !== 60 && byte !== 62 && byte !== 96 && byte < 127;
}

/** `\u0067\x68…`: what stands between escapes on a line is kept. */
function unicodeRun(bytes: Uint8Array, at: number, end: number): Decoded | undefined {
  if (escapeAt(bytes, at) === undefined) return undefined;
  const out: number[] = [];
  let index = at;
  let escaped = 0;
  const limit = Math.min(end, at + longestEscaped);
  while (index < limit && isWordByte(bytes[index])) {
    const found = escapeAt(bytes, index);
    if (found !== undefined) escaped++;
    out.push(found?.value ?? (bytes[index] as number));
    index += found?.length ?? 1;
  }
  return escaped < 3 ? undefined : { start: at, end: index, bytes: Uint8Array.from(out) };
}

function escapeAt(bytes: Uint8Array, at: number): { value: number; length: number } | undefined {
  if (bytes[at] !== 92) return undefined;
  if (bytes[at + 1] === 120) {
    const value = hexPair(bytes, at + 2);
    return value < 0 ? undefined : { value, length: 4 };
  }
  if (bytes[at + 1] !== 117) return undefined;
  if (bytes[at + 2] === 123) {
    const value = hexPair(bytes, at + 3);
    return value < 0 || bytes[at + 5] !== 125 ? undefined : { value, length: 6 };
  }
  const value = hexPair(bytes, at + 4);
  return hexPair(bytes, at + 2) !== 0 || value < 0 ? undefined : { value, length: 6 };
}

/** The bytes of a zero-width space, joiner or non-joiner, a word joiner, a byte order mark, or a soft hyphen. */
function unseenAt(bytes: Uint8Array, at: number): number {
  const [first, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (first === 0xe2 && ((second === 0x80 && third >= 0x8b && third <= 0x8d) || (second === 0x81 && third === 0xa0))) return 3;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 3;
  return first === 0xc2 && second === 0xad ? 2 : 0;
}

const longestMarked = 4_096;

/** The line around a mark that nobody sees, without all of them: they stand between a name and its value as easily as in a text. */
function unmarkedLine(bytes: Uint8Array, at: number, end: number): Decoded | undefined {
  if (unseenAt(bytes, at) === 0) return undefined;
  let first = at;
  while (first > 0 && at - first < longestMarked && bytes[first - 1] !== 10) first--;
  const out: number[] = [];
  let index = first;
  const limit = Math.min(end, at + longestMarked);
  while (index < limit && bytes[index] !== 10) {
    const unseen = unseenAt(bytes, index);
    if (unseen === 0) out.push(bytes[index] as number);
    index += Math.max(1, unseen);
  }
  return { start: first, end: Math.min(index, end), bytes: Uint8Array.from(out) };
}
