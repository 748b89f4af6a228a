import type { Owner } from "./envelope.ts";
import { largestEnvelope } from "./envelope.ts";

/** One thing among many that are kept side by side, such as one run's measurements. Its own file never changes. */
export interface Entry {
  /** `2026-11/…`: the month that it is kept under, and what tells it apart there. */
  readonly name: string;
  readonly data: unknown;
}

const schema = "forge-baseline-journal/1";

/** How many months are read, newest first. */
export const mostMonths = 24;

/** A month, a slash, and letters, digits, dashes. */
export const isEntryName = (name: string): boolean => /^\d{4}-\d{2}\/[A-Za-z0-9][A-Za-z0-9-]{0,199}$/.test(name);

export const monthOf = (name: string): string => name.slice(0, 7);

/** Names of files in a folder of months that are months, oldest first and the newest 24 only. */
export function monthsIn(names: readonly string[]): string[] {
  const months = names.flatMap((name) => /^(\d{4}-\d{2})\.json$/.exec(name)?.[1] ?? []);
  return months.sort().slice(-mostMonths);
}

/** The month of a moment and those before it, oldest first. */
export function monthsUntil(now: number): string[] {
  const at = new Date(now);
  return Array.from({ length: mostMonths }, (_, back) =>
    new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  ).reverse();
}

/** A month's entries in one text, so that reading them takes one request. It is made of the entries' own files and can be made again. */
export function renderMonth({ action, id }: Owner, entries: readonly Entry[]): string {
  const lines: string[] = [];
  let bytes = 0;
  for (const { name, data } of entries.toReversed()) {
    const line = JSON.stringify({ name, data });
    bytes += line.length;
    if (bytes > largestEnvelope - 1024) break;
    lines.push(line);
  }
  const head = `{"schema":"${schema}","action":${JSON.stringify(action)},"id":${JSON.stringify(id)},"entries":[\n`;
  return `${head}${lines.toReversed().join(",\n")}\n]}\n`;
}

/** `undefined` for what is no month of this owner. */
export function parseMonth(text: string, { action, id }: Owner): Entry[] | undefined {
  if (text.length > largestEnvelope) return undefined;
  const value = parseJson(text);
  if (!isObject(value) || value["schema"] !== schema || value["action"] !== action || value["id"] !== id) return undefined;
  const entries: unknown = value["entries"];
  if (!Array.isArray(entries)) return undefined;
  return entries.flatMap((entry: unknown) =>
    isObject(entry) && typeof entry["name"] === "string" && isEntryName(entry["name"])
      ? [{ name: entry["name"], data: entry["data"] }]
      : [],
  );
}

/** An entry is there once, as it was written last. */
export function withEntry(entries: readonly Entry[], entry: Entry): Entry[] {
  return [...entries.filter(({ name }) => name !== entry.name), entry];
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
