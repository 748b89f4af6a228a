import { describe, expect, it } from "vitest";
import { Places } from "../../../actions/secret-scan/src/engine/places.ts";
import { catalogue } from "../../../actions/secret-scan/src/rules/catalogue.ts";
import { scanner } from "./arrange.ts";
import { Dice } from "./samples.ts";

/** Generous, because machines are shared: what backtracks without bound takes minutes. */
const patience = 20_000;

describe("hostile megabytes", () => {
  const scan = scanner();
  const fills = ["a", "0", "a1B2", "-", " ", "= "];

  it.each(fills)("every keyword followed by %j again and again ends in time", { timeout: patience }, (fill) => {
    const keywords = [...new Set(catalogue.flatMap((rule) => rule.keywords))];
    const text = keywords.map((keyword) => `${keyword}=${fill.repeat(600)}`).join("\n");
    expect(scan(text).length).toBeLessThan(keywords.length);
  });

  it("thousands of findings on one line cost no more than their number", { timeout: patience }, () => {
    const rule = catalogue.filter(({ id }) => id === "planetscale-token");
    const unit = `pscale_tkn_${"a.".repeat(20)}`;
    expect(scanner(rule)(unit.repeat(20_000)).length).toBeGreaterThan(9_000);
  });
});

describe("places", () => {
  it("are the same in any order as counted from the beginning", () => {
    const dice = new Dice(42);
    const bytes = Buffer.from(Array.from({ length: 400 }, () => dice.pick(["a", "é", "😀", "\n", "b"])).join(""));
    const places = new Places(bytes, 0, bytes.length);
    const starts = [...bytes.keys()].filter((at) => ((bytes[at] ?? 0) & 0xc0) !== 0x80);
    for (let round = 0; round < 1_000; round++) {
      const at = dice.pick(starts);
      const before = bytes.subarray(0, at).toString().split("\n");
      const { line, column } = places.of(at);
      expect([line, column]).toEqual([before.length, (before.at(-1) ?? "").length + 1]);
    }
  });
});
