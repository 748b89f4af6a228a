/** What is wrong with a pattern, and where: the message continues "the pattern has". */
export class PatternFault extends Error {
  override readonly name = "PatternFault";
}

/** Reads a pattern character by character; a surrogate pair is one. */
export class CharacterReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get done(): boolean {
    return this.#at >= this.#source.length;
  }

  sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  next(): string {
    const character = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    return character;
  }

  /** `pattern` must begin with `^`. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.#source.slice(this.#at)) ?? undefined;
    if (match !== undefined) this.#at += match[0].length;
    return match;
  }

  /** One escaped character, inside or outside of a class: `\n`, `\x41`, `\x{1F600}`, `\101`, `\.`. */
  escapedCharacter(): string {
    const hex = this.match(/^\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/);
    if (hex !== undefined) return this.#codePoint(Number.parseInt(hex[1] ?? hex[2] ?? "", 16));
    const octal = this.match(/^\\([1-7][0-7]{1,2}|0[0-7]{0,2})/);
    if (octal !== undefined) return this.#codePoint(Number.parseInt(octal[1] ?? "", 8));
    const named = this.match(/^\\([aftnrv])/);
    if (named !== undefined) return { a: "\x07", f: "\f", t: "\t", n: "\n", r: "\r", v: "\v" }[named[1] ?? ""] ?? "";
    const mark = this.match(/^\\([^0-9A-Za-z])/u);
    if (mark?.[1] !== undefined) return mark[1];
    throw this.fault(
      this.sees("\\") && this.#at === this.#source.length - 1 ? "a \\ at its end" : "an escape that Go's regexp does not know",
    );
  }

  #codePoint(code: number): string {
    if (code > 0x10ffff) throw this.fault("a character beyond Unicode");
    return String.fromCodePoint(code);
  }

  fault(what: string): PatternFault {
    return new PatternFault(`${what} (at character ${this.#at + 1})`);
  }
}
