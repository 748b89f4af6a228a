import { afterAll, describe, expect, it } from "vitest";
import { cleanUp, runForge } from "../harness.ts";
import { pullRequest } from "../pull-request.ts";
import { writeFiles } from "../repository.ts";
import { ended, gate, lcov, notes, project, rule, share, source } from "./gate.ts";

afterAll(cleanUp);

function configured(text: string, files: Record<string, string> = { "src/a.js": share(7, 10) }): string {
  const { folder } = project(files);
  writeFiles(folder, { ".forge.yml": text });
  return folder;
}

describe("precedence", () => {
  it("the file wins over fallbacks, an explicit input over the file, and an empty input is none", async () => {
    const folder = configured("coverage-gate:\n  minimum: 60\n  metric: lines\n");
    expect((await gate(folder)).exitCode).toBe(0);
    expect((await gate(folder, { minimum: "" })).exitCode).toBe(0);
    expect((await gate(folder, { minimum: "71" })).exitCode).toBe(1);
    expect((await gate(configured("coverage-gate: {}\n"))).exitCode).toBe(1);
    expect((await gate(configured("# nothing yet\n"))).exitCode).toBe(1);
    expect((await gate(configured("other-action:\n  minimum: 3\n"))).exitCode).toBe(1);
  });

  it("the command line agrees with the runner, also in a subfolder", async () => {
    const folder = configured("coverage-gate:\n  minimum: 60\n  working-directory: .\n");
    const run = await runForge(["run", "coverage-gate", "--json"], folder);
    expect([run.exitCode, JSON.parse(run.stdout)], run.stderr).toMatchObject([0, { verdict: "pass", rules: [{ limit: 60 }] }]);
    const flag = await runForge(["run", "coverage-gate", "--minimum", "71"], folder);
    expect(flag.exitCode).toBe(1);
  });

  it("thresholds and lists keep their structure, and mistakes in them their place", async () => {
    const good = "coverage-gate:\n  minimum: 0\n  ignore:\n    - lib/**\n  thresholds:\n    - path: src/**\n      minimum: 70\n";
    const run = await gate(configured(good, { "src/a.js": share(7, 10), "lib/b.js": "0" }));
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(run.outputs["total"]).toBe("10");
    const bad = await gate(configured(good.replace("minimum: 70", "minimun: 70")));
    expect(bad.exitCode).toBe(2);
    expect(bad.outputs["summary"]).toMatch(/\.forge\.yml:7:7 \(line 7\): thresholds: unknown key "minimun"/);
  });
});

describe("several entries", () => {
  const list = "coverage-gate:\n  - id: web\n    minimum: 60\n  - id: api\n    minimum: 90\n";

  it("are told apart by id, which also names the report", async () => {
    const web = await gate(configured(list), { id: "web" });
    const api = await gate(configured(list), { id: "api" });
    expect([web.exitCode, api.exitCode]).toEqual([0, 1]);
    expect(web.outputs["report"]).toMatch(/coverage-gate\.web\.json$/);
  });

  it.each([
    [{}, /web, api/],
    [{ id: "mobile" }, /no.*"mobile".*web, api/],
  ])("need an id that is one of them: %j", async (inputs, message) => {
    const run = await gate(configured(list), inputs);
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toMatch(message);
  });

  it("refuse the same id twice", async () => {
    const run = await gate(configured(list.replace("api", "web")), { id: "web" });
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toMatch(/\.forge\.yml:4:\d+.*"web"/);
  });
});

describe("mistakes have their line and column", () => {
  it.each<[name: string, text: string, message: RegExp]>([
    ["no YAML", "coverage-gate: [\n", /\.forge\.yml:\d+:\d+/],
    ["an unknown input", "coverage-gate:\n  minimum: 1\n  mimimum-patch: 3\n", /\.forge\.yml:3:3.*Did you mean "minimum-patch"/],
    ["a misspelt action", "coverage_gate:\n  minimum: 1\n", /\.forge\.yml:1:1.*Did you mean "coverage-gate"/],
    ["a repeated key", "coverage-gate:\n  minimum: 1\n  minimum: 2\n", /\.forge\.yml:3:3/],
    ["a bad value", "coverage-gate:\n\n  minimum: lots\n", /\.forge\.yml:3:12 .*minimum: "lots"/],
    ["a list for a number", "coverage-gate:\n  minimum: [1, 2]\n", /\.forge\.yml:2:12 .*minimum: a list/],
    ["a secret", "coverage-gate:\n  token: ghs_x\n", /\.forge\.yml:2:\d+ .*token: a secret/],
    ["a list at the top", "- coverage-gate\n", /\.forge\.yml:1:1/],
    ["a text for the settings", "coverage-gate: strict\n", /\.forge\.yml:1:\d+/],
  ])("%s", async (_, text, message) => {
    const run = await gate(configured(text), { enforce: "false" });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toMatch(message);
  });
});

describe("a pull request that changes it", () => {
  it.each([
    ["makes", {}, { ".forge.yml": "coverage-gate:\n  minimum: 1\n" }, true],
    ["lowers", { ".forge.yml": "coverage-gate:\n  minimum: 90\n" }, { ".forge.yml": "coverage-gate:\n  minimum: 1\n" }, true],
    ["removes", { ".forge.yml": "coverage-gate:\n  minimum: 1\n" }, { ".forge.yml": null, "src/a.js": source(2) }, true],
    ["does not touch", { ".forge.yml": "coverage-gate:\n  minimum: 1\n" }, { "docs/a.md": "x\n" }, false],
  ])("%s it: told in the headline: %#", async (_, before, change, told) => {
    const pull = pullRequest({
      before: { "src/a.js": source(4), ...before },
      change,
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "1111" }) },
    });
    const run = await gate(pull.folder, {}, pull.happening);
    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs["summary"]?.includes("changes .forge.yml")).toBe(told);
    expect(run.summary.split("\n")[0]?.includes("forge.yml")).toBe(told);
  });
});

describe("accept", () => {
  const waiver = (rest: string): string => `accept:\n  - { rule: ${rest}, reason: is replaced next month }\n`;

  it("a rule that is accepted is a warning, shown with its reason and its day, until that day is over", async () => {
    const accepted = await gate(configured(waiver("minimum, until: 2999-12-31")));
    expect(ended(accepted), accepted.log).toEqual([0, "pass"]);
    expect(rule(accepted, "minimum")).toMatchObject({ verdict: "warn", why: expect.stringContaining("2999-12-31") });
    expect(accepted.outputs["summary"]).toMatch(/^minimum accepted until 2999-12-31: is replaced next month/);
    expect(notes(accepted)).toContain("Accepted until 2999-12-31: minimum (is replaced next month)");
    const dead = await gate(configured(waiver("minimum, until: 2020-01-31")));
    expect(ended(dead), dead.log).toEqual([1, "fail"]);
    expect(notes(dead)).toMatch(/No longer accepted since 2020-01-31.*\.forge\.yml:2/);
  });

  it("with a path it takes those files out of the rule, and no others", async () => {
    const files = { "src/a.js": share(9, 10), "old/b.js": share(0, 30) };
    const run = await gate(configured(waiver("minimum, path: old/**, until: 2999-12-31"), files));
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(rule(run, "minimum")).toMatchObject({ actual: 90 });
    expect(notes(run)).toContain("minimum for old/**");
    expect(run.outputs["coverage"]).toBe("22.50");
    const other = await gate(configured(waiver("minimum, path: other/**, until: 2999-12-31"), files));
    expect(other.exitCode).toBe(1);
    expect(notes(other)).not.toContain("Accepted");
  });

  it("for another rule it changes nothing", async () => {
    expect((await gate(configured(waiver("minimum-patch, until: 2999-12-31")))).exitCode).toBe(1);
  });

  it.each<[text: string, message: RegExp]>([
    ["minimum", /\.forge\.yml:2:\d+.*until/],
    ["minimum, until: soon", /\.forge\.yml:2:\d+.*"soon"/],
    ["minimum, until: 2026-02-30", /2026-02-30/],
    ["minimum, until: 2999-12-31, paht: src", /\.forge\.yml:2:\d+.*Did you mean "path"/],
  ])("%s is a mistake", async (rest, message) => {
    const run = await gate(configured(waiver(rest)));
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toMatch(message);
  });
});
