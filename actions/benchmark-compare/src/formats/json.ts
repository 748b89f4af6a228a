export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objectsOf(value: unknown): readonly Json[] {
  return listOf(value).filter(isObject);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** NaN for what is no number: a value that is missing must not look like one. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\s*[+-]?[\d,]*\.?\d+(e[+-]?\d+)?\s*$/i.test(value) ? Number(value.replaceAll(",", "")) : Number.NaN;
}

export function numbersOf(value: unknown): number[] {
  return listOf(value).map(numberOf);
}

/** Names that are not empty, joined. */
export function joined(separator: string, ...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(separator);
}

/** The first that is a number. */
export function firstNumber(...values: readonly unknown[]): number {
  for (const value of values) {
    const number = numberOf(value);
    if (!Number.isNaN(number)) return number;
  }
  return Number.NaN;
}
