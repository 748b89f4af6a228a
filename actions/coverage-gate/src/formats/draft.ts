import type { Metric, Ratio } from "../model.ts";
import { ReportFault } from "./fault.ts";
import { type FileHead, type Packed, Packer } from "./pack.ts";
import { Tables } from "./tables.ts";

/** What was odd in a report and did not stop it from being read: counted, and said once each. */
export const oddities = {
  "negative-count": (n: number) => `${n} negative ${n === 1 ? "count is" : "counts are"} taken as 0.`,
  "no-line": (n: number) => `${n} ${n === 1 ? "row has" : "rows have"} no line number and ${n === 1 ? "is" : "are"} left out.`,
  "unknown-record": (n: number) => `${n} ${n === 1 ? "line" : "lines"} of an unknown kind ${n === 1 ? "is" : "are"} left out.`,
  "orphan-function": (n: number) =>
    `${n} function ${n === 1 ? "count belongs" : "counts belong"} to no function and ${n === 1 ? "is" : "are"} left out.`,
  "no-final-end": (_: number) => "The last record has no `end_of_record`; everything else in it is whole, so it is taken as complete.",
  "unplaced-branch": (n: number) =>
    `${n} ${n === 1 ? "branch has" : "branches have"} no position in the source and ${n === 1 ? "is" : "are"} left out.`,
} as const;
export type Oddity = keyof typeof oddities;

const longestSpan = 1_000_000;
const mostExpanded = 2 ** 27;

/** What a parser leaves behind; plain data that can cross threads. */
export interface Drafted {
  readonly files: Packed;
  readonly roots: readonly string[];
  readonly oddities: ReadonlyMap<Oddity, number>;
  /** Totals that the report states, to be compared with what its rows say. */
  readonly stated?: Ratio;
  readonly totals?: Readonly<Partial<Record<Metric, Ratio>>>;
}

/** Where a parser puts what it finds. */
export class Draft {
  readonly counts: boolean;
  /** For formats that tell of one file at a time. */
  readonly tables: Tables;
  readonly roots: string[] = [];
  stated: Ratio | undefined;
  totals: Partial<Record<Metric, Ratio>> | undefined;
  readonly #packer: Packer;
  #expanded = 0;
  readonly #oddities = new Map<Oddity, number>();

  constructor(counts: boolean) {
    this.counts = counts;
    this.tables = new Tables(counts);
    this.#packer = new Packer(counts);
  }

  note(oddity: Oddity): void {
    this.#oddities.set(oddity, (this.#oddities.get(oddity) ?? 0) + 1);
  }

  /** A count without a sign: negative ones, also those that wrapped around in 64 bits, are 0. */
  clamped(count: number): number {
    if (count >= 0 && count < 2 ** 63) return count;
    this.note("negative-count");
    return 0;
  }

  /** Before a range becomes lines: a few bytes of report must not ask for gigabytes of table. */
  expand(lines: number, offset: number): void {
    this.#expanded += lines;
    if (lines > longestSpan) throw new ReportFault(`a range of ${lines} lines is longer than any source file`, offset);
    if (this.#expanded > mostExpanded)
      throw new ReportFault(`the ranges of the report have more than ${mostExpanded} lines together, which is more than is read`, offset);
  }

  /** Takes what `tables` holds as the file's, and empties them. */
  add(head: FileHead, tables = this.tables): void {
    tables.settle("add");
    this.#packer.add(head, tables);
    tables.clear();
  }

  finish(): Drafted {
    return {
      files: this.#packer.finish(),
      roots: this.roots,
      oddities: this.#oddities,
      ...(this.stated === undefined ? {} : { stated: this.stated }),
      ...(this.totals === undefined ? {} : { totals: this.totals }),
    };
  }
}

/** Reads one format from windows of bytes. */
export interface ReportParser {
  /**
   * Takes what is whole in `bytes` and returns how many of them are done with; the rest comes again, with more behind it.
   * `last` says that nothing more will come. Throws `ReportFault` with the offset in `bytes`.
   */
  push(bytes: Uint8Array, last: boolean): number;
}
