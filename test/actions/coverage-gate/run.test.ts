import { describe, expect, it } from "vitest";
import { changed, drawn, gate, pullRequest, refusal, report } from "./memory-ports.ts";

const lcov = "coverage/lcov.info";

describe("the whole", () => {
  it("passes at the limit and fails one line below it", async () => {
    const inputs = { minimum: "80" };
    const at = await gate({ inputs, reports: [report(lcov, { "a.ts": "++++-" })] });
    const below = await gate({ inputs, reports: [report(lcov, { "a.ts": `${"+".repeat(7999)}${"-".repeat(2001)}` })] });
    expect([at.outcome.verdict, below.outcome.verdict]).toEqual(["pass", "fail"]);
    expect(below.outcome.headline).toBe("Coverage 79.99% is below minimum 80%: 2001 of 10000 lines are not covered");
    expect(below.outcome.outputs).toMatchObject({ coverage: "79.99", covered: 7999, total: 10000, "uncovered-files": 1 });
  });

  it("never rounds up to a whole", async () => {
    const { outcome } = await gate({ inputs: { minimum: "100" }, reports: [report(lcov, { "a.ts": `${"+".repeat(25000)}-` })] });
    expect(outcome.outputs.coverage).toBe("99.99");
    expect(outcome.verdict).toBe("fail");
  });

  it("leaves out ignored files and ignored lines", async () => {
    const reports = [report(lcov, { "src/a.ts": "+ii+", "src/a.generated.ts": "----" })];
    const { outcome } = await gate({ inputs: { ignore: "**/*.generated.ts" }, reports });
    expect(outcome.outputs).toMatchObject({ covered: 2, total: 2 });
    expect(JSON.stringify(outcome.report.sections)).toContain("src/a.generated.ts");
  });

  it("counts a line with an untaken branch as asked", async () => {
    const reports = [report(lcov, { "a.ts": "+b+b" })];
    const hit = await gate({ reports });
    const miss = await gate({ inputs: { "partial-lines": "miss", minimum: "50" }, reports });
    const branches = await gate({ inputs: { metric: "branches", minimum: "50" }, reports });
    expect([hit, miss, branches].map(({ outcome }) => outcome.outputs.coverage)).toEqual(["100.00", "50.00", "50.00"]);
    expect(branches.outcome.report.data["files"]).toMatchObject([
      {
        covered: 2,
        total: 4,
        uncovered: [
          [2, 2],
          [4, 4],
        ],
      },
    ]);
  });

  it("is unknown about a metric that the reports do not count", async () => {
    const { outcome } = await gate({ inputs: { metric: "functions" }, reports: [report(lcov, { "a.ts": "++" })] });
    expect(outcome.verdict).toBe("unknown");
    expect(outcome.headline).toBe("minimum was not judged: the reports do not count functions");
    expect(outcome.outputs.coverage).toBeUndefined();
  });

  it("judges reports that hold totals only by their totals, and no patch", async () => {
    const only = { ...drawn(""), totals: { lines: { covered: 9, total: 10 } } };
    const reports = [report("coverage/coverage-summary.json", { "a.ts": only }, "json-summary")];
    const total = await gate({ reports, changed: [changed("a.ts", [[1, 3]])] });
    expect(total.outcome).toMatchObject({ verdict: "pass", outputs: { coverage: "90.00", "patch-coverage": undefined } });
    const patch = await gate({ inputs: { "minimum-patch": "80" }, reports, changed: [changed("a.ts", [[1, 3]])] });
    expect(patch.outcome).toMatchObject({
      verdict: "unknown",
      headline: "minimum-patch was not judged: the report of a.ts holds totals only",
    });
    const lone = { ...report("coverage/coverage-summary.json", {}, "json-summary"), totals: { lines: { covered: 1, total: 4 } } };
    expect((await gate({ reports: [lone] })).outcome).toMatchObject({ verdict: "fail", outputs: { coverage: "25.00" } });
  });
});

describe("evidence that is not there", () => {
  it("refuses to run without reports, without lines, and with paths of nobody", async () => {
    expect(await refusal({})).toMatchObject({ exitCode: 2, message: expect.stringContaining("No coverage report was found") });
    expect(await refusal({ inputs: { reports: "nope.info" } })).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('"nope.info" does not exist'),
    });
    expect(await refusal({ inputs: { reports: "out/*.info" } })).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("matches no file"),
    });
    expect(await refusal({ reports: [report(lcov, { "a.ts": "   " })] })).toMatchObject({ exitCode: 2 });
    const lost = await refusal({
      reports: [report(lcov, { "/x/lib/parser.ts": "+" })],
      paths: ["src/parse.ts", "src/parsers.ts", "src/other.ts", "README.md"],
    });
    expect(lost.exitCode).toBe(3);
    expect(lost.message).toContain('The nearest paths in the repository are "src/parse.ts", "src/parsers.ts", "src/other.ts"');
  });

  it("is neutral about nothing only where that is allowed", async () => {
    const inputs = { "allow-empty": "true" };
    const { outcome } = await gate({ inputs, reports: [report(lcov, {})] });
    expect(outcome).toMatchObject({
      verdict: "neutral",
      headline: "Nothing to judge: there are no lines to count (minimum)",
    });
    expect((await gate({ inputs: { ...inputs, reports: "e.info" }, files: { "e.info": "" } })).outcome.verdict).toBe("neutral");
    expect((await refusal({ inputs: { ...inputs, reports: "gone.info" } })).exitCode).toBe(2);
  });

  it("writes nothing when it refuses", async () => {
    const world = { inputs: { badge: "b.svg", merged: "m.info", reports: lcov }, reports: [report(lcov, { "a.ts": "" })] };
    await refusal(world);
    expect((await refusal({ ...world, inputs: { ...world.inputs, badge: "b.png" } })).message).toContain(".svg");
  });

  it("ends with the same mistake whoever is quicker", async () => {
    const world = { inputs: { diff: "gone.diff", base: "main" }, reports: [report(lcov, { "x/y.ts": "+" })], paths: ["other.ts"] };
    expect((await refusal(world)).message).toBe("gone.diff does not exist.");
  });
});

describe("the change", () => {
  const reports = [report(lcov, { "src/a.ts": "++++--++++--", "src/b.ts": "+++" })];
  const inputs = { "minimum-patch": "90", minimum: "50" };

  it("says which rule failed, its number, its limit, and why", async () => {
    const { outcome } = await gate({ inputs, reports, changed: [changed("src/a.ts", [[1, 12]])], event: pullRequest });
    expect(outcome.verdict).toBe("fail");
    expect(outcome.headline).toBe("Patch coverage 66.66% is below minimum-patch 90%: 4 of 12 changed lines are not covered");
    expect(outcome.report.rules).toEqual([
      { name: "minimum", verdict: "pass", actual: 73.33, limit: 50, unit: "%" },
      { name: "minimum-patch", verdict: "fail", actual: 66.66, limit: 90, unit: "%", why: "4 of 12 changed lines are not covered" },
    ]);
    expect(outcome.outputs).toMatchObject({ "patch-coverage": "66.66", "patch-covered": 8, "patch-total": 12 });
    expect(outcome.report.findings).toMatchObject([
      { rule: "minimum-patch", severity: "warning", path: "src/a.ts", line: 5, endLine: 6 },
      { rule: "minimum-patch", severity: "warning", path: "src/a.ts", line: 11, endLine: 12 },
    ]);
    expect(outcome.report.sections[0]?.blocks[0]).toMatchObject({
      rows: [
        [
          { place: "src/a.ts" },
          "66.66",
          "4 of 12",
          [{ place: "src/a.ts", line: 5, endLine: 6, text: "5–6" }, ", ", { line: 11, endLine: 12 }],
        ],
      ],
    });
  });

  it("is neutral without a coverable line, and then the whole decides", async () => {
    const docs = await gate({ inputs, reports, changed: [changed("README.md", [[1, 9]])], paths: ["README.md", "src/a.ts", "src/b.ts"] });
    expect(docs.outcome.verdict).toBe("pass");
    expect(docs.outcome.headline).toBe("Coverage 73.33% (minimum 50%); minimum-patch was not judged: the change has no coverable lines");
    expect(docs.outcome.outputs).toMatchObject({ "patch-coverage": undefined, "patch-total": 0 });
  });

  it("is not judged below minimum-changed-lines", async () => {
    const few = { inputs: { ...inputs, "minimum-changed-lines": "3" }, reports };
    expect((await gate({ ...few, changed: [changed("src/a.ts", [[5, 6]])] })).outcome.verdict).toBe("pass");
    expect((await gate({ ...few, changed: [changed("src/a.ts", [[5, 7]])] })).outcome.verdict).toBe("fail");
  });

  it("knows renamed files by their new name and skips removed and binary ones", async () => {
    const files = [
      changed("src/a.ts", [[5, 5]], { status: "renamed", previousPath: "lib/a.ts" }),
      changed("src/b.ts", [], { status: "removed", removed: [[1, 3]] }),
      changed("logo.png", [[1, 1]], { binary: true }),
    ];
    const { outcome } = await gate({ inputs, reports, changed: files });
    expect(outcome.outputs).toMatchObject({ "patch-covered": 0, "patch-total": 1 });
    expect(outcome.report.data["files"]).toMatchObject([
      { path: "src/a.ts", patch: { covered: 0, total: 1, uncovered: [[5, 5]] } },
      { patch: { total: 0 } },
    ]);
  });

  it("puts annotations on the lines of the head, numbers on the lines of the merge", async () => {
    const shifted = { reports: [report(lcov, { "src/a.ts": `${" ".repeat(50)}+--+` })], changed: [changed("src/a.ts", [[51, 54]])] };
    const { outcome } = await gate({ ...shifted, inputs, event: pullRequest, toHead: (_, line) => line - 50 });
    expect(outcome.report.findings).toMatchObject([{ line: 2, endLine: 3 }]);
    expect(outcome.report.data["files"]).toMatchObject([{ uncovered: [[52, 53]], patch: { covered: 2, total: 4, uncovered: [[52, 53]] } }]);
    const base = await gate({ ...shifted, inputs, event: pullRequest, toHead: (_, line) => (line === 52 ? undefined : line) });
    expect(base.outcome.report.findings).toMatchObject([{ line: 53, endLine: 53 }]);
  });

  it("annotates quietly what no rule forbids, and not at all where that is unwanted", async () => {
    const world = { reports, changed: [changed("src/a.ts", [[4, 6]])] };
    expect((await gate(world)).outcome.report.findings).toMatchObject([{ severity: "notice" }]);
    expect((await gate({ ...world, inputs: { annotations: "false" } })).outcome.report.findings).toEqual([]);
  });

  it("is unknown without git, or when a report's path may be the changed file", async () => {
    const outside = await gate({ inputs, reports, outside: true });
    expect(outside.outcome.verdict).toBe("unknown");
    expect(outside.outcome.headline).toBe("minimum-patch was not judged: the change is not known: This is no git repository.");
    const doubtful = [report(lcov, { "src/a.ts": "++", "util.ts": "+-" })];
    const paths = ["src/a.ts", "x/util.ts", "y/util.ts"];
    const { outcome } = await gate({ inputs, reports: doubtful, paths, changed: [changed("y/util.ts", [[1, 2]])] });
    expect(outcome.headline).toBe('minimum-patch was not judged: "util.ts" in a report may or may not be y/util.ts');
    expect((await gate({ inputs, reports: doubtful, paths, changed: [changed("src/a.ts", [[1, 2]])] })).outcome.verdict).toBe("pass");
  });

  it("comes from a unified diff where one is given", async () => {
    const diff = "--- a/src/a.ts\n+++ b/src/a.ts\n@@ -5 +5,2 @@\n-old\n+new\n+new\n";
    const { outcome } = await gate({ inputs: { ...inputs, diff: "c.diff" }, reports, files: { "c.diff": diff }, outside: true });
    expect(outcome.outputs).toMatchObject({ "patch-covered": 0, "patch-total": 2 });
  });

  it("names changed files of the same kind that no report speaks of", async () => {
    const files = [changed("src/new.ts", [[1, 3]]), changed("notes.md", [[1, 3]])];
    const { outcome } = await gate({ reports, changed: files, paths: ["src/a.ts", "src/b.ts", "src/new.ts", "notes.md"] });
    const text = JSON.stringify(outcome.report.sections);
    expect([text.includes("src/new.ts"), text.includes("notes.md")]).toEqual([true, false]);
    expect(outcome.report.notes).toContain("1 changed file stands in no report, so the patch coverage does not count it.");
    const judged = await gate({ inputs, reports, changed: files, paths: ["src/a.ts", "src/b.ts", "src/new.ts", "notes.md"] });
    expect(judged.outcome.headline).toContain("the change has no coverable lines, and 1 changed file stands in no report");
  });
});

describe("waivers", () => {
  it("takes files out of a rule's numbers", async () => {
    const waivers = [{ rule: "minimum", path: "legacy/**", reason: "moves out", until: "2027-01-31", where: ".forge.yml:3:5" }];
    const reports = [report(lcov, { "src/a.ts": "++++", "legacy/b.ts": "----" })];
    expect((await gate({ reports, waivers })).outcome.report.rules).toMatchObject([{ name: "minimum", verdict: "pass", actual: 100 }]);
    expect((await gate({ reports })).outcome.verdict).toBe("fail");
  });
});

describe("size", () => {
  it("judges 5,000 changed files and names the worst first", async () => {
    const files = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`src/f${index}.ts`, index === 4321 ? "---+" : "-++"]));
    const { outcome } = await gate({
      reports: [report(lcov, files)],
      inputs: { "minimum-patch": "90", minimum: "0" },
      changed: Object.keys(files).map((path) => changed(path, [[1, 4]])),
    });
    expect(outcome.report.findings[0]).toMatchObject({ path: "src/f4321.ts", line: 1, endLine: 3 });
    const [table] = outcome.report.sections[0]?.blocks ?? [];
    expect(table).toMatchObject({ kind: "table", more: 4950 });
    expect(outcome.report.findings.length).toBe(5000);
  });
});

describe("hostile paths", () => {
  it("keeps them as text", async () => {
    const names = ["__proto__", "constructor.ts", "a\n::error::x.ts", "<img src=x>.ts", "sp ace#?.ts", "\ud800.ts"];
    const files = Object.fromEntries(names.map((name) => [name, "+-"]));
    Object.defineProperty(files, "__proto__", { value: "+-", enumerable: true });
    const { outcome, saved } = await gate({
      reports: [report(lcov, files)],
      changed: names.map((name) => changed(name, [[1, 2]])),
      inputs: { minimum: "0", merged: "m.info", explain: "true" },
    });
    expect((outcome.report.data["files"] as unknown[]).length).toBe(names.length);
    const data = (saved as { data: { flags: { files: unknown[] }[] } }[])[0]?.data;
    expect(data?.flags[0]?.files.length).toBe(names.length);
  });
});
