import type { Catalog } from "./catalog.ts";
import { typeOf } from "./catalog.ts";
import { newColumnTrouble } from "./column.ts";
import type { Course } from "./course.ts";
import { Cursor, hasWord, splitList } from "./cursor.ts";
import { contract, expand, type Judgement, unknown } from "./judgement.ts";
import type { Token } from "./tokens.ts";
import { isWider } from "./widening.ts";

/** The worst of the actions of one `ALTER TABLE` on a table that the old program knows. */
export function judgeActions(table: string, actions: readonly Token[], known: Course): Judgement[] {
  return splitList(actions).map((tokens) => judgeAction(table, tokens, known));
}

function judgeAction(table: string, tokens: readonly Token[], known: Course): Judgement {
  const action = new Cursor(tokens);
  const said = `${table}: `;
  if (action.skip("add")) return judgeAdd(table, action, known);
  if (action.skip("drop")) return judgeDrop(said, action);
  if (action.skip("alter")) return judgeAlter(table, action, known);
  if (action.skip("validate", "constraint")) return expand(`${said}a constraint that holds already is checked for old rows`);
  if (action.skip("set", "(") || action.skip("reset", "(")) return expand(`${said}storage settings`);
  if (action.skipAny("algorithm", "lock") !== "") return expand(`${said}how it is carried out`);
  if (action.skip("cluster", "on") || action.skip("set", "logged")) return expand(`${said}storage settings`);
  const first = action.peek();
  if (["rename", "modify", "change", "detach", "enable", "force"].includes(first) || hasWord(tokens.slice(0, 2), "schema")) {
    return contract(`${said}${first.toUpperCase()} changes what the old program uses`);
  }
  return unknown(`${said}${first.toUpperCase() || "an action"} is not known`);
}

function judgeAdd(table: string, action: Cursor, course: Course): Judgement {
  const said = `${table}: `;
  const named = action.skip("column");
  if (!named) {
    const first = action.peek();
    if (first === "index" || first === "key" || first === "fulltext" || first === "spatial") return expand(`${said}an index is added`);
    if (["constraint", "check", "unique", "primary", "foreign", "exclude"].includes(first)) {
      if (isOfEmpty(table, action, course)) return expand(`${said}a constraint of new columns that are empty for the old program`);
      return contract(`${said}a new constraint can refuse what the old program writes`);
    }
  }
  action.skip("if", "not", "exists");
  if (action.peek() === "(") return unknown(`${said}several columns in one ADD`);
  const column = action.name();
  if (column === "") return unknown(`${said}ADD without a name`);
  const trouble = newColumnTrouble(column, action.rest, course.now);
  return trouble === undefined ? expand(`${said}new column ${column}`) : contract(`${said}new column ${column}: ${trouble}`);
}

/** A foreign key over a column that is NULL in all that the old program writes, or a unique constraint over one that is never the same. */
function isOfEmpty(table: string, action: Cursor, { nullColumns, distinctColumns }: Course): boolean {
  if (action.skip("constraint")) action.name();
  const unique = action.skip("unique");
  if (!unique && !action.skip("foreign", "key")) return false;
  const columns = action.group();
  if (columns === undefined || hasWord(action.rest, "full", "distinct", "default")) return false;
  const good = unique ? distinctColumns : nullColumns;
  return splitList(columns).some((part) => good.has(`${table}.${new Cursor(part).name()}`));
}

function judgeDrop(said: string, action: Cursor): Judgement {
  if (action.skip("constraint")) {
    action.skip("if", "exists");
    const name = action.name();
    // PostgreSQL's own names: a check or a foreign key is no target of ON CONFLICT.
    if (/_(?:check|fkey)\d*$/.test(name)) return expand(`${said}the constraint ${name} is dropped, which refuses less`);
    return unknown(`${said}the constraint ${name} is dropped, and the old program may name it or rely on it`);
  }
  return contract(`${said}DROP takes away what the old program uses`);
}

function judgeAlter(table: string, action: Cursor, { before, freshColumns }: Course): Judgement {
  if (action.skip("constraint") || action.skip("index")) return unknown(`${table}: a constraint or index is altered`);
  action.skip("column");
  const column = action.name();
  const said = `${table}.${column}: `;
  if (action.skip("drop", "not", "null")) return expand(`${said}it may be null now`);
  if (action.skip("set", "default")) {
    if (action.peek() === "null") return contract(`${said}it loses its default`);
    const allowed = freshColumns.has(`${table}.${column}`) || isFree(before, table, column, action.rest);
    return allowed
      ? expand(`${said}it gets a default`)
      : unknown(`${said}its new default may be refused where the old program leaves it out`);
  }
  if (action.skip("set", "statistics") || action.skip("set", "storage") || action.skip("set", "compression"))
    return expand(`${said}storage settings`);
  if (action.skip("type") || action.skip("set", "data", "type")) return judgeType(table, column, action.rest, before);
  return contract(
    `${said}${action.peek().toUpperCase()} ${action.peek(1).toUpperCase()} can refuse what the old program writes`.replace("  ", " "),
  );
}

/** Nothing that is known stands between the column and this default. */
function isFree(before: Catalog, table: string, column: string, value: readonly Token[]): boolean {
  const type = before.vague ? undefined : before.tables.get(table)?.get(column);
  const [first] = value;
  if (type === undefined || first === undefined || value.length > 1 || before.constrained.has(`${table}.${column}`)) return false;
  if (first.kind === "number") return /^(?:int|integer|int4|bigint|int8|numeric|text)$/.test(type) && first.value.length < 9;
  if (first.kind === "word") return type === "boolean" && ["true", "false"].includes(first.value);
  const length = Number(/^varchar\((\d{1,9})\)$/.exec(type)?.[1] ?? (type === "text" || type === "varchar" ? 200 : 0));
  return first.kind === "text" && first.value.length <= length;
}

function judgeType(table: string, column: string, tokens: readonly Token[], before: Catalog): Judgement {
  const to = typeOf(tokens);
  const from = before.vague ? undefined : before.tables.get(table)?.get(column);
  if (from !== undefined && isWider(from, to) && !hasWord(tokens, "using", "collate"))
    return expand(`${table}.${column}: ${from} becomes the wider ${to}`);
  return contract(`${table}.${column}: its type becomes ${to.slice(0, 60)}${from === undefined ? "" : ` from ${from}`}`);
}
