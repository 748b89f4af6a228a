import type { YamlInput } from "../frame/manifest.ts";
import { parseDuration, parseInteger } from "../frame/numbers.ts";

/** What one entry of a list of targets may say, each value read as what it must be, and every mistake collected with its place. */

export const keys = [
  "name",
  "group",
  "url",
  "kind",
  "conditions",
  "method",
  "headers",
  "body",
  "follow-redirect",
  "attempts",
  "interval",
  "timeout",
  "for",
  "severity",
  "control",
  "dns",
  "query",
  "total",
  "command",
  "path",
  "beat",
  "schedule",
  "timezone",
  "grace",
] as const;
export type Key = (typeof keys)[number];

export type Path = readonly (string | number)[];

/** Collects every mistake, each with its place. */
export class Reader {
  readonly problems: string[] = [];
  readonly given: YamlInput;
  constructor(given: YamlInput) {
    this.given = given;
  }
  refuse(path: Path, message: string): undefined {
    if (this.problems.length < 50) this.problems.push(`${this.given.where(path)}: ${message}`);
    return undefined;
  }
}

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The values of one entry, each read as what it must be. */
export class Entry {
  readonly #reader: Reader;
  readonly #path: Path;
  readonly #value: Mapping;
  constructor(reader: Reader, path: Path, value: Mapping) {
    this.#reader = reader;
    this.#path = path;
    this.#value = value;
  }
  raw(key: Key): unknown {
    return this.#value[key] ?? undefined;
  }
  refuse(key: Key, message: string): undefined {
    return this.#reader.refuse([...this.#path, key], `${key}: ${message}`);
  }
  text(key: Key): string | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (typeof value !== "string") return this.refuse(key, "is no text. Allowed: a text.");
    return hasControl(value, key === "body") ? this.refuse(key, "has control characters.") : value;
  }
  flag(key: Key): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === "boolean") return value;
    return this.refuse(key, `${show(value)} is not allowed. Allowed: true or false.`);
  }
  duration(key: Key): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    return (
      parseDuration(text) ?? this.refuse(key, `${show(text)} is no duration. Allowed: a number with a unit (ms, s, m, h, d). Example: 10s`)
    );
  }
  count(key: Key): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const count = parseInteger(text);
    return count !== undefined && count >= 1 && count <= 10_000
      ? count
      : this.refuse(key, `${show(text)} is not allowed. Allowed: a whole number from 1 to 10000.`);
  }
  list(key: Key): readonly string[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const list =
      typeof value === "string"
        ? value
            .split("\n")
            .map((line) => line.trim())
            .filter((line) => line !== "")
        : value;
    if (Array.isArray(list) && list.length > 0 && list.every((item) => ["string", "number", "boolean"].includes(typeof item)))
      return list.map(String);
    return this.refuse(key, "is no list of texts.");
  }
  mapping(key: Key): Readonly<Record<string, string>> | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!isMapping(value) || Object.values(value).some((item) => typeof item === "object"))
      return this.refuse(key, "is no mapping of names to texts.");
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)]));
  }
}

export function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 82);
}

function hasControl(text: string, lines: boolean): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 32 && !(lines && (code === 9 || code === 10 || code === 13))) || code === 127) return true;
  }
  return false;
}
