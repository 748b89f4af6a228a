import { describe, expect, it } from "vitest";
import { annotationsOf, rankedAnnotations } from "../../../packages/report/annotations.ts";
import { joinedFindings } from "../../../packages/report/findings.ts";
import type { Finding, Report, Severity } from "../../../packages/report/model.ts";
import { failing } from "./samples.ts";

function at(path: string, line: number, severity: Severity = "warning", message = "No test runs this."): Finding {
  return { rule: "minimum-patch", severity, message, path, line };
}

function reportOf(findings: readonly Finding[]): Report {
  return { ...failing, findings };
}

describe("joinedFindings", () => {
  it("joins lines that follow one another or overlap, whatever order they come in", () => {
    const findings = [at("a", 5), at("b", 1), at("a", 4), { ...at("a", 6), endLine: 8 }, at("a", 8), at("a", 10)];
    expect(joinedFindings(findings).map(({ path, line, endLine }) => [path, line, endLine])).toEqual([
      ["a", 4, 8],
      ["b", 1, undefined],
      ["a", 10, undefined],
    ]);
  });

  it("keeps apart what says something else", () => {
    const findings = [at("a", 1), at("a", 2, "error"), at("a", 3, "warning", "other"), { ...at("a", 4), rule: "x" }];
    expect(joinedFindings(findings)).toHaveLength(4);
  });

  it("puts errors first and otherwise keeps the order", () => {
    const findings = [at("n", 1, "notice"), at("w2", 1), at("e", 1, "error"), at("w1", 1)];
    expect(joinedFindings(findings).map(({ path }) => path)).toEqual(["e", "w2", "w1", "n"]);
  });
});

describe("annotations", () => {
  it("carry place, title and message", () => {
    const finding: Finding = { ...at("src/a.ts", 3), endLine: 3, column: 5, endColumn: 9, hits: 0 };
    expect(annotationsOf(reportOf([finding]))).toEqual([
      {
        severity: "warning",
        title: "coverage-gate web: minimum-patch",
        message: "No test runs this.",
        path: "src/a.ts",
        line: 3,
        endLine: 3,
        column: 5,
        endColumn: 9,
      },
    ]);
  });

  it("drop columns of a range, lines without a path, and ends before the beginning", () => {
    const [range, nowhere, backwards] = annotationsOf(
      reportOf([
        { ...at("a", 3), endLine: 5, column: 2, endColumn: 1 },
        { rule: "r", severity: "warning", message: "m", line: 4 },
        { ...at("b", 9), endLine: 2 },
      ]),
    );
    expect(range).not.toHaveProperty("column");
    expect(nowhere).not.toHaveProperty("line");
    expect(backwards).toMatchObject({ line: 9, endLine: 9 });
  });

  it("show ten of a type, worst first, and say in the last notice where the rest is", () => {
    const many = (severity: Severity, count: number) =>
      Array.from({ length: count }, (_, index) => at(`${severity}-${index}`, 1, severity));
    const { annotations, leftOut } = rankedAnnotations(reportOf([...many("notice", 30), ...many("warning", 12), ...many("error", 4)]));
    const count = (severity: Severity) => annotations.filter((annotation) => annotation.severity === severity).length;
    expect([count("error"), count("warning"), count("notice")]).toEqual([4, 10, 10]);
    expect(leftOut).toBe(2 + 21);
    expect(annotations[0]).toMatchObject({ path: "error-0" });
    expect(annotations.at(-1)).toEqual({
      severity: "notice",
      title: "coverage-gate web",
      message: expect.stringMatching(/^23 more findings not shown here.*https:\/\/github\.com\/acme\/shop\/actions\/runs\/1234567$/),
    });
  });

  it("leave room for those that the caller makes itself", () => {
    const errors = Array.from({ length: 10 }, (_, index) => at(`e-${index}`, 1, "error"));
    const { annotations, leftOut } = rankedAnnotations(reportOf(errors), { error: 1 });
    expect(annotations.filter(({ severity }) => severity === "error")).toHaveLength(9);
    expect(leftOut).toBe(1);
    expect(annotations.at(-1)?.message).toMatch(/^1 more finding /);
  });

  it("need no notice when ten fit", () => {
    const notices = Array.from({ length: 10 }, (_, index) => at(`n-${index}`, 1, "notice"));
    expect(rankedAnnotations(reportOf(notices))).toMatchObject({ leftOut: 0, annotations: { length: 10 } });
  });

  it("cut messages that the runner would cut", () => {
    const [annotation] = annotationsOf(reportOf([at("a", 1, "error", "x".repeat(100_000))]));
    expect(annotation?.message).toMatch(/^x{4000}… 96,000 more characters$/);
  });
});
