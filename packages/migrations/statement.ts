import { judgeActions } from "./alter-table.ts";
import { type Course, isNoCopyAnyMore } from "./course.ts";
import { judgeCreate } from "./create.ts";
import { Cursor, hasWord, splitList } from "./cursor.ts";
import { judgeDrop } from "./drop.ts";
import { guardedStatements } from "./guarded.ts";
import { contract, expand, type Judgement, unknown, worst } from "./judgement.ts";
import { judgeInsert, judgeRows, judgeSelect, judgeUpdate } from "./rows.ts";
import type { Token } from "./tokens.ts";

type Judge = (cursor: Cursor, course: Course, tokens: readonly Token[]) => Judgement;

/** Judges one statement; `course` is brought up to date. */
export function judgeStatement(tokens: readonly Token[], course: Course): Judgement {
  const cursor = new Cursor(tokens);
  const first = cursor.next();
  const judge = first?.kind === "word" ? judges.get(first.value) : undefined;
  if (judge === undefined) return unknown(`${(first?.value ?? "").toUpperCase().slice(0, 40)} is not known here`);
  const judgement = judge(cursor, course, tokens);
  if (judgement.class === "expand" && hidesAnother(tokens))
    return unknown("a second statement seems to stand in it, without a semicolon between them");
  return judgement;
}

const harmless: Judge = (_, __, tokens) => expand(`${(tokens[0]?.value ?? "").toUpperCase()} changes nothing for the old program`);
const opaque: Judge = (_, __, tokens) => unknown(`${(tokens[0]?.value ?? "").toUpperCase()} can do anything`);
const taking: Judge = (_, __, tokens) => contract(`${(tokens[0]?.value ?? "").toUpperCase()} takes something away`);

const calmWords = "reset comment grant analyze vacuum reindex refresh lock unlock begin start commit end savepoint release";
const opaqueWords = "call execute rollback merge with";

const judges: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ["create", judgeCreate],
  ["alter", judgeAlter],
  ["drop", judgeDrop],
  ["insert", judgeInsert],
  ["update", judgeUpdate],
  ["delete", judgeRows],
  ["truncate", judgeRows],
  ["copy", judgeRows],
  ["set", judgeSet],
  ["pragma", judgePragma],
  ["select", judgeSelect],
  ["do", judgeBlock],
  ["revoke", judgeRevoke],
  ["rename", taking],
  ...calmWords.split(" ").map((word): [string, Judge] => [word, harmless]),
  ...opaqueWords.split(" ").map((word): [string, Judge] => [word, opaque]),
]);

const kinds =
  "table view index schema type function procedure trigger sequence policy database materialized domain extension role user unique or";

/** Words that begin a statement where none can begin: the separator is one that is not known here. */
function hidesAnother(tokens: readonly Token[]): boolean {
  const starts = new Set(kinds.split(" "));
  let depth = 0;
  return tokens.some(({ kind, value }, index) => {
    if (kind === "sign" && value === "(") depth += 1;
    if (kind === "sign" && value === ")") depth -= 1;
    if (kind !== "word" || depth > 0 || index === 0) return false;
    const next = tokens[index + 1];
    if (next?.kind !== "word") return value === "truncate" && next?.kind === "name";
    if (["create", "drop", "alter"].includes(value)) return starts.has(next.value) && tokens[0]?.value !== "grant";
    return (value === "delete" && next.value === "from") || (value === "rename" && next.value === "table");
  });
}

/** A block that only lets its statements be done already: what they make may have been there, and is not counted as new. */
function judgeBlock(_: Cursor, course: Course, tokens: readonly Token[]): Judgement {
  const statements = guardedStatements(tokens);
  if (statements === undefined) return unknown("DO can do anything");
  const copy = {
    ...course,
    freshOthers: new Set(course.freshOthers),
    fresh: new Set(course.fresh),
    freshColumns: new Map(course.freshColumns),
  };
  return worst(statements.map((statement) => judgeStatement(statement, copy)));
}

function judgeAlter(cursor: Cursor, course: Course): Judgement {
  if (cursor.skip("table")) {
    cursor.skip("if", "exists");
    cursor.skip("only");
    const table = cursor.name();
    if (cursor.skip("*") || table === "") return unknown("ALTER TABLE of what cannot be told");
    if (course.fresh.has(table)) return judgeFreshTable(cursor, course, table);
    return worst(judgeActions(table, cursor.rest, course));
  }
  if (cursor.skip("default", "privileges")) {
    return hasWord(cursor.rest, "revoke") ? unknown("rights of later tables are taken away") : expand("rights of later tables");
  }
  cursor.skip("materialized");
  const what = cursor.next()?.value ?? "";
  cursor.skip("if", "exists");
  const isFresh = course.freshOthers.has(`${what}:${cursor.name()}`);
  if (what === "type" && cursor.skip("add", "value")) return expand("a new value of an enum");
  if (isFresh && !hasWord(cursor.rest, "rename", "schema")) return expand(`a new ${what} is changed`);
  if (what === "type") return contract("a type is changed");
  if (what === "index" && hasWord(cursor.rest, "set", "attach")) return expand("settings of an index");
  if (what === "sequence" && hasWord(cursor.rest, "owned")) return expand("a sequence gets an owner");
  return unknown(`ALTER ${what.toUpperCase().slice(0, 40)} is not known here`);
}

/** Whatever is done to a table that the old program cannot know does not concern it, unless the table takes an old name. */
function judgeFreshTable(cursor: Cursor, course: Course, table: string): Judgement {
  const { fresh } = course;
  isNoCopyAnyMore(table, course);
  if (cursor.skip("attach", "partition")) {
    const part = cursor.name();
    return fresh.has(part) ? expand(`a partition of the new table ${table}`) : contract(`${part} becomes a part of another table`);
  }
  const moves = hasWord(cursor.rest, "schema", "inherit") || splitList(cursor.rest).some(renamesTable);
  if (!moves) return expand(`the new table ${table}`);
  fresh.delete(table);
  return unknown(`${table}: a new table changes its place`);
}

/** `RENAME TO b`, and MySQL's `RENAME b` and `RENAME AS b`; a column's is `RENAME a TO b` or `RENAME COLUMN a TO b`. */
function renamesTable([first, second, third]: readonly Token[]): boolean {
  if (first?.value !== "rename") return false;
  return !["column", "constraint", "index", "key"].includes(second?.value ?? "") && third?.value !== "to";
}

/** Rights on new things only. */
function judgeRevoke(cursor: Cursor, course: Course, tokens: readonly Token[]): Judgement {
  const on = cursor.rest.findIndex(({ kind, value }) => kind === "word" && value === "on");
  const rest = new Cursor(cursor.rest.slice(on + 1));
  const what = rest.skipAny("table", "function", "procedure", "sequence", "schema", "type") || "table";
  const end = rest.rest.findIndex(({ kind, value }) => kind === "word" && value === "from");
  const names = splitList(rest.rest.slice(0, Math.max(end, 0))).map((part) => new Cursor(part).name());
  const isFresh = (name: string): boolean => (what === "table" ? course.fresh.has(name) : course.freshOthers.has(`${what}:${name}`));
  if (on >= 0 && names.length > 0 && names.every(isFresh)) return expand("rights on what is new");
  return taking(cursor, course, tokens);
}

const calmSettings =
  /^(?:lock_timeout|statement_timeout|client_encoding|client_min_messages|timezone|time|standard_conforming_strings|check_function_bodies|idle_in_transaction_session_timeout|transaction_timeout|transaction|work_mem|default_table_access_method|default_tablespace|names|row_security|xmloption|default_with_oids|maintenance_work_mem|foreign_key_checks|unique_checks)$/;

function judgeSet(cursor: Cursor): Judgement {
  cursor.skipAny("local", "session");
  const name = cursor.peek();
  const usual =
    name === "search_path" &&
    /^(?:=|to) (?:\$user , )?public$/.test(
      cursor.rest
        .slice(1)
        .map(({ value }) => value)
        .join(" "),
    );
  return usual || calmSettings.test(name)
    ? expand(`SET ${name}`)
    : unknown(`SET ${name || "of something"} changes what the following statements mean`);
}

/** SQLite's settings of one connection. */
function judgePragma(cursor: Cursor): Judgement {
  const name = cursor.peek();
  return ["foreign_keys", "defer_foreign_keys", "busy_timeout"].includes(name)
    ? expand(`PRAGMA ${name}`)
    : unknown(`PRAGMA ${name.slice(0, 40)} is not known here`);
}
