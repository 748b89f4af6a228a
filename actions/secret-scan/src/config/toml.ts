import { UserError } from "../../../../packages/frame/errors.ts";

export type Toml = string | number | boolean | Toml[] | TomlTable;
export interface TomlTable {
  [key: string]: Toml;
}

const deepest = 100;

/** Parses TOML 1.0 as far as configurations use it (dates are texts). Throws a `UserError` with the line. */
export function parseToml(text: string, file: string): TomlTable {
  return new TomlParser(text, file).parse();
}

class TomlParser {
  readonly #text: string;
  readonly #file: string;
  readonly #root: TomlTable = Object.create(null) as TomlTable;
  readonly #closed = new Set<TomlTable>();
  #at = 0;

  constructor(text: string, file: string) {
    this.#text = text.startsWith("\ufeff") ? text.slice(1) : text;
    this.#file = file;
  }

  parse(): TomlTable {
    let table = this.#root;
    for (;;) {
      this.#skipLines();
      if (this.#at >= this.#text.length) return this.#root;
      if (this.#take("[[")) table = this.#header("]]");
      else if (this.#take("[")) table = this.#header("]");
      else this.#pair(table);
      this.#endOfLine();
    }
  }

  #header(close: "]" | "]]"): TomlTable {
    const keys = this.#keys();
    this.#blanks();
    if (!this.#take(close)) throw this.#fault(`a header that does not end with ${close}`);
    const last = keys.pop() ?? "";
    const parent = this.#descend(this.#root, keys);
    const existing = parent[last];
    if (close === "]]") {
      const list = existing ?? [];
      if (!Array.isArray(list)) throw this.#fault(`"${last}", which is no list of tables`);
      parent[last] = list;
      const table = Object.create(null) as TomlTable;
      list.push(table);
      return table;
    }
    if (existing === undefined) {
      const table = Object.create(null) as TomlTable;
      parent[last] = table;
      return table;
    }
    if (!isTable(existing)) throw this.#fault(`"${last}" twice`);
    return existing;
  }

  #descend(from: TomlTable, keys: readonly string[]): TomlTable {
    let table = from;
    for (const key of keys) {
      const next = table[key] ?? (Object.create(null) as TomlTable);
      table[key] = next;
      const inner = Array.isArray(next) ? next.at(-1) : next;
      if (!isTable(inner) || this.#closed.has(inner)) throw this.#fault(`"${key}", which is no table`);
      table = inner;
    }
    return table;
  }

  #pair(into: TomlTable): void {
    const keys = this.#keys();
    this.#blanks();
    if (!this.#take("=")) throw this.#fault("a key without =");
    const last = keys.pop() ?? "";
    const table = this.#descend(into, keys);
    if (last in table) throw this.#fault(`"${last}" twice`);
    this.#blanks();
    table[last] = this.#value(0);
  }

  #keys(): string[] {
    const keys: string[] = [];
    do {
      this.#blanks();
      const bare = this.#match(/[A-Za-z0-9_-]+/y);
      if (bare !== undefined) keys.push(bare);
      else if (this.#text[this.#at] === '"') keys.push(this.#basic());
      else if (this.#text[this.#at] === "'") keys.push(this.#literal());
      else throw this.#fault("something that is no key");
      this.#blanks();
    } while (this.#take("."));
    return keys;
  }

  #value(depth: number): Toml {
    if (depth > deepest) throw this.#fault(`values more than ${deepest} deep`);
    const next = this.#text[this.#at];
    if (this.#take('"""')) return this.#multiline('"""');
    if (this.#take("'''")) return this.#multiline("'''");
    if (next === '"') return this.#basic();
    if (next === "'") return this.#literal();
    if (next === "[") return this.#array(depth);
    if (next === "{") return this.#inline(depth);
    return this.#scalar();
  }

  #scalar(): Toml {
    const word = this.#match(/[^\s,\]}#]+(?: \d{2}:[^\s,\]}#]+)?/y) ?? "";
    if (word === "true" || word === "false") return word === "true";
    const plain = word.replaceAll("_", "");
    if (/^[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|0x[0-9A-Fa-f]+|0o[0-7]+|0b[01]+)$/.test(plain)) return Number(plain);
    if (/^[+-]?(?:inf|nan)$|^\d{4}-\d{2}-\d{2}|^\d{2}:\d{2}/.test(word)) return word;
    throw this.#fault(`a value that is none: ${JSON.stringify(word.slice(0, 40))}`);
  }

  #basic(): string {
    const raw = this.#match(/"(?:[^"\\\n]|\\[^\n])*"/y);
    if (raw === undefined) throw this.#fault("a text that is not closed");
    return this.#unescaped(raw.slice(1, -1));
  }

  #literal(): string {
    const raw = this.#match(/'[^'\n]*'/y);
    if (raw === undefined) throw this.#fault("a text that is not closed");
    return raw.slice(1, -1);
  }

  #multiline(close: string): string {
    let end = this.#at;
    for (;;) {
      end = this.#text.indexOf(close, end);
      if (end === -1) throw this.#fault(`a text that is not closed with ${close}`);
      const slashes = /\\*$/.exec(this.#text.slice(Math.max(0, end - 50), end))?.[0].length ?? 0;
      if (close === "'''" || slashes % 2 === 0) break;
      end++;
    }
    while (this.#text[end + 3] === close[0]) end++;
    const raw = this.#text.slice(this.#at, end).replace(/^\r?\n/, "");
    this.#at = end + 3;
    return close === "'''" ? raw : this.#unescaped(raw.replace(/\\[ \t]*\r?\n\s*/g, ""));
  }

  #unescaped(text: string): string {
    const named: Readonly<Record<string, string>> = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", e: "\u001b", '"': '"', "\\": "\\" };
    return text.replace(
      /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([\s\S]))/g,
      (_, four?: string, eight?: string, two?: string, letter?: string) => {
        const code = four ?? eight ?? two;
        if (code !== undefined) {
          const point = Number.parseInt(code, 16);
          if (point > 0x10ffff) throw this.#fault("an escape beyond Unicode");
          return String.fromCodePoint(point);
        }
        const meant = named[letter ?? ""];
        if (meant === undefined) throw this.#fault(`the unknown escape \\${letter ?? ""}`);
        return meant;
      },
    );
  }

  #array(depth: number): Toml[] {
    this.#at++;
    const items: Toml[] = [];
    for (;;) {
      this.#skipLines();
      if (this.#take("]")) return items;
      items.push(this.#value(depth + 1));
      this.#skipLines();
      if (!this.#take(",") && this.#text[this.#at] !== "]") throw this.#fault("a list without , or ]");
    }
  }

  #inline(depth: number): TomlTable {
    this.#at++;
    const table = Object.create(null) as TomlTable;
    for (;;) {
      this.#skipLines();
      if (this.#take("}")) {
        this.#closed.add(table);
        return table;
      }
      if (depth >= deepest) throw this.#fault(`values more than ${deepest} deep`);
      this.#pair(table);
      this.#skipLines();
      if (!this.#take(",") && this.#text[this.#at] !== "}") throw this.#fault("a table without , or }");
    }
  }

  #match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #blanks(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at++;
  }

  #skipLines(): void {
    for (;;) {
      this.#match(/[ \t\r\n]+/y);
      if (this.#text[this.#at] !== "#") return;
      this.#match(/[^\n]*/y);
    }
  }

  #endOfLine(): void {
    this.#blanks();
    if (this.#text[this.#at] === "#") this.#match(/[^\n]*/y);
    if (this.#at < this.#text.length && !this.#take("\n") && !this.#take("\r\n")) throw this.#fault("something behind a value");
  }

  #fault(what: string): UserError {
    const line = this.#text.slice(0, this.#at).split("\n").length;
    return new UserError(`${this.#file}:${line} is not TOML: it has ${what}.`);
  }
}

export function isTable(value: Toml | undefined): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value);
}
