/** Finds one value in a JSON text without making an object of the rest, which for some texts of 10 MB would take 400 MB. */

export type Step = string | number;

/** Where a value stands in the text; of several members of one name the last one counts, as everywhere. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** Deeper texts count as no JSON. */
const deepest = 500;
/** Longer values are shown as they are written; shorter ones as `JSON.stringify` writes them. */
const longestParsed = 65_536;
/** Names of an object beyond which twins are no longer looked for. */
const mostNames = 10_000;

const space = /[ \t\n\r]*/y;
/** Everything but quotes, backslashes and controls. */
const plainText = /[ !#-[\]-\uffff]*/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

class NoJson extends Error {}

/** Whether the whole text is JSON; only then has a path in it a meaning. */
export function isJson(text: string): boolean {
  return find(text, []) !== undefined;
}

/** The value at a path as text: a string without its quotes, anything else as JSON; undefined where there is none, or where the text is no JSON. */
export function jsonAt(text: string, path: readonly Step[]): string | undefined {
  const raw = rawAt(text, path);
  if (raw === undefined) return undefined;
  if (raw.startsWith('"')) return JSON.parse(raw) as string;
  return raw.length > longestParsed ? raw : JSON.stringify(JSON.parse(raw));
}

/** Whether there is something other than null. */
export function jsonHas(text: string, path: readonly Step[]): boolean {
  const raw = rawAt(text, path);
  return raw !== undefined && raw !== "null";
}

/** Elements of a list, names of an object, or the text of a string; undefined for anything else. */
export function jsonLength(text: string, path: readonly Step[]): number | string | undefined {
  const raw = rawAt(text, path);
  if (raw === undefined) return undefined;
  if (raw.startsWith('"')) return JSON.parse(raw) as string;
  if (!/^[[{]/.test(raw)) return undefined;
  const scanner = new Scanner(raw);
  const names = new Set<string>();
  let count = 0;
  scanner.each((name) => {
    count++;
    if (typeof name === "string" && names.size < mostNames) {
      if (names.has(name)) count--;
      names.add(name);
    }
    scanner.skip(1);
  });
  return count;
}

function rawAt(text: string, path: readonly Step[]): string | undefined {
  const place = find(text, path);
  return place === undefined || place === "nothing" ? undefined : text.slice(place.start, place.end);
}

/** `nothing` where the path leads nowhere; undefined where the text is no JSON. */
function find(text: string, path: readonly Step[]): Place | "nothing" | undefined {
  const scanner = new Scanner(text);
  try {
    const place = scanner.find(path, 0);
    scanner.end();
    return place ?? "nothing";
  } catch (error) {
    if (error instanceof NoJson) return undefined;
    throw error;
  }
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The value here, or what the rest of the path leads to in it; goes to its end either way. */
  find(path: readonly Step[], depth: number): Place | undefined {
    const step = path[depth];
    this.#space();
    if (step === undefined) {
      const start = this.#at;
      this.skip(depth);
      return { start, end: this.#at };
    }
    const opening = this.#text[this.#at];
    const goesInto = opening === "{" || (opening === "[" && typeof step === "number");
    if (!goesInto) {
      this.skip(depth);
      return undefined;
    }
    let found: Place | undefined;
    this.each((name) => {
      if (name === (typeof name === "number" ? step : String(step))) found = this.find(path, depth + 1);
      else this.skip(depth + 1);
    });
    return found;
  }

  /** Goes over the elements or members here; each time the reader has to go over the value. */
  each(read: (name: Step) => void): void {
    const list = this.#text[this.#at] === "[";
    const close = list ? "]" : "}";
    this.#at++;
    if (this.#takes(close)) return;
    for (let index = 0; ; index++) {
      const name = list ? index : this.#name();
      this.#space();
      read(name);
      if (this.#takes(close)) return;
      if (!this.#takes(",")) throw new NoJson();
    }
  }

  skip(depth: number): void {
    if (depth > deepest) throw new NoJson();
    const first = this.#text[this.#at];
    if (first === '"') this.#string();
    else if (first === "{" || first === "[") this.#skipAll(first === "[", depth + 1);
    else if (!this.#takesWord("true") && !this.#takesWord("false") && !this.#takesWord("null")) this.#number();
  }

  /** As `each`, for what nobody reads: no name is cut out and no function made for any of perhaps millions of values. */
  #skipAll(list: boolean, depth: number): void {
    const close = list ? "]" : "}";
    this.#at++;
    if (this.#takes(close)) return;
    for (;;) {
      if (!list) this.#skipName();
      this.#space();
      this.skip(depth);
      if (this.#takes(close)) return;
      if (!this.#takes(",")) throw new NoJson();
    }
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw new NoJson();
  }

  #skipName(): void {
    this.#space();
    if (this.#text[this.#at] !== '"') throw new NoJson();
    this.#string();
    if (!this.#takes(":")) throw new NoJson();
  }

  #name(): string {
    this.#space();
    const start = this.#at;
    if (this.#text[start] !== '"') throw new NoJson();
    this.#string();
    const raw = this.#text.slice(start, this.#at);
    if (!this.#takes(":")) throw new NoJson();
    return raw.includes("\\") ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  #string(): void {
    this.#at++;
    for (;;) {
      this.#match(plainText);
      if (this.#text[this.#at] === '"') break;
      if (!this.#match(escaped)) throw new NoJson();
    }
    this.#at++;
  }

  #number(): void {
    if (!this.#match(number)) throw new NoJson();
  }

  #space(): void {
    this.#match(space);
  }

  #takes(character: string): boolean {
    this.#space();
    return this.#takesWord(character);
  }

  #takesWord(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  /** Whether anything was there; goes behind it. */
  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    const some = pattern.lastIndex > this.#at;
    this.#at = pattern.lastIndex;
    return some;
  }
}
