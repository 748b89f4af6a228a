import { describe, expect, it } from "vitest";
import { readThresholds } from "../../../actions/coverage-gate/src/thresholds.ts";
import { parseYaml } from "../../../packages/frame/adapters/yaml.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import { changed, gate, refusal, report } from "./memory-ports.ts";

function problems(text: string, file?: string): readonly string[] {
  try {
    readThresholds(parseYaml(text, file === undefined ? { input: "thresholds" } : { file }));
  } catch (error) {
    if (error instanceof UserError) return error.problems.length > 0 ? error.problems : [error.message];
    throw error;
  }
  return [];
}

describe("the list", () => {
  it("is read with exact limits", () => {
    const [entry] = readThresholds(
      parseYaml('- path: ./src/\n  minimum: "79.995"\n  maximum-uncovered-lines: 3\n  each: true', { input: "thresholds" }),
    );
    expect(entry).toMatchObject({
      path: "src/**",
      minimum: { units: 79995n, scale: 3 },
      maximumUncoveredLines: 3,
      each: true,
      name: "thresholds: ./src/",
    });
    expect(readThresholds(undefined)).toEqual([]);
  });

  it.each([
    ["minimum: 5", "thresholds, line 1, column 1: a list of entries is expected"],
    ["- src", "line 1, column 3: an entry is a mapping"],
    ["- path: a\n  minimum: 1\n  minumum: 2", 'line 3, column 3: unknown key "minumum". Did you mean "minimum"?'],
    ["- minimum: 1", "an entry needs either `path` or `flag`"],
    ["- path: a\n  flag: b\n  minimum: 1", "an entry needs either `path` or `flag`"],
    ["- path: a", "an entry needs at least one of"],
    ["- path: a\n  minimum: 101", 'line 2, column 12: minimum is "101". Allowed: a percentage from 0 to 100. Example: 90'],
    ["- path: a\n  minimum: -1", 'minimum is "-1"'],
    ["- path: a\n  minimum: [1]", "minimum is a list or mapping"],
    ["- path: a\n  maximum-uncovered-lines: 1.5", 'line 2, column 28: maximum-uncovered-lines is "1.5"'],
    ["- path: a\n  minimum: 1\n  each: yes", 'each is "yes". Allowed: true or false'],
    ["- flag: a\n  minimum: 1\n  each: true", "`each` goes with `path`, not with `flag`"],
    ["- path: ''\n  minimum: 1", 'path is "". Allowed: a glob'],
    [
      "- path: a\n  minimum: 1\n- path: a\n  minimum: 2",
      'line 3, column 3: "a" stands here a second time, after thresholds, line 1, column 3',
    ],
  ])("%j: %s", (text, expected) => expect(problems(text).join("\n")).toContain(expected));

  it("reports every mistake at once, with its place in the file", () => {
    expect(problems("- path: a\n  minimum: x\n- pth: b\n  minimum: 1", ".forge.yml")).toEqual([
      '.forge.yml:2:12 (line 2): thresholds: minimum is "x". Allowed: a percentage from 0 to 100. Example: 90',
      expect.stringContaining('.forge.yml:3:3 (line 3): thresholds: unknown key "pth". Did you mean "path"?'),
      expect.stringContaining("an entry needs either `path` or `flag`"),
    ]);
  });

  it("leaves repeated keys to the parser, which names the line", () => {
    expect(problems("- path: a\n  minimum: 1\n  minimum: 2").join()).toContain("line 3");
  });
});

describe("the rules", () => {
  const reports = [report("coverage/lcov.info", { "src/a.ts": "++++-", "src/b.ts": "+--", "lib/c.ts": "+++-" })];
  const rules = async (thresholds: string, rest = {}) => {
    const { outcome } = await gate({
      inputs: { minimum: "0", thresholds },
      reports,
      changed: [changed("src/a.ts", [[4, 5]]), changed("src/b.ts", [[1, 1]])],
      ...rest,
    });
    return outcome.report.rules.slice(1);
  };

  it("judge all files of a glob together, or the worst of them", async () => {
    expect(await rules("- path: src/**\n  minimum: 60\n- path: lib/**\n  minimum: 90")).toEqual([
      { name: "thresholds: src/**", verdict: "pass", actual: 62.5, limit: 60, unit: "%" },
      { name: "thresholds: lib/**", verdict: "fail", actual: 75, limit: 90, unit: "%", why: "1 of 4 lines is not covered" },
    ]);
    expect(await rules("- path: '**'\n  minimum: 76\n  each: true")).toEqual([
      { name: "thresholds: **", verdict: "fail", actual: 33.33, limit: 76, unit: "%", why: "2 of 3 files are below it", path: "src/b.ts" },
    ]);
  });

  it("judge the change", async () => {
    expect(
      await rules(
        "- path: src/**\n  minimum-patch: 66\n- path: src/**\n  minimum-patch: 66\n  each: true\n- path: lib/**\n  minimum-patch: 66",
      ),
    ).toMatchObject([
      { verdict: "pass", actual: 66.66 },
      { verdict: "fail", actual: 50, path: "src/a.ts" },
      { verdict: "neutral", why: "the change has no coverable lines there" },
    ]);
  });

  it("warn about changed lines that fail a rule of their own", async () => {
    const { outcome } = await gate({
      inputs: { minimum: "0", thresholds: "- path: src/**\n  minimum-patch: 90" },
      reports,
      changed: [changed("src/a.ts", [[4, 5]])],
    });
    expect(outcome.report.findings).toMatchObject([{ severity: "warning", path: "src/a.ts", line: 5 }]);
    expect(outcome.report.sections.find(({ title }) => title.startsWith("Files with"))?.folded).toBe(true);
  });

  it("count uncovered lines", async () => {
    expect(await rules("- path: src/**\n  maximum-uncovered-lines: 2\n- path: src/**\n  maximum-uncovered-lines: 2\n  each: true")).toEqual(
      [
        { name: "thresholds: src/**", verdict: "fail", actual: 3, limit: 2, unit: "lines", why: "3 uncovered lines" },
        { name: "thresholds: src/**", verdict: "pass", actual: 2, limit: 2, unit: "lines", path: "src/b.ts" },
      ],
    );
  });

  it("say in the headline what failed, with the glob as it is written", async () => {
    const { outcome } = await gate({ inputs: { minimum: "0", thresholds: "- path: src/**\n  minimum: 70" }, reports });
    expect(outcome.headline).toBe("src/**: coverage 62.50% is below minimum 70%: 3 of 8 lines are not covered");
  });

  it("refuse a glob of nothing, and do not know files that no report has", async () => {
    const paths = ["src/a.ts", "src/b.ts", "lib/c.ts", "new/d.ts"];
    const typo = await refusal({ inputs: { thresholds: "- path: scr/**\n  minimum: 1" }, reports, paths });
    expect(typo).toMatchObject({ exitCode: 2, message: 'thresholds, line 1, column 3: "scr/**" matches no file.' });
    expect(await rules("- path: new/**\n  minimum: 1", { paths })).toMatchObject([
      { verdict: "unknown", why: "its files stand in no report" },
    ]);
    const ignored = { inputs: { minimum: "0", ignore: "lib/**", thresholds: "- path: lib/**\n  minimum: 90" } };
    expect(await rules("", ignored)).toMatchObject([{ verdict: "neutral", why: "all its files are ignored" }]);
  });
});
