import type { KeyColumn, UnitTable } from "../model.ts";
import { type Combine, combined, grown, lineColumn } from "./combine.ts";

/** Statements, branches or functions of one file while they are being read. */
export class UnitRows {
  line = new Uint32Array(64);
  covered = new Uint8Array(64);
  key = new Float64Array(64);
  weight = new Uint32Array(64);
  count = new Float64Array(64);
  names: string[] = [];
  length = 0;
  /** Whether any unit counts for other than 1. */
  weighted = false;
  #ascending = true;

  clear(): void {
    this.length = 0;
    this.names.length = 0;
    this.weighted = false;
    this.#ascending = true;
  }

  add(line: number, key: number, count: number, weight = 1): void {
    const at = this.length;
    if (at === this.line.length) this.#grow(at * 2);
    if (at > 0) {
      const before = this.line[at - 1] ?? 0;
      if (line < before || (line === before && key <= (this.key[at - 1] ?? 0))) this.#ascending = false;
    }
    this.line[at] = line;
    this.covered[at] = count > 0 ? 1 : 0;
    this.key[at] = key;
    this.weight[at] = weight;
    this.count[at] = count;
    if (weight !== 1) this.weighted = true;
    this.length = at + 1;
  }

  addNamed(line: number, key: number, count: number, name: string): void {
    this.names[this.length] = name;
    this.add(line, key, count);
  }

  addTable(table: UnitTable): void {
    for (let i = 0; i < table.line.length; i++) {
      const name = table.name?.[i];
      if (name !== undefined) this.names[this.length] = name;
      this.add(table.line[i] ?? 0, table.key[i] ?? 0, table.count?.[i] ?? table.covered[i] ?? 0, table.weight?.[i] ?? 1);
    }
  }

  /** `covered` of `total` units on one line, where the report says how many and not which. */
  addCovered(line: number, covered: number, total: number): void {
    for (let i = 0; i < total; i++) this.add(line, i, i < covered ? 1 : 0);
  }

  /** Ascending by line and key, each unit once; covered if any of its rows was. */
  settle(how: Combine): void {
    if (this.#ascending) return;
    const old = new UnitRows();
    old.line = this.line.slice();
    old.covered = this.covered.slice();
    old.key = this.key.slice();
    old.weight = this.weight.slice();
    old.count = this.count.slice();
    old.names = this.names.slice();
    const order = Uint32Array.from({ length: this.length }, (_, i) => i).sort(
      (a, b) => (old.line[a] ?? 0) - (old.line[b] ?? 0) || (old.key[a] ?? 0) - (old.key[b] ?? 0),
    );
    let to = -1;
    for (const from of order) {
      if (to >= 0 && this.line[to] === old.line[from] && this.key[to] === old.key[from]) this.#combine(to, old, from, how);
      else this.#move(++to, old, from);
    }
    this.length = to + 1;
    this.names.length = Math.min(this.names.length, this.length);
    this.#ascending = true;
  }

  /** Names by row, `""` where there is none. */
  nameList(): string[] {
    return Array.from({ length: this.length }, (_, i) => this.names[i] ?? "");
  }

  #move(to: number, old: UnitRows, from: number): void {
    this.line[to] = old.line[from] ?? 0;
    this.key[to] = old.key[from] ?? 0;
    this.covered[to] = old.covered[from] ?? 0;
    this.weight[to] = old.weight[from] ?? 0;
    this.count[to] = old.count[from] ?? 0;
    if (old.names.length > 0) this.names[to] = old.names[from] ?? "";
  }

  #combine(to: number, old: UnitRows, from: number, how: Combine): void {
    this.covered[to] = (this.covered[to] ?? 0) | (old.covered[from] ?? 0);
    this.weight[to] = Math.max(this.weight[to] ?? 0, old.weight[from] ?? 0);
    this.count[to] = combined(this.count[to] ?? 0, old.count[from] ?? 0, how);
    if (old.names.length > 0) this.names[to] = earlier(this.names[to], old.names[from]);
  }

  #grow(size: number): void {
    this.line = grown(this.line, new Uint32Array(size));
    this.covered = grown(this.covered, new Uint8Array(size));
    this.key = grown(this.key, new Float64Array(size));
    this.weight = grown(this.weight, new Uint32Array(size));
    this.count = grown(this.count, new Float64Array(size));
  }
}

/** Bytes that each key of these rows needs. */
export function keyWidthOf({ key, length }: UnitRows): 1 | 4 | 8 {
  let most = 0;
  for (let i = 0; i < length; i++) if ((key[i] ?? 0) > most) most = key[i] ?? 0;
  if (most < 2 ** 8) return 1;
  return most < 2 ** 32 ? 4 : 8;
}

function keyColumn(rows: UnitRows): KeyColumn {
  const width = keyWidthOf(rows);
  const keys = rows.key.subarray(0, rows.length);
  if (width === 1) return Uint8Array.from(keys);
  return width === 4 ? Uint32Array.from(keys) : keys.slice();
}

function earlier(a = "", b = ""): string {
  if (a === "" || b === "") return a === "" ? b : a;
  return a < b ? a : b;
}

export function unitTableOf(rows: UnitRows, counts: boolean): UnitTable | undefined {
  const { length } = rows;
  if (length === 0) return undefined;
  return {
    line: lineColumn(rows.line, length),
    covered: rows.covered.slice(0, length),
    key: keyColumn(rows),
    ...(rows.weighted ? { weight: rows.weight.slice(0, length) } : {}),
    ...(counts ? { count: rows.count.slice(0, length) } : {}),
    ...(counts && rows.names.length > 0 ? { name: rows.nameList() } : {}),
  };
}
