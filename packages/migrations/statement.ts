import { judgeActions } from "./alter-table.ts";
import type { Catalog } from "./catalog.ts";
import { Cursor, hasWord, splitList } from "./cursor.ts";
import { contract, expand, type Judgement, unknown, worst } from "./judgement.ts";
import type { Token } from "./tokens.ts";

/** What was there before the deployment, what is there at this statement, and what has come in between. */
export interface Course {
  readonly before: Catalog;
  readonly now: Catalog;
  /** Tables that the old program cannot know. */
  readonly fresh: Set<string>;
  /** `table.column` that the old program cannot know. */
  readonly freshColumns: Set<string>;
}

type Judge = (cursor: Cursor, course: Course, tokens: readonly Token[]) => Judgement;

/** Judges one statement; `course.fresh` is brought up to date. */
export function judgeStatement(tokens: readonly Token[], course: Course): Judgement {
  const cursor = new Cursor(tokens);
  const first = cursor.next();
  const judge = first?.kind === "word" ? judges[first.value] : undefined;
  if (judge === undefined) return unknown(`${(first?.value ?? "").toUpperCase().slice(0, 40)} is not known here`);
  return judge(cursor, course, tokens);
}

const harmless: Judge = (_, __, tokens) => expand(`${(tokens[0]?.value ?? "").toUpperCase()} changes nothing for the old program`);
const opaque: Judge = (_, __, tokens) => unknown(`${(tokens[0]?.value ?? "").toUpperCase()} can do anything`);
const taking: Judge = (_, __, tokens) => contract(`${(tokens[0]?.value ?? "").toUpperCase()} takes something away`);

const judges: Readonly<Record<string, Judge>> = {
  create: judgeCreate,
  alter: judgeAlter,
  drop: judgeDrop,
  insert: judgeInsert,
  update: judgeUpdate,
  set: judgeSet,
  reset: harmless,
  select: judgeSelect,
  comment: harmless,
  grant: harmless,
  analyze: harmless,
  vacuum: harmless,
  reindex: harmless,
  lock: harmless,
  begin: harmless,
  start: harmless,
  commit: harmless,
  end: harmless,
  savepoint: harmless,
  release: harmless,
  do: opaque,
  call: opaque,
  execute: opaque,
  copy: opaque,
  rollback: opaque,
  merge: opaque,
  with: opaque,
  revoke: taking,
  truncate: taking,
  delete: taking,
  rename: taking,
};

function judgeCreate(cursor: Cursor, course: Course): Judgement {
  const replaces = cursor.skip("or", "replace");
  const temporary = cursor.skipAny("temp", "temporary", "unlogged", "global", "local").startsWith("temp");
  if (cursor.skip("table")) return judgeNewTable(cursor, course, temporary);
  const unique = cursor.skip("unique");
  if (cursor.skip("index")) return judgeIndex(cursor, course, unique);
  const what = cursor.skip("materialized", "view") ? "materialized view" : (cursor.next()?.value ?? "");
  const calm = [
    "view",
    "materialized view",
    "sequence",
    "schema",
    "extension",
    "type",
    "domain",
    "statistics",
    "collation",
    "role",
    "user",
  ];
  if (!replaces && calm.includes(what)) return expand(`a new ${what}`);
  if (!replaces && what === "function" && returnsTrigger(cursor.rest)) return expand("a new function for triggers");
  if (what === "trigger") return judgeTrigger(cursor, course);
  if (what === "policy" || what === "rule") return contract(`a new ${what} changes what the old program's statements do`);
  return unknown(`${replaces ? "a replaced" : "a new"} ${what} may change what the old program's statements do`);
}

function returnsTrigger(tokens: readonly Token[]): boolean {
  const at = tokens.findIndex(({ kind, value }) => kind === "word" && value === "returns");
  return at >= 0 && tokens[at + 1]?.value === "trigger";
}

function judgeNewTable(cursor: Cursor, { before, now, fresh }: Course, temporary: boolean): Judgement {
  const again = cursor.skip("if", "not", "exists");
  const name = cursor.name();
  if (name === "") return unknown("CREATE TABLE without a name");
  if (hasWord(cursor.rest, "partition") && hasWord(cursor.rest, "of")) return unknown(`${name} becomes a part of another table`);
  if (hasWord(cursor.rest, "inherits")) return unknown(`${name} inherits from another table`);
  // With IF NOT EXISTS it may have been there all the time, unless all that came before is known.
  const surelyNew = !again || (!before.vague && before.tables.size > 0 && !before.tables.has(name) && !now.vague);
  if (surelyNew && !temporary) fresh.add(name);
  return expand(`new table ${name}`);
}

function judgeIndex(cursor: Cursor, { fresh }: Course, unique: boolean): Judgement {
  cursor.skip("concurrently");
  cursor.skip("if", "not", "exists");
  if (cursor.peek() !== "on") cursor.name();
  if (!cursor.skip("on")) return unknown("CREATE INDEX without a table");
  cursor.skip("only");
  const table = cursor.name();
  if (fresh.has(table)) return expand(`an index of the new table ${table}`);
  if (unique) return contract(`${table}: a unique index can refuse what the old program writes`);
  // An index over an expression is computed at every write, and the expression may fail.
  if (cursor.skip("using")) cursor.next();
  const body = cursor.group();
  const computed = (body ?? []).some(({ kind, value }) => kind === "sign" && ["/", "%", ":", ">", "-"].includes(value));
  return computed ? unknown(`${table}: an index over an expression that could fail`) : expand(`${table}: an index`);
}

function judgeTrigger(cursor: Cursor, { fresh }: Course): Judgement {
  const rest = cursor.rest;
  const at = rest.findIndex(({ kind, value }) => kind === "word" && value === "on");
  const table = new Cursor(rest.slice(at + 1)).name();
  return fresh.has(table)
    ? expand(`a trigger of the new table ${table}`)
    : unknown(`${table}: a new trigger may change or refuse what the old program writes`);
}

function judgeAlter(cursor: Cursor, course: Course): Judgement {
  if (cursor.skip("table")) {
    cursor.skip("if", "exists");
    cursor.skip("only");
    const table = cursor.name();
    if (cursor.skip("*") || table === "") return unknown("ALTER TABLE of what cannot be told");
    if (course.fresh.has(table)) return judgeFreshTable(cursor, course, table);
    rememberColumns(table, cursor.rest, course);
    return worst(judgeActions(table, cursor.rest, course));
  }
  if (cursor.skip("type")) {
    cursor.name();
    return cursor.skip("add", "value") ? expand("a new value of an enum") : contract("a type is changed");
  }
  if (cursor.skip("index") && hasWord(cursor.rest, "set", "attach")) return expand("settings of an index");
  if (cursor.skip("sequence") && hasWord(cursor.rest, "owned")) return expand("a sequence gets an owner");
  return unknown(`ALTER ${cursor.peek().toUpperCase()} is not known here`.replace("  ", " "));
}

/** Whatever is done to a table that the old program cannot know does not concern it, unless the table takes an old name. */
function judgeFreshTable(cursor: Cursor, { fresh }: Course, table: string): Judgement {
  if (hasWord(cursor.rest, "rename", "attach", "inherit", "schema")) {
    fresh.delete(table);
    return unknown(`${table}: a new table changes its place`);
  }
  return expand(`the new table ${table}`);
}

function rememberColumns(table: string, actions: readonly Token[], { freshColumns }: Course): void {
  for (const part of splitList(actions)) {
    const action = new Cursor(part);
    if (!action.skip("add")) continue;
    action.skip("column");
    if (action.skip("if", "not", "exists")) continue;
    freshColumns.add(`${table}.${action.name()}`);
  }
}

function judgeDrop(cursor: Cursor, { fresh, before }: Course): Judgement {
  if (cursor.skip("table")) {
    cursor.skip("if", "exists");
    const cascades = hasWord(cursor.rest, "cascade");
    const names = splitList(cursor.rest).map((part) => new Cursor(part).name());
    const onlyFresh = !cascades && names.every((name) => fresh.has(name));
    for (const name of names) fresh.delete(name);
    return onlyFresh ? expand("a new table is dropped again") : contract(`DROP TABLE ${names.join(", ").slice(0, 100)}`);
  }
  if (cursor.skip("index")) {
    const names = splitList(cursor.rest.filter(({ value }) => !["concurrently", "if", "exists"].includes(value))).map((part) =>
      new Cursor(part).name(),
    );
    const plain = !before.vague && names.every((name) => before.indexes.get(name) === false);
    return plain ? expand("an index that is not unique is dropped") : unknown("an index is dropped, and ON CONFLICT may rely on it");
  }
  return contract(`DROP ${cursor.peek().toUpperCase()} takes away what the old program may use`);
}

function judgeInsert(cursor: Cursor, { fresh }: Course): Judgement {
  cursor.skipAny("ignore");
  if (!cursor.skip("into")) return unknown("INSERT into what cannot be told");
  const table = cursor.name();
  return fresh.has(table) ? expand(`rows of the new table ${table}`) : unknown(`${table}: new rows may meet those of the old program`);
}

function judgeUpdate(cursor: Cursor, { fresh, freshColumns }: Course): Judgement {
  cursor.skip("only");
  const table = cursor.name();
  if (fresh.has(table)) return expand(`rows of the new table ${table}`);
  if (cursor.peek() !== "set") {
    cursor.skip("as");
    cursor.name();
  }
  if (!cursor.skip("set")) return unknown(`UPDATE ${table} is not understood`);
  const end = cursor.rest.findIndex(({ kind, value }) => kind === "word" && (value === "where" || value === "from"));
  const assignments = splitList(end < 0 ? cursor.rest : cursor.rest.slice(0, end));
  const columns = assignments.map((part) => new Cursor(part).name());
  const onlyFresh = columns.every((column) => column !== "" && freshColumns.has(`${table}.${column}`));
  return onlyFresh ? expand(`${table}: new columns are filled`) : unknown(`${table}: values that the old program uses are changed`);
}

const calmSettings =
  /^(?:lock_timeout|statement_timeout|client_encoding|client_min_messages|timezone|time|standard_conforming_strings|check_function_bodies|idle_in_transaction_session_timeout|default_table_access_method|default_tablespace|names|row_security|xmloption|default_with_oids|maintenance_work_mem)$/;

function judgeSet(cursor: Cursor): Judgement {
  cursor.skipAny("local", "session");
  const name = cursor.peek();
  return calmSettings.test(name)
    ? expand(`SET ${name}`)
    : unknown(`SET ${name || "of something"} changes what the following statements mean`);
}

function judgeSelect(cursor: Cursor): Judgement {
  const { rest } = cursor;
  const calls = rest.some(({ kind }, index) => kind !== "sign" && rest[index + 1]?.value === "(");
  return calls || hasWord(rest, "into") ? unknown("SELECT calls a function, which can do anything") : expand("SELECT changes nothing");
}
