import { describe, expect, it } from "vitest";
import { compilePattern } from "../../../actions/secret-scan/src/engine/compile.ts";
import { catalogue } from "../../../actions/secret-scan/src/rules/catalogue.ts";
import { scanner } from "./arrange.ts";
import { Dice, sampleOf } from "./samples.ts";

const scan = scanner();
const patterns = catalogue.filter(({ finder }) => finder.kind === "pattern");

/** Chance now and then makes what a filter takes for a placeholder, or a value without a digit. */
const tries = 6;

describe("the catalogue", () => {
  it("has at least 220 kinds, each with an id of its own, words, a level and a place to revoke", () => {
    expect(catalogue.length).toBeGreaterThanOrEqual(220);
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length);
    for (const { id, title, why, revoke, keywords } of catalogue) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect([title.length > 3, why.length > 10, /^https:\/\/[^\s]+$/.test(revoke), keywords.length > 0], id).toEqual([
        true,
        true,
        true,
        true,
      ]);
    }
  });

  it("can prove for every pattern where to look, so no text is searched as a whole", () => {
    for (const rule of patterns) {
      if (rule.finder.kind !== "pattern") continue;
      const { mode, longest } = compilePattern(rule, rule.finder);
      expect([rule.id, mode === "start" || mode === "around", longest < 70_000]).toEqual([rule.id, true, true]);
    }
  });
});

describe.each(patterns.map((rule, index) => ({ rule, index })))("$rule.id", ({ rule, index }) => {
  const dice = new Dice(7919 * (index + 1));

  it("finds fresh ones, wherever they stand", () => {
    const wraps = [
      (text: string) => text,
      (text: string) => `const a = '${text}';\n`,
      (text: string) => `url: https://x.io/?q=1&k=${text}&z=2`,
      (text: string) => `{"a":"b\\n${text}\\n"}`,
    ];
    const unshaped = rule.finder.kind === "pattern" && (rule.finder.unshaped === true || rule.finder.check === "numeric-base64");
    let found = 0;
    for (let round = 0; round < tries; round++) {
      const sample = sampleOf(rule, dice) ?? "";
      const text = unshaped ? sample : (wraps[round % wraps.length]?.(sample) ?? sample);
      found += Number(scan(text).length > 0);
    }
    expect(found).toBeGreaterThanOrEqual(tries - 1);
  });

  it("leaves placeholders alone", () => {
    const sample = sampleOf(rule, dice) ?? "";
    const tail = /[\w+/=.-]{12,}(?=["']?$)/.exec(sample)?.[0] ?? sample;
    const keep = rule.finder.kind === "pattern" && rule.finder.unshaped === true ? 0 : 8;
    const blanked = sample.replace(tail, tail.slice(0, keep) + tail.slice(keep).replace(/[A-Za-z0-9]/g, "x"));
    expect(scan(blanked).filter(({ id }) => id === rule.id)).toEqual([]);
  });
});
