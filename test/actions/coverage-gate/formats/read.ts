import { parseReport } from "../../../../actions/coverage-gate/src/formats/assemble.ts";
import {
  type FileCoverage,
  type Format,
  lineState,
  type ParsedReport,
  type UnitTable,
} from "../../../../actions/coverage-gate/src/model.ts";
import { isUserError } from "../../../../packages/frame/errors.ts";

const encoder = new TextEncoder();

export function parse(text: string | Uint8Array, format: Format | "auto" = "auto", counts = false): ParsedReport {
  return parseReport("report", typeof text === "string" ? encoder.encode(text) : text, { format, counts });
}

/** The message of the `UserError` (exit code 2) that reading ends in; anything else is thrown on. */
export function refusal(text: string | Uint8Array, format: Format | "auto" = "auto"): string {
  try {
    parse(text, format);
  } catch (error) {
    if (isUserError(error) && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error("it was read without an error");
}

/** `1+ 2- 3?`: a line that ran, one that did not, one that is ignored. */
export function lines({ lines: { line, state } }: FileCoverage): string {
  const sign = (value: number | undefined) => (value === lineState.hit ? "+" : value === lineState.missed ? "-" : "?");
  return [...line].map((number, i) => `${number}${sign(state[i])}`).join(" ");
}

/** `10+ 10- 12+`: covered and uncovered units by line, weights as `10+x3`. */
export function units(table: UnitTable | undefined): string {
  if (table === undefined) return "";
  const marks = [...table.line].map(
    (line, i) => `${line}${table.covered[i] === 1 ? "+" : "-"}${table.weight === undefined ? "" : `x${table.weight[i]}`}`,
  );
  return marks.join(" ");
}

/** Each file as `path: lines`. */
export function shown(report: ParsedReport): Record<string, string> {
  return Object.fromEntries(
    report.files.map((file) => [file.module === undefined ? file.path : `${file.module}:${file.path}`, lines(file)]),
  );
}

export function only(report: ParsedReport): ParsedReport["files"][number] {
  const [file, ...others] = report.files;
  if (file === undefined || others.length > 0) throw new Error(`${report.files.length} files instead of one`);
  return file;
}
