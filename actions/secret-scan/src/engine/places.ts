/** Lines and columns of offsets; columns count UTF-16 units, as editors and SARIF do. Lines are counted once, from front to back. */
export class Places {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #at: number;
  #line: number;
  #lineStart: number;
  readonly #column: number;
  /** How far the line was measured, so that a thousand findings on one line do not count it a thousand times. */
  #measured: { lineStart: number; offset: number; units: number } = { lineStart: -1, offset: 0, units: 0 };
  #lastLine = { from: 0, end: -1 };

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
      column: (this.#lineStart === this.#start ? this.#column : 1) + this.#unitsUntil(offset),
      lineStart: this.#lineStart,
    };
  }

  lineEnd(offset: number): number {
    const { from, end } = this.#lastLine;
    if (offset >= from && offset <= end) return end;
    const found = this.#bytes.indexOf(10, offset);
    const lineEnd = found === -1 || found > this.#end ? this.#end : found;
    this.#lastLine = { from: offset, end: lineEnd };
    return lineEnd;
  }

  #unitsUntil(offset: number): number {
    const known = this.#measured.lineStart === this.#lineStart ? this.#measured : { offset: this.#lineStart, units: 0 };
    const units =
      offset >= known.offset
        ? known.units + unitsOf(this.#bytes, known.offset, offset)
        : known.units - unitsOf(this.#bytes, offset, known.offset);
    this.#measured = { lineStart: this.#lineStart, offset, units };
    return units;
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
