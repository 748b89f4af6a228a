import type { BaselineRecord } from "../frame/ports.ts";
import { isCommit } from "./policy.ts";

/** A measurement among older ones. A `point` has lost what is too long for a trend, so it is no baseline any more. */
export type Past<D = unknown> = BaselineRecord<D> & { readonly point?: true };

/** What is stored: the newest measurement, and what is kept of those before it, newest last. */
export interface Envelope {
  readonly record: BaselineRecord;
  readonly history: readonly Past[];
}

/** Whose measurements these are. */
export interface Owner {
  readonly action: string;
  readonly id: string;
}

export const schema = "forge-baseline/1";

/** Bytes of a stored text beyond which it is not read, nor written. */
export const largestEnvelope = 16 * 1024 * 1024;

const largestPoint = 8 * 1024;
const longestList = 64;
const longestText = 200;
const deepest = 6;

/** `torn`: it is there and is not what was once stored. */
export type Missing = { readonly missing: string; readonly torn?: true };
export type Parsed = Envelope | Missing;

/** Reads a stored text. Whatever is torn, too long, or not this owner's is missing, with the reason in words. */
export function parseEnvelope(text: string, owner: Owner): Parsed {
  if (text.length > largestEnvelope) return { missing: `what is stored is longer than ${largestEnvelope} bytes`, torn: true };
  const value = parseJson(text);
  if (!isObject(value)) return { missing: "what is stored there is torn or not JSON", torn: true };
  if (value.schema !== schema) return { missing: `what is stored there is not of the schema ${schema}`, torn: true };
  const record = recordOf(value, owner);
  if (record === undefined) {
    const foreign = value.action !== owner.action || value.id !== owner.id;
    return foreign
      ? { missing: `what is stored there belongs to ${nameOf(value)}` }
      : { missing: "what is stored there is incomplete", torn: true };
  }
  const history = Array.isArray(value.history) ? value.history : [];
  return { record, history: history.map((item) => pastOf(item, owner)).filter((item) => item !== undefined) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf({ action, id }: Readonly<Record<string, unknown>>): string {
  const name = `${String(action)}${id === "" || id === undefined ? "" : ` with the id ${String(id)}`}`;
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}

function recordOf(value: Readonly<Record<string, unknown>>, { action, id }: Owner): BaselineRecord | undefined {
  const { commit, branch, created, data } = value;
  if (value.action !== action || value.id !== id || !isCommit(commit) || data === undefined) return undefined;
  if (typeof branch !== "string" || branch.length > 1000 || typeof created !== "string" || Number.isNaN(Date.parse(created)))
    return undefined;
  return { schema, action, id, commit, branch, created, data };
}

/** Entries of a history do not repeat whose they are. */
function pastOf(value: unknown, owner: Owner): Past | undefined {
  const record = isObject(value) ? recordOf({ ...value, action: owner.action, id: owner.id }, owner) : undefined;
  return record === undefined || !isObject(value) || value.point !== true ? record : { ...record, point: true };
}

/** The text to store. */
export function renderEnvelope({ record, history }: Envelope): string {
  const { action, id, commit, branch, created, data } = record;
  return `${JSON.stringify({ schema, action, id, commit, branch, created, data, history: history.map(briefly) })}\n`;
}

function briefly({ commit, branch, created, data, point }: Past): unknown {
  return { commit, branch, created, data, ...(point === true ? { point } : {}) };
}

/** The text of a history without a newest measurement: the index of a data branch. */
export function renderHistory(owner: Owner, history: readonly Past[]): string {
  const lines = history.map((past) => JSON.stringify(briefly(past)));
  return `{"schema":"forge-baseline-history/1","action":${JSON.stringify(owner.action)},"id":${JSON.stringify(owner.id)},"history":[\n${lines.join(",\n")}\n]}\n`;
}

/** Reads what `renderHistory` wrote; `undefined` for anything else. */
export function parseHistory(text: string, owner: Owner): Past[] | undefined {
  const value = text.length > largestEnvelope ? undefined : parseJson(text);
  if (!isObject(value) || value.schema !== "forge-baseline-history/1" || value.action !== owner.action || value.id !== owner.id)
    return undefined;
  if (!Array.isArray(value.history)) return undefined;
  return value.history.map((item) => pastOf(item, owner)).filter((item) => item !== undefined);
}

/**
 * What a trend needs of a measurement: lists of more than 64 entries, texts of more than 200 characters and whatever lies deeper than six
 * levels are left out. `undefined` where more than 8 KiB would remain.
 */
export function pointOf(record: Past): Past | undefined {
  const data = trim(record.data, 0) ?? null;
  if (JSON.stringify(data).length > largestPoint) return undefined;
  return { ...record, data, point: true };
}

function trim(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.length > longestText ? undefined : value;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= deepest) return undefined;
  if (Array.isArray(value)) {
    if (value.length > longestList) return undefined;
    const items = value.map((item) => trim(item, depth + 1));
    // A hole would move what follows: a list is kept whole or not at all.
    return items.includes(undefined) ? undefined : items;
  }
  const kept = Object.entries(value).map(([key, member]) => [key, trim(member, depth + 1)] as const);
  return Object.fromEntries(kept.filter(([, member]) => member !== undefined));
}

/** How much of the past is kept. */
export interface Keep {
  readonly entries: number;
  readonly bytes: number;
}

/** A history with one more entry at its end; the oldest go first. A commit occurs once, as it was stored last. */
export function withPast(history: readonly Past[], past: Past | undefined, keep: Keep): Past[] {
  const all = past === undefined ? [...history] : [...history.filter(({ commit }) => commit !== past.commit), past];
  let bytes = 0;
  let kept = 0;
  for (const entry of all.toReversed().slice(0, keep.entries)) {
    bytes += JSON.stringify(briefly(entry)).length;
    if (bytes > keep.bytes) break;
    kept += 1;
  }
  return kept === 0 ? [] : all.slice(-kept);
}
