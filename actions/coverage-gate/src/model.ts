/** What a coverage report says, after parsing and before judging. One shape for every format. */

export const metrics = ["lines", "statements", "branches", "functions"] as const;
export type Metric = (typeof metrics)[number];

export const formats = [
  "lcov",
  "cobertura",
  "clover",
  "jacoco",
  "istanbul",
  "json-summary",
  "coverage.py",
  "go",
  "simplecov",
  "opencover",
  "llvm-cov",
  "gcov",
] as const;
export type Format = (typeof formats)[number];

export interface Ratio {
  readonly covered: number;
  readonly total: number;
}

/** What is known of a line; the larger wins when reports are merged (SimpleCov's own rule: 0 and null give null, null and a hit give the hit). */
export const lineState = { missed: 0, ignored: 1, hit: 2 } as const;

/** Line numbers from 1, ascending, in the narrowest array that holds them all: a big report has millions. */
export type LineColumn = Uint16Array | Uint32Array;

/** Lines a report speaks of, ascending, each once. */
export interface LineTable {
  readonly line: LineColumn;
  /** A `lineState` for each line. */
  readonly state: Uint8Array;
  /** How often each line ran; kept only when the merged report is to be written. */
  readonly count?: Float64Array;
}

/** Whole numbers from 0 to 2^53 in the narrowest array that holds them all. */
export type KeyColumn = Uint8Array | Uint32Array | Float64Array;

/** Statements, branches or functions: each with the line it starts on, ascending by line, then by key. */
export interface UnitTable {
  readonly line: LineColumn;
  /** 1 covered, 0 not. */
  readonly covered: Uint8Array;
  /**
   * What makes two units of one line the same when reports are merged: an ordinal within the line, a position in the source, or a 52-bit hash of
   * a name. Numbers, because a big report has millions. Keys mean something only together with their line.
   */
  readonly key: KeyColumn;
  /** How much each counts (Go counts statements per block); 1 each where absent. */
  readonly weight?: Uint32Array;
  /** How often each ran; kept only when the merged report is to be written. */
  readonly count?: Float64Array;
  /** What each is called, `""` where the report does not say; for functions only, and kept only when the merged report is to be written. */
  readonly name?: readonly string[];
}

export interface FileCoverage {
  readonly lines: LineTable;
  readonly statements?: UnitTable;
  readonly branches?: UnitTable;
  readonly functions?: UnitTable;
  /** For reports that hold totals only: then the tables are empty. */
  readonly totals?: Readonly<Partial<Record<Metric, Ratio>>>;
  /** The file was never loaded by the tests and its tables are a guess (istanbul's `all`): they lose to any real ones. */
  readonly placeholder?: true;
}

/** A file as one report describes it: each path, module and set of roots once in a report; the same file may be in several reports, or under several spellings. */
export interface ParsedFile extends FileCoverage {
  /** As written in the report, entities decoded and `\` turned into `/` where the report is from Windows. */
  readonly path: string;
  /** Source roots that the report states (cobertura `<source>`), as written; the path is relative to one of them. */
  readonly roots: readonly string[];
  /** The module or group that the report puts the file in (JaCoCo `<group>`). */
  readonly module?: string;
  /** What the lines of a JavaScript file are: starts of statements (istanbul), or every line of the file (V8 without a syntax tree). */
  readonly denominator?: "statements" | "every-line";
}

export interface ParsedReport {
  /** The report's own path, relative to the working directory. */
  readonly source: string;
  readonly format: Format;
  readonly files: readonly ParsedFile[];
  /** What the report says of itself as a whole where it holds totals only (json-summary), even when it lists no file. */
  readonly totals?: Readonly<Partial<Record<Metric, Ratio>>>;
  /** What was odd and did not matter: lying totals, clamped counts. One sentence each. */
  readonly notes: readonly string[];
}

/** Reads reports; throws `UserError` (exit code 2) naming the file for what is empty, malformed, truncated or of no known format. */
export interface ReportReader {
  read(paths: readonly string[], options: { format: Format | "auto"; counts: boolean }): Promise<readonly ParsedReport[]>;
}
