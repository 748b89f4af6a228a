import type { Decimal } from "./manifest.ts";

/** A whole number written in digits, with an optional sign; `undefined` for anything else and beyond 2^53. */
export function parseInteger(text: string): number | undefined {
  if (!/^[+-]?\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A decimal number (`1`, `0.5`, `1e-3`); `undefined` for anything else, `Infinity` and `NaN` included. */
export function parseNumber(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** A decimal kept exactly: `79.995` is 79995 / 10^3. A trailing `%` is allowed. At most 12 digits before the point and 30 after it. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^([+-]?)(\d{1,12})(?:\.(\d{1,30}))?\s?%?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", part = ""] = match;
  const units = BigInt(whole + part) * (sign === "-" ? -1n : 1n);
  return { units, scale: part.length, text: `${sign === "-" ? "-" : ""}${whole}${part === "" ? "" : `.${part}`}` };
}

const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `250ms`, `30s`, `10m`, `1h30m`, `2d`, or `0`: milliseconds. A number without a unit is refused, because nobody agrees on which it is. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(\d{1,9}(\.\d{1,6})?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * durationUnits[unit as keyof typeof durationUnits];
  }
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

const byteUnits: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** `1500`, `1.5 kB` (1000), `2 KiB` (1024), `3MB`, `1GiB`: whole bytes. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s?([kmg]?i?b)?$/i.exec(text);
  const factor = match === null ? undefined : byteUnits[(match[2] ?? "").toLowerCase()];
  if (match === null || factor === undefined) return undefined;
  const bytes = Math.round(Number(match[1]) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
