import { describe, expect, it } from "vitest";
import { catalogue } from "../../../actions/secret-scan/src/rules/catalogue.ts";
import { scanner } from "./arrange.ts";
import { disagreement } from "./reference.ts";
import { Dice, sampleOf } from "./samples.ts";

it("keywords and windows find what a search of the whole text finds", () => {
  const dice = new Dice(20_261_121);
  const differences = Array.from({ length: 600 }, () => disagreement(dice)).filter((one) => one !== undefined);
  expect(differences).toEqual([]);
});

const size = 500_000;
/** What is linear takes milliseconds, what is not takes minutes; machines are shared. */
const patience = 10_000;

describe("half a megabyte made to hurt one pattern ends in time", () => {
  const patterns = catalogue.filter(({ finder }) => finder.kind === "pattern");

  it.each(patterns.map((rule, index) => ({ rule, index })))("$rule.id", { timeout: patience }, ({ rule, index }) => {
    const scan = scanner([rule]);
    const sample = sampleOf(rule, new Dice(31 * (index + 1))) ?? "";
    const [keyword = ""] = rule.keywords;
    const units = [1, 0.75, 0.5, 0.25].map((part) => sample.slice(0, Math.max(1, Math.floor(sample.length * part) - 1)));
    const pumped = units.map((unit) => unit + unit.slice(-1).repeat(20_000));
    const again = [...units, keyword, `${keyword} `, `${keyword}=`, sample.slice(0, -1).concat(" ")].map((unit) =>
      unit.repeat(Math.ceil(60_000 / unit.length)),
    );
    const mixed = pumped.concat(again).join("\n");
    const text = mixed.repeat(Math.ceil(size / mixed.length)).slice(0, size);
    expect(scan(text).length).toBeLessThan(size / 8);
  });
});
