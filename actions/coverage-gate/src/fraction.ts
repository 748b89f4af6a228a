import type { Decimal } from "../../../packages/frame/manifest.ts";
import type { Ratio } from "./model.ts";

/** Shares of a whole, decided as integers: a float would call 7999 of 10000 "80 %" sooner or later. */

export const nothing: Ratio = { covered: 0, total: 0 };

export function plus(a: Ratio, b: Ratio): Ratio {
  return { covered: a.covered + b.covered, total: a.total + b.total };
}

export function minus(a: Ratio, b: Ratio): Ratio {
  return { covered: Math.max(0, a.covered - b.covered), total: Math.max(0, a.total - b.total) };
}

/** Whether the share is below a percentage. 0 of 0 is below nothing. */
export function isBelow({ covered, total }: Ratio, limit: Decimal): boolean {
  return BigInt(covered) * 100n * scaleOf(limit) < limit.units * BigInt(total);
}

/** Negative, 0 or positive, as `a` is less, equal or more than `b`; a share of nothing counts as a whole. */
export function compare(a: Ratio, b: Ratio): number {
  const [left, right] = [whole(a), whole(b)];
  const difference = BigInt(left.covered) * BigInt(right.total) - BigInt(right.covered) * BigInt(left.total);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Whether `after` is more than `limit` percentage points below `before`. */
export function dropsMoreThan(before: Ratio, after: Ratio, limit: Decimal): boolean {
  const { numerator, denominator } = fall(before, after);
  return numerator * 100n * scaleOf(limit) > limit.units * denominator;
}

/** `66.66`: floored, so that 99.996 % never reads as 100. `undefined` for 0 of 0. */
export function percentText({ covered, total }: Ratio): string | undefined {
  return total === 0 ? undefined : hundredthsText((BigInt(covered) * 10_000n) / BigInt(total));
}

/** The same as a number, for the JSON. */
export function percentNumber(ratio: Ratio): number | undefined {
  const text = percentText(ratio);
  return text === undefined ? undefined : Number(text);
}

/** Signed percentage points, floored: a fall never reads smaller than it is, nor a rise larger. `undefined` where a side is 0 of 0. */
export function deltaText(before: Ratio, after: Ratio): string | undefined {
  if (before.total === 0 || after.total === 0) return undefined;
  const { numerator, denominator } = fall(before, after);
  const hundredths = floorDivide(-numerator * 10_000n, denominator);
  return hundredths < 0n ? `-${hundredthsText(-hundredths)}` : `+${hundredthsText(hundredths)}`;
}

/** How many points the share fell, rounded up; 0 or negative when it did not. */
export function dropNumber(before: Ratio, after: Ratio): number | undefined {
  const delta = deltaText(before, after);
  return delta === undefined ? undefined : 0 - Number(delta);
}

function whole(ratio: Ratio): Ratio {
  return ratio.total === 0 ? { covered: 1, total: 1 } : ratio;
}

function scaleOf(limit: Decimal): bigint {
  return 10n ** BigInt(limit.scale);
}

function fall(before: Ratio, after: Ratio): { numerator: bigint; denominator: bigint } {
  const [old, now] = [whole(before), whole(after)];
  return {
    numerator: BigInt(old.covered) * BigInt(now.total) - BigInt(now.covered) * BigInt(old.total),
    denominator: BigInt(old.total) * BigInt(now.total),
  };
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function hundredthsText(hundredths: bigint): string {
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`;
}
