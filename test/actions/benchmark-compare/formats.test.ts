import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseResults } from "../../../actions/benchmark-compare/src/formats/detect.ts";
import { root } from "../../bundles/harness.ts";
import { loadCases } from "./load-cases.ts";
import { microCases } from "./micro-cases.ts";

/** `name | metric | values unit direction` of every measure. */
function read(text: string, tool = "auto"): { format: string; lines: string[] } {
  const { format, measures } = parseResults("results", text, tool);
  return {
    format,
    lines: measures.map(({ name, metric, unit, direction, exact, values, failed }) =>
      failed === undefined
        ? `${name} | ${metric} | ${values.map((value) => Number(value.toPrecision(9))).join(" ")} ${unit} ${direction}${exact ? " exact" : ""}`
        : `${name} | failed: ${failed}`,
    ),
  };
}

const fixture = (name: string): string => readFileSync(join(root, "test", "fixtures", "benchmarks", name), "utf8");
const json = JSON.stringify;

describe("formats", () => {
  it.each([...microCases, ...loadCases])("%s is told by its content and read exactly", (format, text, lines) => {
    expect(read(text)).toEqual({ format, lines });
    expect(read(text, format).lines).toEqual(lines);
    expect(read(`\ufeff${text.replaceAll("\n", "\r\n")}`).lines.length).toBe(lines.length);
  });

  it("bigger is better where the tool says so and the unit does not know better", () => {
    const text = json([
      { name: "a", unit: "points", value: 5 },
      { name: "b", unit: "ms", value: 5 },
    ]);
    expect(read(text, "customBiggerIsBetter").lines).toEqual(["a | value | 5 points higher", "b | value | 5000000 ns lower"]);
  });

  it("go test's own output, as text and as events", () => {
    const text = read(fixture("go.txt"));
    expect(text.lines.filter((line) => line.startsWith("BenchmarkJoin/size=10 | time |"))).toHaveLength(1);
    expect(text.lines).toHaveLength(8);
    expect(text.lines[0]?.split(" | ")[2]?.split(" ")).toHaveLength(5);
    expect(read(fixture("go.json")).lines.map((line) => line.split(" | ").slice(0, 2))).toEqual(
      text.lines.map((line) => line.split(" | ").slice(0, 2)),
    );
  });

  it.each([
    [
      "vitest-5.json",
      "vitest",
      ["a.bench.js > group > sums > sum | time | 270 ns lower", "a.bench.js > group > sums > sum | throughput | 3703703.7 ops/s higher"],
    ],
    [
      "tinybench.json",
      "tinybench",
      ["sum | time | 271 ns lower", "sum | throughput | 3690036.9 ops/s higher", "breaks | failed: it ended with an error"],
    ],
    ["mitata.txt", "mitata", undefined],
  ])("%s, as the tool wrote it", (name, format, lines) => {
    const told = read(fixture(name));
    expect(told.format).toBe(format);
    if (lines === undefined) expect(told.lines).toEqual([expect.stringMatching(/^sum \| time \| 2\d\d\.\d+ ns lower$/)]);
    else expect(told.lines).toEqual(lines);
  });

  it.each([
    ["", "is empty"],
    ["  \n", "is empty"],
    ["<!DOCTYPE html><html></html>", "web page"],
    ["hello", "no format that is known"],
    ["[]", "holds no benchmark"],
    ["{}", "no format that is known"],
    ['{"benchmarks": [\n{"name": "x",\n', "only the beginning"],
    ['{"context": {}, "benchmarks": []}', "holds no benchmark"],
  ])("%j is refused", (text, why) => {
    expect(() => parseResults("f", text, "auto")).toThrow(why);
  });
});
