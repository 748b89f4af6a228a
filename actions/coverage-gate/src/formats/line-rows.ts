import { type LineTable, lineState } from "../model.ts";
import { type Combine, combined, grown } from "./combine.ts";

/** Lines of one file while they are being read: any order, any repetition, until `settle`. */
export class LineRows {
  line = new Uint32Array(256);
  state = new Uint8Array(256);
  count: Float64Array | undefined;
  length = 0;
  #ascending = true;

  constructor(counts: boolean) {
    this.count = counts ? new Float64Array(256) : undefined;
  }

  clear(): void {
    this.length = 0;
    this.#ascending = true;
  }

  add(line: number, state: number, count: number): void {
    const at = this.length;
    if (at === this.line.length) {
      this.#full(line, state, count);
      return;
    }
    if (at > 0 && line <= (this.line[at - 1] ?? 0)) this.#ascending = false;
    this.line[at] = line;
    this.state[at] = state;
    if (this.count !== undefined) this.count[at] = count;
    this.length = at + 1;
  }

  /** A line that ran so many times. */
  hit(line: number, count: number): void {
    this.add(line, count > 0 ? lineState.hit : lineState.missed, count);
  }

  addTable(table: LineTable): void {
    for (let i = 0; i < table.line.length; i++) this.add(table.line[i] ?? 0, table.state[i] ?? 0, table.count?.[i] ?? 0);
  }

  addRows(rows: LineRows): void {
    for (let i = 0; i < rows.length; i++) this.add(rows.line[i] ?? 0, rows.state[i] ?? 0, rows.count?.[i] ?? 0);
  }

  /** Ascending, each line once, the larger state kept. */
  settle(how: Combine): void {
    if (this.#ascending) return;
    let last = 0;
    for (let i = 0; i < this.length; i++) last = Math.max(last, this.line[i] ?? 0);
    if (last <= this.length * 16 + 4096) this.#settleByTable(last, how);
    else this.#settleBySorting(how);
    this.#ascending = true;
  }

  /** Before a big table grows, repetitions are taken out of it: they must not make it grow without end. */
  #full(line: number, state: number, count: number): void {
    if (this.length >= 2 ** 20) this.settle("add");
    if (this.length > this.line.length / 2) this.#grow(this.line.length * 2);
    this.add(line, state, count);
  }

  #settleByTable(last: number, how: Combine): void {
    const states = new Uint8Array(last + 1);
    const counts = this.count === undefined ? undefined : new Float64Array(last + 1);
    for (let i = 0; i < this.length; i++) {
      const line = this.line[i] ?? 0;
      states[line] = Math.max(states[line] ?? 0, (this.state[i] ?? 0) + 1);
      if (counts !== undefined) counts[line] = combined(counts[line] ?? 0, this.count?.[i] ?? 0, how);
    }
    let to = 0;
    for (let line = 0; line <= last; line++) {
      const state = states[line] ?? 0;
      if (state === 0) continue;
      this.line[to] = line;
      this.state[to] = state - 1;
      if (this.count !== undefined) this.count[to] = counts?.[line] ?? 0;
      to++;
    }
    this.length = to;
  }

  #settleBySorting(how: Combine): void {
    const { line, state, count } = { line: this.line.slice(), state: this.state.slice(), count: this.count?.slice() };
    const order = Uint32Array.from({ length: this.length }, (_, i) => i).sort((a, b) => (line[a] ?? 0) - (line[b] ?? 0));
    let to = -1;
    for (const from of order) {
      const same = to >= 0 && this.line[to] === line[from];
      if (!same) to++;
      this.line[to] = line[from] ?? 0;
      this.state[to] = same ? Math.max(this.state[to] ?? 0, state[from] ?? 0) : (state[from] ?? 0);
      if (this.count !== undefined) this.count[to] = same ? combined(this.count[to] ?? 0, count?.[from] ?? 0, how) : (count?.[from] ?? 0);
    }
    this.length = to + 1;
  }

  #grow(size: number): void {
    this.line = grown(this.line, new Uint32Array(size));
    this.state = grown(this.state, new Uint8Array(size));
    if (this.count !== undefined) this.count = grown(this.count, new Float64Array(size));
  }
}
