import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, describe, expect, it } from "vitest";
import { cleanUp, root, runBundle, runForge, temporaryFolder } from "../harness.ts";
import { commitAll, writeFiles } from "../repository.ts";
import { ended, jsonOf, merge } from "./merge.ts";

afterAll(cleanUp);

const schema = JSON.parse(readFileSync(join(root, "actions/report/report.schema.json"), "utf8")) as object;
const validate = new Ajv({ strict: false }).compile(schema);

const size = (verdict: "pass" | "fail" | "neutral" | "unknown", id = ""): string =>
  jsonOf({ action: "bundle-size", id, verdict, headline: `All of it is 10 kB: ${verdict}` });

describe("the verdict", () => {
  it.each([
    ["pass", "pass", "pass", 0],
    ["pass", "neutral", "pass", 0],
    ["neutral", "neutral", "neutral", 0],
    ["pass", "unknown", "unknown", 3],
    ["neutral", "unknown", "unknown", 3],
    ["unknown", "fail", "fail", 1],
    ["pass", "fail", "fail", 1],
  ] as const)("of %s and %s is %s", async (one, other, verdict, exitCode) => {
    const run = await merge({ "coverage-gate.json": jsonOf({ verdict: one }), "bundle-size.json": size(other) });
    expect(ended(run), run.log).toEqual([exitCode, verdict]);
    expect(validate(run.report), JSON.stringify(validate.errors)).toBe(true);
    expect(JSON.parse(run.outputs["verdicts"] ?? "")).toEqual({ "coverage-gate": one, "bundle-size": other });
  });

  it("is printed with every gate's own, worst first", async () => {
    const run = await merge({
      "a.json": jsonOf(),
      "b.json": size("fail"),
      "c.json": jsonOf({ action: "secret-scan", verdict: "neutral" }),
    });
    expect(run.log).toMatch(/bundle-size[^\n]*fail[^\n]*\n(.*\n)*.*coverage-gate[^\n]*pass[^\n]*\n(.*\n)*.*secret-scan[^\n]*neutral/);
    expect(run.outputs["summary"]).toBe("3 gates: 1 fail, 1 pass, 1 neutral. bundle-size: All of it is 10 kB: fail");
  });

  it("is not enforced with `enforce: false`, and says so", async () => {
    const run = await merge({ "a.json": jsonOf({ verdict: "fail" }) }, { enforce: "false" });
    expect(ended(run)).toEqual([0, "fail"]);
    expect(run.log).toMatch(/not enforced/i);
  });

  it("counts a gate that does not enforce like any other: it is judged here", async () => {
    expect(ended(await merge({ "a.json": jsonOf({ verdict: "fail", enforced: false }) }))).toEqual([1, "fail"]);
  });
});

describe("where reports come from", () => {
  it("by default from the actions of the same job, and never from itself", async () => {
    const temp = temporaryFolder("forge-runner-");
    const first = await merge({ "coverage-gate.json": jsonOf() }, { id: "first" }, { temp });
    const second = await merge({}, { id: "second" }, { temp });
    expect([first.outputs["verdicts"], second.outputs["verdicts"]]).toEqual(['{"coverage-gate":"pass"}', '{"coverage-gate":"pass"}']);
  });

  it("from real gates of the job", async () => {
    const temp = temporaryFolder("forge-runner-");
    const workspace = temporaryFolder();
    writeFiles(workspace, {
      "src/a.js": "line\n".repeat(10),
      "coverage/lcov.info": "TN:\nSF:src/a.js\nDA:1,1\nDA:2,1\nDA:3,0\nend_of_record\n",
      "dist/app.js": "x".repeat(5000),
    });
    commitAll(workspace, "first");
    await runBundle("coverage-gate", { workspace, temp });
    await runBundle("bundle-size", { workspace, temp, inputs: { budgets: "- name: app\n  files: dist/*.js\n  max: 9 kB" } });
    const run = await merge({}, { expected: "coverage-gate\nbundle-size" }, { temp, workspace });
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(JSON.parse(run.outputs["verdicts"] ?? "")).toEqual({ "coverage-gate": "fail", "bundle-size": "pass" });
    expect(run.summary).toContain("66.66");
  });

  it("from globs, as downloaded artifacts lie there; the same bytes twice are one report", async () => {
    const files = { "r/shard-1/coverage-gate.json": jsonOf(), "r/shard-2/coverage-gate.json": jsonOf(), "r/b/x.json": size("pass", "web") };
    const run = await merge(files, { reports: "r/**/*.json" });
    expect(JSON.parse(run.outputs["verdicts"] ?? "")).toEqual({ "coverage-gate": "pass", "bundle-size.web": "pass" });
    expect(run.summary).not.toContain("several");
  });

  it("two different reports of one name both count, and that is said", async () => {
    const files = { "r/1/coverage-gate.json": jsonOf(), "r/2/coverage-gate.json": jsonOf({ verdict: "fail", headline: "Shard 2 fails." }) };
    const run = await merge(files, { reports: "r/**/*.json" });
    expect(ended(run)).toEqual([1, "fail"]);
    expect(run.outputs["verdicts"]).toBe('{"coverage-gate":"fail"}');
    expect(run.summary).toContain("several reports of coverage-gate");
  });

  it("on a laptop from the runs before", async () => {
    const workspace = temporaryFolder();
    writeFiles(workspace, { "src/a.js": "line\n", "coverage/lcov.info": "TN:\nSF:src/a.js\nDA:1,1\nend_of_record\n" });
    commitAll(workspace, "first");
    await runForge(["run", "coverage-gate"], workspace);
    const run = await runForge(["run", "report"], workspace);
    expect([run.exitCode, run.stdout], run.stderr).toEqual([0, expect.stringContaining("coverage-gate")]);
  });
});

describe("what is missing or broken", () => {
  it("no report at all is 3", async () => {
    const run = await merge({});
    expect(ended(run)).toEqual([3, "unknown"]);
    expect(run.outputs["summary"]).toContain("there is no report where this job's actions write theirs");
  });

  it.each([
    ["coverage-gate\nbundle-size", "bundle-size"],
    ["bundle-size.web", "bundle-size.web"],
    ["coverage-gate.api", "coverage-gate.api"],
  ])("expected %s: what is absent is unknown and 3", async (expected, absent) => {
    const run = await merge({ "coverage-gate.json": jsonOf() }, { expected });
    expect(ended(run), run.log).toEqual([3, "unknown"]);
    expect(JSON.parse(run.outputs["verdicts"] ?? "")).toMatchObject({ [absent]: "unknown" });
    expect(run.outputs["summary"]).toContain(absent);
  });

  it("expected and nothing there: all are unknown, in a report", async () => {
    const run = await merge({}, { expected: "coverage-gate\nsecret-scan" });
    expect(ended(run)).toEqual([3, "unknown"]);
    expect(run.summary).toMatch(/coverage-gate.*\n.*secret-scan/);
  });

  it("expected and there, with any id", async () => {
    const run = await merge({ "coverage-gate.web.json": jsonOf({ id: "web" }) }, { expected: "coverage-gate\ncoverage-gate.web" });
    expect(ended(run)).toEqual([0, "pass"]);
  });

  it("a name that is none is 2", async () => {
    const run = await merge({ "a.json": jsonOf() }, { expected: "Coverage Gate!" });
    expect(ended(run)).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toContain('expected: "Coverage Gate!"');
  });

  it.each([
    ["an empty file", ""],
    ["half a file", jsonOf().slice(0, 300)],
    ["another's JSON", '{"schema":"other/1"}'],
    ["a newer format", jsonOf().replace("forge-report/1", "forge-report/2")],
    ["a wrong type", jsonOf().replace('"enforced": true', '"enforced": "yes"')],
    ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0x00])],
    ["brackets without end", "[".repeat(100_000)],
    ["a key for a prototype", jsonOf().replace('"data": {}', '"data": {"__proto__": {"polluted": true}}')],
  ])("%s is 2, enforced or not, and the others are still told", async (_, content) => {
    for (const enforce of ["true", "false"]) {
      const run = await merge({ "coverage-gate.json": jsonOf(), "bundle-size.json": content }, { enforce });
      expect(ended(run), run.log).toEqual([2, "unknown"]);
      expect(run.outputs["summary"]).toContain("bundle-size");
      expect(run.summary).toContain("91.2");
    }
  });

  it("a report that contradicts itself is 3", async () => {
    const run = await merge({ "a.json": jsonOf({ outputs: { verdict: "fail" } }) });
    expect(ended(run)).toEqual([3, "unknown"]);
    expect(run.outputs["summary"]).toContain("contradicts itself");
  });

  it("a file of 20 MB is refused unread, and a link to nowhere said", async () => {
    const workspace = temporaryFolder();
    writeFiles(workspace, { "r/huge.json": "x".repeat(20_000_000) });
    symlinkSync("/nowhere/at/all", join(workspace, "r", "lost.json"));
    const run = await merge({}, { reports: "r/huge.json\nr/lost.json" }, { workspace });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.summary).toContain("20000000 bytes");
    expect(run.summary).toContain("does not exist");
  });
});

describe("limits", () => {
  it("a summary of twelve long reports stays below 1 MiB, says the verdicts first and that there is more", async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => [{ code: `src/quite/a/long/path/of/a/module-${index}.ts` }, `${index}`]);
    const long = (id: string) =>
      jsonOf({
        id,
        sections: Array.from({ length: 30 }, (_, index) => ({
          title: `Files ${index}`,
          blocks: [{ kind: "table", columns: [{ title: "File" }, { title: "Lines" }], rows: rows.slice(0, 600) }],
        })),
      });
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`coverage-gate.p${index}.json`, long(`p${index}`)]));
    const run = await merge(files);
    expect(ended(run), run.log.slice(0, 500)).toEqual([0, "pass"]);
    expect(Buffer.byteLength(run.summary)).toBeLessThanOrEqual(1_048_576);
    for (let index = 0; index < 12; index++) expect(run.summary.slice(0, 3_000)).toContain(`coverage-gate.p${index}`);
    expect(run.summary).toMatch(/more/);
  });

  it("501 files are too many", async () => {
    const files = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`g${index}.json`, "{}"]));
    const run = await merge(files);
    expect(ended(run)).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toContain("at most 500");
  });
});
