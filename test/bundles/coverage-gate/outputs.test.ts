import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cleanUp, runBundle, temporaryFolder } from "../harness.ts";
import { edit, pullRequest } from "../pull-request.ts";
import { annotated, ended, fileData, gate, lcov, project, share, source } from "./gate.ts";

afterAll(cleanUp);

describe("outputs", () => {
  it("are floored numbers without a sign for percent, and whole numbers", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(2), "src/b.js": source(1) },
      change: { "src/a.js": source(5) },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "11011", "src/b.js": "0" }) },
    });
    const run = await gate(pull.folder, { minimum: "0" }, pull.happening);
    expect(run.outputs).toEqual({
      verdict: "pass",
      summary: "Coverage 66.66% (minimum 0%), patch coverage 66.66% of 3 changed lines",
      report: run.outputs["report"],
      coverage: "66.66",
      covered: "4",
      total: "6",
      "patch-coverage": "66.66",
      "patch-covered": "2",
      "patch-total": "3",
      delta: "",
      "uncovered-files": "2",
    });
  });

  it("all stand empty, but for the common three, where nothing could be counted", async () => {
    const run = await gate(project({ "src/a.js": "1" }).folder, { reports: "none/*" });
    const { verdict, summary, report, ...others } = run.outputs;
    expect([verdict, summary === "", existsSync(report ?? "")]).toEqual(["unknown", false, true]);
    expect(Object.values(others).join("")).toBe("");
  });
});

describe("the report", () => {
  it("lies in the job's temporary folder under the action's name and id", async () => {
    const temp = temporaryFolder();
    const { folder } = project({ "src/a.js": "1" });
    const plain = await gate(folder, {}, { temp });
    const named = await gate(folder, { id: "web.1" }, { temp });
    expect(plain.outputs["report"]).toBe(join(temp, "forge-reports", "coverage-gate.json"));
    expect(named.outputs["report"]).toBe(join(temp, "forge-reports", "coverage-gate.web.1.json"));
  });

  it("of a second step with the same id is refused, and the first one's stays", async () => {
    const temp = temporaryFolder();
    const { folder } = project({ "src/a.js": "10" });
    for (const inputs of [{}, { id: "web" }] as Record<string, string>[]) {
      const first = await gate(folder, { ...inputs, minimum: "50" }, { temp });
      const before = readFileSync(first.outputs["report"] ?? "", "utf8");
      const second = await runBundle("coverage-gate", { workspace: folder, temp, inputs: { ...inputs, minimum: "0", baseline: "none" } });
      expect(ended(second), second.log).toEqual([2, "unknown"]);
      expect(second.outputs["summary"]).toMatch(/id: this job already has a report named "coverage-gate/);
      expect(readFileSync(first.outputs["report"] ?? "", "utf8")).toBe(before);
    }
  });

  it.each(["../x", "a b", "", "x".repeat(65), "-web", "web\nverdict=pass"])("id %j", async (id) => {
    const run = await gate(project({ "src/a.js": "1" }).folder, { id });
    expect(run.exitCode).toBe(id === "" ? 0 : 2);
    if (id !== "") expect(run.outputs["summary"]).toMatch(/id:/);
  });

  it("has the inputs that were used, without the token, and everything that other tools read", async () => {
    const { folder, commit } = project({ "src/a.js": "110", "src/b.js": "--" });
    const token = "ghs_secret0123456789abcdef";
    const run = await gate(folder, { minimum: "60", token, flag: "unit" }, { env: { GITHUB_SHA: commit } });
    expect(run.report).toMatchObject({
      schema: "forge-report/1",
      action: "coverage-gate",
      verdict: "pass",
      commit,
      inputs: { minimum: "60", flag: "unit", metric: "lines" },
      rules: [{ name: "minimum", verdict: "pass", actual: 66.66, limit: 60, unit: "%" }],
      data: { formats: ["lcov"], metric: "lines", flag: "unit" },
    });
    expect(fileData(run)[0]).toMatchObject({ path: "src/a.js", covered: 2, total: 3, uncovered: [[3, 3]], patch: { uncovered: [] } });
    const everything = [readFileSync(run.outputs["report"] ?? "", "utf8"), run.summary, run.log].join("\n");
    expect(everything).not.toContain(token);
    expect(run.commands.some(({ name, message }) => name === "add-mask" && message === token)).toBe(true);
  });
});

describe("files that are asked for", () => {
  it("a badge as a picture and as an endpoint", async () => {
    const { folder } = project({ "src/a.js": share(2, 3) });
    await gate(folder, { badge: "out/cov.svg", minimum: "0", flag: `"><script>` });
    const svg = readFileSync(join(folder, "out", "cov.svg"), "utf8");
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain("66.66%");
    expect(svg).not.toContain("<script>");
    const endpoint = JSON.parse(readFileSync(join(folder, "out", "cov.json"), "utf8")) as unknown;
    expect(endpoint).toEqual({ schemaVersion: 1, label: `coverage "><script>`, message: "66.66%", color: "yellowgreen" });
    expect((await gate(folder, { badge: "out/cov.png" })).exitCode).toBe(2);
    expect((await gate(folder, { badge: "../cov.svg" })).exitCode).toBe(2);
  });

  it("is red below the minimum, and written for a failing run too", async () => {
    const { folder } = project({ "src/a.js": share(1, 3) });
    expect((await gate(folder, { badge: "cov.svg" })).exitCode).toBe(1);
    expect(JSON.parse(readFileSync(join(folder, "cov.json"), "utf8"))).toMatchObject({ color: "red", message: "33.33%" });
  });

  it("one lcov file of all reports, which reads back as the same numbers", async () => {
    const { folder } = project({ "src/a.js": "1100", "src/b.js": "01" });
    const shards = { "coverage/1.info": "SF:src/a.js\nFN:1,f\nFNDA:3,f\nDA:1,3\nDA:2,0\nBRDA:1,0,0,3\nBRDA:1,0,1,-\nend_of_record\n" };
    edit(folder, { ...shards, "coverage/2.info": lcov({ "src/a.js": "0101", "src/b.js": "01" }) });
    const inputs = { reports: "coverage/1.info\ncoverage/2.info", minimum: "0" };
    const run = await gate(folder, { ...inputs, merged: "out/merged.info" });
    const text = readFileSync(join(folder, "out", "merged.info"), "utf8");
    expect(text.match(/^SF:/gm)).toHaveLength(2);
    expect(text).toContain("DA:1,3\n");
    const again = await gate(folder, { reports: "out/merged.info", minimum: "0" });
    expect(fileData(again)).toEqual(fileData(run));
    expect(run.outputs).toMatchObject({ covered: "4", total: "6" });
  });

  it.skipIf(!hasLcov())("which lcov itself reads with the same total of lines", async () => {
    const { folder } = project({ "src/a.js": "110-0", "src/b.js": "01" });
    await gate(folder, { merged: "merged.info", minimum: "0" });
    const told = execFileSync("lcov", ["--summary", "merged.info"], { cwd: folder, encoding: "utf8", stdio: "pipe" });
    expect(told).toContain("3 of 6 lines");
  });
});

function hasLcov(): boolean {
  return process.env["PATH"]?.split(":").some((folder) => existsSync(join(folder, "lcov"))) ?? false;
}

describe("what people see", () => {
  it("`explain` lists every counted file with its reports, and every one left out with the reason", async () => {
    const { folder } = project({ "src/a.js": "11", "gen/b.js": "0" });
    edit(folder, { "coverage/lcov.info": lcov({ "src/a.js": "11", "gen/b.js": "0", "/tmp/elsewhere/zz.js": "1" }) });
    const run = await gate(folder, { explain: "true", ignore: "gen/**" });
    expect(run.summary).toMatch(/Counted files \(1\)/);
    expect(run.summary).toMatch(/src\/a\.js.*2 of 2.*coverage\/lcov\.info/);
    expect(run.summary).toMatch(/gen\/b\.js.*taken out by the input.*ignore/);
    expect(run.summary).toMatch(/elsewhere\/zz\.js.*no such file in the repository/);
  });

  it("the summary has the answer in its first line, then the rules, then the files that made it so, linked", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(2) },
      change: { "src/a.js": source(6), "src/b.js": source(9) },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "111001", "src/b.js": "000000001" }) },
    });
    const run = await gate(pull.folder, { "minimum-patch": "90" }, pull.happening);
    const places = ["Patch coverage 23.07% is below minimum-patch 90%", "minimum-patch", "src/b.js", "src/a.js"].map((text) =>
      run.summary.indexOf(text),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(run.summary).toContain(`https://github.com/octo/app/blob/${pull.head}/src/b.js#L1-L8`);
    expect(annotated(run)).toEqual(["warning src/b.js:1-8", "warning src/a.js:4-5"]);
  });

  it("annotates at most ten of a type, and says how many more there are and where", async () => {
    const lines = 200;
    const pull = pullRequest({
      before: { "src/a.js": "" },
      change: { "src/a.js": source(lines) },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "01".repeat(lines / 2) }) },
    });
    const run = await gate(pull.folder, { "minimum-patch": "90", minimum: "0" }, pull.happening);
    const of = (type: string): number => run.commands.filter(({ name }) => name === type).length;
    expect([of("error"), of("warning"), of("notice")]).toEqual([1, 10, 1]);
    expect(run.commands.find(({ name }) => name === "notice")?.message).toMatch(/90 more findings/);
    expect(run.report?.findings).toHaveLength(100);
  });
});
