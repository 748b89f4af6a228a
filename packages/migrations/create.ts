import { isComplete } from "./catalog.ts";
import { type Course, copyOf, isNoCopyAnyMore, wasAbsent } from "./course.ts";
import { Cursor, hasWord } from "./cursor.ts";
import { isNewName, riskyCall } from "./functions.ts";
import { contract, expand, type Judgement, unknown } from "./judgement.ts";
import type { Token } from "./tokens.ts";

const calm = ["view", "sequence", "schema", "extension", "type", "domain", "statistics", "collation", "role", "user"];

export function judgeCreate(cursor: Cursor, course: Course): Judgement {
  const replaces = cursor.skip("or", "replace");
  const temporary = cursor.skipAny("temp", "temporary", "unlogged", "global", "local").startsWith("temp");
  if (cursor.skip("table")) return judgeNewTable(cursor, course, temporary);
  const unique = cursor.skip("unique");
  if (cursor.skip("index")) return judgeIndex(cursor, course, unique);
  cursor.skipAny("materialized", "recursive", "constraint");
  const what = cursor.next()?.value ?? "";
  const again = cursor.skip("if", "not", "exists");
  if (what === "trigger" || what === "policy" || what === "rule") return judgeAttached(what, cursor, course);
  const name = cursor.name();
  const key = `${what}:${name}`;
  const isNew = (!replaces && !again) || course.freshOthers.has(key) || wasAbsent(course, key);
  if (what === "function" || what === "procedure") return judgeFunction(what, name, cursor, course, replaces);
  if (shadows(name, course)) return unknown(`${name} may be found in place of what the old program means`);
  if (!calm.includes(what) || (replaces && !isNew)) {
    return unknown(`${replaces ? "a replaced" : "a new"} ${what} may change what the old program's statements do`);
  }
  if (isNew && !temporary) course.freshOthers.add(key);
  return expand(`a new ${what}`);
}

function judgeFunction(what: string, name: string, cursor: Cursor, course: Course, replaces: boolean): Judgement {
  const key = `${what}:${name}`;
  const absent = course.freshOthers.has(key) || wasAbsent(course, key);
  const named = new Set([...course.before.others].map((other) => other.slice(other.indexOf(":") + 1)));
  const own = isComplete(course.before) && isNewName(name, named);
  if ((!replaces || absent) && (returnsTrigger(cursor.rest) || own)) {
    course.freshOthers.add(key);
    return expand(`a new ${what}`);
  }
  return unknown(`${replaces ? "a replaced" : "a new"} ${what} may change what the old program's statements do`);
}

function returnsTrigger(tokens: readonly Token[]): boolean {
  const at = tokens.findIndex(({ kind, value }) => kind === "word" && value === "returns");
  return at >= 0 && tokens[at + 1]?.value === "trigger";
}

/** A schema named like the role comes before `public`, so that a name there hides the old one. */
function shadows(name: string, { before }: Course): boolean {
  const short = name.slice(name.lastIndexOf(".") + 1);
  return short !== name && (before.tables.has(short) || before.others.has(`view:${short}`));
}

function judgeNewTable(cursor: Cursor, course: Course, temporary: boolean): Judgement {
  const { before, now, fresh } = course;
  const again = cursor.skip("if", "not", "exists");
  const name = cursor.name();
  if (name === "") return unknown("CREATE TABLE without a name");
  if (shadows(name, course)) return unknown(`${name} may be found in place of the old table`);
  if (cursor.skip("partition", "of")) return judgePartition(name, cursor, course);
  if (hasWord(cursor.rest, "inherits")) return unknown(`${name} inherits from another table`);
  const body = cursor.group() ?? [];
  if (hasWord(cursor.rest, "partition") && hasWord(cursor.rest, "of")) return unknown(`${name} becomes a part of another table`);
  if (hasWord(cursor.rest.slice(0, 1), "as") && riskyCall(cursor.rest) !== undefined) return unknown(`${name} is filled by a function`);
  // With IF NOT EXISTS it may have been there all the time, unless all that came before is known.
  const surelyNew = !again || (isComplete(before) && !before.tables.has(name) && !now.vague);
  if (surelyNew && !temporary) fresh.add(name);
  if (surelyNew && body[0]?.value === "like") course.freshOthers.add(copyOf(name, new Cursor(body.slice(1)).name()));
  return expand(`new table ${name}${body.length === 0 ? "" : " with its columns"}`);
}

/** A partition with the columns and rules of its table takes what the table had no place for. */
function judgePartition(name: string, cursor: Cursor, { fresh }: Course): Judgement {
  const parent = cursor.name();
  if (fresh.has(parent)) {
    fresh.add(name);
    return expand(`a partition of the new table ${parent}`);
  }
  return cursor.peek() === "(" ? unknown(`${name} is a partition with rules of its own`) : expand(`a new partition of ${parent}`);
}

function judgeIndex(cursor: Cursor, course: Course, unique: boolean): Judgement {
  cursor.skip("concurrently");
  const again = cursor.skip("if", "not", "exists");
  const name = cursor.peek() === "on" ? "" : cursor.name();
  if (!cursor.skip("on")) return unknown("CREATE INDEX without a table");
  cursor.skip("only");
  const table = cursor.name();
  if (name !== "" && (!again || wasAbsent(course, `index:${name}`))) course.freshOthers.add(`index:${name}`);
  if (unique) isNoCopyAnyMore(table, course);
  if (course.fresh.has(table) || course.freshOthers.has(`view:${table}`)) return expand(`an index of the new table ${table}`);
  if (cursor.skip("using")) cursor.next();
  const body = cursor.group() ?? [];
  if (unique && !isAboutNull(table, body, cursor.rest, course))
    return contract(`${table}: a unique index can refuse what the old program writes`);
  // An index over an expression is computed at every write, and the expression may fail.
  const risky = canFail(body) || canFail(cursor.rest);
  return risky ? unknown(`${table}: an index over an expression that could fail`) : expand(`${table}: an index`);
}

/** Rows of the old program have NULL in one of these columns, and NULL is like no other value. */
export function isAboutNull(table: string, columns: readonly Token[], rest: readonly Token[], { freshColumns }: Course): boolean {
  if (hasWord(rest, "distinct") || hasWord(rest, "where")) return false;
  return columns.some(
    ({ value }, index) => freshColumns.get(`${table}.${value}`) === "null" && [undefined, ","].includes(columns[index + 1]?.value),
  );
}

function canFail(tokens: readonly Token[]): boolean {
  if (riskyCall(tokens) !== undefined || hasWord(tokens, "cast")) return true;
  return tokens.some(({ kind, value }, index) => {
    if (kind !== "sign") return false;
    const [previous, next] = [tokens[index - 1]?.value, tokens[index + 1]?.value];
    if (value === ":") return !(previous === ":" ? next === "text" : next === ":");
    if (value === "-") return next !== ">";
    return ["/", "%", "*", "+"].includes(value);
  });
}

function judgeAttached(what: string, cursor: Cursor, course: Course): Judgement {
  const name = cursor.name();
  const { rest } = cursor;
  const at = rest.findIndex(({ kind, value }) => kind === "word" && (value === "on" || (what === "rule" && value === "to")));
  const table = new Cursor(rest.slice(at + 1)).name();
  isNoCopyAnyMore(table, course);
  if (at >= 0 && course.fresh.has(table)) return expand(`a ${what} of the new table ${table}`);
  course.freshOthers.add(`${what}:${name} on ${table}`);
  return what === "trigger"
    ? unknown(`${table}: a new trigger may change or refuse what the old program writes`)
    : contract(`a new ${what} changes what the old program's statements do`);
}
