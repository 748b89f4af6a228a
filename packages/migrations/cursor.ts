import type { Token } from "./tokens.ts";

/** Reads a statement from left to right. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #place = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get rest(): readonly Token[] {
    return this.#tokens.slice(this.#place);
  }

  get done(): boolean {
    return this.#place >= this.#tokens.length;
  }

  /** The next word, in lower case; empty where something else stands. */
  peek(ahead = 0): string {
    const token = this.#tokens[this.#place + ahead];
    return token !== undefined && (token.kind === "word" || token.kind === "sign") ? token.value : "";
  }

  /** Goes past these words if all of them come next. */
  skip(...words: readonly string[]): boolean {
    if (!words.every((word, index) => this.peek(index) === word)) return false;
    this.#place += words.length;
    return true;
  }

  /** Goes past any one of these words. */
  skipAny(...words: readonly string[]): string {
    const next = this.peek();
    if (next === "" || !words.includes(next)) return "";
    this.#place += 1;
    return next;
  }

  next(): Token | undefined {
    const token = this.#tokens[this.#place];
    this.#place += 1;
    return token;
  }

  /** A name with its schema, `public.users`; `public` is left out, as it is what everybody means. Empty where there is none. */
  name(): string {
    const parts: string[] = [];
    for (;;) {
      const token = this.#tokens[this.#place];
      if (token === undefined || (token.kind !== "word" && token.kind !== "name")) return "";
      this.#place += 1;
      parts.push(token.kind === "name" ? token.value : token.value.toLowerCase());
      if (this.peek() !== ".") break;
      this.#place += 1;
    }
    if (parts.length > 1 && parts[0] === "public") parts.shift();
    return parts.join(".");
  }

  /** What stands between the parentheses that come next. */
  group(): readonly Token[] | undefined {
    if (this.peek() !== "(") return undefined;
    const start = this.#place + 1;
    for (let depth = 0; this.#place < this.#tokens.length; this.#place++) {
      const sign = this.peek();
      if (sign === "(") depth += 1;
      if (sign === ")") depth -= 1;
      if (depth > 0) continue;
      this.#place += 1;
      return this.#tokens.slice(start, this.#place - 1);
    }
    return undefined;
  }
}

/** Splits at the commas outside parentheses. */
export function splitList(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    const sign = token.kind === "sign" ? token.value : "";
    if (sign === "(" || sign === "[") depth += 1;
    if (sign === ")" || sign === "]") depth -= 1;
    if (sign === "," && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

export function hasWord(tokens: readonly Token[], ...words: readonly string[]): boolean {
  return tokens.some(({ kind, value }) => kind === "word" && words.includes(value));
}

/** Whether these words stand side by side somewhere outside parentheses. */
export function hasWords(tokens: readonly Token[], ...words: readonly string[]): boolean {
  let depth = 0;
  return tokens.some((token, index) => {
    if (token.kind === "sign" && token.value === "(") depth += 1;
    if (token.kind === "sign" && token.value === ")") depth -= 1;
    return depth === 0 && words.every((word, offset) => tokens[index + offset]?.kind === "word" && tokens[index + offset]?.value === word);
  });
}
