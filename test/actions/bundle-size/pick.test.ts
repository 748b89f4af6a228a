import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonFault, JsonPicker, type Pick } from "../../../actions/bundle-size/src/stats/pick.ts";

function read(text: string, pick: Pick, cuts: readonly number[] = []): unknown {
  const bytes = new TextEncoder().encode(text);
  const picker = new JsonPicker(pick);
  let from = 0;
  for (const cut of [...cuts, bytes.length].map((each) => Math.min(each, bytes.length)).sort((a, b) => a - b)) {
    picker.write(bytes.subarray(from, cut));
    from = cut;
  }
  return plain(picker.end());
}

/** Without the missing prototypes, which comparisons mind. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
}

const some: Pick = { keys: { a: true, list: { items: { keys: { keep: true } } } } };

describe("a JSON text read piece by piece", () => {
  it("is what JSON.parse makes of it, wherever it is cut", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.array(fc.nat(400), { maxLength: 12 }), fc.constantFrom(0, 1), (text, cuts, indent) => {
        const shown = JSON.stringify(JSON.parse(text), undefined, indent);
        expect(read(shown, true, cuts)).toEqual(JSON.parse(shown));
      }),
      { numRuns: 500 },
    );
  });

  it("keeps what is picked and nothing else, wherever it is cut", () => {
    const value = fc.record({
      a: fc.jsonValue(),
      skipped: fc.jsonValue(),
      list: fc.array(fc.record({ keep: fc.jsonValue(), drop: fc.jsonValue() })),
      last: fc.oneof(fc.string(), fc.integer(), fc.constant('"]}{[\\')),
    });
    fc.assert(
      fc.property(value, fc.array(fc.nat(400), { maxLength: 12 }), (given, cuts) => {
        const { a, list } = JSON.parse(JSON.stringify(given)) as { a: unknown; list: { keep: unknown }[] };
        expect(read(JSON.stringify(given), some, cuts)).toEqual({ a, list: list.map(({ keep }) => ({ keep })) });
      }),
      { numRuns: 500 },
    );
  });

  it("every beginning of a text is refused", () => {
    const text = '{"a":[1,"x\\"",{"b":null}],"skipped":{"c":"}"},"list":[{"keep":true}]}';
    for (let length = 0; length < text.length; length++) {
      let fault: unknown;
      try {
        read(text.slice(0, length), some);
      } catch (error) {
        fault = error;
      }
      expect(isJsonFault(fault), text.slice(0, length)).toBe(true);
    }
  });

  it.each(['{"a" 1}', '{"a":1,}', "{'a':1}", '{"a":tru}', '{"a":01}', '{"a":"\\x"}', "{}}", "[1 2]", "]", '{"a":1e999999999999x}'])(
    "%s is refused",
    (text) => {
      expect(() => read(text, true)).toThrow();
    },
  );

  it("a byte order mark and white space are no fault", () => {
    expect(read('\ufeff \n{"a" : 1 }\r\n', true)).toEqual({ a: 1 });
  });
});
