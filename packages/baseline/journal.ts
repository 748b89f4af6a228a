import type { Owner } from "./envelope.ts";
import { largestEnvelope } from "./envelope.ts";

/** One thing among many that are kept side by side, such as one run's measurements. Its own file never changes. */
export interface Entry {
  /** `2026-11/…`: the month that it is kept under, and what tells it apart there. */
  readonly name: string;
  readonly data: unknown;
}

/** `/1` is what older versions wrote: nothing is shared there. */
const schema = "forge-baseline-journal/2";
const schemas: readonly unknown[] = ["forge-baseline-journal/1", schema];

/** How many months are read, newest first. */
export const mostMonths = 24;

/** One entry may be as long as an envelope, and stands in a part with some words around it. */
const largestPart = 2 * largestEnvelope;

/** A month, a slash, and letters, digits, dashes. */
export const isEntryName = (name: string): boolean => /^\d{4}-\d{2}\/[A-Za-z0-9][A-Za-z0-9-]{0,199}$/.test(name);

export const monthOf = (name: string): string => name.slice(0, 7);

/** The months among names of folders, oldest first and the newest 24 only. */
export function monthsIn(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => /^\d{4}-\d{2}$/.test(name)))].sort().slice(-mostMonths);
}

/** A month's entries stand in one file, or in several where they are many: the first one's number is 0. */
export interface PartName {
  readonly month: string;
  readonly number: number;
}

/** What a file in a folder of months is. */
export function partOf(file: string): PartName | undefined {
  const [, month, number = "0"] = /^(\d{4}-\d{2})(?:\.([1-9]\d{0,5}))?\.json$/.exec(file) ?? [];
  return month === undefined ? undefined : { month, number: Number(number) };
}

export const partFile = ({ month, number }: PartName): string => `${month}${number === 0 ? "" : `.${number}`}.json`;

/**
 * Entries in one text, so that reading them takes one request; in several texts where one would be too long to be read. It is made of the
 * entries' own files and can be made again.
 */
export function renderParts(owner: Owner, entries: readonly Entry[]): string[] {
  const text = renderPart(owner, entries);
  if (text.length <= largestEnvelope || entries.length < 2) return [text];
  const middle = Math.ceil(entries.length / 2);
  return [...renderParts(owner, entries.slice(0, middle)), ...renderParts(owner, entries.slice(middle))];
}

/** What entries have in common, such as the names of what each of them measured, stands there once. */
function renderPart({ action, id }: Owner, entries: readonly Entry[]): string {
  const plain = entries.map(({ name, data }) => ({ name, data: parseJson(JSON.stringify(data) ?? "null") }));
  const seen = new Map<string, number>();
  for (const { data } of plain) count(data, 0, seen);
  const shared = new Map<string, number>();
  const lines = plain.map(({ name, data }) => {
    // What has such a member itself is left as it is, so that it is not taken for a reference.
    if (JSON.stringify(data).includes(`"${reference}"`)) return JSON.stringify({ name, data });
    return JSON.stringify({ name, using: share(data, 0, seen, shared) });
  });
  const list = (texts: readonly string[]): string => `[\n${texts.join(",\n")}\n]`;
  const head = `{"schema":"${schema}","action":${JSON.stringify(action)},"id":${JSON.stringify(id)}`;
  return `${head},"shared":${list([...shared.keys()])},"entries":${list(lines)}}\n`;
}

const reference = "$shared";
/** Shorter texts are not worth a reference. */
const fewest = 200;
const deepest = 4;

function count(value: unknown, depth: number, seen: Map<string, number>): void {
  if (typeof value !== "object" || value === null || depth > deepest) return;
  const text = JSON.stringify(value);
  if (text.length < fewest) return;
  seen.set(text, (seen.get(text) ?? 0) + 1);
  for (const member of Object.values(value)) count(member, depth + 1, seen);
}

function share(value: unknown, depth: number, seen: ReadonlyMap<string, number>, shared: Map<string, number>): unknown {
  if (typeof value !== "object" || value === null || depth > deepest) return value;
  const text = JSON.stringify(value);
  if (text.length < fewest) return value;
  if ((seen.get(text) ?? 0) > 1) {
    const index = shared.get(text) ?? shared.size;
    shared.set(text, index);
    return { [reference]: index };
  }
  if (Array.isArray(value)) return value.map((member) => share(member, depth + 1, seen, shared));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, share(member, depth + 1, seen, shared)]));
}

/** `undefined` for what is no part of a month of this owner. */
export function parsePart(text: string, { action, id }: Owner): Entry[] | undefined {
  if (text.length > largestPart) return undefined;
  const value = parseJson(text);
  if (!isObject(value) || !schemas.includes(value["schema"]) || value["action"] !== action || value["id"] !== id) return undefined;
  const entries: unknown = value["entries"];
  if (!Array.isArray(entries)) return undefined;
  const shared: readonly unknown[] = Array.isArray(value["shared"]) ? value["shared"] : [];
  return entries.flatMap((entry: unknown) => {
    if (!isObject(entry) || typeof entry["name"] !== "string" || !isEntryName(entry["name"])) return [];
    const data = "using" in entry ? resolve(entry["using"], 0, shared) : entry["data"];
    return data === undefined ? [] : [{ name: entry["name"], data }];
  });
}

function resolve(value: unknown, depth: number, shared: readonly unknown[]): unknown {
  if (typeof value !== "object" || value === null || depth > deepest) return value;
  if (Array.isArray(value)) return value.map((member) => resolve(member, depth + 1, shared));
  const index = (value as Readonly<Record<string, unknown>>)[reference];
  if (typeof index === "number") return shared[index];
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member, depth + 1, shared)]));
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
