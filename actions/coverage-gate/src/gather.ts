import { UserError } from "../../../packages/frame/errors.ts";
import { globMatcher } from "../../../packages/frame/glob.ts";
import type { GoModule } from "./go-modules.ts";
import { mergeFiles } from "./merge.ts";
import { type FileCoverage, type Format, formats, type Metric, type ParsedReport, type Ratio } from "./model.ts";
import { nearestPaths } from "./nearest-paths.ts";
import { extensionOf, isRooted, segmentsOf, withSlashes } from "./path-text.ts";
import { type LeftOut, type Located, type Resolution, resolvePaths } from "./paths.ts";
import { isTotalsOnly } from "./totals.ts";
import type { Tree } from "./tree.ts";

/** All reports as one: each file of the repository once. */
export interface Coverage {
  readonly files: ReadonlyMap<string, FileCoverage>;
  /** The reports that speak of each file. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  readonly leftOut: readonly LeftOut[];
  readonly formats: readonly Format[];
  /** What reports say of themselves as a whole that list no file. */
  readonly unplaced: readonly Readonly<Partial<Record<Metric, Ratio>>>[];
  readonly notes: readonly string[];
}

/** Throws a `UserError` with exit code 3 when no path of the reports is in the repository. */
export function gather(reports: readonly ParsedReport[], tree: Tree, modules: readonly GoModule[], ignore: readonly string[]): Coverage {
  const resolution = asWritten(resolvePaths(reports, tree, modules), reports, tree);
  if (resolution.located.length === 0 && resolution.leftOut.length > 0) throw nothingMatches(resolution.leftOut, tree);
  const ignores = globMatcher(ignore);
  const byPath = new Map<string, Located[]>();
  const ignored = new Map<string, LeftOut>();
  for (const located of resolution.located) {
    const { path, report } = located;
    if (ignores(path)) ignored.set(path, { path, source: report.source, reason: "ignored", candidates: [], endings: [] });
    else entryOf(byPath, path).push(located);
  }
  const files = new Map<string, FileCoverage>();
  const sources = new Map<string, readonly string[]>();
  for (const [path, parts] of byPath) {
    files.set(path, unite(parts));
    sources.set(path, [...new Set(parts.map(({ report }) => report.source))]);
  }
  const leftOut = [...resolution.leftOut, ...ignored.values()];
  const used = formats.filter((format) => reports.some((report) => report.format === format));
  const unplaced = reports.flatMap((report) => (report.files.length === 0 && report.totals !== undefined ? [report.totals] : []));
  return { files, sources, leftOut, formats: used, unplaced, notes: notesOf(reports, resolution, tree) };
}

/** Best first. Reports of one run in several formats must not count a branch twice, and branches of two formats have no common name. */
const rank: readonly Format[] = [
  "istanbul",
  "llvm-cov",
  "gcov",
  "coverage.py",
  "go",
  "simplecov",
  "opencover",
  "jacoco",
  "lcov",
  "cobertura",
  "clover",
  "json-summary",
];

/**
 * Lines are united over all reports; statements, branches and functions are taken from the best format that knows the file. V8's reports count
 * every line, blank ones too, so they give way to reports that count statements.
 */
function unite(parts: readonly Located[]): FileCoverage {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first.file;
  const detailed = parts.filter(({ file }) => !isTotalsOnly(file));
  const used = detailed.length === 0 ? parts : detailed;
  const alike = used.some(({ file }) => file.denominator === "statements")
    ? used.filter(({ file }) => file.denominator !== "every-line")
    : used;
  const best = rank.find((format) => alike.some(({ report }) => report.format === format));
  return mergeFiles(alike.map(({ file, report }) => (report.format === best ? file : linesOf(file))));
}

function linesOf(file: FileCoverage): FileCoverage {
  const totals = file.totals?.lines;
  return { lines: file.lines, ...(totals === undefined ? {} : { totals: { lines: totals } }) };
}

/**
 * Outside a repository nobody says which files belong to it, so relative paths count as the report writes them; unless there are files of
 * the same kind on disk and none of them is meant, which is a contradiction.
 */
function asWritten(resolution: Resolution, reports: readonly ParsedReport[], tree: Tree): Resolution {
  if (tree.authority === "git") return resolution;
  const kinds = new Set(tree.paths.map(extensionOf));
  const { located, leftOut } = resolution;
  if (located.length === 0 && leftOut.some(({ path }) => kinds.has(extensionOf(withSlashes(path))))) return resolution;
  const missing = new Set(
    leftOut.filter(({ reason }) => reason === "not in the repository").map(({ source, path }) => `${source}\0${path}`),
  );
  const isTaken = (source: string, path: string): boolean => missing.has(`${source}\0${path}`) && plainPath(path) !== undefined;
  const taken = reports.flatMap((report) =>
    report.files.filter((file) => isTaken(report.source, file.path)).map((file) => ({ path: plainPath(file.path) ?? "", report, file })),
  );
  return { located: [...located, ...taken], leftOut: leftOut.filter(({ source, path }) => !isTaken(source, path)) };
}

function entryOf(map: Map<string, Located[]>, key: string): Located[] {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made: Located[] = [];
  map.set(key, made);
  return made;
}

function plainPath(written: string): string | undefined {
  const path = withSlashes(written);
  const segments = segmentsOf(path);
  if (isRooted(path) || segments[0] === ".." || segments.includes("node_modules")) return undefined;
  return segments.length === 0 ? undefined : segments.join("/");
}

function nothingMatches(leftOut: readonly LeftOut[], tree: Tree): UserError {
  const [first] = leftOut;
  const written = first?.path ?? "";
  const where = tree.authority === "git" ? "in the repository" : "on disk";
  const ambiguous = leftOut.every(({ reason }) => reason === "ambiguous");
  const near = ambiguous ? (first?.candidates ?? []) : nearestPaths(written, tree.paths, 3);
  const list = near.map((path) => `"${path}"`).join(", ");
  if (ambiguous)
    return new UserError(`Every path of the reports is ambiguous: "${written}" in ${first?.source} could be ${list}.`, { exitCode: 3 });
  const hint = list === "" ? "There are no files to compare with." : `The nearest paths ${where} are ${list}.`;
  const message = `No path of the reports matches a file ${where}: ${first?.source} speaks of "${written}". ${hint}`;
  return new UserError(`${message} Were the reports made from this checkout?`, { exitCode: 3 });
}

function notesOf(reports: readonly ParsedReport[], { located, leftOut }: Resolution, tree: Tree): string[] {
  const notes = reports.flatMap((report) => report.notes.map((note) => `${report.source}: ${note}`));
  if (tree.authority === "disk")
    notes.push("Outside a git repository: every file counts under the path that the disk, the diff or the report gives it.");
  const formatsOf = new Map<string, Set<Format>>();
  for (const { path, report } of located) formatsOf.set(path, (formatsOf.get(path) ?? new Set<Format>()).add(report.format));
  const mixed = [...formatsOf.values()].filter((set) => set.size > 1).length;
  if (mixed > 0)
    notes.push(
      `${mixed} ${mixed === 1 ? "file stands" : "files stand"} in reports of several formats: their lines are united, all else is taken from one format.`,
    );
  const absent = leftOut.filter(({ reason }) => reason === "not in the repository").length;
  if (absent > 0)
    notes.push(
      `${absent} ${absent === 1 ? "path of the reports is" : "paths of the reports are"} not in the repository and ${absent === 1 ? "does" : "do"} not count.`,
    );
  const unclear = leftOut.filter(({ reason }) => reason === "ambiguous").length;
  if (unclear > 0)
    notes.push(
      `${unclear} ${unclear === 1 ? "path is" : "paths are"} ambiguous and ${unclear === 1 ? "does" : "do"} not count: more than one file of the repository could be meant.`,
    );
  return notes;
}
