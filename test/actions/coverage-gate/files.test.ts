import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawBadge } from "../../../actions/coverage-gate/src/badge.ts";
import { findReports } from "../../../actions/coverage-gate/src/discover.ts";
import { lineTable, unitTable } from "../../../actions/coverage-gate/src/merge.ts";
import { writeLcov } from "../../../actions/coverage-gate/src/merged.ts";
import { lineState } from "../../../actions/coverage-gate/src/model.ts";
import { encodeLines, sumLines } from "../../../actions/coverage-gate/src/stored.ts";
import { globMatcher } from "../../../packages/frame/glob.ts";
import type { Files } from "../../../packages/frame/ports.ts";
import { drawn, gate, pullRequest, refusal, report } from "./memory-ports.ts";

const lcov = "coverage/lcov.info";

describe("finding reports", () => {
  const find = async (paths: readonly string[], patterns?: readonly string[]) => {
    const glob = async (wanted: readonly string[]) => paths.filter(globMatcher(wanted)).sort();
    const stat = async (path: string) => (paths.includes(path) ? { size: 1, kind: "file" as const } : undefined);
    return findReports({ glob, stat } as Files, patterns);
  };

  it("reads one format of a run", async () => {
    const found = await find([
      "coverage/clover.xml",
      "coverage/coverage-final.json",
      "coverage/lcov.info",
      "coverage/.resultset.json",
      "cover.out",
    ]);
    expect(found.paths).toEqual(["cover.out", "coverage/.resultset.json", "coverage/coverage-final.json"]);
    expect(found.notes).toEqual([
      "Not read, because a better report of the same run stands beside it: coverage/clover.xml, coverage/lcov.info.",
    ]);
  });

  it("looks into packages where the top has none, but not into fixtures", async () => {
    const packages = ["a/coverage/lcov.info", "b/target/site/jacoco/jacoco.xml", "test/fixtures/coverage/lcov.info"];
    expect((await find(packages)).paths).toEqual(packages.slice(0, 2));
    expect((await find([...packages, lcov])).paths).toEqual([lcov]);
  });

  it("takes given patterns at their word", async () => {
    expect((await find(["x/a.info", "x/b.info"], ["x/*.info", "!x/b.info"])).paths).toEqual(["x/a.info"]);
    await expect(find(["x/a.info"], ["x/*.info", "y/*.info"])).rejects.toThrow('"y/*.info" matches no file');
    await expect(find(["x/a.info"], ["x/*.info", "!**"])).rejects.toThrow("leave no file");
  });
});

describe("several reports", () => {
  it("unite lines, and count the branches of one format only", async () => {
    const branch = (key: number) =>
      unitTable([
        { line: 1, covered: true, key },
        { line: 1, covered: false, key: key + 1 },
      ]);
    const a = {
      lines: lineTable([
        [1, lineState.hit],
        [2, lineState.missed],
      ]),
      branches: branch(0),
    };
    const b = {
      lines: lineTable([
        [2, lineState.hit],
        [3, lineState.missed],
      ]),
      branches: branch(700),
    };
    const reports = [
      report("coverage/coverage-final.json", { "/work/app/a.ts": a }, "istanbul"),
      report("cover.xml", { "a.ts": b }, "cobertura"),
    ];
    const world = { reports, paths: ["a.ts"], inputs: { reports: "coverage/coverage-final.json\ncover.xml", minimum: "0" } };
    const { outcome } = await gate(world);
    expect(outcome.report.data["files"]).toMatchObject([{ path: "a.ts", covered: 2, total: 3, branches: { covered: 1, total: 2 } }]);
    expect(outcome.report.data["formats"]).toEqual(["cobertura", "istanbul"]);
  });
});

describe("the ratchet", () => {
  const inputs = { minimum: "0", ratchet: "coverage.ratchet" };
  const three = [report(lcov, { "a.ts": "+++-" })];
  const stored = (covered: number, total: number) =>
    JSON.stringify({ schema: "forge-ratchet/1", metric: "lines", "partial-lines": "hit", covered, total });

  it("is created and raised outside pull requests, never lowered", async () => {
    const made = await gate({ inputs, reports: three });
    expect(made.outcome.report.rules[1]).toMatchObject({ verdict: "neutral" });
    const text = made.files.get("/work/app/coverage.ratchet") ?? "";
    expect(JSON.parse(text)).toEqual({
      schema: "forge-ratchet/1",
      metric: "lines",
      "partial-lines": "hit",
      covered: 3,
      total: 4,
      coverage: "75.00",
    });
    const raised = await gate({ inputs, reports: [report(lcov, { "a.ts": "++++" })], files: { "coverage.ratchet": text } });
    expect(raised.outcome.report.notes?.join()).toContain("raised from 75.00% to 100.00%");
    const fallen = await gate({ inputs, reports: [report(lcov, { "a.ts": "++--" })], files: { "coverage.ratchet": text } });
    expect(fallen.outcome.headline).toBe("Coverage 50.00% is below ratchet 75.00% in coverage.ratchet: 2 of 4 after 3 of 4 lines");
    expect(fallen.files.get("/work/app/coverage.ratchet")).toBe(text);
  });

  it("is only read by pull requests, and compares exactly", async () => {
    const none = await gate({ inputs, reports: three, event: pullRequest });
    expect([none.files.has("/work/app/coverage.ratchet"), none.outcome.verdict]).toEqual([false, "pass"]);
    const files = { "coverage.ratchet": stored(750_000_001, 1_000_000_000) };
    const { outcome } = await gate({ inputs, reports: three, event: pullRequest, files });
    expect(outcome.verdict).toBe("fail");
  });

  it.each([
    ["{", "is not JSON"],
    ["[]", "is not a ratchet file"],
    [stored(3, 2), "`covered` at most `total`"],
    [stored(0, 0), "whole numbers"],
    [stored(1, 2).replace("lines", "branches"), "remembers branches"],
  ])("refuses %s", async (text, words) => {
    const error = await refusal({ inputs, reports: three, files: { "coverage.ratchet": text } });
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining(words) });
  });
});

describe("the badge", () => {
  const minimum = { units: 80n, scale: 0, text: "80" };

  it("is written as a picture and as an endpoint", async () => {
    const { files } = await gate({ inputs: { badge: "out/badge.svg", flag: "unit" }, reports: [report(lcov, { "a.ts": "+++++++-" })] });
    expect(files.get("/work/app/out/badge.svg")).toContain("87.50%");
    expect(JSON.parse(files.get("/work/app/out/badge.json") ?? "")).toEqual({
      schemaVersion: 1,
      label: "coverage unit",
      message: "87.50%",
      color: "yellowgreen",
    });
  });

  it("escapes its label and colours by the limit", () => {
    const { svg } = drawBadge(`<script>"&'\u0000`, { covered: 1, total: 2 }, minimum);
    expect(svg).toContain("&lt;script&gt;&quot;&amp;&#39;\ufffd: 50.00%");
    expect([svg.includes("<script"), svg.includes("\u0000")]).toEqual([false, false]);
    expect([0, 79, 80, 90].map((covered) => JSON.parse(drawBadge("c", { covered, total: 100 }, minimum).json).color)).toEqual([
      "red",
      "red",
      "yellowgreen",
      "brightgreen",
    ]);
    expect(drawBadge("c", { covered: 0, total: 0 }, minimum).json).toContain('"message":"unknown"');
  });
});

describe("the merged report", () => {
  it("is LCOV with counts, names and totals of its own", () => {
    const file = {
      lines: lineTable([
        [1, lineState.hit, 5],
        [2, lineState.missed, 0],
        [3, lineState.ignored, 0],
        [4, lineState.hit, 1e300],
      ]),
      branches: unitTable([
        { line: 1, covered: true, key: 0 },
        { line: 1, covered: false, key: 1 },
        { line: 4, covered: true, key: 0 },
      ]),
      functions: {
        ...unitTable([
          { line: 1, covered: true, key: 0 },
          { line: 4, covered: false, key: 1 },
        ]),
        name: ["a,b\n", "a b"],
      },
    };
    expect(
      writeLcov(
        new Map([
          ["src/a.ts", file],
          ["b\nend_of_record.ts", drawn("+")],
        ]),
      ),
    ).toBe(
      [
        "TN:",
        "SF:src/a.ts",
        "FN:1,a b",
        "FN:4,a b#1",
        "FNDA:1,a b",
        "FNDA:0,a b#1",
        "FNF:2",
        "FNH:1",
        "BRDA:1,0,0,1",
        "BRDA:1,0,1,0",
        "BRDA:4,0,0,1",
        "BRF:3",
        "BRH:2",
        "DA:1,5",
        "DA:2,0",
        "DA:4,9007199254740991",
        "LF:3",
        "LH:2",
        "end_of_record",
        "",
      ].join("\n"),
    );
  });
});

describe("stored lines", () => {
  const lines = { metric: "lines", partialLines: "hit" } as const;

  it("are runs", () => {
    expect(encodeLines(drawn("  ++-i-+"), lines)).toBe("3+2,0-,1-,0+");
    expect(encodeLines(drawn("bb b"), { ...lines, metric: "branches" })).toBe("1(1/2)2,1(1/2)");
  });

  it("come back as they were", () => {
    const picture = fc.string({ unit: fc.constantFrom("+", "-", " ", "i"), maxLength: 60 });
    fc.assert(
      fc.property(picture, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (text, a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const part = text.slice(first - 1, last);
        const expected = { covered: part.split("+").length - 1, total: part.replace(/[ i]/g, "").length };
        expect(sumLines(encodeLines(drawn(text), lines), (line) => line >= first && line <= last)).toEqual(expected);
      }),
    );
  });

  it.each(["x", "1+,", "1+9999999,0+9999999", "1(1/2", "99999999999+", "1+-3", "1 +"])("refuse %s", (text) => {
    expect(sumLines(text, () => true)).toBeUndefined();
  });
});
