import { type Catalog, emptyCatalog, learn, learnStatement } from "./catalog.ts";
import type { Course } from "./course.ts";
import { expand, type Judgement, type MigrationClass, unknown, worst } from "./judgement.ts";
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
  const known = emptyCatalog();
  const now = emptyCatalog();
  for (const file of [...before].sort(byPath)) {
    const script = scriptOf(file);
    if (typeof script !== "string") known.vague = true;
    else {
      learn(known, script);
      learn(now, script);
    }
  }
  now.vague ||= known.vague;
  const course: Course = {
    before: known,
    now,
    fresh: new Set(),
    freshColumns: new Set(),
    nullColumns: new Set(),
    distinctColumns: new Set(),
  };
  return [...files].sort(byPath).map((file) => ({ path: file.path, ...classifyFile(file, course) }));
}

/** One script by itself, with nothing known of what came before. */
export function classifyScript(script: string, before: Catalog = emptyCatalog()): Judgement {
  return classifyText(script, {
    before,
    now: emptyCatalog(),
    fresh: new Set(),
    freshColumns: new Set(),
    nullColumns: new Set(),
    distinctColumns: new Set(),
  });
}

function classifyFile(file: MigrationFile, course: Course): Judgement {
  if (isWayBack(file.path)) return expand("a way back, which a deployment does not run");
  if (file.status !== "added") return unknown(`it was ${file.status} after it had been released, so what it has done cannot be told`);
  const script = scriptOf(file);
  return typeof script === "string" ? classifyText(script, course) : unknown(script.why);
}

function scriptOf({ path, bytes }: MigrationFile): string | { readonly why: string } {
  if (!/\.(?:sql|pgsql|psql|ddl)$/i.test(path)) return { why: "it is not SQL" };
  if (isWayBack(path)) return "";
  if (bytes === undefined) return { why: "it cannot be read" };
  if (bytes.length > largest) return { why: `it is larger than ${largest / 1024 / 1024} MiB` };
  try {
    return forward(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { why: "it is not UTF-8" };
  }
}

function classifyText(script: string, course: Course): Judgement {
  if (/^\s*\\/m.test(script)) return unknown("it holds commands for psql");
  if (/^[ \t]*(?:GO|\/)[ \t]*\r?$/im.test(script)) return unknown("its statements are separated in a way that is not PostgreSQL's");
  if (/\$\{|\{\{|<%/.test(script)) return unknown("it is a template, and what it becomes cannot be told");
  const { statements, torn } = tokenize(script);
  if (torn !== undefined) return unknown(`it cannot be read: ${torn}`);
  const judgements = statements.map((statement) => {
    const judgement = judgeStatement(statement, course);
    learnStatement(course.now, statement);
    return judgement;
  });
  return worst(judgements);
}

const ups = /^[ \t]*--[ \t]*(?:\+goose Up|\+migrate Up|migrate:up|rambler up|!Ups)\b/im;
const downs = /^[ \t]*--[ \t]*(?:\+goose Down|\+migrate Down|migrate:down|rambler down|!Downs)\b/im;
const undo = /^[ \t]*--[ \t]*(?:\/\/)?@UNDO\b/im;

/** The part that a deployment runs, of files that hold the way back too. Where the parts take turns, all of it is read. */
function forward(script: string): string {
  const marks = ups.test(script) ? downs : undo;
  const down = marks.exec(script);
  return down === null || ups.test(script.slice(down.index)) ? script : script.slice(0, down.index);
}

function isWayBack(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /(?:^|[._-])(?:down|rollback|revert|undo)\.sql$/i.test(name) || /^U\d[\w.]*__.*\.sql$/.test(name);
}

function byPath(a: MigrationFile, b: MigrationFile): number {
  return a.path.localeCompare(b.path, "en", { numeric: true });
}
