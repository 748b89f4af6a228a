import { perlClasses, posixClasses, propertyClass } from "./classes.ts";
import type { CharacterReader } from "./reader.ts";
import { type ByteSet, emptySet, foldCase, negated, rangeSet, union } from "./tree.ts";

/** `[…]`. Characters beyond ASCII stand for any byte beyond ASCII, which is coarser than RE2 and never misses. */
export function readClass(reader: CharacterReader, ignoreCase: boolean): ByteSet {
  reader.next();
  const complement = reader.take("^");
  const set = emptySet();
  for (let first = true; first || !reader.sees("]"); first = false) {
    if (reader.done) throw reader.fault("a [ that is not closed");
    readItem(reader, set);
  }
  reader.next();
  const cased = ignoreCase ? foldCase(set) : set;
  return complement ? negated(cased) : cased;
}

function readItem(reader: CharacterReader, set: ByteSet): void {
  const named = reader.match(/^\[:(\^?)([a-z]+):\]/);
  if (named !== undefined) {
    const known = posixClasses[named[2] ?? ""];
    if (known === undefined) throw reader.fault(`the unknown class [:${named[2]}:]`);
    union(set, named[1] === "^" ? negated(known) : known);
    return;
  }
  const escaped = readEscapedSet(reader);
  if (escaped !== undefined) {
    union(set, escaped);
    return;
  }
  const from = classCharacter(reader);
  let to = from;
  if (reader.sees("-") && !reader.sees("-]")) {
    reader.next();
    to = classCharacter(reader);
  }
  if (to < from) throw reader.fault("a range whose end is before its start");
  addRange(set, from, to);
}

function classCharacter(reader: CharacterReader): number {
  const character = reader.sees("\\") ? reader.escapedCharacter() : reader.next();
  return character.codePointAt(0) ?? 0;
}

function addRange(set: ByteSet, from: number, to: number): void {
  if (from < 128) union(set, rangeSet([from, Math.min(to, 127)]));
  if (to >= 128) union(set, rangeSet([128, 255]));
}

/** `\d`, `\W`, `\pL`, `\P{Greek}`; `undefined` where something else stands. */
export function readEscapedSet(reader: CharacterReader): ByteSet | undefined {
  const perl = reader.match(/^\\([dwsDWS])/);
  if (perl?.[1] !== undefined) {
    const known = perlClasses[perl[1].toLowerCase()] ?? emptySet();
    return perl[1] === perl[1].toLowerCase() ? known : negated(known);
  }
  const property = reader.match(/^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/);
  if (property === undefined) return undefined;
  const name = property[3] ?? property[4] ?? "";
  const known = propertyClass(name);
  if (known === undefined) throw reader.fault(`the Unicode class ${name}, which is not supported`);
  return (property[1] === "P") !== (property[2] === "^") ? negated(known) : known;
}
