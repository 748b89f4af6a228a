/** The part of a text that each rule still has to search, widened while keywords come in ascending order. */
export class Windows {
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #used: number[] = [];
  readonly #whole = new Set<number>();

  constructor(rules: number) {
    this.#starts = new Int32Array(rules).fill(-1);
    this.#ends = new Int32Array(rules);
  }

  reset(): void {
    for (const rule of this.#used) this.#starts[rule] = -1;
    this.#used.length = 0;
    this.#whole.clear();
  }

  whole(rule: number): void {
    this.#whole.add(rule);
  }

  /** Gives the window before this one when the two do not touch: it is complete. */
  add(rule: number, start: number, end: number): readonly [number, number] | undefined {
    const open = this.#starts[rule] as number;
    if (open === -1) {
      this.#used.push(rule);
      this.#starts[rule] = start;
      this.#ends[rule] = end;
      return undefined;
    }
    const before = this.#ends[rule] as number;
    if (start <= before) {
      this.#starts[rule] = Math.min(open, start);
      this.#ends[rule] = Math.max(before, end);
      return undefined;
    }
    this.#starts[rule] = start;
    this.#ends[rule] = end;
    return [open, before];
  }

  flush(first: number, last: number, search: (rule: number, start: number, end: number) => void): void {
    for (const rule of this.#used) search(rule, this.#starts[rule] as number, this.#ends[rule] as number);
    for (const rule of this.#whole) search(rule, first, last);
  }
}
