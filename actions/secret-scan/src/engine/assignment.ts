/** `name = value`, however a language or a format writes it, parsed from bytes around a keyword. */
export interface Assignment {
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** The quote's byte; 0 without quotes; 62 (`>`) for the text of an element. */
  readonly quote: number;
  /** `=`, `:`, `(`, `,`, `>` or 32 for nothing but space. */
  readonly operator: number;
}

const longestName = 80;
const longestListedName = 40;
const longestTail = 48;
const longestGap = 120;
const longestValue = 400;

const nameBytes = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") nameBytes[character.charCodeAt(0)] = 1;
const wordBytes = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") wordBytes[character.charCodeAt(0)] = 1;

const space = 32;
const tab = 9;
const newline = 10;
const double = 34;
const single = 39;
const back = 96;
const equals = 61;
const colon = 58;
const greater = 62;
const less = 60;
const open = 40;
const comma = 44;

/** Reads from the end of a keyword at `[start, end)`; `undefined` where no value is assigned to the name that holds it. */
export function readAssignment(bytes: Uint8Array, start: number, end: number, from: number, to: number): Assignment | undefined {
  let at = end;
  const tail = Math.min(to, end + longestTail);
  while (at < tail && nameBytes[bytes[at] as number] === 1) at++;
  const nameEnd = at;
  const found = readOperator(bytes, at, to);
  if (found === undefined) return undefined;
  const value = readValue(bytes, found.at, to, found.operator);
  if (value === undefined) return undefined;
  let nameStart = start;
  const first = Math.max(from, start - longestName);
  while (nameStart > first && nameBytes[bytes[nameStart - 1] as number] === 1) nameStart--;
  // Of two texts with a comma between, the first is a name only if it is one from quote to quote.
  if (found.operator === comma && (!isQuote(bytes[nameStart - 1]) || nameEnd - nameStart > longestListedName)) return undefined;
  return { nameStart, nameEnd, valueStart: value.start, valueEnd: value.end, quote: value.quote, operator: found.operator };
}

function skipBlanks(bytes: Uint8Array, start: number, to: number): number {
  let at = start;
  const limit = Math.min(to, start + longestGap);
  while (at < limit && (bytes[at] === space || bytes[at] === tab)) at++;
  return at;
}

function isQuote(byte: number | undefined): boolean {
  return byte === double || byte === single || byte === back;
}

interface Operator {
  /** Where the value begins. */
  readonly at: number;
  readonly operator: number;
}

/** From behind the name to behind the operator. */
function readOperator(bytes: Uint8Array, start: number, to: number): Operator | undefined {
  let at = start;
  // `name"`, `name\"`, `name']`, `name"]`, `name")`.
  if (bytes[at] === 92 && isQuote(bytes[at + 1])) at++;
  const quoted = isQuote(bytes[at]);
  if (quoted) at++;
  const bracketed = bytes[at] === 93;
  if (bracketed) at++;
  if (bytes[at] === 63 && bytes[at + 1] === colon) at++;
  const behind = at;
  at = skipBlanks(bytes, at, to);
  const byte = bytes[at];
  if (at >= to || byte === undefined) return undefined;
  // `name::Type` is the name of something inside of `name`.
  if (byte === colon && bytes[at + 1] === colon && at === behind && wordBytes[bytes[at + 2] as number] === 1) return undefined;
  if (byte === equals || byte === colon) return { at: behindEquals(bytes, at, to), operator: byte };
  if (!quoted) return behindBare(bytes, at, behind, to);
  return bracketed && byte === comma ? undefined : behindQuoted(bytes, at, behind, to);
}

/** `"name", "value"`, `name="x" value="…"`. */
function behindQuoted(bytes: Uint8Array, at: number, behind: number, to: number): Operator | undefined {
  if (bytes[at] === greater && at === behind) return { at: at + 1, operator: greater };
  if (bytes[at] === comma && at - behind <= 1) return { at: skipBlanks(bytes, at + 1, to), operator: comma };
  return startsWith(bytes, at, "value") ? attributeValue(bytes, at + 5, to) : undefined;
}

/** `<name>value`, `name("value")`, `name || "value"`, `name ?= value`, `name value`. */
function behindBare(bytes: Uint8Array, at: number, behind: number, to: number): Operator | undefined {
  const byte = bytes[at];
  if (byte === greater && at === behind) return { at: at + 1, operator: greater };
  if (byte === open && at - behind <= 1) return { at: skipBlanks(bytes, at + 1, to), operator: open };
  if (byte === 124 && bytes[at + 1] === 124) return { at: behindEquals(bytes, at, to), operator: equals };
  if ((byte === 63 || byte === 43) && bytes[at + 1] === equals) return { at: skipBlanks(bytes, at + 2, to), operator: equals };
  return at > behind ? { at, operator: space } : undefined;
}

/** Skips `=`, `==`, `:=`, `=>`, `::=` and a type between `:` and `=`; a third `=` ends it, because that compares. */
function behindEquals(bytes: Uint8Array, start: number, to: number): number {
  let at = start;
  const limit = Math.min(to, start + 4);
  while (at < limit && (bytes[at] === equals || bytes[at] === colon || bytes[at] === greater || bytes[at] === 124)) at++;
  at = skipBlanks(bytes, at, to);
  return skipType(bytes, at, to);
}

/** `: string = "…"`, `: &str = "…"`, `: Optional[str] = "…"`. */
function skipType(bytes: Uint8Array, start: number, to: number): number {
  let at = start;
  const limit = Math.min(to, start + 40);
  while (
    at < limit &&
    (wordBytes[bytes[at] as number] === 1 ||
      bytes[at] === 38 ||
      bytes[at] === 91 ||
      bytes[at] === 93 ||
      bytes[at] === less ||
      bytes[at] === greater ||
      bytes[at] === 63)
  )
    at++;
  if (at === start) return start;
  const behind = skipBlanks(bytes, at, to);
  if (bytes[behind] !== equals || bytes[behind + 1] === equals || behind === at) return start;
  const value = skipBlanks(bytes, behind + 1, to);
  return isQuote(bytes[value]) ? value : start;
}

function attributeValue(bytes: Uint8Array, start: number, to: number): { at: number; operator: number } | undefined {
  const at = skipBlanks(bytes, start, to);
  return bytes[at] === equals ? { at: skipBlanks(bytes, at + 1, to), operator: equals } : undefined;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}

function readValue(
  bytes: Uint8Array,
  start: number,
  to: number,
  operator: number,
): { start: number; end: number; quote: number } | undefined {
  if (operator === greater) return readElement(bytes, start, to);
  let at = start;
  // `b"…"`, `r'…'`, `@"…"`, `String("…")` are literals too; `\"` is one inside of a text.
  if (wordBytes[bytes[at] as number] === 1 && isQuote(bytes[at + 1])) at++;
  if (bytes[at] === 64 && isQuote(bytes[at + 1])) at++;
  if (bytes[at] === 92 && isQuote(bytes[at + 1])) return readQuoted(bytes, at + 2, to, bytes[at + 1] as number, true);
  if (isQuote(bytes[at])) return readQuoted(bytes, at + 1, to, bytes[at] as number, false);
  return operator === comma || operator === open ? undefined : readBare(bytes, at, to);
}

function readQuoted(
  bytes: Uint8Array,
  start: number,
  to: number,
  quote: number,
  escaped: boolean,
): { start: number; end: number; quote: number } | undefined {
  const limit = Math.min(to, start + longestValue);
  for (let at = start; at < limit; at++) {
    const byte = bytes[at];
    if (byte === newline) return undefined;
    if (escaped && byte === 92 && bytes[at + 1] === quote) return { start, end: at, quote };
    if (byte === 92) at++;
    else if (byte === quote) return { start, end: at, quote };
  }
  return undefined;
}

/** Up to what ends a word in any format; a comment's mark ends it only behind a space. */
function readBare(bytes: Uint8Array, start: number, to: number): { start: number; end: number; quote: number } | undefined {
  const limit = Math.min(to, start + longestValue);
  let at = start;
  for (; at < limit; at++) {
    const byte = bytes[at] as number;
    if (byte <= space || isQuote(byte)) break;
  }
  while (at > start && (bytes[at - 1] === comma || bytes[at - 1] === 59)) at--;
  return at > start && at < start + longestValue ? { start, end: at, quote: 0 } : undefined;
}

function readElement(bytes: Uint8Array, start: number, to: number): { start: number; end: number; quote: number } | undefined {
  const limit = Math.min(to, start + longestValue);
  for (let at = start; at < limit; at++) {
    if (bytes[at] === newline) return undefined;
    if (bytes[at] === less) return at > start && bytes[at + 1] === 47 ? { start, end: at, quote: greater } : undefined;
  }
  return undefined;
}
