import { isComplete } from "./catalog.ts";
import { type Course, wasAbsent } from "./course.ts";
import { Cursor, hasWord, splitList } from "./cursor.ts";
import { contract, expand, type Judgement, unknown } from "./judgement.ts";

export function judgeDrop(cursor: Cursor, course: Course): Judgement {
  cursor.skip("materialized");
  const what = cursor.next()?.value ?? "";
  cursor.skip("concurrently");
  const ifThere = cursor.skip("if", "exists");
  const cascades = hasWord(cursor.rest, "cascade");
  if (what === "trigger" || what === "policy" || what === "rule") return judgeDetached(what, cursor, course, ifThere);
  const names = splitList(cursor.rest).map((part) => new Cursor(part).name());
  if (names.every((name) => isNothing(what, name, course, ifThere && !course.now.vague, cascades))) {
    for (const name of names) forget(what, name, course);
    return expand(`${what === "table" ? "a new table" : `a ${what} that the old program does not know`} is dropped`);
  }
  for (const name of names) forget(what, name, course);
  if (what === "index") return judgeIndexDrop(names, course);
  if (what === "table") return contract(`DROP TABLE ${names.join(", ").slice(0, 100)}`);
  return contract(`DROP ${what.toUpperCase().slice(0, 40)} takes away what the old program may use`);
}

/** Whether dropping this takes nothing away: it has come with this deployment, or was never there. */
function isNothing(what: string, name: string, course: Course, ifThere: boolean, cascades: boolean): boolean {
  if (name === "") return false;
  const key = `${what}:${name}`;
  const isFresh = what === "table" ? course.fresh.has(name) : course.freshOthers.has(key);
  if (isFresh && !cascades) return true;
  if (!ifThere) return false;
  if (what !== "table") return wasAbsent(course, key) && !course.now.others.has(key) && !course.now.indexes.has(name);
  const { before, now } = course;
  return isComplete(before) && ![before, now].some(({ tables, others }) => tables.has(name) || others.has(`view:${name}`));
}

function forget(what: string, name: string, { fresh, freshOthers }: Course): void {
  if (what === "table") fresh.delete(name);
  else freshOthers.delete(`${what}:${name}`);
}

function judgeIndexDrop(names: readonly string[], { before }: Course): Judgement {
  const plain = !before.vague && names.every((name) => before.indexes.get(name) === false);
  return plain ? expand("an index that is not unique is dropped") : unknown("an index is dropped, and ON CONFLICT may rely on it");
}

function judgeDetached(what: string, cursor: Cursor, course: Course, ifThere: boolean): Judgement {
  const name = cursor.name();
  cursor.skip("on");
  const table = cursor.name();
  const key = `${what}:${name} on ${table}`;
  if (course.fresh.has(table)) return expand(`a ${what} of the new table ${table} is dropped`);
  if (course.freshOthers.delete(key)) return expand(`a new ${what} is dropped again`);
  if (ifThere && wasAbsent(course, key) && !course.now.vague) return expand(`a ${what} that is not there`);
  return contract(`DROP ${what.toUpperCase()} takes away what the old program may use`);
}
