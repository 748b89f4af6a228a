import { textOf } from "./bytes.ts";
import type { ReportParser } from "./draft.ts";
import { quoted, ReportFault } from "./fault.ts";
import { jsonFault } from "./json-fault.ts";

export type JsonPath = readonly (string | number)[];
export type JsonKind = "object" | "array" | "scalar";

/** What a format wants of a document. */
export interface JsonHandler {
  /** Of the value at this path: step into it, hand it over whole, or pass over it. Scalars are handed over unless skipped. */
  want(path: JsonPath, kind: JsonKind): "enter" | "keep" | "skip";
  /** A value that was wanted whole; `offset` is where it begins in the bytes that were pushed. */
  value(path: JsonPath, value: unknown, offset: number): void;
  /** The document is over. */
  finish?(): void;
}

const [openBrace, closeBrace, openBracket, closeBracket, comma, colon, quote, backslash] = [123, 125, 91, 93, 44, 58, 34, 92];
type State = "value" | "key" | "firstKey" | "firstValue" | "colon" | "after" | "done";

/**
 * Splits a JSON document as it streams by: containers of interest are entered, their members handed over one by one (each by `JSON.parse`), the
 * rest passed over. So a document of any size costs no more than its largest member.
 */
export class JsonScanner implements ReportParser {
  readonly #handler: JsonHandler;
  readonly #path: (string | number)[] = [];
  readonly #arrays: boolean[] = [];
  #state: State = "value";
  /** Inside a value that is kept or skipped: how deep, from where, and how far it was looked at. */
  #inner: { depth: number; kept: boolean; seen: number } | undefined;

  constructor(handler: JsonHandler) {
    this.#handler = handler;
  }

  push(bytes: Uint8Array, last: boolean): number {
    let at = 0;
    while (at < bytes.length) {
      const next = this.#step(bytes, at, last);
      if (next === -1) break;
      at = next;
    }
    if (last) {
      if (this.#state !== "done") throw new ReportFault("the report is truncated: its JSON is not closed", bytes.length);
      this.#handler.finish?.();
    }
    return at;
  }

  #step(bytes: Uint8Array, at: number, last: boolean): number {
    if (this.#inner !== undefined) return this.#through(bytes, at);
    const byte = bytes[at] ?? 0;
    if (byte === 32 || byte === 10 || byte === 13 || byte === 9) return at + 1;
    switch (this.#state) {
      case "firstValue":
        if (byte === closeBracket) return this.#leave(at);
        return this.#value(bytes, at, last);
      case "value":
        return this.#value(bytes, at, last);
      case "firstKey":
        if (byte === closeBrace) return this.#leave(at);
        return this.#key(bytes, at);
      case "key":
        return this.#key(bytes, at);
      case "colon":
        if (byte !== colon) throw unexpected(bytes, at, "a `:`");
        this.#state = "value";
        return at + 1;
      case "after":
        return this.#separator(bytes, at);
      case "done":
        throw unexpected(bytes, at, "the end of the file");
    }
  }

  #separator(bytes: Uint8Array, at: number): number {
    const array = this.#arrays.at(-1) === true;
    const byte = bytes[at];
    if (byte === (array ? closeBracket : closeBrace)) return this.#leave(at);
    if (byte !== comma) throw unexpected(bytes, at, array ? "`,` or `]`" : "`,` or `}`");
    if (array) this.#path[this.#path.length - 1] = Number(this.#path.at(-1)) + 1;
    this.#state = array ? "value" : "key";
    return at + 1;
  }

  #leave(at: number): number {
    this.#arrays.pop();
    this.#path.pop();
    this.#settle();
    return at + 1;
  }

  #settle(): void {
    this.#state = this.#arrays.length === 0 ? "done" : "after";
  }

  #key(bytes: Uint8Array, at: number): number {
    if (bytes[at] !== quote) throw unexpected(bytes, at, "a key in quotes");
    const end = stringEnd(bytes, at + 1);
    if (end === -1) return -1;
    this.#path[this.#path.length - 1] = String(parseJson(bytes, at, end));
    this.#state = "colon";
    return end;
  }

  #value(bytes: Uint8Array, at: number, last: boolean): number {
    const byte = bytes[at];
    if (byte !== openBrace && byte !== openBracket) return this.#scalar(bytes, at, last);
    const array = byte === openBracket;
    const want = this.#handler.want(this.#path, array ? "array" : "object");
    if (want !== "enter") {
      this.#inner = { depth: 1, kept: want === "keep", seen: 1 };
      return want === "keep" ? this.#through(bytes, at) : at + 1;
    }
    this.#arrays.push(array);
    this.#path.push(array ? 0 : "");
    this.#state = array ? "firstValue" : "firstKey";
    return at + 1;
  }

  #scalar(bytes: Uint8Array, at: number, last: boolean): number {
    let end = at;
    if (bytes[at] === quote) end = stringEnd(bytes, at + 1);
    else while (end < bytes.length && !/[\s,\]}:]/.test(String.fromCharCode(bytes[end] ?? 0))) end++;
    if (end === -1 || (end === bytes.length && !last)) return -1;
    if (end === at) throw unexpected(bytes, at, "a value");
    const value = parseJson(bytes, at, end);
    if (this.#handler.want(this.#path, "scalar") !== "skip") this.#handler.value(this.#path, value, at);
    this.#settle();
    return end;
  }

  /** On through a kept or skipped container. A kept one stays in the window until it is whole; `seen` remembers how much of it was looked at. */
  #through(bytes: Uint8Array, start: number): number {
    const inner = this.#inner;
    if (inner === undefined) return start;
    let at = start + (inner.kept ? inner.seen : 0);
    let depth = inner.depth;
    while (at < bytes.length && depth > 0) {
      const byte = bytes[at] ?? 0;
      if (byte === quote) {
        const end = stringEnd(bytes, at + 1);
        if (end === -1) break;
        at = end;
      } else {
        depth += nesting[byte] ?? 0;
        at++;
      }
    }
    if (depth > 0) {
      this.#inner = { depth, kept: inner.kept, seen: at - start };
      return inner.kept || at === start ? -1 : at;
    }
    this.#inner = undefined;
    if (inner.kept) this.#handler.value(this.#path, parseJson(bytes, start, at), start);
    this.#settle();
    return at;
  }
}

/** 1 for brackets that open, -1 for those that close. */
const nesting = new Int8Array(256);
for (const byte of [openBrace, openBracket]) nesting[byte] = 1;
for (const byte of [closeBrace, closeBracket]) nesting[byte] = -1;

/** Behind the closing quote; -1 if it is not there. */
function stringEnd(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] === quote) return at + 1;
    if (bytes[at] === backslash) at++;
  }
  return -1;
}

/** One whole value; a `ReportFault` that says where it goes wrong. */
export function parseJson(bytes: Uint8Array, start: number, end: number): unknown {
  try {
    return JSON.parse(textOf(bytes, start, end));
  } catch {
    const fault = jsonFault(bytes.subarray(start, end));
    throw new ReportFault(`the JSON is malformed: ${fault.reason}`, start + fault.offset);
  }
}

function unexpected(bytes: Uint8Array, at: number, expected: string): ReportFault {
  return new ReportFault(
    `the JSON is malformed: ${quoted(textOf(bytes, at, Math.min(bytes.length, at + 12)))} stands where ${expected} was expected`,
    at,
  );
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A member that the object itself has: `constructor` and its like are not found in every object. */
export function member(object: JsonObject | undefined, key: string): unknown {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A finite number, or a `ReportFault` that says what was found instead. */
export function asNumber(value: unknown, meaning: string, offset: number): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "number") return Number.MAX_SAFE_INTEGER;
  throw new ReportFault(`${meaning} is ${quoted(JSON.stringify(value) ?? "missing")}, not a number`, offset);
}

/** A line number, a whole one from 1; 0 for what stands for "no line"; else a `ReportFault`. */
export function asLine(value: unknown, meaning: string, offset: number): number {
  const line = asNumber(value, meaning, offset);
  if (!Number.isInteger(line) || line > 0x7fffffff)
    throw new ReportFault(`${meaning} is ${quoted(String(line))}, not a line number`, offset);
  return Math.max(line, 0);
}
