import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare, deltaText, dropNumber, dropsMoreThan, isBelow, percentText } from "../../../actions/coverage-gate/src/fraction.ts";
import type { Decimal } from "../../../packages/frame/manifest.ts";
import { parseDecimal } from "../../../packages/frame/numbers.ts";

function limit(text: string): Decimal {
  const decimal = parseDecimal(text);
  if (decimal === undefined) throw new Error(text);
  return decimal;
}

const of = (covered: number, total: number) => ({ covered, total });
const ratio = fc
  .integer({ min: 1, max: 10_000_000 })
  .chain((total) => fc.record({ covered: fc.integer({ min: 0, max: total }), total: fc.constant(total) }));
const percent = fc
  .tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 999 }))
  .map(([a, b]) => limit(`${a}.${String(b).padStart(3, "0")}`));

describe("a share", () => {
  it.each([
    [7999, 10000, "80", true],
    [8000, 10000, "80", false],
    [2, 3, "66.67", true],
    [2, 3, "66.666", false],
    [0, 0, "100", false],
    [9007199254740990, 9007199254740991, "100", true],
    [0, 5, "0", false],
  ])("%i of %i is below %s: %s", (covered, total, bound, expected) => expect(isBelow(of(covered, total), limit(bound))).toBe(expected));

  it.each([
    [2, 3, "66.66"],
    [24999, 25000, "99.99"],
    [1, 1, "100.00"],
    [0, 7, "0.00"],
    [1, 20000, "0.00"],
    [0, 0, undefined],
  ])("%i of %i reads %s", (covered, total, text) => expect(percentText(of(covered, total))).toBe(text));

  it("never reads as more than it is, nor a hundredth less", () => {
    fc.assert(
      fc.property(ratio, (share) => {
        const hundredths = BigInt((percentText(share) ?? "").replace(".", ""));
        const exact = BigInt(share.covered) * 10_000n;
        expect(hundredths * BigInt(share.total) <= exact && exact < (hundredths + 1n) * BigInt(share.total)).toBe(true);
      }),
    );
  });

  it("that is below a limit with two decimals also reads below it", () => {
    fc.assert(
      fc.property(ratio, fc.integer({ min: 0, max: 10_000 }), (share, hundredths) => {
        const bound = limit(`${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`);
        expect(Number((percentText(share) ?? "").replace(".", "")) < hundredths).toBe(isBelow(share, bound));
      }),
    );
  });
});

describe("a fall", () => {
  it.each([
    [90, 100, 895, 1000, "0.5", false, "-0.50"],
    [90, 100, 8949, 10000, "0.5", true, "-0.51"],
    [1, 3, 333333, 1000000, "0", true, "-0.01"],
    [1, 2, 1, 2, "0", false, "+0.00"],
    [1, 3, 2, 3, "0", false, "+33.33"],
  ])("from %i/%i to %i/%i is more than %s: %s, reads %s", (a, b, c, d, bound, falls, text) => {
    expect(dropsMoreThan(of(a, b), of(c, d), limit(bound))).toBe(falls);
    expect(deltaText(of(a, b), of(c, d))).toBe(text);
  });

  it("has no number where a side has nothing to count", () => {
    expect([deltaText(of(0, 0), of(1, 2)), deltaText(of(1, 2), of(0, 0)), dropNumber(of(0, 0), of(0, 0))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is none exactly when the share did not become less", () => {
    fc.assert(
      fc.property(ratio, ratio, (before, after) => {
        expect(dropsMoreThan(before, after, limit("0"))).toBe(compare(after, before) < 0);
      }),
    );
  });

  it("reads more than the limit whenever it is more", () => {
    fc.assert(
      fc.property(ratio, ratio, percent, (before, after, bound) => {
        if (dropsMoreThan(before, after, bound)) expect(dropNumber(before, after) ?? 0).toBeGreaterThanOrEqual(Number(bound.text));
      }),
    );
  });
});
