import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJson, jsonAt, jsonHas, jsonLength, type Step } from "../../../packages/probe/json-path.ts";

function parsed(text: string): unknown {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function walk(value: unknown, path: readonly Step[]): unknown {
  return path.reduce<unknown>((found, step) => {
    if (Array.isArray(found)) return typeof step === "number" ? found[step] : undefined;
    if (typeof found !== "object" || found === null) return undefined;
    return Object.hasOwn(found, step) ? (found as Readonly<Record<string, unknown>>)[step] : undefined;
  }, value);
}

const text = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);

describe("a path in a JSON text", () => {
  it("leads where it leads in the object", () => {
    const step = fc.oneof(fc.string({ maxLength: 2 }), fc.nat(3), fc.constantFrom("__proto__", "constructor", "a"));
    const key = fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom("__proto__", "constructor", "a", "0"));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 0 }),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.array(step, { maxLength: 4 }), fc.constantFrom(undefined, 1, "\t"), (value, path, indent) => {
        const json = JSON.stringify(value, undefined, indent);
        const found = walk(JSON.parse(json), path);
        expect(jsonAt(json, path)).toEqual(text(found));
        expect(jsonHas(json, path)).toBe(found !== undefined && found !== null);
      }),
      { numRuns: 500 },
    );
  });

  it("knows JSON from what is none, as JSON.parse does", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"',
      "1",
      "-",
      "0",
      ".5",
      "e3",
      "true",
      "null",
      "nul",
      " ",
      "\n",
      "\\",
      '"\\u00e9"',
      '"\\x"',
      "\u0001",
      "\ufeff",
      '"\u007f\u2028"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const json = pieces.join("");
        expect([json, isJson(json)]).toEqual([json, parsed(json) !== undefined]);
      }),
      { numRuns: 3_000 },
    );
    for (const json of ["", " ", "[1,]", '{"a":1,}', "01", "1.", "+1", "'a'", "[1 2]", '{"a" 1}', "nulll", '["\n"]', "[1]]", "-", "1e"])
      expect([json, isJson(json)]).toEqual([json, false]);
  });

  it.each([
    ['{"a":1,"a":2}', ["a"], "2"],
    ['{"a":{"b":1},"a":{}}', ["a", "b"], undefined],
    ['{"\\u0061":1.0}', ["a"], "1"],
    ['[{"0":5}]', [0, 0], "5"],
    ['{"a":[1]', ["a"], undefined],
    ['{"a":1} x', ["a"], undefined],
    ['"text"', [], "text"],
  ])("%s at %o is %s", (json, path, found) => {
    expect(jsonAt(json, path)).toBe(found);
  });

  it("counts elements, names and characters", () => {
    expect(jsonLength('{"a":[1,[2,3],{}]}', ["a"])).toBe(3);
    expect(jsonLength('{"a":{"x":1,"y":2,"x":3}}', ["a"])).toBe(2);
    expect(jsonLength('{"a":"four"}', ["a"])).toBe("four");
    expect(jsonLength('{"a":4}', ["a"])).toBeUndefined();
    expect([jsonLength("[]", []), jsonLength("{ }", [])]).toEqual([0, 0]);
  });

  it("does not go deeper than anyone writes", () => {
    expect(isJson(`${"[".repeat(400)}${"]".repeat(400)}`)).toBe(true);
    expect(isJson(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)).toBe(false);
    expect(isJson(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`)).toBe(false);
  });
});
