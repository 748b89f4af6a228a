import { type Catalog, emptyCatalog, isComplete } from "./catalog.ts";

/** What was there before the deployment, what is there at this statement, and what has come in between. */
export interface Course {
  readonly before: Catalog;
  readonly now: Catalog;
  /** Tables that the old program cannot know. */
  readonly fresh: Set<string>;
  /** `table.column` that the old program cannot know, and whether a row of the old program has a value there. */
  readonly freshColumns: Map<string, "null" | "filled">;
  /** Views, functions, indexes and so on that the old program cannot know, as the catalog names them. */
  readonly freshOthers: Set<string>;
}

export function startCourse(before: Catalog, now: Catalog = emptyCatalog()): Course {
  return { before, now, fresh: new Set(), freshColumns: new Map(), freshOthers: new Set() };
}

/** Whether a view, function and so on was surely not there before the deployment. */
export function wasAbsent({ before }: Course, key: string): boolean {
  if (!isComplete(before) || before.others.has(key)) return false;
  const [, name = ""] = /^(?:index|view|sequence|type):(.*)$/.exec(key) ?? [];
  return name === "" || !(before.tables.has(name) || before.indexes.has(name));
}

/** A table made as a copy of another fits as a partition of it, until anything is done to it. */
export function copyOf(child: string, parent: string): string {
  return `copy:${child} of ${parent}`;
}

export function isNoCopyAnyMore(child: string, { freshOthers }: Course): void {
  for (const key of freshOthers) if (key.startsWith(`copy:${child} of `)) freshOthers.delete(key);
}

/** The notes of migration tools, which the programs themselves do not read. */
const notes =
  /^(?:schema_migrations|ar_internal_metadata|alembic_version|flyway_schema_history|_prisma_migrations|goose_db_version|gorp_migrations|knex_migrations|databasechangelog|django_migrations|"?__EFMigrationsHistory"?)$/;

export function isUnknownToProgram(table: string, { fresh }: Course): boolean {
  return fresh.has(table) || notes.test(table);
}
