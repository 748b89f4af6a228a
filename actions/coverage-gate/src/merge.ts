import type { Combine } from "./formats/combine.ts";
import { Tables } from "./formats/tables.ts";
import type { FileCoverage, LineTable, Metric, Ratio, UnitTable } from "./model.ts";

/** A table of lines from rows in any order; a line that occurs twice keeps the larger state. */
export function lineTable(rows: Iterable<readonly [line: number, state: number, count?: number]>): LineTable {
  const given = [...rows];
  const tables = new Tables(given.some((row) => row[2] !== undefined));
  for (const [line, state, count = 0] of given) tables.lines.add(line, state, count);
  tables.settle("max");
  return tables.coverage().lines;
}

/** A table of statements, branches or functions from rows in any order; `key` tells units of one line apart (default 0), `weight` is 1 by default. */
export function unitTable(
  rows: Iterable<{ readonly line: number; readonly covered: boolean; readonly key?: number; readonly weight?: number }>,
): UnitTable {
  const tables = new Tables(false);
  for (const row of rows) tables.branches.add(row.line, row.key ?? 0, row.covered ? 1 : 0, row.weight ?? 1);
  tables.settle("max");
  return tables.coverage().branches ?? { line: new Uint32Array(0), covered: new Uint8Array(0), key: new Uint8Array(0) };
}

/**
 * One file from several descriptions of it. Lines: the larger `lineState` wins. Units are the same when line and key are: covered if covered in any.
 * Totals survive only where nobody has tables; placeholders only where nobody has more. The order does not matter, nor does grouping, nor
 * repetition (`how` "add", for the parts of one report, adds counts up and so is not idempotent in `count`).
 */
export function mergeFiles(files: readonly FileCoverage[], how: Combine = "max"): FileCoverage {
  const [first] = files;
  if (first === undefined) return { lines: lineTable([]) };
  if (files.length === 1) return first;
  const real = files.some((file) => file.placeholder === undefined) ? files.filter((file) => file.placeholder === undefined) : files;
  const tables = new Tables(real.some(hasCounts));
  for (const file of real) tables.addCoverage(file);
  tables.settle(how);
  const totals = tables.empty ? mergedTotals(real) : undefined;
  return {
    ...tables.coverage(),
    ...(totals === undefined ? {} : { totals }),
    ...(real.every((file) => file.placeholder === true) ? { placeholder: true as const } : {}),
  };
}

function hasCounts(file: FileCoverage): boolean {
  return [file.lines, file.statements, file.branches, file.functions].some((table) => table?.count !== undefined);
}

/** Totals cannot be united: per metric, those with the most units, and of these the best covered. */
function mergedTotals(files: readonly FileCoverage[]): FileCoverage["totals"] {
  const totals: Partial<Record<Metric, Ratio>> = {};
  let found = false;
  for (const file of files) {
    for (const metric of ["lines", "statements", "branches", "functions"] as const) {
      const ratio = file.totals?.[metric];
      if (ratio === undefined) continue;
      found = true;
      const best = totals[metric];
      if (best === undefined || ratio.total > best.total || (ratio.total === best.total && ratio.covered > best.covered))
        totals[metric] = ratio;
    }
  }
  return found ? totals : undefined;
}
