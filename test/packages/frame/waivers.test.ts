import { expect, it } from "vitest";
import { openWaivers, type Waiver } from "../../../packages/frame/waivers.ts";
import type { Rule } from "../../../packages/report/model.ts";

const waiver = (fields: Partial<Waiver>): Waiver => ({
  rule: "minimum",
  reason: "moving house",
  until: "2026-11-21",
  where: ".forge.yml:2:5",
  ...fields,
});
const at = (text: string): number => Date.parse(text);
const failing: readonly Rule[] = [{ name: "minimum", verdict: "fail", actual: 70, limit: 80, unit: "%" }];

it("turns a failing rule into a warning that says until when and why", () => {
  const book = openWaivers([waiver({})], at("2026-11-21T23:59:59Z"));
  expect(book.accept(failing)).toEqual({
    accepted: true,
    rules: [{ name: "minimum", verdict: "warn", actual: 70, limit: 80, unit: "%", why: "accepted until 2026-11-21: moving house" }],
  });
  expect(book.notes()).toEqual(["Accepted until 2026-11-21: minimum (moving house)."]);
});

it("is dead after its day, and says so", () => {
  const book = openWaivers([waiver({})], at("2026-11-22T00:00:00Z"));
  expect(book.accept(failing).accepted).toBe(false);
  expect(book.notes()).toEqual(["No longer accepted since 2026-11-21: minimum (.forge.yml:2:5)."]);
});

it("leaves passing rules and other rules alone, and does not mention what was not used", () => {
  const book = openWaivers([waiver({ rule: "minimum-patch" })], at("2026-01-01T00:00:00Z"));
  expect(book.accept([...failing, { name: "minimum-patch", verdict: "pass" }]).accepted).toBe(false);
  expect(book.notes()).toEqual([]);
});

it("with a path counts for rules of matching files only", () => {
  const book = openWaivers([waiver({ path: "src/old/**" })], at("2026-01-01T00:00:00Z"));
  expect(book.accepts("minimum")).toBe(false);
  expect(book.accepts("minimum", "src/new/a.ts")).toBe(false);
  expect(book.accepts("minimum", "src/old/a.ts")).toBe(true);
  expect(book.paths("minimum")?.("src/old/b.ts")).toBe(true);
  expect(book.paths("maximum-drop")).toBeUndefined();
});
