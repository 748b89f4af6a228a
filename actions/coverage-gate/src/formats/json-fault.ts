const [openBrace, openBracket, comma, colon, quote, backslash] = [123, 91, 44, 58, 34, 92];
/** `}` comes two behind `{`, and `]` two behind `[`. */
const closing = 2;
const words = ["true", "false", "null"].map((word) => [...word].map((letter) => letter.charCodeAt(0)));

export interface JsonFault {
  readonly offset: number;
  readonly reason: string;
}

/** Where a document that `JSON.parse` refused goes wrong; V8 does not always say. Without recursion, so that depth is no matter. */
export function jsonFault(bytes: Uint8Array): JsonFault {
  const state: State = { open: [], expected: "value", mayClose: false };
  let at = pastSpace(bytes, 0);
  while (at < bytes.length) {
    const next = step(bytes, at, state);
    if (typeof next !== "number") return next;
    at = pastSpace(bytes, next);
  }
  return { offset: bytes.length, reason: "it ends too early" };
}

interface State {
  /** Brackets that are open. */
  readonly open: number[];
  expected: "value" | "key" | "after";
  mayClose: boolean;
}

/** Past one token, or what is wrong with it. */
function step(bytes: Uint8Array, at: number, state: State): number | JsonFault {
  const byte = bytes[at] ?? 0;
  const open = state.open.at(-1);
  const closes = open !== undefined && byte === open + closing && (state.mayClose || state.expected === "after");
  state.mayClose = false;
  if (closes) {
    state.open.pop();
    state.expected = "after";
    return at + 1;
  }
  if (state.expected === "after") {
    if (open === undefined || byte !== comma) return wrong(at, open === undefined ? "the end" : "`,` or a closing bracket");
    state.expected = open === openBrace ? "key" : "value";
    return at + 1;
  }
  if (state.expected === "key") {
    state.expected = "value";
    return keyEnd(bytes, at);
  }
  if (byte !== openBrace && byte !== openBracket) {
    state.expected = "after";
    return scalarEnd(bytes, at);
  }
  state.open.push(byte);
  state.expected = byte === openBrace ? "key" : "value";
  state.mayClose = true;
  return at + 1;
}

function wrong(offset: number, expected: string): JsonFault {
  return { offset, reason: `${expected} was expected here` };
}

function pastSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === 32 || bytes[at] === 10 || bytes[at] === 13 || bytes[at] === 9) at++;
  return at;
}

function keyEnd(bytes: Uint8Array, start: number): number | JsonFault {
  if (bytes[start] !== quote) return wrong(start, "a key in quotes");
  const end = textEnd(bytes, start);
  if (typeof end !== "number") return end;
  const at = pastSpace(bytes, end);
  return bytes[at] === colon ? at + 1 : wrong(at, "`:`");
}

function scalarEnd(bytes: Uint8Array, start: number): number | JsonFault {
  if (bytes[start] === quote) return textEnd(bytes, start);
  const word = words.find((letters) => letters.every((letter, i) => bytes[start + i] === letter));
  if (word !== undefined) return start + word.length;
  let end = start;
  while (end < bytes.length && end - start < 400 && "+-.0123456789Ee".includes(String.fromCharCode(bytes[end] ?? 0))) end++;
  const number = String.fromCharCode(...bytes.subarray(start, end));
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(number) ? end : wrong(start, "a value");
}

function textEnd(bytes: Uint8Array, start: number): number | JsonFault {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) return at + 1;
    if (byte < 32) return { offset: at, reason: "a control character stands in a string" };
    if (byte !== backslash) continue;
    at++;
    const escaped = String.fromCharCode(bytes[at] ?? 0);
    if (!'"\\/bfnrtu'.includes(escaped)) return { offset: at, reason: "an unknown escape stands in a string" };
    if (escaped === "u" && !/^[0-9a-fA-F]{4}$/.test(String.fromCharCode(...bytes.subarray(at + 1, at + 5)))) {
      return { offset: at, reason: "`\\u` is not followed by four hexadecimal digits" };
    }
  }
  return { offset: bytes.length, reason: "a string is not closed" };
}
