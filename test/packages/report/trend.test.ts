import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mermaidLine, shares, sparkline, textBar, trendWords } from "../../../packages/report/trend.ts";
import { amount, measured, numberText } from "../../../packages/report/wording.ts";
import { hostileStrings } from "../../fixtures/hostile.ts";

function trend(values: readonly number[], title = "Lines", unit = "%") {
  return { kind: "trend", title, unit, points: values.map((value, index) => ({ label: `run ${index}`, value })) } as const;
}

describe("sparkline", () => {
  it("goes from the lowest to the highest", () => {
    expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8])).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([5, 1], false)).toBe("#_");
    expect(sparkline([7, 7, 7])).toBe("▄▄▄");
    expect(sparkline([])).toBe("");
  });
});

describe("trendWords", () => {
  it("says where it came from and where it went", () => {
    expect(trendWords(trend([81.2, 79, 84.21]))).toBe("81.20% → 84.21% over 3 runs, lowest 79%, highest 84.21%");
    expect(trendWords(trend([81.25]))).toBe("81.25%, the first value");
    expect(trendWords(trend([]))).toBe("no values yet");
    expect(trendWords(trend([1, Number.NaN, 2], "x", "ms"), false)).toBe("1 ms -> 2 ms over 2 runs, lowest 1 ms, highest 2 ms");
  });
});

describe("mermaidLine", () => {
  /** The lines of the xychart grammar that are used here: quoted texts without quotes, decimals without exponents. */
  const number = "[+-]?\\d+(?:\\.\\d+)?";
  const quoted = '"[^"`#;{}\\n]+"';
  const grammar = [
    /^xychart-beta$/,
    new RegExp(`^ {2}title ${quoted}$`, "u"),
    new RegExp(`^ {2}x-axis (?:\\[${quoted}(?:, ${quoted})*\\]|"runs" 1 --> \\d+)$`, "u"),
    new RegExp(`^ {2}y-axis ${quoted} ${number} --> ${number}$`, "u"),
    new RegExp(`^ {2}line \\[${number}(?:, ${number})*\\]$`),
  ];

  function follows(chart: string | undefined): void {
    const lines = (chart ?? "").split("\n");
    expect(lines).toHaveLength(grammar.length);
    for (const [index, line] of lines.entries()) expect(line).toMatch(grammar[index] ?? /$^/);
    expect(chart).not.toContain("%%");
  }

  it("draws a line", () => {
    expect(mermaidLine(trend([80, 82.5]))).toBe(
      ["xychart-beta", '  title "Lines"', '  x-axis ["run 0", "run 1"]', '  y-axis "%" 79.75 --> 82.75', "  line [80, 82.5]"].join("\n"),
    );
  });

  it.each(hostileStrings)("stays within the grammar with $name", ({ text }) => {
    const points = [1, 2, 3].map((value) => ({ label: text, value }));
    follows(mermaidLine({ kind: "trend", title: text, unit: text, points }));
  });

  it("stays within the grammar for any numbers that can be drawn", () => {
    const numbers = fc.array(fc.double({ noNaN: true, min: -9e14, max: 9e14 }), { minLength: 2, maxLength: 50 });
    fc.assert(fc.property(numbers, (values) => follows(mermaidLine(trend(values)))));
  });

  it("numbers equal labels, shows the newest forty, and needs two points", () => {
    const chart = mermaidLine({
      ...trend([1, 2]),
      points: [
        { label: "a", value: 1 },
        { label: "a", value: 2 },
      ],
    });
    expect(chart).toContain('["a", "a (2)"]');
    expect(mermaidLine(trend(Array.from({ length: 100 }, (_, index) => index)))).toContain('x-axis "runs" 1 --> 40');
    expect(mermaidLine(trend([1]))).toBeUndefined();
  });

  it("keeps percentages between 0 and 100", () => {
    expect(mermaidLine(trend([99.9, 100]))).toContain("--> 100");
    expect(mermaidLine(trend([0, 0]))).toContain("0 --> 1");
  });
});

describe("bars", () => {
  it("fill their share", () => {
    expect(textBar(0.5, 10)).toBe("█████");
    expect(textBar(0.001, 10)).toBe("▏");
    expect(textBar(0, 10)).toBe("");
    expect(textBar(1, 4, false)).toBe("####");
  });

  it("measure percentages by a hundred and the rest by the longest", () => {
    const bars = [
      { label: "a", value: 50 },
      { label: "b", value: 25 },
      { label: "c", value: Number.NaN },
    ];
    expect(shares({ kind: "bars", title: "", unit: "%", bars }).map(({ share }) => share)).toEqual([0.5, 0.25]);
    expect(shares({ kind: "bars", title: "", unit: "ms", bars }).map(({ share }) => share)).toEqual([1, 0.5]);
  });
});

describe("numbers", () => {
  it.each([
    [62.5, "%", "62.50%"],
    [80, "%", "80%"],
    [79.995, "%", "79.995%"],
    ["66.66", "%", "66.66%"],
    [1, "points", "1 point"],
    ["+1", "lines", "+1 line"],
    [1, "ms", "1 ms"],
    [1234567, "B", "1,234,567 B"],
    ["none", "%", "none"],
    [undefined, "%", ""],
  ])("%j of %s is %j", (value, unit, expected) => {
    expect(amount(value, unit)).toBe(expected);
  });

  it("have two decimals when they were measured in percent", () => {
    expect(measured({ name: "minimum", verdict: "pass", actual: 80, unit: "%" })).toBe("80.00%");
    expect(numberText(-12345.5)).toBe("-12345.5");
  });
});
