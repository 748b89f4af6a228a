import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp } from "../harness.ts";
import { pullRequest } from "../pull-request.ts";
import { writeFiles } from "../repository.ts";
import { ended, gate, lcov, project, rule, share, source } from "./gate.ts";

let folder = "";
beforeAll(() => {
  folder = project({ "src/pay/a.js": share(9, 10), "src/pay/b.js": share(5, 10), "src/ui/c.js": share(1, 10), "lib/d.js": "11" }).folder;
});
afterAll(cleanUp);

const only = { minimum: "0" };

describe("an entry for a glob", () => {
  it.each<[name: string, entry: string, code: number, expected: Record<string, unknown>]>([
    ["its files together, holding", "minimum: 70", 0, { verdict: "pass", actual: 70, limit: 70, unit: "%" }],
    ["its files together, broken", "minimum: 70.01", 1, { verdict: "fail", actual: 70, limit: 70.01 }],
    ["each of its files", "minimum: 70, each: true", 1, { verdict: "fail", actual: 50, path: "src/pay/b.js" }],
    ["a maximum of lines, holding", "maximum-uncovered-lines: 6", 0, { verdict: "pass", actual: 6, limit: 6, unit: "lines" }],
    ["a maximum of lines, broken", "maximum-uncovered-lines: 5", 1, { verdict: "fail", actual: 6, limit: 5 }],
    ["a maximum for each", "maximum-uncovered-lines: 4, each: true", 1, { verdict: "fail", actual: 5, path: "src/pay/b.js" }],
  ])("%s", async (_, entry, code, expected) => {
    const run = await gate(folder, { ...only, thresholds: `- { path: "src/pay/**", ${entry} }` });
    expect(run.exitCode, run.log).toBe(code);
    expect(rule(run, "thresholds: src/pay/**")).toMatchObject(expected);
    expect(run.outputs["summary"]).toContain(code === 0 ? "1 threshold holds" : "src/pay/**");
  });

  it("several entries and limits are all judged", async () => {
    const thresholds = "- path: src/**\n  minimum: 40\n  maximum-uncovered-lines: 20\n- path: lib/d.js\n  minimum: 100\n";
    const run = await gate(folder, { ...only, thresholds });
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(run.report?.rules.map(({ name }) => name)).toEqual([
      "minimum",
      "thresholds: src/**",
      "thresholds: src/**",
      "thresholds: lib/d.js",
    ]);
  });

  it("may stand in a file of its own", async () => {
    writeFiles(folder, { "coverage/thresholds.yml": "- path: lib/**\n  minimum: 100\n" });
    expect(rule(await gate(folder, { ...only, thresholds: "coverage/thresholds.yml" }), "thresholds: lib/**").verdict).toBe("pass");
    writeFiles(folder, { "coverage/thresholds.yml": "- path: lib/**\n  minimum: 100\n  mininum-patch: 3\n" });
    const run = await gate(folder, { ...only, thresholds: "coverage/thresholds.yml" });
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toMatch(/coverage\/thresholds\.yml:3/);
    expect((await gate(folder, { ...only, thresholds: "coverage/none.yml" })).exitCode).toBe(2);
  });

  it("`minimum-patch` holds for the changed lines of its files", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(4), "lib/b.js": source(4) },
      change: { "src/a.js": source(6), "lib/b.js": source(6) },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "111110", "lib/b.js": "111111" }) },
    });
    const thresholds = "- path: src/**\n  minimum-patch: 60\n- path: lib/**\n  minimum-patch: 100\n";
    const run = await gate(pull.folder, { ...only, thresholds }, pull.happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(rule(run, "thresholds: src/**")).toMatchObject({ verdict: "fail", actual: 50, limit: 60 });
    expect(rule(run, "thresholds: lib/**")).toMatchObject({ verdict: "pass", actual: 100 });
  });

  it("files that are in the repository but in no report are unknown, never a pass", async () => {
    const { folder: other } = project({ "src/a.js": "11" }, { "legacy/z.js": source(3) });
    const run = await gate(other, { thresholds: "- path: legacy/**\n  minimum: 10\n" });
    expect(ended(run), run.log).toEqual([3, "unknown"]);
  });

  it("a glob that matches nothing at all is wrong", async () => {
    const run = await gate(folder, { ...only, thresholds: "- path: scr/**\n  minimum: 10\n", enforce: "false" });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toMatch(/line 1.*"scr\/\*\*" matches no file/);
  });
});

describe("mistakes are named with their line", () => {
  it.each<[name: string, text: string, message: RegExp]>([
    ["an unknown key", "- path: src/**\n  minimum: 1\n  maximum: 3\n", /line 3.*maximum/],
    ["a misspelt key", "- path: src/**\n  minimun: 1\n", /line 2.*minimun.*Did you mean "minimum"/],
    ["a repeated key", "- path: src/**\n  minimum: 1\n  minimum: 2\n", /line 3/],
    ["a percentage over 100", "- path: src/**\n  minimum: 101\n", /line 2.*101.*0 to 100/],
    ["a text for a number", "- path: src/**\n\n\n  maximum-uncovered-lines: some\n", /line 4.*some/],
    ["each that is no boolean", "- path: src/**\n  minimum: 1\n  each: sometimes\n", /line 3.*each/],
    ["each with a flag", "- flag: unit\n  minimum: 1\n  each: true\n", /line 1.*each/],
    ["no limit", "- path: src/**\n  minimum: 1\n- path: lib/**\n", /line 3.*at least one of/],
    ["neither path nor flag", "- minimum: 1\n", /line 1.*`path` or `flag`/],
    ["both path and flag", "- path: a\n  flag: b\n  minimum: 1\n", /line 1.*`path` or `flag`/],
    ["the same entry twice", "- path: src/**\n  minimum: 1\n- path: src/**\n  minimum: 2\n", /line 3.*second time/],
    ["a mapping instead of a list", "path: src/**\nminimum: 1\n", /line 1.*list/],
    ["no YAML at all", "- path: [src\n", /line \d/],
    [
      "an alias that multiplies",
      "- &a [x,x,x,x,x,x,x,x,x]\n- &b [*a,*a,*a,*a,*a,*a,*a,*a]\n- &c [*b,*b,*b,*b,*b,*b,*b]\n- [*c,*c,*c,*c,*c,*c]\n",
      /thresholds.*aliases/,
    ],
  ])("%s", async (_, thresholds, message) => {
    const run = await gate(folder, { ...only, thresholds });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toMatch(message);
  });

  it("all of them in one run", async () => {
    const run = await gate(folder, { minimum: "a lot", thresholds: "- path: a\n  minimum: 200\n- flag: b\n  what: 1\n", metric: "words" });
    expect(run.exitCode).toBe(2);
    for (const words of [/minimum: "a lot"/, /metric: "words"/]) expect(run.outputs["summary"]).toMatch(words);
  });
});
