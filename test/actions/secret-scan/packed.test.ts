import { describe, expect, it } from "vitest";
import { GrowingNumbers } from "../../../actions/secret-scan/src/growing.ts";
import type { Detection } from "../../../actions/secret-scan/src/model.ts";
import { DetectionStore, type PackedDetections, Packer } from "../../../actions/secret-scan/src/packed.ts";
import { Dice } from "./samples.ts";

function detection(dice: Dice): Detection {
  const line = dice.below(5) === 0 ? 2_000_000_000 : dice.below(100) + 1;
  return {
    rule: dice.below(300),
    secret: Array.from({ length: dice.below(60) }, () => dice.pick(["a", "é", "😀", "\ufeff", "\ufffd", "\n", "9"])).join(""),
    line,
    column: dice.below(100) + 1,
    endLine: line + dice.below(3),
    endColumn: dice.below(100) + 1,
    entropy: dice.below(600) / 100,
    inline: dice.below(2) === 0,
    ...(dice.below(3) === 0 ? { member: dice.pick(["a.txt", "b!c.txt"]) } : {}),
    ...(dice.below(4) === 0 ? { context: { match: "x = y", line: `line ${line}` } } : {}),
  };
}

function packed(detections: readonly Detection[]): PackedDetections {
  const packer = new Packer();
  for (const each of detections) packer.add(each);
  return structuredClone(packer.packed());
}

describe("packed detections", () => {
  it("come out as they went in, whatever they hold and however they came", () => {
    const dice = new Dice(7);
    const all = Array.from({ length: 500 }, () => detection(dice));
    const store = new DetectionStore();
    const sizes = [1, 0, 99, 250, 150];
    let from = 0;
    for (const size of sizes) {
      expect(store.add(packed(all.slice(from, from + size)))).toBe(from);
      from += size;
    }
    expect(store.count).toBe(500);
    expect(all.map((_, index) => store.at(index))).toEqual(all);
    expect([499, 0, 100, 99].map((index) => store.at(index))).toEqual([499, 0, 100, 99].map((index) => all[index]));
  });

  it("there is none in an empty store", () => {
    expect(() => new DetectionStore().at(0)).toThrow("no detection");
  });
});

describe("growing numbers", () => {
  it("keep every number, the negative ones too", () => {
    const numbers = new GrowingNumbers();
    for (let value = 1; value <= 40_000; value++) numbers.push(-value);
    numbers.set(20_000, 7);
    expect([numbers.length, numbers.at(0), numbers.at(16_384), numbers.at(20_000), numbers.at(39_999)]).toEqual([
      40_000, -1, -16_385, 7, -40_000,
    ]);
  });
});
