import { isComplete } from "./catalog.ts";
import { checkTrouble, hasDefault, isSelfFilling, newColumnTrouble } from "./column.ts";
import { type Course, copyOf } from "./course.ts";
import { isAboutNull } from "./create.ts";
import { Cursor, hasWord, splitList } from "./cursor.ts";
import { riskyCall } from "./functions.ts";
import { contract, expand, type Judgement, unknown } from "./judgement.ts";
import type { Token } from "./tokens.ts";
import { typeOf } from "./type-name.ts";
import { isWider } from "./widening.ts";

/** The worst of the actions of one `ALTER TABLE` on a table that the old program knows. */
export function judgeActions(table: string, actions: readonly Token[], course: Course): Judgement[] {
  return splitList(actions).map((tokens) => judgeAction(table, tokens, course));
}

function judgeAction(table: string, tokens: readonly Token[], course: Course): Judgement {
  const action = new Cursor(tokens);
  const said = `${table}: `;
  if (action.skip("add")) return judgeAdd(table, action, course);
  if (action.skip("drop")) return judgeDrop(table, action, course);
  if (action.skip("alter")) return judgeAlter(table, action, course);
  if (action.skip("validate", "constraint")) return expand(`${said}a constraint that holds already is checked for old rows`);
  if (action.skip("set", "(") || action.skip("reset", "(")) return expand(`${said}storage settings`);
  if (action.skipAny("algorithm", "lock") !== "") return expand(`${said}how it is carried out`);
  if (action.skip("cluster", "on") || action.skip("set", "logged")) return expand(`${said}storage settings`);
  if (action.skip("attach", "partition")) return judgeAttach(table, action.name(), course);
  const first = action.peek();
  if (["rename", "modify", "change", "detach", "enable", "force"].includes(first) || hasWord(tokens.slice(0, 2), "schema")) {
    return contract(`${said}${first.toUpperCase()} changes what the old program uses`);
  }
  return unknown(`${said}${first.toUpperCase() || "an action"} is not known`);
}

function judgeAttach(table: string, part: string, { fresh, freshOthers }: Course): Judgement {
  if (fresh.delete(part) && freshOthers.has(copyOf(part, table))) return expand(`${table}: a new partition made after it`);
  return unknown(`${table}: ${part} becomes a partition, and may have rules of its own`);
}

function judgeAdd(table: string, action: Cursor, course: Course): Judgement {
  const said = `${table}: `;
  if (!action.skip("column")) {
    const first = action.peek();
    if (["index", "key", "fulltext", "spatial"].includes(first)) return expand(`${said}an index is added`);
    if (["constraint", "check", "unique", "primary", "foreign", "exclude"].includes(first)) {
      if (isConstraintOfNew(table, action, course)) return expand(`${said}a constraint that rows of the old program cannot break`);
      return contract(`${said}a new constraint can refuse what the old program writes`);
    }
  }
  const again = action.skip("if", "not", "exists");
  if (action.peek() === "(") return unknown(`${said}several columns in one ADD`);
  const column = action.name();
  if (column === "") return unknown(`${said}ADD without a name`);
  const { before, now, freshColumns } = course;
  const columns = before.tables.get(table);
  const isNew = !again || (isComplete(before) && columns !== undefined && !columns.has(column));
  if (isNew) freshColumns.set(`${table}.${column}`, hasDefault(action.rest) || isSelfFilling(action.rest) ? "filled" : "null");
  const trouble = newColumnTrouble(column, action.rest, now);
  return trouble === undefined ? expand(`${said}new column ${column}`) : contract(`${said}new column ${column}: ${trouble}`);
}

/** Whether a constraint speaks of new columns in such a way that the NULL of the old program's rows fulfils it. */
function isConstraintOfNew(table: string, action: Cursor, course: Course): boolean {
  if (action.skip("constraint") && !["check", "unique", "primary", "foreign", "exclude"].includes(action.peek())) action.name();
  const isNull = (column: string): boolean => course.freshColumns.get(`${table}.${column}`) === "null";
  if (action.skip("foreign", "key")) {
    const columns = splitList(action.group() ?? []).map((part) => part[0]?.value ?? "");
    return columns.length > 0 && columns.every(isNull);
  }
  if (action.skip("unique")) {
    const tokens = action.rest;
    const at = tokens.findIndex(({ kind, value }) => kind === "sign" && value === "(");
    return at >= 0 && isAboutNull(table, new Cursor(tokens.slice(at)).group() ?? [], tokens.slice(0, at), course);
  }
  if (action.peek() !== "check") return false;
  const named = action.rest.filter(({ kind, value }) => kind !== "sign" && isNull(value));
  return named.length > 0 && checkTrouble(named[0]?.value ?? "", action.rest, undefined) === undefined;
}

function judgeDrop(table: string, action: Cursor, { freshColumns }: Course): Judgement {
  const said = `${table}: `;
  if (action.skip("constraint")) {
    action.skip("if", "exists");
    const name = action.name();
    // PostgreSQL's own names: a check or a foreign key is no target of ON CONFLICT.
    if (/_(?:check|fkey)\d*$/.test(name)) return expand(`${said}the constraint ${name} is dropped, which refuses less`);
    return unknown(`${said}the constraint ${name} is dropped, and the old program may name it or rely on it`);
  }
  action.skip("column");
  action.skip("if", "exists");
  const column = action.name();
  if (column !== "" && !hasWord(action.rest, "cascade") && freshColumns.delete(`${table}.${column}`)) {
    return expand(`${said}the new column ${column} is dropped again`);
  }
  return contract(`${said}DROP takes away what the old program uses`);
}

function judgeAlter(table: string, action: Cursor, course: Course): Judgement {
  if (action.skip("constraint") || action.skip("index")) return unknown(`${table}: a constraint or index is altered`);
  action.skip("column");
  const column = action.name();
  const said = `${table}.${column}: `;
  const state = course.freshColumns.get(`${table}.${column}`);
  if (action.skip("drop", "not", "null")) return expand(`${said}it may be null now`);
  if (action.skip("set", "default")) return judgeDefault(table, column, action, course);
  if (state === "filled" && action.skip("set", "not", "null")) return expand(`${said}the new column has a default`);
  if (action.skip("set", "(") || action.skip("reset", "(")) return expand(`${said}settings of the planner`);
  if (action.skip("set", "statistics") || action.skip("set", "storage") || action.skip("set", "compression"))
    return expand(`${said}storage settings`);
  if (action.skip("type") || action.skip("set", "data", "type")) return judgeType(table, column, action.rest, course.before);
  return contract(
    `${said}${action.peek().toUpperCase()} ${action.peek(1).toUpperCase()} can refuse what the old program writes`.replace("  ", " "),
  );
}

/** What the old program leaves out gets another value, which a type or a constraint may refuse. */
function judgeDefault(table: string, column: string, action: Cursor, { before, freshColumns }: Course): Judgement {
  const key = `${table}.${column}`;
  if (action.peek() === "null") return contract(`${key}: it loses its default`);
  if (riskyCall(action.rest) !== undefined) return unknown(`${key}: its default is computed, which could fail`);
  if (freshColumns.has(key)) freshColumns.set(key, "filled");
  else if (before.bound.has(key)) return unknown(`${key}: a constraint speaks of it, and could refuse its new default`);
  else if (!fits(before.vague ? undefined : before.tables.get(table)?.get(column), action.rest))
    return unknown(`${key}: whether its new default fits is not known`);
  return expand(`${key}: it gets a default`);
}

/** Whether a column of this type surely takes the value. PostgreSQL looks at the length and the range when a row is written. */
function fits(type: string | undefined, value: readonly Token[]): boolean {
  const [first] = value;
  if (type === undefined || first === undefined) return false;
  if (value.length > 1) return (first.kind === "word" && value[1]?.value === "(") || ["text", "jsonb", "json"].includes(type);
  if (first.kind === "number") return /^(?:int|integer|int4|bigint|int8|numeric|text)$/.test(type) && first.value.length < 9;
  if (first.kind !== "text") return true;
  const length = /^(?:varchar|character varying|char|character)\((\d{1,9})\)$/.exec(type)?.[1];
  return length === undefined || [...first.value].length <= Number(length);
}

function judgeType(table: string, column: string, tokens: readonly Token[], before: Course["before"]): Judgement {
  const to = typeOf(tokens);
  const from = before.vague ? undefined : before.tables.get(table)?.get(column);
  if (from !== undefined && isWider(from, to) && !hasWord(tokens, "using", "collate"))
    return expand(`${table}.${column}: ${from} becomes the wider ${to}`);
  return contract(`${table}.${column}: its type becomes ${to.slice(0, 60)}${from === undefined ? "" : ` from ${from}`}`);
}
