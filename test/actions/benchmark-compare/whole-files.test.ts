import { describe, expect, it } from "vitest";
import { parseResults } from "../../../actions/benchmark-compare/src/formats/detect.ts";

const rows = (text: string): (readonly [string, readonly number[], string | undefined])[] =>
  parseResults("f", text, "auto").measures.map(({ name, values, failed }) => [name, values, failed] as const);
const one = (value: number): string => JSON.stringify([{ name: "a", unit: "ns", value }], undefined, 1);

describe("several documents in one file", () => {
  it.each(["\n", "\r\n", " ", ""])("are values of one benchmark, with %j between them", (between) => {
    expect(rows([one(1), one(2), one(3)].join(between))).toEqual([["a", [1, 2, 3], undefined]]);
  });

  it("may hold brackets and quotes in names", () => {
    const odd = (value: number): string => JSON.stringify([{ name: '}]"\\', unit: "ns", value }]);
    expect(rows(`${odd(1)}\n${odd(2)}`)).toEqual([['}]"\\', [1, 2], undefined]]);
  });

  it.each([[`${one(1)}\n[{"name":\n"a",`, /only the beginning/, 9]])("%j is refused with its line", (text, why, line) => {
    expect(() => rows(text)).toThrow(expect.objectContaining({ message: expect.stringMatching(why), line }));
  });

  it("of different tools are refused", () => {
    expect(() => rows(`${one(1)}\n{"results":[{"command":"x","times":[1]}]}`)).toThrow(
      "holds results of custom and of hyperfine in one file",
    );
  });
});

describe("what broke off or failed", () => {
  it("a line of go's events that ends early is named", () => {
    const event = '{"Time":"2026","Action":"output","Package":"p","Output":"BenchmarkX-4 \\t 100 \\t 10 ns/op\\n"}';
    expect(() => rows(`${event}\n{"Time":"2026","Act`)).toThrow(expect.objectContaining({ line: 2 }));
    expect(rows(`# built\n${event}\n`)).toEqual([["BenchmarkX", [10], undefined]]);
  });

  it("an XML report without its end is named", () => {
    const results = '<BenchmarkResults name="b"><mean value="5"/></BenchmarkResults>';
    expect(() => rows(`<Catch2TestRun name="t">\n<TestCase name="c">${results}`)).toThrow(expect.objectContaining({ line: 2 }));
    expect(rows(`<Catch2TestRun name="t"><TestCase name="c">${results}</TestCase></Catch2TestRun>`)).toEqual([["c/b", [5], undefined]]);
  });

  it("a benchmark that fails is no benchmark that is gone", () => {
    expect(rows("BenchmarkA-8 10 5 ns/op\n--- FAIL: BenchmarkB-8\n    b_test.go:3: no\nFAIL\n")).toEqual([
      ["BenchmarkA", [5], undefined],
      ["BenchmarkB", [], "it failed"],
    ]);
    expect(rows("test a ... bench:   1,234 ns/iter (+/- 78)\r\ntest b ... FAILED\r\n")).toEqual([
      ["a", [1234], undefined],
      ["b", [], "it failed"],
    ]);
  });
});
