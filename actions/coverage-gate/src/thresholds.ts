import { UserError } from "../../../packages/frame/errors.ts";
import { normalizeGlob } from "../../../packages/frame/glob.ts";
import type { Decimal, YamlInput } from "../../../packages/frame/manifest.ts";
import { didYouMean } from "../../../packages/frame/nearest.ts";
import { parseDecimal } from "../../../packages/frame/numbers.ts";

/** One entry of the `thresholds` input. */
export interface Threshold {
  /** Exactly one of the two. */
  readonly path?: string;
  readonly flag?: string;
  readonly minimum?: Decimal;
  readonly minimumPatch?: Decimal;
  readonly maximumUncoveredLines?: number;
  /** Each file for itself instead of all of them together. */
  readonly each: boolean;
  /** The rule's name in the report. */
  readonly name: string;
  /** Where the entry stands, for messages. */
  readonly where: string;
}

const keys = ["path", "flag", "minimum", "minimum-patch", "maximum-uncovered-lines", "each"] as const;
const limits = ["minimum", "minimum-patch", "maximum-uncovered-lines"] as const;

/** Throws one `UserError` with every mistake of the list. */
export function readThresholds(input: YamlInput | undefined): Threshold[] {
  if (input === undefined || input.value === null || input.value === undefined) return [];
  if (!Array.isArray(input.value)) {
    throw new UserError(
      `${placed(input.where([]))}: a list of entries is expected, each with \`path\` or \`flag\`. Example: - path: src/**`,
    );
  }
  const problems: string[] = [];
  const entries = input.value.flatMap((value: unknown, index) => {
    const reader = new EntryReader(input, index, problems);
    const entry = reader.read(value);
    return entry === undefined ? [] : [entry];
  });
  const seen = new Map<string, Threshold>();
  for (const entry of entries) {
    const key = `${entry.name}\0${entry.each}`;
    const before = seen.get(key);
    if (before !== undefined)
      problems.push(`${placed(entry.where)}: "${entry.path ?? entry.flag}" stands here a second time, after ${before.where}.`);
    seen.set(key, entry);
  }
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
  return entries;
}

/** A place within the input names it already; one in a file does not. */
export function placed(where: string): string {
  return where.startsWith("thresholds") ? where : `${where}: thresholds`;
}

class EntryReader {
  readonly #input: YamlInput;
  readonly #index: number;
  readonly #problems: string[];

  constructor(input: YamlInput, index: number, problems: string[]) {
    this.#input = input;
    this.#index = index;
    this.#problems = problems;
  }

  read(value: unknown): Threshold | undefined {
    const before = this.#problems.length;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.#problem("an entry is a mapping with `path` or `flag` and at least one limit");
      return undefined;
    }
    const given = new Map<string, unknown>(Object.entries(value));
    for (const key of given.keys()) if (!(keys as readonly string[]).includes(key)) this.#unknownKey(key);
    const path = this.#text(given, "path");
    const flag = this.#text(given, "flag");
    if ((path === undefined) === (flag === undefined)) this.#problem("an entry needs either `path` or `flag`");
    if (!limits.some((key) => given.has(key)))
      this.#problem(`an entry needs at least one of ${limits.map((key) => `\`${key}\``).join(", ")}`);
    const minimum = this.#percent(given, "minimum");
    const minimumPatch = this.#percent(given, "minimum-patch");
    const uncovered = this.#count(given, "maximum-uncovered-lines");
    const each = this.#each(given, flag);
    if (this.#problems.length > before) return undefined;
    return {
      ...(path === undefined ? {} : { path: normalizeGlob(path) }),
      ...(flag === undefined ? {} : { flag }),
      ...(minimum === undefined ? {} : { minimum }),
      ...(minimumPatch === undefined ? {} : { minimumPatch }),
      ...(uncovered === undefined ? {} : { maximumUncoveredLines: uncovered }),
      each,
      name: `thresholds: ${path ?? flag}`,
      where: this.#input.where([this.#index]),
    };
  }

  #unknownKey(key: string): void {
    const place = this.#input.whereKey([this.#index, key]);
    const hint = didYouMean(key, keys);
    this.#problems.push(`${placed(place)}: unknown key "${key.slice(0, 80)}".${hint} Allowed: ${keys.join(", ")}.`);
  }

  #text(given: ReadonlyMap<string, unknown>, key: string): string | undefined {
    const value = given.get(key);
    if (!given.has(key)) return undefined;
    if (typeof value === "string" && value.trim() !== "") return value;
    if (typeof value === "number" && key === "flag") return String(value);
    this.#bad(key, value, key === "path" ? "a glob" : "a name", key === "path" ? "src/**" : "unit");
    return undefined;
  }

  #percent(given: ReadonlyMap<string, unknown>, key: string): Decimal | undefined {
    const value = given.get(key);
    if (!given.has(key)) return undefined;
    const decimal = typeof value === "number" || typeof value === "string" ? parseDecimal(String(value)) : undefined;
    if (decimal !== undefined && decimal.units >= 0n && decimal.units <= 100n * 10n ** BigInt(decimal.scale)) return decimal;
    this.#bad(key, value, "a percentage from 0 to 100", "90");
    return undefined;
  }

  #count(given: ReadonlyMap<string, unknown>, key: string): number | undefined {
    const value = given.get(key);
    if (!given.has(key)) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    this.#bad(key, value, "a whole number of lines, 0 or more", "10");
    return undefined;
  }

  #each(given: ReadonlyMap<string, unknown>, flag: string | undefined): boolean {
    const value = given.get("each");
    if (given.has("each") && typeof value !== "boolean") this.#bad("each", value, "true or false", "true");
    if (value === true && flag !== undefined) this.#problem("`each` goes with `path`, not with `flag`");
    return value === true;
  }

  #bad(key: string, value: unknown, allowed: string, example: string): void {
    const shown = typeof value === "object" && value !== null ? "a list or mapping" : `"${String(value).slice(0, 80)}"`;
    this.#problems.push(`${placed(this.#input.where([this.#index, key]))}: ${key} is ${shown}. Allowed: ${allowed}. Example: ${example}`);
  }

  #problem(text: string): void {
    this.#problems.push(`${placed(this.#input.where([this.#index]))}: ${text}.`);
  }
}
