import { type Course, isUnknownToProgram } from "./course.ts";
import { Cursor, hasWord, splitList } from "./cursor.ts";
import { riskyCall } from "./functions.ts";
import { contract, expand, type Judgement, unknown } from "./judgement.ts";
import type { Token } from "./tokens.ts";

export function judgeInsert(cursor: Cursor, course: Course): Judgement {
  cursor.skipAny("ignore");
  if (!cursor.skip("into")) return unknown("INSERT into what cannot be told");
  const table = cursor.name();
  cursor.group();
  const call = riskyCall(cursor.rest);
  if (call !== undefined) return unknown(`${table}: the function ${call.slice(0, 60)} can do anything`);
  return isUnknownToProgram(table, course)
    ? expand(`rows of the new table ${table}`)
    : unknown(`${table}: new rows may meet those of the old program`);
}

export function judgeUpdate(cursor: Cursor, course: Course): Judgement {
  cursor.skip("only");
  const table = cursor.name();
  const call = riskyCall(cursor.rest);
  if (call !== undefined) return unknown(`${table}: the function ${call.slice(0, 60)} can do anything`);
  if (isUnknownToProgram(table, course)) return expand(`rows of the new table ${table}`);
  if (cursor.peek() !== "set") {
    cursor.skip("as");
    cursor.name();
  }
  if (!cursor.skip("set")) return unknown(`UPDATE ${table} is not understood`);
  const end = cursor.rest.findIndex(({ kind, value }) => kind === "word" && (value === "where" || value === "from"));
  const assignments = splitList(end < 0 ? cursor.rest : cursor.rest.slice(0, end));
  const columns = assignments.map((part) => new Cursor(part).name());
  const onlyFresh = columns.every((column) => column !== "" && course.freshColumns.has(`${table}.${column}`));
  return onlyFresh ? expand(`${table}: new columns are filled`) : unknown(`${table}: values that the old program uses are changed`);
}

/** `DELETE`, `TRUNCATE` and `COPY … FROM stdin`, of new tables only. */
export function judgeRows(cursor: Cursor, course: Course, tokens: readonly Token[]): Judgement {
  const verb = (tokens[0]?.value ?? "").toUpperCase();
  cursor.skipAny("from", "table");
  cursor.skip("only");
  const table = cursor.name();
  const alone = verb !== "TRUNCATE" || splitList(cursor.rest).length < 2;
  const calm = alone && !hasWord(cursor.rest, "cascade", "program") && riskyCall(afterColumns(cursor)) === undefined;
  if (calm && isUnknownToProgram(table, course)) return expand(`rows of the new table ${table}`);
  return verb === "COPY"
    ? unknown(`${table || "COPY"}: new rows may meet those of the old program`)
    : contract(`${verb} takes something away`);
}

function afterColumns(cursor: Cursor): readonly Token[] {
  cursor.group();
  return cursor.rest;
}

/** A refresh of the search path to what it is anyway, and the counter of a new table. */
export function judgeSelect(cursor: Cursor, { fresh, now }: Course): Judgement {
  const { rest } = cursor;
  cursor.skip("pg_catalog", ".");
  const [called, , first] = cursor.rest;
  const said = cursor.rest.map(({ value }) => value).join(" ");
  if (/^set_config \( search_path , {2}, (?:false|true) \)$/.test(said)) return expand("only full names are used");
  if (called?.value === "setval" && first?.kind === "text" && isCounterOf(first.value, fresh, now.tables)) {
    if (riskyCall(cursor.rest.slice(1)) === undefined) return expand("the counter of a new table is set");
  }
  const calls = rest.some(({ kind }, index) => kind !== "sign" && rest[index + 1]?.value === "(");
  return calls || hasWord(rest, "into") ? unknown("SELECT calls a function, which can do anything") : expand("SELECT changes nothing");
}

function isCounterOf(name: string, fresh: ReadonlySet<string>, tables: ReadonlyMap<string, ReadonlyMap<string, string>>): boolean {
  const short = name.replace(/^public\./, "").replaceAll('"', "");
  return [...fresh].some((table) => [...(tables.get(table)?.keys() ?? [])].some((column) => short === `${table}_${column}_seq`));
}
