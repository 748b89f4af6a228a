import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleOf } from "../../../actions/bundle-size/src/features.ts";
import { match } from "../../../actions/bundle-size/src/match.ts";
import type { MeasuredFile } from "../../../actions/bundle-size/src/model.ts";
import { rowsOf, sumOf } from "../../../actions/bundle-size/src/rows.ts";
import { code } from "../../bundles/bundle-size/gate.ts";

function file(path: string, text: string): MeasuredFile {
  const bytes = new TextEncoder().encode(text);
  return { path, sha256: createHash("sha256").update(bytes).digest("base64url"), sizes: { none: bytes.length }, sample: sampleOf(bytes) };
}

function build(files: Readonly<Record<string, string>>): MeasuredFile[] {
  return Object.entries(files).map(([path, text]) => file(path, text));
}

function pairs(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  const found = match(build(before), build(now));
  return found.pairs.map((pair) => `${pair.before.path} > ${pair.now.path}`).sort();
}

describe("which file is which", () => {
  it("identical bytes are the same file, whatever the name", () => {
    expect(pairs({ "a/x.js": "same" }, { "b/entirely-other.css": "same" })).toEqual(["a/x.js > b/entirely-other.css"]);
  });

  it("among copies the same name comes first, then the same stem", () => {
    expect(pairs({ "a.js": "copy", "i-BqqDzcUh.js": "copy" }, { "i-C7Nn66Gy.js": "copy", "a.js": "copy", "b.js": "copy" })).toEqual([
      "a.js > a.js",
      "i-BqqDzcUh.js > i-C7Nn66Gy.js",
    ]);
  });

  it("the same name is the same file, however much it changed", () => {
    expect(pairs({ "a.js": code("one", 9) }, { "a.js": code("two", 9) })).toEqual(["a.js > a.js"]);
  });

  it("chunks of one stem are told apart by their content", () => {
    const before = { "i-BqqDzcUh.js": code("cart", 20), "i-Or9psEGe.js": code("login", 20), "i-DNcttN5a.js": code("search", 20) };
    const now = { "i-C7Nn66Gy.js": code("search", 22), "i-BoyTG_B7.js": code("cart", 19), "i-Da_szXbS.js": code("login", 25) };
    expect(pairs(before, now)).toEqual(["i-BqqDzcUh.js > i-BoyTG_B7.js", "i-DNcttN5a.js > i-C7Nn66Gy.js", "i-Or9psEGe.js > i-Da_szXbS.js"]);
  });

  it("a chunk that is new is paired with none that is gone", () => {
    expect(pairs({ "i-BqqDzcUh.js": code("cart", 20) }, { "i-C7Nn66Gy.js": code("weather", 20) })).toEqual([]);
  });

  it("a small chunk that has swallowed a library is still itself", () => {
    const before = { "i-BqqDzcUh.js": code("cart", 20), "i-Or9psEGe.js": code("login", 30) };
    const now = { "i-C7Nn66Gy.js": code("cart", 20) + code("library", 900), "i-BoyTG_B7.js": code("login", 31) };
    expect(pairs(before, now)).toEqual(["i-BqqDzcUh.js > i-C7Nn66Gy.js", "i-Or9psEGe.js > i-BoyTG_B7.js"]);
  });

  it("what every chunk has makes none of them alike", () => {
    const shared = code("runtime", 40);
    const before = Object.fromEntries(
      ["BqqDzcUh", "Or9psEGe", "DNcttN5a"].map((hash, i) => [`i-${hash}.js`, shared + code(`page${i}x`, 20)]),
    );
    const now = Object.fromEntries(
      ["C7Nn66Gy", "BoyTG_B7", "Da_szXbS"].map((hash, i) => [`i-${hash}.js`, shared + code(i < 2 ? `page${i}x` : "fresh", 21)]),
    );
    expect(pairs(before, now)).toEqual(["i-BqqDzcUh.js > i-C7Nn66Gy.js", "i-Or9psEGe.js > i-BoyTG_B7.js"]);
  });

  it.each([
    ["report-20240101.js", "report-20240601.js"],
    ["app-1.2.3.js", "app-1.2.4.js"],
    ["msg.en-US.js", "msg.en-GB.js"],
    ["bg-640x480.js", "bg-800x600.js"],
    ["550e8400-e29b-41d4-a716-446655440000.js", "550e8400-e29b-41d4-a716-446655440001.js"],
    ["user-settings.js", "user-calendar.js"],
  ])("%s and %s are two files", (before, now) => {
    expect(pairs({ [before]: code("cart", 20) }, { [now]: code("cart", 21) })).toEqual([]);
  });
});

describe("many chunks of one stem", () => {
  it("are told apart by what is rare in them, in little time", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const name = (index: number, round: number): string => {
      const bytes = createHash("sha256").update(`${index} ${round}`).digest();
      return `chunk-${Array.from(bytes.subarray(0, 8), (byte) => alphabet.charAt(byte % 32)).join("")}.js`;
    };
    const topics = Array.from({ length: 600 }, (_, index) => `topic${String.fromCharCode(97 + (index % 26))}${index}x`);
    const before = Object.fromEntries(topics.map((topic, index) => [name(index, 1), code("runtime", 20) + code(topic, 20)]));
    const now = Object.fromEntries(topics.map((topic, index) => [name(index, 2), code("runtime", 20) + code(topic, 22)]));
    const found = new Map(match(build(before), build(now)).pairs.map((pair) => [pair.before.path, pair.now.path]));
    const right = topics.filter((_, index) => found.get(name(index, 1)) === name(index, 2)).length;
    expect(right).toBeGreaterThanOrEqual(590);
  });
});

describe("nothing is lost", () => {
  const hash = fc.constantFrom("BqqDzcUh", "Or9psEGe", "DNcttN5a", "C7Nn66Gy", "BoyTG_B7", "Da_szXbS", "1a2b3c4d", "settings");
  const path = fc
    .tuple(fc.constantFrom("", "assets/", "a/b/"), fc.constantFrom("index-", "chunk-", ""), hash, fc.constantFrom(".js", ".css"))
    .map((parts) => parts.join(""));
  const content = fc.oneof(
    fc.constantFrom("", "same", "copy"),
    fc.tuple(fc.constantFrom("cart", "login", "search"), fc.integer({ min: 1, max: 12 })).map(([topic, count]) => code(topic, count)),
  );
  const tree = fc.dictionary(path, content, { maxKeys: 14 });

  it("the sums of the rows are the sums of the files, on both sides, for a thousand trees with names that collide", () => {
    fc.assert(
      fc.property(tree, tree, (before, now) => {
        const [old, files] = [build(before), build(now)];
        const rows = rowsOf(match(old, files));
        const sum = sumOf(rows, "none");
        const total = (all: readonly MeasuredFile[]): number => all.reduce((bytes, { sizes }) => bytes + sizes.none, 0);
        expect(sum).toEqual({ now: total(files), before: total(old) });
        expect(
          rows
            .filter(({ sizes }) => sizes !== undefined)
            .map((row) => row.path)
            .sort(),
        ).toEqual(files.map((each) => each.path).sort());
        const gone = rows.filter(({ previousSizes }) => previousSizes !== undefined).map((row) => row.previous ?? row.path);
        expect(gone.sort()).toEqual(old.map((each) => each.path).sort());
        expect(rows.reduce((delta, row) => delta + (row.sizes?.none ?? 0) - (row.previousSizes?.none ?? 0), 0)).toBe(sum.now - sum.before);
      }),
      { numRuns: 1000 },
    );
  });
});
