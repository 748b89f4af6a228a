import { describe, expect, it } from "vitest";
import { withMixedDenominators } from "../../../../actions/coverage-gate/src/formats/assemble.ts";
import { mergeFiles } from "../../../../actions/coverage-gate/src/merge.ts";
import { lines, only, parse, refusal, shown, units } from "./read.ts";

const json = (value: unknown) => JSON.stringify(value, null, 1);
const span = (line: number, column = 0, endLine = line) => ({ start: { line, column }, end: { line: endLine, column: 40 } });

describe("istanbul", () => {
  const file = {
    path: "/app/src/a.ts",
    statementMap: { 0: span(1), 1: span(3, 2, 6), 2: span(3, 20), 3: span(9) },
    s: { 0: 1, 1: 0, 2: 4, 3: 0 },
    fnMap: { 0: { name: "f", decl: span(2), loc: span(2, 9, 8), line: 2 }, 1: { name: "g", loc: {}, line: 7 } },
    f: { 0: 1, 1: 0 },
    branchMap: {
      0: { type: "if", loc: span(3, 2), locations: [span(3, 2), { start: {}, end: {} }] },
      1: { type: "if", loc: {}, locations: [{}, span(9)], line: 9 },
    },
    b: { 0: [1, 0], 1: [0, 2] },
  };

  it("counts the line on which a statement starts, as often as the one that ran most", () => {
    const found = only(parse(json({ "/app/src/a.ts": file })));
    expect(lines(found)).toBe("1+ 3+ 9-");
    expect(units(found.statements).split(" ").sort()).toEqual(["1+", "3+", "3-", "9-"]);
    expect(units(found.functions)).toBe("2+ 7-");
    expect(units(found.branches).split(" ").sort()).toEqual(["3+", "3-", "9+", "9-"]);
  });

  it("reads jest's report.json and files whose data is nested", () => {
    const expected = { "/app/src/a.ts": "1+ 3+ 9-" };
    expect(
      shown(parse(json({ numFailedTests: 0, testResults: [{ name: "x" }], coverageMap: { "/app/src/a.ts": file }, success: true }))),
    ).toEqual(expected);
    expect(shown(parse(json({ "/app/src/a.ts": { data: file } })))).toEqual(expected);
  });

  it("lets placeholders of files that were never loaded lose to real ones", () => {
    const placeholder = {
      ...file,
      all: true,
      statementMap: { 0: span(1), 1: span(2), 2: span(3) },
      s: { 0: 0, 1: 0, 2: 0 },
      branchMap: {},
      b: {},
      fnMap: {},
      f: {},
    };
    const all = only(parse(json({ "/app/src/a.ts": placeholder })));
    const real = only(parse(json({ "/app/src/a.ts": file })));
    expect(all.placeholder).toBe(true);
    expect(lines(mergeFiles([all, real]))).toBe("1+ 3+ 9-");
    expect(lines(mergeFiles([real, all, all]))).toBe("1+ 3+ 9-");
    expect(lines(mergeFiles([all, all]))).toBe("1- 2- 3-");
  });

  it("merges shards by position in the source, whatever the ids", () => {
    const other = {
      ...file,
      s: { 0: 0, 1: 1, 2: 0, 3: 0 },
      branchMap: { 7: file.branchMap[0], 8: file.branchMap[1] },
      b: { 7: [0, 1], 8: [0, 0] },
    };
    const merged = mergeFiles([only(parse(json({ x: file }))), only(parse(json({ x: other })))]);
    expect(units(merged.branches).split(" ").sort()).toEqual(["3+", "3+", "9+", "9-"]);
    expect(merged.statements?.line.length).toBe(4);
  });

  it("says so when one file was measured by V8 in one report and by istanbul in another", () => {
    const v8 = { ...file, statementMap: { 0: span(1), 1: span(2), 2: span(3) }, s: { 0: 1, 1: 1, 2: 1 } };
    const reports = [parse(json({ x: file })), parse(json({ x: v8 }))];
    expect(reports.map((report) => only(report).denominator)).toEqual(["statements", "every-line"]);
    expect(withMixedDenominators(reports).map((report) => report.notes.length)).toEqual([0, 1]);
    expect(withMixedDenominators([reports[0], reports[0]].flatMap((report) => report ?? [])).map((report) => report.notes.length)).toEqual([
      0, 0,
    ]);
  });

  it("is harmless about keys of every object", () => {
    const text = `{"__proto__": ${json({ ...file, path: undefined })}, "constructor": ${json({ ...file, path: undefined })}}`;
    expect(shown(parse(text))).toEqual(
      Object.fromEntries([
        ["__proto__", "1+ 3+ 9-"],
        ["constructor", "1+ 3+ 9-"],
      ]),
    );
    expect(({} as Record<string, unknown>).statementMap).toBeUndefined();
    expect(refusal(json({ x: { ...file, statementMap: { toString: span(1) } } }))).toContain("how often a statement ran");
  });

  it("reads a file of 100,000 levels without falling over", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(
      shown(
        parse(
          `{"x": {"path": "x", "inputSourceMap": ${deep}, "statementMap": {}, "s": {}, "fnMap": {}, "f": {}, "branchMap": {}, "b": {}}}`,
        ),
      ),
    ).toEqual({ x: "" });
    expect(refusal(`{"x": {"statementMap": ${"[".repeat(100_000)}`)).toContain("truncated");
  });
});

describe("json-summary", () => {
  const summary = (covered: number, total: number) => ({ total, covered, skipped: 0, pct: 50 });
  const entry = {
    lines: summary(1, 2),
    statements: summary(1, 2),
    functions: summary(0, 0),
    branches: { ...summary(0, 0), pct: "Unknown" },
  };

  it("gives totals of each file and of all", () => {
    const report = parse(json({ total: entry, "/app/a.js": entry }));
    expect(report.format).toBe("json-summary");
    expect(report.totals?.lines).toEqual({ covered: 1, total: 2 });
    expect(only(report).totals?.lines).toEqual({ covered: 1, total: 2 });
    expect(only(report).lines.line.length).toBe(0);
    expect(parse(json({ total: entry })).files).toEqual([]);
  });

  it("refuses more covered than there are", () => {
    expect(refusal(json({ total: { lines: summary(3, 2) } }))).toContain("3 of 2 are covered");
  });
});

describe("coverage.py", () => {
  const report = (file: object) =>
    json({ meta: { format: 3, version: "7.6", branch_coverage: true }, files: { "src\\pkg\\a.py": file }, totals: { percent_covered: 1 } });

  it("reads lines and branches; excluded lines are none", () => {
    const found = only(
      parse(
        report({
          executed_lines: [1, 2, 8],
          missing_lines: [5],
          excluded_lines: [7, 8],
          executed_branches: [
            [2, 5],
            [1, -1],
          ],
          missing_branches: [[2, 3]],
          summary: {},
          functions: { "": { executed_lines: [1], missing_lines: [] }, "A.f": { executed_lines: [], missing_lines: [5], start_line: 4 } },
        }),
      ),
    );
    expect(found.path).toBe("src/pkg/a.py");
    expect(lines(found)).toBe("1+ 2+ 5-");
    expect(units(found.branches)).toBe("1+ 2- 2+");
    expect(units(found.functions)).toBe("4-");
  });

  it("reads a report without files and refuses one with wrong ones", () => {
    expect(parse(json({ meta: { version: "7.6" }, files: {}, totals: {} }))).toMatchObject({ format: "coverage.py", files: [] });
    expect(refusal(report({ executed_lines: [1.5], missing_lines: [] }))).toContain("`1.5`, not a line number");
    expect(refusal(report({ executed_lines: "1", missing_lines: [] }))).toContain("no `executed_lines`");
  });
});

describe("SimpleCov", () => {
  it("merges commands: irrelevant beats missed, a hit beats irrelevant", () => {
    const report = parse(
      json({
        RSpec: { coverage: { "/app/a.rb": { lines: [1, null, 0, "ignored", 0, null] } }, timestamp: 1 },
        Cucumber: { coverage: { "/app/a.rb": { lines: [0, 0, 0, 2, null, null] }, "/app/b.rb": [null, 1] }, timestamp: 2 },
      }),
    );
    expect(report.format).toBe("simplecov");
    expect(shown(report)).toEqual({ "/app/a.rb": "1+ 2? 3- 4+ 5? 6?", "/app/b.rb": "1? 2+" });
  });

  it("reads branches by position and methods", () => {
    const branches = { "[:if, 0, 3, 4, 6, 7]": { "[:then, 1, 4, 6, 4, 9]": 2, "[:else, 2, 3, 4, 6, 7]": 0 } };
    const file = { lines: [1], branches, methods: { "[Shop::Cart, :total, 3, 2, 6, 5]": 1 } };
    const found = only(parse(json({ RSpec: { coverage: { "/a.rb": file }, timestamp: 1 } })));
    expect(units(found.branches).split(" ").sort()).toEqual(["3+", "3-"]);
    expect(units(found.functions)).toBe("3+");
    const renumbered = JSON.parse(
      json({ RSpec: { coverage: { "/a.rb": file } } })
        .replaceAll(":if, 0", ":if, 8")
        .replaceAll(":then, 1", ":then, 9"),
    );
    expect(mergeFiles([found, only(parse(json(renumbered)))]).branches?.line.length).toBe(2);
  });

  it("reads coverage.json", () => {
    const text = json({
      meta: { simplecov_version: "0.22" },
      coverage: { "/a.rb": { lines: [1, 0], branches: [{ type: "then", start_line: 1, end_line: 1, coverage: 0 }] } },
      groups: {},
    });
    expect(shown(parse(text))).toEqual({ "/a.rb": "1+ 2-" });
  });
});

describe("llvm-cov export", () => {
  const report = (file: object, functions: object[] = []) =>
    json({
      data: [{ files: [{ filename: "/w/a.rs", ...file }], functions, totals: {} }],
      type: "llvm.coverage.json.export",
      version: "2.0.1",
    });

  it("counts lines as the listing does: the best region that starts on it, else the one around it; gaps and skipped regions are no code", () => {
    const segments = [
      [1, 1, 3, true, true, false],
      [3, 5, 0, true, true, false],
      [5, 6, 3, true, false, false],
      [7, 2, 0, false, false, false],
      [9, 1, 0, true, true, true],
      [10, 1, 5, true, true, false],
      [10, 9, 0, true, true, false],
      [11, 2, 0, false, false, false],
      [13, 1, 0, false, true, false],
      [15, 1, 0, false, false, false],
    ];
    expect(lines(only(parse(report({ segments, branches: [] }))))).toBe("1+ 2+ 3+ 4- 5- 6+ 7+ 9- 10+ 11-");
  });

  it("reads both sides of branches, and functions once for all their instances", () => {
    const functions = [0, 2].map((count) => ({
      name: `f${count}`,
      count,
      filenames: ["/w/a.rs"],
      regions: [[1, 1, 3, 2, count, 0, 0, 0]],
    }));
    const report2 = parse(
      report(
        {
          segments: [
            [1, 1, 1, true, true, false],
            [3, 2, 0, false, false, false],
          ],
          branches: [[2, 4, 2, 9, 5, 0, 0, 0, 4]],
        },
        functions,
      ),
    );
    expect(units(only(report2).branches).split(" ").sort()).toEqual(["2+", "2-"]);
    expect(units(only(report2).functions)).toBe("1+");
  });

  it("reads the totals of --summary-only", () => {
    const summary = {
      lines: { count: 4, covered: 3, percent: 75 },
      functions: { count: 1, covered: 1 },
      branches: { count: 0, covered: 0 },
    };
    expect(only(parse(report({ summary }))).totals).toEqual({
      lines: { covered: 3, total: 4 },
      functions: { covered: 1, total: 1 },
      branches: { covered: 0, total: 0 },
    });
  });

  it("refuses a region longer than any file", () => {
    expect(
      refusal(
        report({
          segments: [
            [1, 1, 1, true, true, false],
            [2_000_000_000, 1, 0, false, false, false],
          ],
        }),
      ),
    ).toContain("longer than any source file");
  });
});

describe("gcov", () => {
  it("adds up a line's instances and knows the folder", () => {
    const line = (line_number: number, count: number, branches: number[] = []) => ({
      line_number,
      count,
      function_name: "f",
      unexecuted_block: false,
      branches: branches.map((each) => ({ count: each, throw: false })),
    });
    const files = [
      {
        file: "src/a.cpp",
        functions: [{ name: "_Z1f", demangled_name: "f()", start_line: 1, execution_count: 2 }],
        lines: [line(2, 0, [0, 1]), line(2, 3, [1, 0]), line(4, 0)],
      },
    ];
    const report = parse(
      json({ files, format_version: "2", gcc_version: "14.2.0", current_working_directory: "/w/build", data_file: "a.gcda" }),
      "auto",
      true,
    );
    const found = only(report);
    expect(lines(found)).toBe("2+ 4-");
    expect([...(found.lines.count ?? [])]).toEqual([3, 0]);
    expect([units(found.branches), units(found.functions), found.roots, found.functions?.name]).toEqual([
      "2+ 2+",
      "1+",
      ["/w/build"],
      ["f()"],
    ]);
  });
});

describe("JSON", () => {
  it("is empty when there is nothing in it", () => {
    expect(parse("{}\n")).toMatchObject({ format: "istanbul", files: [] });
    expect(parse(`{"data": [], "type": "llvm.coverage.json.export"}`)).toMatchObject({ format: "llvm-cov", files: [] });
    expect(parse(`{"gcc_version": "14", "files": []}`)).toMatchObject({ format: "gcov", files: [] });
  });

  it.each([
    ["a truncated document", `{"a.js": {"path": "a.js",\n "statementMap": {`, "truncated"],
    ["a comma too many", `{"a.js": {"path": "a.js",\n  "statementMap": {},}}`, "line 2, column 22: the JSON is malformed"],
    ["a word", `{"a.js": {"statementMap": {}, "s": nul}}`, "line 1, column 36: the JSON is malformed"],
    ["something behind the end", `{"a.js": {"statementMap": {}, "s": {}}}\n{}`, "line 2: the JSON is malformed: `{}`"],
    ["a list", "[1]", "a JSON list"],
    ["other documents", `{"name": "app", "version": "1.0.0"}`, "its keys are `name, version`"],
    [
      "words for counts",
      `{"a.js": {"path": "a.js", "statementMap": {"0": {"start": {"line": 1}, "end": {"line": 1}}}, "s": {"0": "x"}}}`,
      "how often a statement ran is",
    ],
  ])("names the place: %s", (_, text, expected) => expect(refusal(text)).toContain(expected));
});
