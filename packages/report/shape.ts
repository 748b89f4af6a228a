import { printableLine } from "../frame/printable.ts";

/** Checks one value of foreign JSON and gives it back typed. `at` is its path: `rules[2].verdict`. Throws a `ShapeError`. */
export type Check<T> = (value: unknown, at: string) => T;

export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

function wrong(value: unknown, at: string, allowed: string): never {
  const shown = typeof value === "object" && value !== null ? (Array.isArray(value) ? "a list" : "an object") : JSON.stringify(value);
  throw new ShapeError(`${printableLine(at, 200)} is ${printableLine(shown ?? "missing", 80)}, allowed is ${allowed}`);
}

export const text: Check<string> = (value, at) => (typeof value === "string" ? value : wrong(value, at, "a text"));

export const truth: Check<boolean> = (value, at) => (typeof value === "boolean" ? value : wrong(value, at, "true or false"));

export const finite: Check<number> = (value, at) =>
  typeof value === "number" && Number.isFinite(value) ? value : wrong(value, at, "a number");

export function whole(minimum: number): Check<number> {
  return (value, at) => {
    const number = typeof value === "number" && Number.isSafeInteger(value) && value >= minimum ? value : undefined;
    return number ?? wrong(value, at, `a whole number from ${minimum}`);
  };
}

export function matching(pattern: RegExp, allowed: string): Check<string> {
  return (value, at) => (typeof value === "string" && pattern.test(value) ? value : wrong(value, at, allowed));
}

export function oneOf<const W extends string>(words: readonly W[]): Check<W> {
  return (value, at) => words.find((word) => word === value) ?? wrong(value, at, `one of ${words.join(", ")}`);
}

export function either<A, B>(first: Check<A>, second: Check<B>, is: (value: unknown) => boolean): Check<A | B> {
  return (value, at) => (is(value) ? first(value, at) : second(value, at));
}

export function listOf<T>(item: Check<T>): Check<T[]> {
  return (value, at) =>
    Array.isArray(value) ? value.map((entry: unknown, index) => item(entry, `${at}[${index}]`)) : wrong(value, at, "a list");
}

export const fields: Check<Record<string, unknown>> = (value, at) =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : wrong(value, at, "an object");

export function recordOf<T>(item: Check<T>): Check<Record<string, T>> {
  return (value, at) => {
    const entries = Object.entries(fields(value, at));
    return Object.fromEntries(entries.map(([key, entry]) => [key, item(entry, `${at}.${key}`)]));
  };
}

/** Required and optional keys; others are dropped. An optional key that is absent stays absent. */
export function objectOf<R, O>(
  required: { readonly [K in keyof R]: Check<R[K]> },
  optional: { readonly [K in keyof O]: Check<O[K]> },
): Check<R & Partial<O>> {
  const all = new Map<string, { check: Check<unknown>; needed: boolean }>();
  for (const [key, check] of Object.entries<Check<unknown>>(required)) all.set(key, { check, needed: true });
  for (const [key, check] of Object.entries<Check<unknown>>(optional)) all.set(key, { check, needed: false });
  return (value, at) => {
    const given = fields(value, at);
    const taken: [string, unknown][] = [];
    for (const [key, { check, needed }] of all) {
      if (Object.hasOwn(given, key)) taken.push([key, check(given[key], `${at}.${key}`)]);
      else if (needed) throw new ShapeError(`${printableLine(`${at}.${key}`, 200)} is missing`);
    }
    return Object.fromEntries(taken) as R & Partial<O>;
  };
}
