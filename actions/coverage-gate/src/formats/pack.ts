import type { KeyColumn, LineColumn, LineTable, Metric, ParsedFile, Ratio, UnitTable } from "../model.ts";
import { lastOf } from "./combine.ts";
import { ReportFault } from "./fault.ts";
import type { Tables } from "./tables.ts";
import { keyWidthOf, type UnitRows } from "./unit-rows.ts";

/**
 * Tables of many files in a few big buffers: the columns of one file are one block, the widest first so that all are aligned. So a report of 9,000
 * files is some dozens of allocations instead of 70,000, and goes from a worker to the main thread without being copied.
 */
export interface FileHead {
  readonly path: string;
  readonly module?: string;
  readonly denominator?: "statements" | "every-line";
  readonly placeholder?: true;
  readonly totals?: Readonly<Partial<Record<Metric, Ratio>>>;
  /** Names of the functions, in the order of their table. */
  readonly names?: readonly string[];
}

export interface Packed {
  readonly slabs: readonly ArrayBuffer[];
  /** `fieldsPerFile` numbers a file. */
  readonly index: Float64Array<ArrayBuffer>;
  readonly heads: readonly FileHead[];
  readonly counts: boolean;
}

type Width = 1 | 4 | 8;

/** What decides where a file's columns are. The order of units is statements, branches, functions. */
interface Shape {
  readonly lines: number;
  readonly units: readonly number[];
  readonly keyWidths: readonly Width[];
  readonly lineWidth: 2 | 4;
  readonly weighted: boolean;
  readonly counts: boolean;
}

/** Slab, offset, lines, three lengths of units, three widths of keys, that of lines, whether statements have weights. */
const fieldsPerFile = 11;
/** 134 million rows are some 700 MB of tables; a report that asks for more is not a report. */
const mostRows = 2 ** 27;

export class Packer {
  readonly #slabs: ArrayBuffer[] = [];
  readonly #heads: FileHead[] = [];
  readonly #counts: boolean;
  #index = new Float64Array(fieldsPerFile * 64);
  #used = 0;
  #rows = 0;

  constructor(counts: boolean) {
    this.#counts = counts;
  }

  /** Copies settled tables. */
  add(head: FileHead, tables: Tables): void {
    const { lines } = tables;
    const units = [tables.statements, tables.branches, tables.functions];
    const shape: Shape = {
      lines: lines.length,
      units: units.map((rows) => rows.length),
      keyWidths: units.map(keyWidthOf),
      lineWidth: [lines, ...units].every((rows) => lastOf(rows.line, rows.length) < 2 ** 16) ? 2 : 4,
      weighted: tables.statements.weighted,
      counts: this.#counts,
    };
    this.#rows += shape.units.reduce((sum, length) => sum + length, shape.lines);
    if (this.#rows > mostRows) throw new ReportFault(`the report has more than ${mostRows} lines and branches, which is more than is read`);
    const { slab, offset } = this.#room(bytesOf(shape));
    const block = new Block(slab, offset, shape);
    copy(lines.line, block.lines(lines.length));
    copy(lines.state, block.bytes(lines.length));
    if (lines.count !== undefined) copy(lines.count, block.doubles(lines.length));
    for (let i = 0; i < units.length; i++) {
      const rows = units[i];
      if (rows !== undefined && rows.length > 0) this.#addUnits(rows, block, shape.keyWidths[i], i === 0 && shape.weighted);
    }
    this.#record(offset, shape);
    const named = this.#counts && tables.functions.names.length > 0;
    this.#heads.push(named ? { ...head, names: tables.functions.nameList() } : head);
  }

  finish(): Packed {
    return {
      slabs: this.#slabs,
      index: this.#index.slice(0, this.#heads.length * fieldsPerFile),
      heads: this.#heads,
      counts: this.#counts,
    };
  }

  #addUnits(rows: UnitRows, block: Block, width: Width | undefined, weighted: boolean): void {
    const { length } = rows;
    copy(rows.line, block.lines(length));
    copy(rows.covered, block.bytes(length));
    copy(rows.key, block.keys(length, width));
    if (this.#counts) copy(rows.count, block.doubles(length));
    if (weighted) copy(rows.weight, block.words(length));
  }

  #room(bytes: number): { slab: ArrayBuffer; offset: number } {
    const last = this.#slabs.at(-1);
    if (last !== undefined && this.#used + bytes <= last.byteLength) {
      const offset = this.#used;
      this.#used += bytes;
      return { slab: last, offset };
    }
    const slab = new ArrayBuffer(Math.max(bytes, Math.min(2 ** 19, 2 ** (14 + this.#slabs.length))));
    this.#slabs.push(slab);
    this.#used = bytes;
    return { slab, offset: 0 };
  }

  #record(offset: number, shape: Shape): void {
    const at = this.#heads.length * fieldsPerFile;
    if (at + fieldsPerFile > this.#index.length) {
      const grown = new Float64Array(this.#index.length * 2);
      grown.set(this.#index);
      this.#index = grown;
    }
    const weighted = shape.weighted ? 1 : 0;
    this.#index.set([this.#slabs.length - 1, offset, shape.lines, ...shape.units, ...shape.keyWidths, shape.lineWidth, weighted], at);
  }
}

function copy(from: Uint8Array | Uint32Array | Float64Array, to: KeyColumn | LineColumn): void {
  if (to.length > 0) to.set(from.subarray(0, to.length));
}

/** How much of a block's columns is of each width. */
function spaceOf({ lines, units, keyWidths, lineWidth, weighted, counts }: Shape): Readonly<Record<1 | 2 | 4 | 8, number>> {
  const space = { 1: lines, 2: 0, 4: weighted ? (units[0] ?? 0) : 0, 8: counts ? lines : 0 };
  space[lineWidth] += lines;
  for (let i = 0; i < units.length; i++) {
    const length = units[i] ?? 0;
    space[1] += length;
    space[lineWidth] += length;
    space[keyWidths[i] ?? 8] += length;
    if (counts) space[8] += length;
  }
  return space;
}

function bytesOf(shape: Shape): number {
  const space = spaceOf(shape);
  return Math.ceil((space[8] * 8 + space[4] * 4 + space[2] * 2 + space[1]) / 8) * 8;
}

/** One file's block: the widest columns first. They are taken from it in the same order when it is written and when it is read. */
class Block {
  readonly #slab: ArrayBuffer;
  readonly #lineWidth: 2 | 4;
  #double: number;
  #word: number;
  #half: number;
  #byte: number;

  constructor(slab: ArrayBuffer, start: number, shape: Shape) {
    const space = spaceOf(shape);
    this.#slab = slab;
    this.#lineWidth = shape.lineWidth;
    this.#double = start;
    this.#word = start + space[8] * 8;
    this.#half = this.#word + space[4] * 4;
    this.#byte = this.#half + space[2] * 2;
  }

  lines(length: number): LineColumn {
    if (this.#lineWidth === 4) return this.words(length);
    this.#half += length * 2;
    return new Uint16Array(this.#slab, this.#half - length * 2, length);
  }

  bytes(length: number): Uint8Array {
    this.#byte += length;
    return new Uint8Array(this.#slab, this.#byte - length, length);
  }

  words(length: number): Uint32Array {
    this.#word += length * 4;
    return new Uint32Array(this.#slab, this.#word - length * 4, length);
  }

  doubles(length: number): Float64Array {
    this.#double += length * 8;
    return new Float64Array(this.#slab, this.#double - length * 8, length);
  }

  keys(length: number, width: Width | undefined): KeyColumn {
    if (width === 1) return this.bytes(length);
    return width === 4 ? this.words(length) : this.doubles(length);
  }
}

/** The tables of one packed file, as views: nothing is copied. */
export function unpackFile(packed: Packed, file: number, roots: readonly string[]): ParsedFile {
  const field = (i: number) => packed.index[file * fieldsPerFile + i] ?? 0;
  const width = (i: number): Width => (field(i) === 1 ? 1 : field(i) === 4 ? 4 : 8);
  const slab = packed.slabs[field(0)];
  const head = packed.heads[file];
  if (slab === undefined || head === undefined) throw new Error(`no file ${file} in this pack`);
  const weighted = field(10) === 1;
  const shape: Shape = {
    lines: field(2),
    units: [field(3), field(4), field(5)],
    keyWidths: [width(6), width(7), width(8)],
    lineWidth: field(9) === 2 ? 2 : 4,
    weighted,
    counts: packed.counts,
  };
  const block = new Block(slab, field(1), shape);
  const lines = unpackLines(block, shape);
  const statements = unpackUnits(block, shape, 0, undefined);
  const branches = unpackUnits(block, shape, 1, undefined);
  const functions = unpackUnits(block, shape, 2, head.names);
  const { path, module, denominator, totals, placeholder } = head;
  return {
    path,
    roots,
    lines,
    ...(statements === undefined ? {} : { statements }),
    ...(branches === undefined ? {} : { branches }),
    ...(functions === undefined ? {} : { functions }),
    ...(module === undefined ? {} : { module }),
    ...(denominator === undefined ? {} : { denominator }),
    ...(totals === undefined ? {} : { totals }),
    ...(placeholder === undefined ? {} : { placeholder }),
  };
}

function unpackLines(block: Block, { lines, counts }: Shape): LineTable {
  const table = { line: block.lines(lines), state: block.bytes(lines) };
  return counts ? { ...table, count: block.doubles(lines) } : table;
}

function unpackUnits(block: Block, shape: Shape, unit: number, name: readonly string[] | undefined): UnitTable | undefined {
  const length = shape.units[unit] ?? 0;
  if (length === 0) return undefined;
  const table = { line: block.lines(length), covered: block.bytes(length), key: block.keys(length, shape.keyWidths[unit]) };
  const count = shape.counts ? block.doubles(length) : undefined;
  const weight = unit === 0 && shape.weighted ? block.words(length) : undefined;
  return {
    ...table,
    ...(count === undefined ? {} : { count }),
    ...(weight === undefined ? {} : { weight }),
    ...(name === undefined ? {} : { name }),
  };
}
