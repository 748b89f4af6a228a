import { UserError } from "../../../packages/frame/errors.ts";
import { shorten } from "../../../packages/frame/inputs.ts";
import { parseNumber } from "../../../packages/frame/numbers.ts";
import type { Direction } from "./model.ts";

/** Fractions by which a value gets worse. */
export interface Thresholds {
  readonly alert: number;
  readonly fail: number;
}

/** `ratio`: as github-action-benchmark counts, a value that halves where more is better is twice (100 %) as bad. */
export type Reading = "change" | "ratio";

/**
 * Reads `20%`, `+150%` or `1.5 times`. github-action-benchmark means "1.5 times" by `150%`, so an unsigned one of 100 % or more is refused, unless
 * `reading` says that its words are spoken.
 */
export function readThreshold(place: string, text: string, reading: Reading = "change"): number {
  const given = text.trim();
  const [, sign = "", number = "", unit = ""] = /^(\+?)([\d.]+(?:e[+-]?\d+)?)\s*(%|times|x)?$/i.exec(given) ?? [];
  const value = parseNumber(number);
  if (value === undefined)
    throw new UserError(`${place}: "${shorten(text)}" is no threshold. Allowed: a percentage such as 20%, +150% or 1.5 times.`);
  if (unit !== "" && unit !== "%") return ratio(place, given, value);
  if (reading === "ratio" && sign === "") return ratio(place, given, unit === "%" ? value / 100 : value);
  if (value >= 100 && sign === "") {
    const times = String(value / 100);
    throw new UserError(
      `${place}: "${shorten(text)}" can be read in two ways. Write "+${number}%" for that much more, or "${times} times" for ${times} times the base.`,
    );
  }
  return value / 100;
}

function ratio(place: string, given: string, value: number): number {
  if (value < 1)
    throw new UserError(
      `${place}: "${shorten(given)}" is less than the base itself. Allowed: at least 100% of it, such as 120% or 1.2 times.`,
    );
  return value - 1;
}

/** By which fraction `now` is worse than `before`; negative: better. `before` is above zero. */
export function worseBy(change: number, direction: Direction, reading: Reading): number {
  if (direction === "none") return 0;
  if (direction === "lower") return change;
  return reading === "ratio" ? 1 / Math.max(1e-12, 1 + change) - 1 : -change;
}

/** A limit that is reached in spite of rounding. */
export function reaches(value: number, limit: number): boolean {
  return value >= limit - 1e-9 * Math.max(1, Math.abs(limit));
}
