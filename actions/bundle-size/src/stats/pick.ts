/** What to keep of a JSON text: `true` is the whole value; keys that are not named are skipped without being built. */
export type Pick =
  | true
  | {
      readonly keys?: Readonly<Record<string, Pick>>;
      readonly others?: Pick;
      readonly items?: Pick;
      /** Takes the place of each list with `items`, or mapping with `others`: its values are handed over one by one and not built up. */
      readonly gather?: () => Gatherer;
    };

/** Keeps of many values what matters. It stands in the result where the list or mapping was. */
export interface Gatherer {
  add(value: unknown, key: string): void;
  /** How many things it keeps. */
  readonly kept: number;
}

/** Something in the text is not as JSON has it. */
export class JsonFault extends Error {
  override readonly name = "JsonFault";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export function isJsonFault(error: unknown): error is JsonFault {
  return error instanceof Error && error.name === "JsonFault" && "offset" in error;
}

/** What a byte does to the depth: 1 opens, -1 closes, 0 is a comma, 2 a quote. */
const turns: Readonly<Record<number, number>> = { 123: 1, 91: 1, 125: -1, 93: -1, 44: 0, 34: 2 };

interface Frame {
  readonly container: unknown[] | Record<string, unknown> | Gatherer;
  readonly gatherer: Gatherer | undefined;
  readonly isList: boolean;
  readonly pick: Pick;
  /** How much was kept when it was opened. */
  readonly keptBefore: number;
  key: string;
}

const mostKept = 8_000_000;
const deepest = 500;
const quote = 34;
const backslash = 92;

type State = "value" | "key" | "colon" | "after" | "string" | "literal" | "skip" | "done";

/**
 * Reads a JSON text piece by piece and builds only what `pick` names, so that a gigabyte of statistics fits in little memory. What is
 * skipped is checked for its brackets and quotes only. Throws a `JsonFault`.
 */
export class JsonPicker {
  readonly #root: Pick;
  readonly #frames: Frame[] = [];
  readonly #decoder = new TextDecoder();
  #state: State = "value";
  #result: unknown;
  #kept = 0;
  #offset = 0;
  /** Of a string or literal that is being read: whether it is a key, its pieces, whether it has escapes. */
  #isKey = false;
  #pieces: Uint8Array[] = [];
  #escapes = false;
  #escaped = false;
  /** Of what is skipped: how deep, and whether inside a string. */
  #depth = 0;
  #inString = false;
  #started = false;
  /** A bracket has just been opened, so it may be closed at once. */
  #empty = false;

  constructor(pick: Pick) {
    this.#root = pick;
  }

  write(bytes: Uint8Array): void {
    let at = 0;
    if (!this.#started && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
    this.#started = true;
    while (at < bytes.length) at = this.#step(bytes, at);
    this.#offset += bytes.length;
  }

  end(): unknown {
    if (this.#state === "literal" && this.#frames.length === 0) this.#endLiteral(0);
    if (this.#state !== "done") throw this.#fault(this.#started ? "the text breaks off" : "it is empty", 0);
    return this.#result;
  }

  #fault(message: string, at: number): JsonFault {
    return new JsonFault(message, this.#offset + at);
  }

  #step(bytes: Uint8Array, at: number): number {
    switch (this.#state) {
      case "string":
        return this.#string(bytes, at);
      case "literal":
        return this.#literal(bytes, at);
      case "skip":
        return this.#skip(bytes, at);
      default:
        return this.#structure(bytes, at);
    }
  }

  #structure(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] ?? 0;
    if (byte === 32 || byte === 10 || byte === 13 || byte === 9) return at + 1;
    if (this.#state === "value") return this.#beginValue(byte, at);
    if (this.#state === "key") return this.#beginKey(byte, at);
    if (this.#state === "colon" && byte === 58) this.#state = "value";
    else if (this.#state === "after") this.#afterValue(byte, at);
    else throw this.#fault(`unexpected ${JSON.stringify(String.fromCharCode(byte))}`, at);
    return at + 1;
  }

  #beginKey(byte: number, at: number): number {
    const wasEmpty = this.#empty;
    this.#empty = false;
    if (byte === 125 && wasEmpty) this.#close(at);
    else if (byte === quote) this.#beginString(true);
    else throw this.#fault("a key was expected", at);
    return at + 1;
  }

  #afterValue(byte: number, at: number): void {
    const frame = this.#frames.at(-1);
    const array = frame?.isList === true;
    if (byte === 44) this.#state = array ? "value" : "key";
    else if (byte === (array ? 93 : 125)) this.#close(at);
    else throw this.#fault("a comma or a closing bracket was expected", at);
  }

  #beginValue(byte: number, at: number): number {
    const pick = this.#pickHere();
    const wasEmpty = this.#empty;
    this.#empty = false;
    if (byte === 93 && wasEmpty) {
      this.#close(at);
      return at + 1;
    }
    if (pick === undefined) {
      this.#state = "skip";
      this.#depth = 0;
      this.#inString = false;
      return at;
    }
    if (byte === 123 || byte === 91) this.#open(byte === 91, pick, at);
    else if (byte === quote) this.#beginString(false);
    else {
      this.#state = "literal";
      this.#pieces = [];
      return at;
    }
    return at + 1;
  }

  #pickHere(): Pick | undefined {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#root;
    if (frame.pick === true) return true;
    if (frame.isList) return frame.pick.items;
    const { keys, others } = frame.pick;
    return keys !== undefined && Object.hasOwn(keys, frame.key) ? keys[frame.key] : others;
  }

  #open(array: boolean, pick: Pick, at: number): void {
    if (this.#frames.length >= deepest) throw this.#fault(`it is nested more than ${deepest} deep`, at);
    const gathers = pick !== true && (array ? pick.items : pick.others) !== undefined;
    const gatherer = gathers ? pick.gather?.() : undefined;
    const container: Frame["container"] = gatherer ?? (array ? [] : Object.create(null));
    this.#frames.push({ container, gatherer, isList: array, pick, keptBefore: this.#kept, key: "" });
    this.#state = array ? "value" : "key";
    this.#empty = true;
  }

  #close(at: number): void {
    const frame = this.#frames.pop();
    if (frame === undefined) throw this.#fault("a bracket closes nothing", at);
    this.#keep(frame.container, at);
  }

  #keep(value: unknown, at: number): void {
    if (++this.#kept > mostKept) throw this.#fault("it holds more than can be kept", at);
    const frame = this.#frames.at(-1);
    if (frame === undefined) this.#result = value;
    else put(frame, value);
    if (frame?.gatherer !== undefined) this.#kept = frame.keptBefore + frame.gatherer.kept;
    this.#state = frame === undefined ? "done" : "after";
  }

  #beginString(isKey: boolean): void {
    this.#isKey = isKey;
    this.#pieces = [];
    this.#escapes = false;
    this.#escaped = false;
    this.#state = "string";
  }

  #string(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) {
        this.#escaped = true;
        this.#escapes = true;
      } else if (byte === quote) break;
    }
    this.#pieces.push(bytes.slice(from, at));
    if (at >= bytes.length) return at;
    const text = this.#text(at);
    if (this.#isKey) {
      const frame = this.#frames.at(-1);
      if (frame !== undefined) frame.key = text;
      this.#state = "colon";
    } else this.#keep(text, at);
    return at + 1;
  }

  #text(at: number): string {
    const raw = this.#pieces.map((piece) => this.#decoder.decode(piece, { stream: true })).join("") + this.#decoder.decode();
    if (!this.#escapes) return raw;
    try {
      return String(JSON.parse(`"${raw}"`));
    } catch {
      throw this.#fault("a string has an escape that does not exist", at);
    }
  }

  #literal(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && !isEnd(bytes[at] ?? 0)) at++;
    this.#pieces.push(bytes.slice(from, at));
    if (this.#pieces.length > 8 || at - from > 400) throw this.#fault("a number is too long", at);
    if (at < bytes.length) this.#endLiteral(at);
    return at;
  }

  #endLiteral(at: number): void {
    const text = this.#pieces.map((piece) => this.#decoder.decode(piece)).join("");
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw this.#fault(`${JSON.stringify(text.slice(0, 40))} is no value`, at);
    }
    this.#keep(value, at);
  }

  /** One value, of whatever kind. */
  #skip(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; ) {
      if (this.#inString) {
        at = this.#skipString(bytes, at);
        if (!this.#inString && this.#depth === 0) return this.#skipped(at);
        continue;
      }
      const turn = turns[bytes[at] ?? 0];
      // At depth 0 a comma or a closing bracket ends a number, and belongs to what holds it.
      if (this.#depth === 0 && (turn === -1 || turn === 0)) return this.#skipped(at);
      at++;
      if (turn === 2) this.#inString = true;
      else if (turn !== undefined) this.#depth += turn;
      if (turn === -1 && this.#depth === 0) return this.#skipped(at);
    }
    return bytes.length;
  }

  #skipString(bytes: Uint8Array, from: number): number {
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at++;
    }
    while (at < bytes.length) {
      const byte = bytes[at];
      at++;
      if (byte === quote) {
        this.#inString = false;
        return at;
      }
      if (byte !== backslash) continue;
      if (at === bytes.length) this.#escaped = true;
      at++;
    }
    return Math.min(at, bytes.length);
  }

  #skipped(at: number): number {
    this.#state = "after";
    return at;
  }
}

function put({ container, gatherer, key }: Frame, value: unknown): void {
  if (gatherer !== undefined) gatherer.add(value, key);
  else if (Array.isArray(container)) container.push(value);
  else (container as Record<string, unknown>)[key] = value;
}

function isEnd(byte: number): boolean {
  return byte === 44 || byte === 93 || byte === 125 || byte === 32 || byte === 10 || byte === 13 || byte === 9;
}
