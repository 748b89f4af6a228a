import { UserError } from "../../../../packages/frame/errors.ts";
import { mergeFiles } from "../merge.ts";
import { type Format, type LineTable, lineState, type ParsedFile, type ParsedReport } from "../model.ts";
import { type Drafted, type Oddity, oddities } from "./draft.ts";
import { isReportFault } from "./fault.ts";
import { unpackFile } from "./pack.ts";
import { Intake, Locator, type Parsed, ReportSession } from "./session.ts";

/** One report from what was read of it, in the order of its parts; a file that occurs several times becomes one, its counts added up. */
export function assemble(source: string, format: Format, parts: readonly Drafted[], given: readonly string[] = []): ParsedReport {
  const roots = parts.flatMap((part) => part.roots);
  const files: ParsedFile[] = [];
  /** Where in `files` each is. */
  const places = new Map<string, number>();
  const repeated = new Map<number, ParsedFile[]>();
  for (const part of parts) {
    for (let i = 0; i < part.files.heads.length; i++) {
      const file = unpackFile(part.files, i, roots);
      const key = file.module === undefined ? file.path : `${file.module}\0${file.path}`;
      const place = places.get(key);
      if (place === undefined) places.set(key, files.push(file) - 1);
      else again(repeated, place, file);
    }
  }
  for (const [place, others] of repeated) {
    const first = files[place];
    if (first !== undefined) files[place] = oneFile([first, ...others]);
  }
  const totals = parts.find((part) => part.totals !== undefined)?.totals;
  const notes = [...given, ...oddityNotes(parts), ...statedNotes(parts[0]?.stated, files)];
  return { source, format, files, notes, ...(totals === undefined ? {} : { totals }) };
}

function again(repeated: Map<number, ParsedFile[]>, place: number, file: ParsedFile): void {
  const others = repeated.get(place);
  if (others === undefined) repeated.set(place, [file]);
  else others.push(file);
}

function oneFile(pieces: readonly ParsedFile[]): ParsedFile {
  const [first] = pieces;
  if (first === undefined) throw new Error("a file without a piece");
  if (pieces.length === 1) return first;
  const denominator = pieces.find((piece) => piece.placeholder === undefined)?.denominator ?? first.denominator;
  const { path, roots, module } = first;
  return {
    ...mergeFiles(pieces, "add"),
    path,
    roots,
    ...(module === undefined ? {} : { module }),
    ...(denominator === undefined ? {} : { denominator }),
  };
}

function oddityNotes(parts: readonly Drafted[]): string[] {
  const sums = new Map<Oddity, number>();
  for (const part of parts) for (const [oddity, count] of part.oddities) sums.set(oddity, (sums.get(oddity) ?? 0) + count);
  return [...sums].map(([oddity, count]) => oddities[oddity](count));
}

function statedNotes(stated: Drafted["stated"], files: readonly ParsedFile[]): string[] {
  if (stated === undefined) return [];
  let [covered, total] = [0, 0];
  for (const { lines } of files) {
    total += lines.line.length;
    covered += hitsOf(lines);
  }
  if (covered === stated.covered && total === stated.total) return [];
  return [
    `The report says of itself that ${stated.covered} of ${stated.total} lines are covered; its rows say ${covered} of ${total}, and the rows are what counts.`,
  ];
}

function hitsOf({ state }: LineTable): number {
  let hits = 0;
  for (let i = 0; i < state.length; i++) if (state[i] === lineState.hit) hits++;
  return hits;
}

/** The error for the user: which file, which line, what was found. */
export function reportError(
  source: string,
  fault: { readonly message: string },
  place?: { readonly line: number; readonly column: number },
): UserError {
  const where = place === undefined ? "" : `, line ${place.line}${place.column > 1 ? `, column ${place.column}` : ""}`;
  return new UserError(`Coverage report \`${source}\`${where}: ${fault.message}.`, { exitCode: 2 });
}

/** Reads a report that is in memory. Throws a `UserError` that names `source` and the line. */
export function parseReport(source: string, bytes: Uint8Array, options: { format: Format | "auto"; counts: boolean }): ParsedReport {
  try {
    const { format, drafted } = parseBytes(bytes, options);
    return assemble(source, format, [drafted]);
  } catch (error) {
    if (!isReportFault(error)) throw error;
    if (error.offset === undefined) throw reportError(source, error);
    const locator = new Locator(error.offset);
    const intake = new Intake(locator);
    intake.write(bytes);
    intake.end();
    throw reportError(source, error, locator);
  }
}

function parseBytes(bytes: Uint8Array, options: { format: Format | "auto"; counts: boolean }): Parsed {
  const session = new ReportSession(options.format, options.counts);
  const intake = new Intake(session);
  intake.write(bytes);
  intake.end();
  return session.finish();
}

/**
 * istanbul counts lines on which a statement starts, V8 without a syntax tree every line of the file: one file measured both ways cannot be one
 * number honestly. The reports that bring such a file are told so.
 */
export function withMixedDenominators(reports: readonly ParsedReport[]): readonly ParsedReport[] {
  const seen = new Map<string, string>();
  const mixed = new Set<string>();
  for (const { files } of reports) {
    for (const { path, denominator, placeholder } of files) {
      if (denominator === undefined || placeholder === true) continue;
      const before = seen.get(path);
      if (before === undefined) seen.set(path, denominator);
      else if (before !== denominator) mixed.add(path);
    }
  }
  if (mixed.size === 0) return reports;
  return reports.map((report) => {
    const paths = report.files.filter((file) => mixed.has(file.path) && file.denominator === "every-line").map((file) => file.path);
    if (paths.length === 0) return report;
    const others = paths.length === 1 ? "" : ` and ${paths.length - 1} more`;
    const note = `\`${paths[0]}\`${others}: this report counts every line of the file (V8), another one only lines with statements (istanbul); merged, they have more lines than either.`;
    return { ...report, notes: [...report.notes, note] };
  });
}
