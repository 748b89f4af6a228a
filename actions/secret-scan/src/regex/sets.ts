import { type Characters, eitherCase, fromRanges, joined, without } from "./characters.ts";
import { perlClasses, posixClasses, propertyClass } from "./classes.ts";
import type { CharacterReader } from "./reader.ts";

/** `[…]`. */
export function readClass(reader: CharacterReader, ignoreCase: boolean): Characters {
  reader.next();
  const complement = reader.take("^");
  const sets: Characters[] = [];
  for (let first = true; first || !reader.sees("]"); first = false) {
    if (reader.done) throw reader.fault("a [ that is not closed");
    sets.push(readItem(reader, ignoreCase));
  }
  reader.next();
  const whole = joined(sets);
  return complement ? without(whole) : whole;
}

function readItem(reader: CharacterReader, ignoreCase: boolean): Characters {
  const named = reader.match(/^\[:(\^?)([a-z]+):\]/);
  if (named !== undefined) {
    const known = posixClasses[named[2] ?? ""];
    if (known === undefined) throw reader.fault(`the unknown class [:${named[2]}:]`);
    return oriented(fromRanges(known), named[1] === "^", ignoreCase);
  }
  const escaped = readEscapedSet(reader, ignoreCase);
  if (escaped !== undefined) return escaped;
  const from = classCharacter(reader);
  let to = from;
  if (reader.sees("-") && !reader.sees("-]")) {
    reader.next();
    to = classCharacter(reader);
  }
  if (to < from) throw reader.fault("a range whose end is before its start");
  return oriented(fromRanges([[from, to]]), false, ignoreCase);
}

function oriented(set: Characters, complement: boolean, ignoreCase: boolean): Characters {
  const cased = ignoreCase ? eitherCase(set) : set;
  return complement ? without(cased) : cased;
}

function classCharacter(reader: CharacterReader): number {
  if (reader.done) throw reader.fault("a [ that is not closed");
  const character = reader.sees("\\") ? reader.escapedCharacter() : reader.next();
  return character.codePointAt(0) ?? 0;
}

/** `\d`, `\W`, `\pL`, `\P{Greek}`; `undefined` where something else stands. */
export function readEscapedSet(reader: CharacterReader, ignoreCase: boolean): Characters | undefined {
  const perl = reader.match(/^\\([dwsDWS])/);
  if (perl?.[1] !== undefined) {
    const lower = perl[1].toLowerCase();
    return oriented(fromRanges(perlClasses[lower] ?? []), perl[1] !== lower, ignoreCase);
  }
  const property = reader.match(/^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/);
  if (property === undefined) return undefined;
  const name = property[3] ?? property[4] ?? "";
  const known = propertyClass(name);
  if (known === undefined) throw reader.fault(`the Unicode class ${name}, which is not known`);
  return oriented(known, (property[1] === "P") !== (property[2] === "^"), ignoreCase);
}
