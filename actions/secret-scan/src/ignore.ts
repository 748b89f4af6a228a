import { UserError } from "../../../packages/frame/errors.ts";
import { ourNames } from "./config/rules.ts";
import type { Occurrence } from "./model.ts";

/** One line of an ignore file. */
export interface IgnoreLine {
  readonly text: string;
  /** `file:line`. */
  readonly where: string;
  readonly fingerprint?: string;
  /** gitleaks' form. */
  readonly place?: { readonly commit: string | undefined; readonly file: string; readonly rule: string; readonly line: number };
  readonly reason: string;
  /** Last day on which it counts, `YYYY-MM-DD`. */
  readonly until: string | undefined;
}

export const usualIgnoreFiles = [".forge-secrets-ignore", ".gitleaksignore", ".betterleaksignore"];

/** Reads lines of ours (`rule:path:hash # reason, until=2027-01-31`) and of gitleaks (`commit:file:rule:line`, `file:rule:line`). */
export function readIgnoreFile(text: string, file: string): IgnoreLine[] {
  const lines: IgnoreLine[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    lines.push(readLine(line, `${file}:${index + 1}`));
  }
  return lines;
}

function readLine(line: string, where: string): IgnoreLine {
  const own = /^(.+:[0-9a-f]{12})(?:\s+#\s*(.*))?$/.exec(line);
  if (own?.[1] !== undefined) return { text: own[1], where, fingerprint: own[1], ...noteOf(own[2] ?? "", where) };
  const [body = "", note = ""] = line.split(/\s+#\s*/, 2);
  const foreign = /^(?:([0-9a-f]{40}(?:[0-9a-f]{24})?):)?(.+):([^:]+):(\d+)$/.exec(body);
  if (foreign === null) {
    throw new UserError(
      `${where}: ${JSON.stringify(line.slice(0, 120))} is no fingerprint. Allowed: rule:path:hash as the report has it, or gitleaks' commit:file:rule:line.`,
    );
  }
  const [, commit, file = "", rule = "", number = ""] = foreign;
  return { text: body, where, place: { commit, file, rule, line: Number(number) }, ...noteOf(note, where) };
}

function noteOf(note: string, where: string): { reason: string; until: string | undefined } {
  const until = /(?:^|[,\s])until=(\S+)/.exec(note)?.[1];
  if (until !== undefined && !isDay(until))
    throw new UserError(`${where}: until=${until.slice(0, 40)} is no day. Example: until=2027-01-31`);
  return { reason: note.replace(/,?\s*until=\S+/, "").trim(), until };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}

/** What ignore files accept, and which of their lines did. */
export class IgnoreBook {
  readonly #byFingerprint = new Map<string, IgnoreLine>();
  readonly #byPlace = new Map<string, IgnoreLine[]>();
  readonly #used = new Set<IgnoreLine>();
  readonly #lines: readonly IgnoreLine[];
  readonly #expired: readonly IgnoreLine[];
  readonly #ruleIds: ReadonlySet<string>;
  readonly #gone: ReadonlySet<string>;

  /** `now` in milliseconds; `gone`: commits of lines that are in this repository no more. */
  constructor(lines: readonly IgnoreLine[], now: number, ruleIds: ReadonlySet<string>, gone: ReadonlySet<string>) {
    const today = new Date(now).toISOString().slice(0, 10);
    this.#expired = lines.filter(({ until }) => until !== undefined && until < today);
    this.#lines = lines.filter((line) => !this.#expired.includes(line));
    this.#ruleIds = ruleIds;
    this.#gone = gone;
    for (const line of this.#lines) {
      if (line.fingerprint !== undefined) this.#byFingerprint.set(line.fingerprint, line);
      else if (line.place !== undefined) {
        const key = `${line.place.line}:${line.place.file}`;
        this.#byPlace.set(key, [...(this.#byPlace.get(key) ?? []), line]);
      }
    }
  }

  /** The line that accepts a finding. */
  accepts(occurrence: Occurrence, rule: string, fingerprint: string): IgnoreLine | undefined {
    const line =
      this.#byFingerprint.get(fingerprint) ??
      this.#byPlace
        .get(`${occurrence.detection.line}:${occurrence.path}`)
        ?.find(({ place }) => place !== undefined && this.#fits(place, occurrence, rule));
    if (line !== undefined) this.#used.add(line);
    return line;
  }

  #fits(place: NonNullable<IgnoreLine["place"]>, { commit }: Occurrence, rule: string): boolean {
    if (place.commit !== undefined && place.commit !== commit && commit !== undefined && !this.#gone.has(place.commit)) return false;
    // A rule that is not ours was another scanner's name for what stands at that place.
    return ourNames(place.rule).includes(rule) || place.rule === rule || !this.#ruleIds.has(place.rule);
  }

  /** Expired lines, and with `all` those that accepted nothing. */
  stale(all: boolean): { line: IgnoreLine; expired: boolean }[] {
    const unused = all ? this.#lines.filter((line) => !this.#used.has(line)) : [];
    return [...this.#expired.map((line) => ({ line, expired: true })), ...unused.map((line) => ({ line, expired: false }))];
  }
}
