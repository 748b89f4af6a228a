import { type FileCoverage, type LineTable, lineState, type UnitTable } from "./model.ts";
import { isTotalsOnly } from "./totals.ts";

/** All reports as one LCOV file that genhtml reads, sorted by path. Files of which only totals are known, or whose name LCOV cannot hold, are left out. */
export function writeLcov(files: ReadonlyMap<string, FileCoverage>): string {
  const records: string[] = [];
  for (const path of [...files.keys()].sort()) {
    const file = files.get(path);
    if (file === undefined || isTotalsOnly(file) || /[\r\n]/.test(path)) continue;
    records.push(`TN:\nSF:${path}\n${functions(file.functions)}${branches(file.branches)}${lines(file.lines)}end_of_record\n`);
  }
  return records.join("");
}

function functions(units: UnitTable | undefined): string {
  if (units === undefined || units.line.length === 0) return "";
  const used = new Set<string>();
  const names = Array.from(units.line, (line, index) => {
    const name = (units.name?.[index] ?? "").replace(/[\r\n,]/g, " ").trim() || `function:${line}`;
    // Two functions of one name would be one for LCOV.
    const own = used.has(name) ? `${name}#${index}` : name;
    used.add(own);
    return own;
  });
  const declared = names.map((name, index) => `FN:${units.line[index]},${name}\n`).join("");
  const called = names.map((name, index) => `FNDA:${times(units, index)},${name}\n`).join("");
  return `${declared}${called}FNF:${names.length}\nFNH:${hits(units)}\n`;
}

function branches(units: UnitTable | undefined): string {
  if (units === undefined || units.line.length === 0) return "";
  const rows: string[] = [];
  let ordinal = 0;
  for (let index = 0; index < units.line.length; index++) {
    ordinal = units.line[index] === units.line[index - 1] ? ordinal + 1 : 0;
    rows.push(`BRDA:${units.line[index]},0,${ordinal},${times(units, index)}\n`);
  }
  return `${rows.join("")}BRF:${units.line.length}\nBRH:${hits(units)}\n`;
}

function times({ covered, count }: UnitTable, index: number): number {
  return covered[index] === 0 ? 0 : wholeTimes(count?.[index]);
}

function hits({ covered }: UnitTable): number {
  return covered.reduce((sum, value) => sum + value, 0);
}

function lines({ line, state, count }: LineTable): string {
  const rows: string[] = [];
  let found = 0;
  let hit = 0;
  for (let index = 0; index < line.length; index++) {
    if (state[index] === lineState.ignored) continue;
    const covered = state[index] === lineState.hit;
    found++;
    if (covered) hit++;
    rows.push(`DA:${line[index]},${covered ? wholeTimes(count?.[index]) : 0}\n`);
  }
  return `${rows.join("")}LF:${found}\nLH:${hit}\n`;
}

/** LCOV knows whole numbers only: what is beyond a double's exact range is written as its edge. */
function wholeTimes(count: number | undefined): number {
  if (count === undefined || !(count >= 1)) return 1;
  return Math.min(Math.round(count), Number.MAX_SAFE_INTEGER);
}
