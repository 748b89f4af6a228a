/** The ledger proper: what happened, one JSON line each, per environment and month, only ever appended to. */

export interface Entry {
  /** Tells the same event, delivered twice, from two events. */
  readonly id: string;
  /** ISO 8601, by GitHub's clock. */
  readonly at: string;
  /** `incident.opened`, `incident.resolved`, `rollback.planned` … */
  readonly kind: string;
  readonly environment: string;
  /** What it happened to, such as an incident's fingerprint. */
  readonly subject: string;
  /** The run that says so: `<run id>/<attempt>`. */
  readonly run: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** `ledger/production/2026-11.jsonl`. What no path may hold is written as `%` and hex digits, made safe with underscores. */
export function journalPath(environment: string, at: string): string {
  return `ledger/${pathName(environment === "" ? "default" : environment)}/${/^\d{4}-\d{2}/.exec(at)?.[0] ?? "undated"}.jsonl`;
}

/**
 * One name of a path that tells any two names apart: letters, digits and dashes stay, everything else becomes `_<hex>_`. What would be longer than `longest` is
 * cut, and ends with a dot, which no other name has, and the hash of all of it.
 */
export function pathName(name: string, longest = 120): string {
  const safe = [...name].map((character) =>
    /[A-Za-z0-9-]/.test(character) ? character : `_${(character.codePointAt(0) ?? 0).toString(16)}_`,
  );
  const whole = safe.join("").replace(/^-/, "_2d_");
  return whole.length <= longest ? whole : `${whole.slice(0, longest - 17)}.${shortHash(whole)}`;
}

/** FNV-1a of 64 bits, as sixteen hex digits: enough to tell names apart that nobody has made alike, and there without waiting. */
function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}

/** The text with entries appended that it does not hold yet. The lines that are there stay as they are. */
export function append(text: string, entries: readonly Entry[]): string {
  const known = new Set(readJournal(text).entries.map(({ id }) => id));
  const fresh = entries.filter(({ id }) => !known.has(id));
  const start = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return start + fresh.map((entry) => `${JSON.stringify(ordered(entry))}\n`).join("");
}

function ordered({ id, at, kind, environment, subject, run, data }: Entry): Entry {
  return { id, at, kind, environment, subject, run, data };
}

/** The entries, oldest first, each id once; `torn` are the 1-based numbers of lines that are none. */
export function readJournal(text: string): { readonly entries: readonly Entry[]; readonly torn: readonly number[] } {
  const entries = new Map<string, Entry>();
  const torn: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const entry = entryOf(line);
    if (entry === undefined) torn.push(index + 1);
    else if (!entries.has(entry.id)) entries.set(entry.id, entry);
  }
  return { entries: [...entries.values()].sort((a, b) => compare(a.at, b.at) || compare(a.id, b.id)), torn };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function entryOf(line: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return undefined;
    const given = value as Readonly<Record<string, unknown>>;
    const texts = ["id", "at", "kind", "environment", "subject", "run"].every((name) => typeof given[name] === "string");
    return texts && typeof given.data === "object" && given.data !== null ? (value as Entry) : undefined;
  } catch {
    return undefined;
  }
}
