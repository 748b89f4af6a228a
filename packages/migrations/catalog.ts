import { Cursor, hasWord, splitList } from "./cursor.ts";
import { type Token, tokenize } from "./tokens.ts";

/** What is known of a schema from the scripts that made it. It may know too little, and must never know wrongly. */
export interface Catalog {
  /** Table to column to type, as far as they were read. */
  readonly tables: Map<string, Map<string, string>>;
  /** Index to whether it is unique. */
  readonly indexes: Map<string, boolean>;
  /** Types that take NULL: enums. */
  readonly types: Set<string>;
  /** `table.column` of which a constraint or a unique index says something. */
  readonly constrained: Set<string>;
  /** Something was done that is not understood, so that what is known may be out of date. */
  vague: boolean;
}

export function emptyCatalog(): Catalog {
  return { tables: new Map(), indexes: new Map(), types: new Set(), constrained: new Set(), vague: false };
}

/** Takes in what a script does, as well as it is understood. */
export function learn(catalog: Catalog, script: string): void {
  const { statements, torn } = tokenize(script);
  if (torn !== undefined) catalog.vague = true;
  for (const statement of statements) learnStatement(catalog, statement);
}

export function learnStatement(catalog: Catalog, tokens: readonly Token[]): void {
  const cursor = new Cursor(tokens);
  if (cursor.skip("create")) learnCreate(catalog, cursor);
  else if (cursor.skip("alter", "table")) learnAlter(catalog, cursor);
  else if (cursor.skip("drop", "table")) {
    cursor.skip("if", "exists");
    for (const part of splitList(cursor.rest)) catalog.tables.delete(new Cursor(part).name());
  } else if (cursor.skip("drop", "index")) {
    for (const part of splitList(cursor.rest.filter(({ value }) => !["concurrently", "if", "exists"].includes(value)))) {
      catalog.indexes.delete(new Cursor(part).name());
    }
  } else if (hasWord(tokens.slice(0, 1), "do", "call", "execute") || hasWord(tokens, "search_path")) catalog.vague = true;
}

function learnCreate(catalog: Catalog, cursor: Cursor): void {
  cursor.skipAny("unlogged", "global", "local");
  const unique = cursor.skip("unique");
  if (cursor.skip("table")) {
    const again = cursor.skip("if", "not", "exists");
    const name = cursor.name();
    const body = cursor.group();
    if (name === "" || (again && catalog.tables.has(name))) return;
    catalog.tables.set(name, columnsOf(body ?? []));
    for (const part of splitList(body ?? [])) constrain(catalog, name, part);
  } else if (cursor.skip("index")) {
    cursor.skip("concurrently");
    cursor.skip("if", "not", "exists");
    if (cursor.peek() !== "on") catalog.indexes.set(cursor.name(), unique);
    if (!cursor.skip("on")) return;
    cursor.skip("only");
    const table = cursor.name();
    if (unique) constrain(catalog, table, [{ kind: "word", value: "unique" }, ...cursor.rest]);
  } else if (cursor.skip("type")) {
    const name = cursor.name();
    if (cursor.skip("as", "enum")) catalog.types.add(name);
  }
}

/** Every name in a part that says what may stand in a column: rather too many than too few. */
function constrain({ constrained }: Catalog, table: string, part: readonly Token[]): void {
  if (!hasWord(part, "check", "unique", "primary", "references", "foreign", "exclude")) return;
  for (const { kind, value } of part) if (kind === "word" || kind === "name") constrained.add(`${table}.${value}`);
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
  if (columns === undefined) return;
  for (const part of splitList(cursor.rest)) {
    constrain(catalog, name, part);
    const action = new Cursor(part);
    if (action.skip("add")) learnAdd(columns, action);
    else if (action.skip("drop")) {
      action.skip("column");
      action.skip("if", "exists");
      columns.delete(action.name());
    } else if (action.skip("alter")) {
      action.skip("column");
      const column = action.name();
      if (action.skip("type") || action.skip("set", "data", "type")) columns.set(column, typeOf(action.rest));
    } else if (hasWord(part, "rename", "modify", "change", "schema")) catalog.tables.delete(name);
  }
}

function learnAdd(columns: Map<string, string>, action: Cursor): void {
  const named = action.skip("column");
  if (!named && constraintWords.includes(action.peek())) return;
  action.skip("if", "not", "exists");
  const column = action.name();
  if (column !== "" && !columns.has(column)) columns.set(column, typeOf(action.rest));
}

const typeEnds = [
  "not",
  "null",
  "default",
  "primary",
  "unique",
  "check",
  "references",
  "generated",
  "constraint",
  "collate",
  "using",
  "after",
  "first",
  "comment",
  "auto_increment",
];

/** A type as text in lower case without spaces that do not matter: `varchar(50)`, `timestamp with time zone`. */
export function typeOf(tokens: readonly Token[]): string {
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "word" && typeEnds.includes(token.value)) break;
    words.push(token.value);
  }
  return words
    .join(" ")
    .replaceAll(/ ?([(),[\].]) ?/g, "$1")
    .replace(/^character varying/, "varchar");
}
