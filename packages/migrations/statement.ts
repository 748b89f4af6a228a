import { judgeActions } from "./alter-table.ts";
import { staysDistinct, staysNull } from "./column.ts";
import type { Course } from "./course.ts";
import { Cursor, hasWord, splitList } from "./cursor.ts";
import { contract, expand, type Judgement, unknown, worst } from "./judgement.ts";
import type { Token } from "./tokens.ts";

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
  const calm = ["view", "sequence", "schema", "extension", "type", "domain", "statistics", "collation", "role", "user"];
  if (!replaces && what === "materialized view") return judgeMaterialized(cursor, course);
  if (!replaces && calm.includes(what)) return expand(`a new ${what}`);
  if (!replaces && what === "function" && returnsTrigger(cursor.rest)) return expand("a new function for triggers");
  if (what === "trigger") return judgeTrigger(cursor, course);
  if (what === "policy" || what === "rule") return contract(`a new ${what} changes what the old program's statements do`);
  return unknown(`${replaces ? "a replaced" : "a new"} ${what} may change what the old program's statements do`);
}

function judgeMaterialized(cursor: Cursor, { fresh }: Course): Judgement {
  const again = cursor.skip("if", "not", "exists");
  const name = cursor.name();
  if (callsAnything(cursor.rest)) return unknown(`${name} is made of what functions give`);
  if (!again) fresh.add(name);
  return expand(`a new materialized view ${name}`);
}

function returnsTrigger(tokens: readonly Token[]): boolean {
  const at = tokens.findIndex(({ kind, value }) => kind === "word" && value === "returns");
  return at >= 0 && tokens[at + 1]?.value === "trigger";
}

function judgeNewTable(cursor: Cursor, { before, now, fresh }: Course, temporary: boolean): Judgement {
  const again = cursor.skip("if", "not", "exists");
  const name = cursor.name();
  if (name === "") return unknown("CREATE TABLE without a name");
  if (cursor.skip("partition", "of")) {
    const whole = cursor.name();
    if (fresh.has(whole)) fresh.add(name);
    else return unknown(`${name} becomes a part of ${whole}`);
  }
  if (hasWord(cursor.rest, "partition") && hasWord(cursor.rest, "of")) return unknown(`${name} becomes a part of another table`);
  if (hasWord(cursor.rest, "inherits")) return unknown(`${name} inherits from another table`);
  // With IF NOT EXISTS it may have been there all the time, unless all that came before is known.
  const surelyNew = !again || (!before.vague && before.tables.size > 0 && !before.tables.has(name) && !now.vague);
  if (surelyNew && !temporary) fresh.add(name);
  cursor.group();
  if (hasWord(cursor.rest, "delete", "update", "insert", "merge", "alter", "create", "truncate"))
    return unknown(`${name}: there is more in its statement than a table`);
  if (hasWord(cursor.rest, "as", "select") && callsAnything(cursor.rest)) return unknown(`${name} is made of what functions give`);
  return expand(`new table ${name}`);
}

const calmFunctions = [
  "lower",
  "upper",
  "coalesce",
  "trim",
  "btrim",
  "count",
  "min",
  "max",
  "sum",
  "avg",
  "nullif",
  "now",
  "using",
  "in",
  "values",
  "as",
  "where",
  "and",
  "or",
  "on",
];

/** Whether anything is called that is not known to be harmless. */
function callsAnything(tokens: readonly Token[]): boolean {
  return tokens.some(({ kind, value }, index) => kind !== "sign" && tokens[index + 1]?.value === "(" && !calmFunctions.includes(value));
}

function judgeIndex(cursor: Cursor, { fresh, distinctColumns }: Course, unique: boolean): Judgement {
  cursor.skip("concurrently");
  cursor.skip("if", "not", "exists");
  if (cursor.peek() !== "on") cursor.name();
  if (!cursor.skip("on")) return unknown("CREATE INDEX without a table");
  cursor.skip("only");
  const table = cursor.name();
  if (fresh.has(table)) return expand(`an index of the new table ${table}`);
  if (cursor.skip("using")) cursor.next();
  const body = cursor.group() ?? [];
  const columns = splitList(body);
  const apart = columns.some((part) => part.length === 1 && distinctColumns.has(`${table}.${new Cursor(part).name()}`));
  if (unique && (!apart || hasWord(cursor.rest, "distinct")))
    return contract(`${table}: a unique index can refuse what the old program writes`);
  // An index over an expression is computed at every write, and the expression may fail; so may its condition.
  const computed = [...body, ...cursor.rest].some(({ kind, value }) => kind === "sign" && ["/", "%", ":", "-", "+", "*"].includes(value));
  const arrow = body.some(({ kind, value }) => kind === "sign" && value === ">");
  return computed || arrow || callsAnything(body) || callsAnything(cursor.rest)
    ? unknown(`${table}: an index over an expression that could fail`)
    : expand(`${table}: an index`);
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

function rememberColumns(table: string, actions: readonly Token[], { freshColumns, nullColumns, distinctColumns }: Course): void {
  for (const part of splitList(actions)) {
    const action = new Cursor(part);
    if (action.skip("alter")) {
      action.skip("column");
      const changed = `${table}.${action.name()}`;
      nullColumns.delete(changed);
      distinctColumns.delete(changed);
    }
    if (!action.skip("add")) continue;
    action.skip("column");
    if (action.skip("if", "not", "exists")) continue;
    const column = `${table}.${action.name()}`;
    freshColumns.add(column);
    if (staysNull(action.rest)) nullColumns.add(column);
    if (staysDistinct(action.rest)) distinctColumns.add(column);
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

/** Where tools note which migrations have run; with the file they would do it themselves. */
const notebooks =
  /^(?:alembic_version|schema_migrations|ar_internal_metadata|flyway_schema_history|databasechangelog(?:lock)?|goose_db_version|_prisma_migrations|django_migrations|__EFMigrationsHistory)$/;

function judgeInsert(cursor: Cursor, { fresh }: Course): Judgement {
  cursor.skipAny("ignore");
  if (!cursor.skip("into")) return unknown("INSERT into what cannot be told");
  const table = cursor.name();
  if (notebooks.test(table) && !hasWord(cursor.rest, "select")) return expand(`${table}: a tool's note`);
  return fresh.has(table) ? expand(`rows of the new table ${table}`) : unknown(`${table}: new rows may meet those of the old program`);
}

function judgeUpdate(cursor: Cursor, { fresh, freshColumns }: Course): Judgement {
  cursor.skip("only");
  const table = cursor.name();
  if (fresh.has(table)) return expand(`rows of the new table ${table}`);
  if (notebooks.test(table)) return expand(`${table}: a tool's note`);
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
  if (name === "standard_conforming_strings" && hasWord(cursor.rest, "off", "false", "default"))
    return unknown("strings are read in another way");
  return calmSettings.test(name)
    ? expand(`SET ${name}`)
    : unknown(`SET ${name || "of something"} changes what the following statements mean`);
}

function judgeSelect(cursor: Cursor): Judgement {
  const { rest } = cursor;
  const calls = rest.some(({ kind }, index) => kind !== "sign" && rest[index + 1]?.value === "(");
  return calls || hasWord(rest, "into") ? unknown("SELECT calls a function, which can do anything") : expand("SELECT changes nothing");
}
