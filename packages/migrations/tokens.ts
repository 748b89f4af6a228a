/** SQL as far as it must be understood to tell statements and names apart: PostgreSQL's lexical rules, and MySQL's backquotes. */

export interface Token {
  /** `word` is folded to lower case, `name` is a quoted one as it stands; `text` is a string or a dollar-quoted body. */
  readonly kind: "word" | "name" | "text" | "number" | "sign";
  /** A string is cut after 200 characters, a dollar-quoted body is whole. */
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
/** Lines that end a statement for SQL Server's and Oracle's tools, and for Liquibase. */
const batchEnd = /(?:go|\/)[ \t]*\r?(?:\n|$)/iy;
/** What psql does for itself with these changes no statement; `\gexec` and others do. */
const calmCommand = /\\(?:restrict|unrestrict|timing|set[ \t]+ON_ERROR_STOP)\b[^\\`\n]*(?:\n|$)/y;
const copiedRows = /[^\n]*\n(?:[\s\S]*?\n)?\\\.[ \t]*\r?(?:\n|$)/y;
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
    if (this.#depth === 0 && this.#startsLine() && this.#line()) return;
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
    this.#torn ??= this.#trouble(character);
    if (this.#torn !== undefined) return;
    if (character === ";" && this.#depth === 0) this.#end();
    else this.#current.push({ kind: "sign", value: character });
  }

  /** Signs by which programs and databases read the rest of a script in different ways. `#place` is behind the sign already. */
  #trouble(character: string): string | undefined {
    const next = this.#script[this.#place] ?? "";
    if (this.#depth < 0) return "a parenthesis is closed that was not opened";
    if (character === "\0" || character === "\uFFFD") return "it is not text";
    if (character === "\\") return "it holds commands for psql";
    if (character === "#" && !/^>>? ?'/.test(this.#script.slice(this.#place, this.#place + 4))) return "it holds #, a comment for MySQL";
    const variable = character === ":" && /[A-Za-z_'"{]/.test(next) && this.#script[this.#place - 2] !== ":";
    return variable ? "it holds a variable of psql" : undefined;
  }

  /** Whole lines that are no SQL. */
  #line(): boolean {
    if (this.#take(batchEnd) === undefined) return this.#current.length === 0 && this.#take(calmCommand) !== undefined;
    this.#end();
    return true;
  }

  #startsLine(): boolean {
    let before = this.#place - 1;
    while (this.#script[before] === " " || this.#script[before] === "\t") before -= 1;
    return before < 0 || this.#script[before] === "\n";
  }

  /** PostgreSQL's comments nest and others' do not; MySQL and MariaDB run what stands in theirs with `!`. */
  #comment(): void {
    const end = this.#script.indexOf("*/", this.#place + 2);
    const body = this.#script.slice(this.#place + 2, end);
    if (end < 0) this.#torn = "a comment is not closed";
    else if (/^M?!/.test(body)) this.#torn = "it holds a comment that MySQL runs";
    else if (body.includes("/*")) this.#torn = "it holds a comment in a comment, which databases read in different ways";
    else this.#place = end + 2;
  }

  #quoted(quote: string, kind: "text" | "name", backslashes: boolean): void {
    let value = "";
    for (let at = this.#place + 1; at < this.#script.length; at++) {
      let character = this.#script[at] ?? "";
      const protects = character === "\\" && quote !== "`";
      // Whether a backslash protects a quote depends on the database and on its settings.
      if (protects && !backslashes && this.#script[at + 1] === quote) break;
      if (protects) {
        at += 1;
        character = `\\${this.#script[at] ?? ""}`;
      } else if (character === quote && this.#script[at + 1] === quote) at += 1;
      else if (character === quote) {
        this.#place = at + 1;
        this.#current.push({ kind, value });
        return;
      }
      if (value.length < 200) value += character;
    }
    this.#torn = kind === "text" ? "a string is not closed for every database" : "a quoted name is not closed for every database";
  }

  #dollar(): boolean {
    const tag = this.#take(dollar);
    if (tag === undefined) return false;
    const end = this.#script.indexOf(tag, this.#place);
    if (end < 0) this.#torn = "a dollar-quoted text is not closed";
    this.#current.push({ kind: "text", value: end < 0 ? "" : this.#script.slice(this.#place, end) });
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
    const statement = this.#current;
    this.#current = [];
    if (statement.length === 0) return;
    this.#statements.push(statement);
    const words = statement.filter(({ kind }) => kind === "word").map(({ value }) => value);
    if (words[0] !== "copy" || !words.includes("from") || !words.includes("stdin")) return;
    if (this.#take(copiedRows) === undefined) this.#torn ??= "rows of COPY are not closed";
  }
}
