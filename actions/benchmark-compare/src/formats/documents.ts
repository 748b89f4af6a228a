import { FormatFault } from "./draft.ts";
import { endOfText, placeOfFault } from "./json-fault.ts";

interface Piece {
  readonly value: unknown;
  /** The place behind it. */
  readonly end: number;
}

/**
 * The JSON documents of a text, in their order. Several benchmarks that print to one file leave several, and what a build tool prints stands
 * around them. A document begins a line; a line of a log that only looks like one (`[INFO] done`) is none.
 */
export function jsonDocuments(text: string): unknown[] {
  const whole = parsed(text);
  if (whole !== undefined) return [whole.value];
  const found: unknown[] = [];
  let at = nextStart(text, 0);
  while (at !== -1) {
    const piece = documentAt(text, at);
    if (piece !== undefined) found.push(piece.value);
    at = nextStart(text, piece?.end ?? endOfLine(text, at));
  }
  return found;
}

const start = /[[{]/;

/** The next bracket that begins a line, or that follows a document directly. */
function nextStart(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    while (/[\s,;]/.test(text.charAt(at))) at += 1;
    if (start.test(text.charAt(at))) return at;
    at = endOfLine(text, at) + 1;
  }
  return -1;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

function documentAt(text: string, at: number): Piece | undefined {
  // Asked first: what only looks like a beginning is never searched for its end, which could be a long way, line after line.
  if (!documentStart.test(text.slice(at, Math.min(endOfLine(text, at), at + longestStart)))) return undefined;
  const end = endOfDocument(text, at);
  const piece = end === -1 ? undefined : parsed(text.slice(at, end));
  if (piece !== undefined && mayEndAt(text, end)) return { value: piece.value, end };
  if (end !== -1 && end <= endOfLine(text, at) && !mayEndAt(text, end)) return undefined;
  throw new FormatFault("is no JSON, or only the beginning of it", lineOfFault(text, at, end));
}

/** A key, a text or another bracket follows, or the line ends. */
const documentStart = /^(?:\{\s*["}]|\[\s*[[{\]"]|[[{]\s*$)/;
const longestStart = 1_000;

/** Behind a document a line ends, or the next one begins. */
function mayEndAt(text: string, end: number): boolean {
  return /^[^\S\n]*[;,]?[^\S\n]*(?:\n|$|[[{])/.test(text.slice(end, end + 100));
}

/** The place behind the bracket that closes the one at `at`; -1 where the text ends before it. */
function endOfDocument(text: string, at: number): number {
  const marks = /["[\]{}]/g;
  marks.lastIndex = at;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const [character] = mark;
    if (character === '"') {
      const close = endOfText(text, mark.index + 1);
      if (close === -1) return -1;
      marks.lastIndex = close;
      continue;
    }
    depth += character === "{" || character === "[" ? 1 : -1;
    if (depth === 0) return mark.index + 1;
  }
  return -1;
}

/** asv, Google Benchmark and Python write bare NaN and Infinity. */
function parsed(text: string): { readonly value: unknown } | undefined {
  for (const each of [() => text, () => withoutInfinity(text)]) {
    try {
      return { value: JSON.parse(each()) };
    } catch {
      // The second try is without the words that JSON does not know.
    }
  }
  return undefined;
}

function withoutInfinity(text: string): string {
  if (!text.includes("NaN") && !text.includes("Infinity")) return "";
  return text.replace(/([:,[]\s*)(?:-?Infinity|-?NaN)(?=\s*[,\]}])/g, "$1null");
}

function lineOfFault(text: string, at: number, end: number): number {
  return lineAt(text, at + placeOfFault(text.slice(at, end === -1 ? text.length : end).trimEnd()));
}

function lineAt(text: string, end: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** One document, whole. */
export function parseJson(text: string): unknown {
  const whole = parsed(text);
  if (whole !== undefined) return whole.value;
  throw new FormatFault("is no JSON, or only the beginning of it", lineOfFault(text, 0, -1));
}
