import { Cursor, hasWord, splitList } from "./cursor.ts";
import { guardedStatements } from "./guarded.ts";
import { type Token, tokenize } from "./tokens.ts";
import { typeOf } from "./type-name.ts";

/** What is known of a schema from the scripts that made it. It may know too little, and must never know wrongly. */
export interface Catalog {
  /** Table to column to type, as far as they were read. */
  readonly tables: Map<string, Map<string, string>>;
  /** Index to whether it is unique. */
  readonly indexes: Map<string, boolean>;
  /** Types that take NULL: enums. */
  readonly types: Set<string>;
  /** Views, functions, triggers and the like, as `view:name`; a trigger or policy as `trigger:name on table`. */
  readonly others: Set<string>;
  /** `table.column` that a constraint or a unique index speaks of. */
  readonly bound: Set<string>;
  /** Something was done that is not understood, so that what is known may be out of date. */
  vague: boolean;
}

export function emptyCatalog(): Catalog {
  return { tables: new Map(), indexes: new Map(), types: new Set(), others: new Set(), bound: new Set(), vague: false };
}

/** Takes in what a script does, as well as it is understood. */
export function learn(catalog: Catalog, script: string): void {
  const { statements, torn } = tokenize(script);
  if (torn !== undefined) catalog.vague = true;
  for (const statement of statements) learnStatement(catalog, statement);
}

/** Whether all tables, views and so on that were there before can be expected to be in the catalog. */
export function isComplete(catalog: Catalog): boolean {
  return !catalog.vague && catalog.tables.size > 0;
}

export function learnStatement(catalog: Catalog, tokens: readonly Token[]): void {
  const cursor = new Cursor(tokens);
  if (cursor.skip("create")) learnCreate(catalog, cursor);
  else if (cursor.skip("alter", "table")) learnAlter(catalog, cursor);
  else if (cursor.skip("drop")) learnDrop(catalog, cursor);
  else if (cursor.skip("do")) {
    for (const statement of guardedStatements(tokens) ?? []) learnStatement(catalog, statement);
    catalog.vague ||= guardedStatements(tokens) === undefined;
  } else if (hasWord(tokens.slice(0, 1), "call", "execute", "import")) catalog.vague = true;
  else if (hasWord(tokens.slice(0, 1), "set", "select", "alter", "with"))
    catalog.vague ||= hasWord(tokens, "search_path", "into", "rename");
}

function learnDrop(catalog: Catalog, cursor: Cursor): void {
  const materialized = cursor.skip("materialized");
  const what = cursor.next()?.value ?? "";
  for (const part of splitList(cursor.rest.filter(({ value }) => !["concurrently", "if", "exists"].includes(value)))) {
    const name = new Cursor(part).name();
    if (what === "table") catalog.tables.delete(name);
    else if (what === "index") catalog.indexes.delete(name);
    else catalog.others.delete(`${materialized ? "view" : what}:${name}`);
  }
}

function learnCreate(catalog: Catalog, cursor: Cursor): void {
  cursor.skip("or", "replace");
  cursor.skipAny("unlogged", "global", "local", "constraint");
  const unique = cursor.skip("unique");
  if (cursor.skip("table")) learnTable(catalog, cursor);
  else if (cursor.skip("index")) learnIndex(catalog, cursor, unique);
  else {
    cursor.skipAny("materialized", "recursive", "temporary", "temp");
    const what = cursor.next()?.value ?? "";
    cursor.skip("if", "not", "exists");
    const name = cursor.name();
    if (what === "foreign") catalog.vague = true;
    if (what === "type" && cursor.skip("as", "enum")) catalog.types.add(name);
    const on = cursor.rest.findIndex(({ kind, value }) => kind === "word" && value === "on");
    const table = what === "trigger" || what === "policy" ? ` on ${new Cursor(cursor.rest.slice(on + 1)).name()}` : "";
    if (name !== "") catalog.others.add(`${what}:${name}${table}`);
  }
}

function learnTable(catalog: Catalog, cursor: Cursor): void {
  const again = cursor.skip("if", "not", "exists");
  const name = cursor.name();
  const body = cursor.group();
  if (name === "" || (again && catalog.tables.has(name))) return;
  catalog.tables.set(name, columnsOf(body ?? []));
  for (const part of splitList(body ?? [])) bind(catalog, name, part);
}

function learnIndex(catalog: Catalog, cursor: Cursor, unique: boolean): void {
  cursor.skip("concurrently");
  cursor.skip("if", "not", "exists");
  if (cursor.peek() !== "on") catalog.indexes.set(cursor.name(), unique);
  if (!unique || !cursor.skip("on")) return;
  cursor.skip("only");
  const table = cursor.name();
  for (const { value } of cursor.rest) catalog.bound.add(`${table}.${value}`);
}

/** Takes down all that a constraint could speak of: too much rather than too little. */
function bind({ bound }: Catalog, table: string, part: readonly Token[]): void {
  if (!hasWord(part, "unique", "primary", "check", "references", "exclude", "foreign")) return;
  for (const { kind, value } of part) if (kind === "word" || kind === "name") bound.add(`${table}.${value}`);
}

const constraintWords = ["constraint", "primary", "unique", "check", "foreign", "exclude", "like", "key", "index", "fulltext", "spatial"];

function columnsOf(body: readonly Token[]): Map<string, string> {
  const columns = new Map<string, string>();
  for (const part of splitList(body)) {
    const first = part[0];
    if (first === undefined || (first.kind === "word" && constraintWords.includes(first.value))) continue;
    columns.set(first.value, typeOf(part.slice(1)));
  }
  return columns;
}

function learnAlter(catalog: Catalog, cursor: Cursor): void {
  cursor.skip("if", "exists");
  cursor.skip("only");
  const name = cursor.name();
  const columns = catalog.tables.get(name);
  for (const part of splitList(cursor.rest)) {
    const action = new Cursor(part);
    bind(catalog, name, part);
    if (action.skip("rename")) learnRename(catalog, name, action);
    else if (action.skip("set", "schema")) catalog.vague = true;
    else if (columns !== undefined) learnAction(columns, action);
  }
}

function learnRename(catalog: Catalog, table: string, action: Cursor): void {
  const columns = catalog.tables.get(table);
  if (action.skip("to")) {
    catalog.tables.delete(table);
    catalog.tables.set(action.name(), columns ?? new Map());
    catalog.vague ||= columns === undefined;
  } else if (!action.skip("constraint")) {
    action.skip("column");
    const from = action.name();
    action.skip("to");
    const type = columns?.get(from);
    columns?.delete(from);
    if (type !== undefined) columns?.set(action.name(), type);
  }
}

function learnAction(columns: Map<string, string>, action: Cursor): void {
  if (action.skip("add")) learnAdd(columns, action);
  else if (action.skip("drop")) {
    action.skip("column");
    action.skip("if", "exists");
    columns.delete(action.name());
  } else if (action.skip("alter")) {
    action.skip("column");
    const column = action.name();
    if (action.skip("type") || action.skip("set", "data", "type")) columns.set(column, typeOf(action.rest));
  } else if (["modify", "change"].includes(action.peek())) columns.clear();
}

function learnAdd(columns: Map<string, string>, action: Cursor): void {
  const named = action.skip("column");
  if (!named && constraintWords.includes(action.peek())) return;
  action.skip("if", "not", "exists");
  const column = action.name();
  if (column !== "" && !columns.has(column)) columns.set(column, typeOf(action.rest));
}
