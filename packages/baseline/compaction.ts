import type { Owner } from "./envelope.ts";
import {
  type Entry,
  isEntryName,
  monthOf,
  monthsIn,
  type PartName,
  parseJson,
  parsePart,
  partFile,
  partOf,
  renderParts,
} from "./journal.ts";
import { entryPath, monthsPath, runsPath } from "./layout.ts";
import type { Extra } from "./store.ts";

/**
 * An entry is written as a file of its own and as nothing else, so that it costs little to add one. So that reading all of them costs little
 * too, a writer that has found many such loose entries puts them together into a part of their month, in the commit of its own entry. All
 * that it takes is from the commit that it builds on: one that is overtaken reads again, and no entry is in a part or beside it only by luck.
 */

/** As many loose entries are worth putting together. */
const manyLoose = 16;

/** A part that is as long as this is left as it is, so that putting entries together never costs much more. In characters. */
const fullPart = 1024 * 1024;

/** How many loose entries are read, one by one, where many are: a part of theirs is torn then. */
const mostRead = 200;
const atOnce = 8;

/** The months whose entries may be loose. */
const openMonths = 2;

/** Somewhere to read the files of one commit. */
export interface Place<R extends object> {
  /** Names of what stands in a folder; none where there is no such folder. */
  names(path: string): Promise<readonly string[] | R>;
  text(path: string): Promise<string | undefined | R>;
}

interface Part extends PartName {
  readonly torn: boolean;
  readonly full: boolean;
  readonly entries: readonly Entry[];
}

/** What a writer needs to know of the entries that are there. */
export interface Journal {
  readonly months: readonly string[];
  /** Those of full parts are left out. */
  readonly parts: readonly Part[];
  readonly loose: readonly Entry[];
  /** There are more loose entries than were read. */
  readonly cut: boolean;
}

/** All entries, oldest first, and what a writer needs to know of them. */
export async function readJournal<R extends object>(
  place: Place<R>,
  owner: Owner,
): Promise<{ readonly entries: readonly Entry[]; readonly journal: Journal } | R> {
  const files = await place.names(monthsPath(owner));
  if (!isList(files)) return files;
  const folders = await place.names(runsPath(owner));
  if (!isList(folders)) return folders;
  const named = files.flatMap((file) => partOf(file) ?? []);
  const months = monthsIn([...folders, ...named.map(({ month }) => month)]);
  const found = new Map<string, Entry>();
  const parts: Part[] = [];
  for (const part of named.filter(({ month }) => months.includes(month)).sort(byMonth)) {
    const text = await place.text(`${monthsPath(owner)}/${partFile(part)}`);
    if (typeof text === "object") return text;
    const entries = parsePart(text ?? "", owner);
    for (const entry of entries ?? []) found.set(entry.name, entry);
    const full = (text ?? "").length >= fullPart;
    parts.push({ ...part, torn: entries === undefined, full, entries: full ? [] : (entries ?? []) });
  }
  const names = await looseNames(place, owner, monthsIn(folders), parts, found);
  if (!isList(names)) return names;
  const loose = await readLoose(place, owner, names.slice(-mostRead));
  if (!isList(loose)) return loose;
  const journal: Journal = { months: monthsIn(folders), parts, loose, cut: names.length > mostRead };
  return { entries: [...found.values(), ...loose].sort((a, b) => compare(a.name, b.name)), journal };
}

/** Entries are loose in the newest months, in those that have no part yet, and where a part is torn. */
async function looseNames<R extends object>(
  place: Place<R>,
  owner: Owner,
  months: readonly string[],
  parts: readonly Part[],
  known: ReadonlyMap<string, Entry>,
): Promise<readonly string[] | R> {
  const whole = new Set(parts.map(({ month }) => month));
  for (const { month, torn } of parts) if (torn) whole.delete(month);
  const loose: string[] = [];
  for (const month of months.filter((each, index) => index >= months.length - openMonths || !whole.has(each))) {
    const names = await place.names(`${runsPath(owner)}/${month}`);
    if (!isList(names)) return names;
    loose.push(...names.flatMap((name) => (name.endsWith(".json") ? [`${month}/${name.slice(0, -".json".length)}`] : [])));
  }
  return loose.filter((name) => isEntryName(name) && !known.has(name)).sort(compare);
}

async function readLoose<R extends object>(place: Place<R>, owner: Owner, names: readonly string[]): Promise<readonly Entry[] | R> {
  const entries: Entry[] = [];
  for (let start = 0; start < names.length; start += atOnce) {
    const some = names.slice(start, start + atOnce);
    const texts = await Promise.all(some.map((name) => place.text(entryPath(owner, name))));
    for (const [index, text] of texts.entries()) {
      if (typeof text === "object") return text;
      const data = parseJson(text ?? "");
      if (data !== undefined) entries.push({ name: some[index] ?? "", data });
    }
  }
  return entries;
}

/** Whether a writer of this entry puts the loose ones together: there are many, their month ends with this one, or a part is torn. */
export function isDue({ months, parts, loose }: Journal, { name }: Entry): boolean {
  if (parts.some(({ torn }) => torn) || loose.length >= manyLoose) return true;
  return loose.length > 0 && !months.includes(monthOf(name));
}

/** The parts that change where the loose entries, and the new one, are put together. */
export function compacted(owner: Owner, journal: Journal, entry: Entry): Extra[] {
  const added = [...journal.loose.filter(({ name }) => name !== entry.name), entry];
  const months = [...new Set([...added.map(({ name }) => monthOf(name)), ...journal.parts.filter(({ torn }) => torn).map((p) => p.month)])];
  return months.flatMap((month) => {
    const parts = journal.parts.filter((part) => part.month === month);
    const fresh = added.filter(({ name }) => monthOf(name) === month);
    return monthFiles(owner, month, parts, fresh, journal.cut);
  });
}

function monthFiles(owner: Owner, month: string, parts: readonly Part[], fresh: readonly Entry[], cut: boolean): Extra[] {
  const next = Math.max(-1, ...parts.map(({ number }) => number)) + 1;
  // A torn part is what tells readers to look for loose entries: it stays until they have all been read.
  const torn = cut ? [] : parts.filter((part) => part.torn);
  const last = parts.findLast((part) => !part.torn);
  const merged = torn.length === 0 && last !== undefined && !last.full ? last : undefined;
  const first = torn[0]?.number ?? merged?.number ?? next;
  const names = new Set(fresh.map(({ name }) => name));
  const entries = [...(merged?.entries ?? []).filter(({ name }) => !names.has(name)), ...fresh];
  const texts = renderParts(owner, entries);
  return [
    ...texts.map((content, index) => ({ number: index === 0 ? first : Math.max(next, first + 1) + index - 1, content })),
    ...torn.slice(1).map(({ number }) => ({ number, content: renderParts(owner, [])[0] ?? "" })),
  ].map(({ number, content }) => ({ name: `${monthsPath(owner)}/${partFile({ month, number })}`, content }));
}

const isList = <T>(value: readonly T[] | object): value is readonly T[] => Array.isArray(value);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byMonth = (a: PartName, b: PartName): number => compare(a.month, b.month) || a.number - b.number;
