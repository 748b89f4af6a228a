import type { FileCoverage } from "../model.ts";
import { type Combine, lineColumn } from "./combine.ts";
import { LineRows } from "./line-rows.ts";
import { UnitRows, unitTableOf } from "./unit-rows.ts";

/** Everything known of one file while it is being read. */
export class Tables {
  readonly lines: LineRows;
  readonly statements = new UnitRows();
  readonly branches = new UnitRows();
  readonly functions = new UnitRows();
  readonly counts: boolean;

  constructor(counts: boolean) {
    this.counts = counts;
    this.lines = new LineRows(counts);
  }

  get empty(): boolean {
    return this.lines.length + this.statements.length + this.branches.length + this.functions.length === 0;
  }

  clear(): void {
    this.lines.clear();
    this.statements.clear();
    this.branches.clear();
    this.functions.clear();
  }

  settle(how: Combine): void {
    this.lines.settle(how);
    this.statements.settle(how);
    this.branches.settle(how);
    this.functions.settle(how);
  }

  addCoverage(file: FileCoverage): void {
    this.lines.addTable(file.lines);
    if (file.statements !== undefined) this.statements.addTable(file.statements);
    if (file.branches !== undefined) this.branches.addTable(file.branches);
    if (file.functions !== undefined) this.functions.addTable(file.functions);
  }

  /** Copies of the settled tables. */
  coverage(): FileCoverage {
    const { lines } = this;
    const statements = unitTableOf(this.statements, this.counts);
    const branches = unitTableOf(this.branches, this.counts);
    const functions = unitTableOf(this.functions, this.counts);
    return {
      lines: {
        line: lineColumn(lines.line, lines.length),
        state: lines.state.slice(0, lines.length),
        ...(lines.count === undefined ? {} : { count: lines.count.slice(0, lines.length) }),
      },
      ...(statements === undefined ? {} : { statements }),
      ...(branches === undefined ? {} : { branches }),
      ...(functions === undefined ? {} : { functions }),
    };
  }
}
