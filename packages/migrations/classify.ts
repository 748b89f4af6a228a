import { type Catalog, emptyCatalog, learn, learnStatement } from "./catalog.ts";
import { type Course, startCourse } from "./course.ts";
import { expand, type Judgement, type MigrationClass, unknown, worst } from "./judgement.ts";
import { forwardPart, isWayBack } from "./sections.ts";
import { judgeStatement } from "./statement.ts";
import { tokenize } from "./tokens.ts";

/** A migration between two commits. */
export interface MigrationFile {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly status: "added" | "modified" | "removed";
  /** `undefined`: it could not be read. */
  readonly bytes: Uint8Array | undefined;
}

export interface Migration {
  readonly path: string;
  readonly class: MigrationClass;
  readonly why: string;
}

const largest = 4 * 1024 * 1024;

/**
 * Judges migrations that a newer release has brought, for going back to the program before it while the schema stays. `before` are the scripts that the old
 * release had already, from which column types and indexes are learnt. Never throws: what cannot be read or understood is `unknown`.
 */
export function classifyMigrations(files: readonly MigrationFile[], before: readonly MigrationFile[] = []): readonly Migration[] {
  const paths = new Set([...files, ...before].map(({ path }) => path));
  const known = emptyCatalog();
  const now = emptyCatalog();
  for (const file of [...before].filter(({ path }) => !isWayBack(path, paths)).sort(byPath)) {
    const script = scriptOf(file);
    if (typeof script !== "string") known.vague = true;
    else {
      learn(known, script);
      learn(now, script);
    }
  }
  now.vague ||= known.vague;
  const course = startCourse(known, now);
  return [...files].sort(byPath).map((file) => ({ path: file.path, ...classifyFile(file, course, paths) }));
}

/** One script by itself, with nothing known of what came before. */
export function classifyScript(script: string, before: Catalog = emptyCatalog()): Judgement {
  return classifyText(forwardPart(script), startCourse(before));
}

function classifyFile(file: MigrationFile, course: Course, paths: ReadonlySet<string>): Judgement {
  if (isWayBack(file.path, paths)) return expand("a way back, which a deployment does not run");
  if (file.status !== "added") return unknown(`it was ${file.status} after it had been released, so what it has done cannot be told`);
  const script = scriptOf(file);
  return typeof script === "string" ? classifyText(script, course) : unknown(script.why);
}

function scriptOf({ path, bytes }: MigrationFile): string | { readonly why: string } {
  if (!/\.(?:sql|pgsql|psql|ddl)$/i.test(path)) return { why: "it is not SQL" };
  if (bytes === undefined) return { why: "it cannot be read" };
  if (bytes.length > largest) return { why: `it is larger than ${largest / 1024 / 1024} MiB` };
  try {
    return forwardPart(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { why: "it is not UTF-8" };
  }
}

function classifyText(script: string, course: Course): Judgement {
  const trouble = troubleOf(script);
  if (trouble !== undefined) return unknown(trouble);
  const { statements, torn } = tokenize(script);
  if (torn !== undefined) return unknown(`it cannot be read: ${torn}`);
  const judgements = statements.map((statement) => {
    const judgement = judgeStatement(statement, course);
    learnStatement(course.now, statement);
    return judgement;
  });
  return worst(judgements);
}

/** What makes a script mean something else than it says, wherever it stands. */
function troubleOf(script: string): string | undefined {
  if (script.includes("\0")) return "it is not text";
  if (/\$\{|\{\{|\{%|<%/.test(script)) return "it is a template, and what it becomes cannot be told";
  if (/\r(?!\n)/.test(script)) return "it holds line ends that databases read in different ways";
  if (/^[ \t]*--.*\bendDelimiter:/im.test(script)) return "it ends its statements in a way of its own";
  return undefined;
}

function byPath(a: MigrationFile, b: MigrationFile): number {
  return a.path.localeCompare(b.path, "en", { numeric: true });
}
