import { afterAll, describe, expect, it } from "vitest";
import { cleanUp } from "../harness.ts";
import { pullRequest } from "../pull-request.ts";
import { git, writeFiles } from "../repository.ts";
import { annotated, ended, fileData, gate, lcov, notes, rule, share, source } from "./gate.ts";

afterAll(cleanUp);

const limit = { "minimum-patch": "80", minimum: "0" };

/** `source` with other lines put in after line `after`. */
function withLines(text: string, after: number, lines: readonly string[]): string {
  const all = text.split("\n");
  all.splice(after, 0, ...lines);
  return all.join("\n");
}

describe("the tested tree is the merge commit", () => {
  const before = source(40);
  const change = withLines(before, 30, ["new a", "new b", "new c", "new d"]);
  const meanwhile = withLines(
    before,
    0,
    Array.from({ length: 50 }, (_, index) => `main ${index}`),
  );

  it("counts the lines that were tested, and annotates those of the head, when main put 50 lines above the change", async () => {
    // The merge holds 50 lines of main, 30 old ones, and the change at 81 to 84, of which 82 and 83 did not run.
    const tested = `${share(80, 80)}1001${share(10, 10)}`;
    const pull = pullRequest({
      before: { "src/a.js": before },
      change: { "src/a.js": change },
      meanwhile: { "src/a.js": meanwhile },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": tested }) },
    });
    const run = await gate(pull.folder, limit, pull.happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject({ "patch-coverage": "50.00", "patch-covered": "2", "patch-total": "4", total: "94" });
    expect(fileData(run)[0]).toMatchObject({ uncovered: [[82, 83]], patch: { covered: 2, total: 4, uncovered: [[82, 83]] } });
    expect(run.report?.findings).toMatchObject([{ path: "src/a.js", line: 32, endLine: 33 }]);
    expect(annotated(run)).toEqual(["warning src/a.js:32-33"]);
    expect(run.report).toMatchObject({ base: pull.base, commit: pull.merge, head: pull.head });
    expect(run.summary).toContain(`${pull.head}/src/a.js#L32-L33`);
  });

  it("does not take what main changed for the change", async () => {
    const pull = pullRequest({
      before: { "src/a.js": before, "src/b.js": source(5) },
      change: { "src/a.js": change },
      meanwhile: { "src/b.js": source(20, "other") },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": share(44, 44), "src/b.js": share(0, 20) }) },
    });
    const run = await gate(pull.folder, limit, pull.happening);
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(run.outputs).toMatchObject({ "patch-coverage": "100.00", "patch-total": "4" });
  });
});

describe("what a change can be", () => {
  it("a renamed file is judged by the lines that changed, under its new name", async () => {
    const before = source(20);
    const pull = pullRequest({
      before: { "src/old.js": before },
      change: { "src/old.js": null, "lib/new.js": before.replace("line 7\n", "line seven\n") },
      reports: { "coverage/lcov.info": lcov({ "lib/new.js": `${share(6, 7)}${share(0, 13)}` }) },
    });
    const run = await gate(pull.folder, limit, pull.happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject({ "patch-covered": "0", "patch-total": "1" });
    expect(annotated(run)).toEqual(["warning lib/new.js:7-7"]);
  });

  it("only documentation is neutral for the patch, and the total decides", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(5), "README.md": "old\n" },
      change: { "README.md": "new\n", "docs/guide.md": source(50) },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "11111" }) },
    });
    const run = await gate(pull.folder, { ...limit, minimum: "100" }, pull.happening);
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(rule(run, "minimum-patch")).toMatchObject({ verdict: "neutral" });
    expect(run.outputs).toMatchObject({ "patch-coverage": "", "patch-covered": "0", "patch-total": "0" });
    expect(run.outputs["summary"]).toMatch(/minimum-patch was not judged: the change has no coverable lines/);
  });

  it("binary files, and lines that no report counts, are no lines of code", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(5) },
      change: { "src/a.js": `${source(5)}// a comment\n`, "logo.png": new Uint8Array([137, 80, 78, 71, 0, 10, 10]) },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "11111-" }) },
    });
    const run = await gate(pull.folder, limit, pull.happening);
    expect([run.exitCode, rule(run, "minimum-patch").verdict]).toEqual([0, "neutral"]);
  });

  it("a new source file that no report speaks of is told, and not counted", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(5) },
      change: { "src/a.js": `${source(5)}more\n`, "src/new.js": source(30) },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "111111" }) },
    });
    const run = await gate(pull.folder, limit, pull.happening);
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(notes(run)).toMatch(/1 changed file stands in no report/);
    expect(run.summary).toContain("src/new.js");
    expect(run.outputs["patch-total"]).toBe("1");
  });

  it("removed lines and removed files have no lines to cover", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(20), "src/gone.js": source(9) },
      change: { "src/a.js": source(10), "src/gone.js": null },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": share(10, 10) }) },
    });
    const run = await gate(pull.folder, limit, pull.happening);
    expect([run.exitCode, rule(run, "minimum-patch").verdict, run.outputs["patch-total"]]).toEqual([0, "neutral", "0"]);
  });

  it("a moved submodule is no change of lines", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(5) },
      change: (folder) => {
        git(folder, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},vendor/lib`);
        git(folder, "commit", "--quiet", "--message", "submodule");
      },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "11111", "vendor/lib/x.js": "000" }) },
    });
    const run = await gate(pull.folder, limit, pull.happening);
    expect([run.exitCode, rule(run, "minimum-patch").verdict], run.log).toEqual([0, "neutral"]);
  });

  it("uncovered ranges never span a line that is not uncovered", async () => {
    const pull = pullRequest({
      before: { "src/a.js": "" },
      change: { "src/a.js": source(12) },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "00-0-100--01" }) },
    });
    const run = await gate(pull.folder, limit, pull.happening);
    const uncovered = [
      [1, 2],
      [4, 4],
      [7, 8],
      [11, 11],
    ];
    expect(fileData(run)[0]).toMatchObject({ uncovered, patch: { covered: 2, total: 8, uncovered } });
    expect(run.report?.findings.map(({ line, endLine }) => [line, endLine])).toEqual(uncovered);
  });
});

describe("a change from elsewhere", () => {
  it("`diff` gives the change without git's help", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(5) },
      change: { "src/a.js": `${source(5)}six\nseven\n` },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "1111110" }) },
    });
    const diff = `diff --git a/src/a.js b/src/a.js\n--- a/src/a.js\n+++ b/src/a.js\n@@ -5,0 +6,2 @@\n+six\n+seven\n`;
    writeFiles(pull.folder, { "coverage/change.diff": diff });
    const run = await gate(pull.folder, { ...limit, diff: "coverage/change.diff" });
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject({ "patch-coverage": "50.00", "patch-total": "2" });
  });

  it("`base` overrides the event's own", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(5) },
      change: { "src/a.js": `${source(5)}six\n` },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "111110" }) },
    });
    const own = await gate(pull.folder, limit, pull.happening);
    const given = await gate(pull.folder, { ...limit, base: pull.head }, pull.happening);
    expect([own.exitCode, given.exitCode]).toEqual([1, 0]);
    expect(rule(given, "minimum-patch").verdict).toBe("neutral");
    const wrong = await gate(pull.folder, { ...limit, base: "no-such-branch" }, pull.happening);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.outputs["summary"]).toContain("no-such-branch");
  });
});
