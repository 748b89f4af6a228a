/** Lines and columns of offsets; columns count UTF-16 units, as editors and SARIF do. Lines are counted once, from front to back. */
export class Places {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #at: number;
  #line: number;
  #lineStart: number;
  readonly #column: number;

  /** `line` and `column` are those of the first byte. */
  constructor(bytes: Uint8Array, start: number, end: number, line = 1, column = 1) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#at = start;
    this.#line = line;
    this.#lineStart = start;
    this.#column = column;
  }

  /** Offsets may come in any order; those that go back start anew. */
  of(offset: number): { line: number; column: number; lineStart: number } {
    if (offset < this.#lineStart) {
      this.#line -= countLines(this.#bytes, this.#start, this.#at);
      this.#at = this.#start;
      this.#lineStart = this.#start;
    }
    for (let found = this.#bytes.indexOf(10, this.#at); found !== -1 && found < offset; found = this.#bytes.indexOf(10, this.#at)) {
      this.#line++;
      this.#at = found + 1;
      this.#lineStart = found + 1;
    }
    return {
      line: this.#line,
      column: (this.#lineStart === this.#start ? this.#column : 1) + unitsOf(this.#bytes, this.#lineStart, offset),
      lineStart: this.#lineStart,
    };
  }

  lineEnd(offset: number): number {
    const found = this.#bytes.indexOf(10, offset);
    return found === -1 || found > this.#end ? this.#end : found;
  }
}

/** Line breaks in `[start, end)`. */
export function countLines(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(10, start); at !== -1 && at < end; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

/** UTF-16 units in `[start, end)` of UTF-8. */
export function unitsOf(bytes: Uint8Array, start: number, end: number): number {
  let units = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}
