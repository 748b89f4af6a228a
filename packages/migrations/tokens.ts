/** SQL as far as it must be understood to tell statements and names apart: PostgreSQL's lexical rules, and MySQL's backquotes. */

export interface Token {
  /** `word` is folded to lower case, `name` is a quoted one as it stands; `text` is a string or a dollar-quoted body. */
  readonly kind: "word" | "name" | "text" | "number" | "sign";
  readonly value: string;
}

export interface Tokens {
  /** Statements without their semicolons; empty ones are left out. */
  readonly statements: readonly (readonly Token[])[];
  /** What could not be read, in words. */
  readonly torn?: string;
}

const space = /[\s\uFEFF]+/y;
const lineComment = /--[^\n]*/y;
const word = /[A-Za-z_\u0080-\uFFFF][A-Za-z0-9_$\u0080-\uFFFF]*/y;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const dollar = /\$(?:[A-Za-z_\u0080-\uFFFF][A-Za-z0-9_\u0080-\uFFFF]*)?\$/y;

/** Splits a script in linear time. What is not closed (a string, a comment, a parenthesis) makes the script torn. */
export function tokenize(script: string): Tokens {
  return new Reader(script).read();
}

class Reader {
  readonly #script: string;
  readonly #statements: Token[][] = [];
  #current: Token[] = [];
  #place = 0;
  #depth = 0;
  #torn: string | undefined;

  constructor(script: string) {
    this.#script = script;
  }

  read(): Tokens {
    while (this.#place < this.#script.length && this.#torn === undefined) this.#next();
    if (this.#depth > 0) this.#torn ??= "a parenthesis is not closed";
    this.#end();
    return { statements: this.#statements, ...(this.#torn === undefined ? {} : { torn: this.#torn }) };
  }

  #next(): void {
    if (this.#take(space) !== undefined || this.#take(lineComment) !== undefined) return;
    const character = this.#script[this.#place] ?? "";
    if (this.#script.startsWith("/*", this.#place)) this.#comment();
    else if (character === "'") this.#quoted("'", "text", false);
    else if (character === '"' || character === "`") this.#quoted(character, "name", false);
    else if (character === "$" && this.#dollar()) return;
    else this.#plain(character);
  }

  #plain(character: string): void {
    const found = this.#take(word);
    if (found !== undefined) {
      // E'…' knows backslashes; N'…', B'…', X'…' and U&'…' are strings like any other.
      if (/^[enbx]$/i.test(found) && this.#script[this.#place] === "'") this.#quoted("'", "text", /^e$/i.test(found));
      else this.#current.push({ kind: "word", value: found.toLowerCase() });
      return;
    }
    const digits = this.#take(number);
    if (digits !== undefined) {
      this.#current.push({ kind: "number", value: digits });
      return;
    }
    this.#place += 1;
    this.#sign(character);
  }

  #sign(character: string): void {
    if (character === "(") this.#depth += 1;
    if (character === ")") this.#depth -= 1;
    if (this.#depth < 0) this.#torn = "a parenthesis is closed that was not opened";
    else if (character === "\\") this.#torn = "it holds a command for psql";
    else if (character === "\0" || character === "\uFFFD") this.#torn = "it is not text";
    else if (character === ";" && this.#depth === 0) this.#end();
    else this.#current.push({ kind: "sign", value: character });
  }

  /** PostgreSQL's comments nest; MySQL's `/*!` holds statements that run. */
  #comment(): void {
    if (this.#script.startsWith("/*!", this.#place)) {
      this.#torn = "it holds a comment that MySQL runs";
      return;
    }
    const edge = /\/\*|\*\//g;
    edge.lastIndex = this.#place;
    for (let depth = 0; ; ) {
      const found = edge.exec(this.#script);
      if (found === null) {
        this.#torn = "a comment is not closed";
        return;
      }
      depth += found[0] === "/*" ? 1 : -1;
      if (depth > 0) continue;
      this.#place = edge.lastIndex;
      return;
    }
  }

  #quoted(quote: string, kind: "text" | "name", backslashes: boolean): void {
    let value = "";
    for (let at = this.#place + 1; at < this.#script.length; at++) {
      const character = this.#script[at] ?? "";
      if (backslashes && character === "\\") at += 1;
      else if (character === quote) {
        // PostgreSQL ends the string here, MySQL does not: what follows would be text for the one and statements for the other.
        if (!backslashes && kind === "text" && this.#script[at - 1] === "\\") {
          this.#torn = "a backslash stands before a quote, which databases read differently";
          return;
        }
        if (this.#script[at + 1] !== quote) {
          this.#place = at + 1;
          this.#current.push({ kind, value });
          return;
        }
        at += 1;
      }
      if (value.length < 200) value += character;
    }
    this.#torn = kind === "text" ? "a string is not closed" : "a quoted name is not closed";
  }

  #dollar(): boolean {
    const tag = this.#take(dollar);
    if (tag === undefined) return false;
    const end = this.#script.indexOf(tag, this.#place);
    if (end < 0) this.#torn = "a dollar-quoted text is not closed";
    this.#current.push({ kind: "text", value: "" });
    this.#place = end < 0 ? this.#script.length : end + tag.length;
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#place;
    const found = pattern.exec(this.#script)?.[0];
    if (found !== undefined) this.#place = pattern.lastIndex;
    return found;
  }

  #end(): void {
    if (this.#current.length > 0) this.#statements.push(this.#current);
    this.#current = [];
  }
}
