import { afterAll, describe, expect, it } from "vitest";
import { pushed } from "../events.ts";
import { type BundleRun, cleanUp } from "../harness.ts";
import { type Edits, edit, type PullRequest, pullRequest } from "../pull-request.ts";
import { git } from "../repository.ts";
import { ended, gate, type Inputs, type Lines, lcov, notes, rule, share, source } from "./gate.ts";

afterAll(cleanUp);

const stored = { baseline: "coverage/baseline.json", minimum: "0" };

/** Runs the gate as the push of `commit`, which writes the baseline, and comes back to what was checked out. */
async function measure(
  pull: PullRequest,
  commit: string,
  report: Readonly<Record<string, Lines>>,
  inputs: Inputs = stored,
): Promise<BundleRun> {
  git(pull.folder, "checkout", "--quiet", commit);
  edit(pull.folder, { "coverage/lcov.info": lcov(report) });
  const run = await gate(pull.folder, inputs, pushed(commit));
  git(pull.folder, "checkout", "--quiet", pull.merge);
  return run;
}

async function compare(given: {
  readonly base: Readonly<Record<string, Lines>>;
  readonly change: Edits;
  readonly now: Readonly<Record<string, Lines>>;
  readonly inputs: Inputs;
}): Promise<BundleRun> {
  const before = Object.fromEntries(Object.entries(given.base).map(([path, lines]) => [path, source(lines.length)]));
  const pull = pullRequest({ before, change: given.change });
  await measure(pull, pull.base, given.base);
  edit(pull.folder, { "coverage/lcov.info": lcov(given.now) });
  return gate(pull.folder, { ...stored, ...given.inputs }, pull.happening);
}

describe("maximum-drop", () => {
  const same = { "README.md": "new\n" };

  it.each<[name: string, base: Lines, now: Lines, limit: string, code: number, delta: string]>([
    ["a fall beyond the limit fails", share(9, 10), share(8, 10), "9.99", 1, "-10.00"],
    ["a fall of exactly the limit passes", share(9, 10), share(8, 10), "10", 0, "-10.00"],
    ["a rise passes", share(8, 10), share(9, 10), "0", 0, "+10.00"],
    ["no move passes", share(8, 10), share(8, 10), "0", 0, "+0.00"],
    ["a third is never rounded in its favour", share(2, 3), share(1, 3), "33.33", 1, "-33.34"],
  ])("%s", async (_, base, now, limit, code, delta) => {
    const run = await compare({ base: { "src/a.js": base }, change: same, now: { "src/a.js": now }, inputs: { "maximum-drop": limit } });
    expect([run.exitCode, run.outputs["delta"]], run.log).toEqual([code, delta]);
    expect(rule(run, "maximum-drop")).toMatchObject({ verdict: code === 0 ? "pass" : "fail", limit: Number(limit), unit: "points" });
  });

  it("names the commit that it compares with, and its number", async () => {
    const run = await compare({
      base: { "src/a.js": share(9, 10) },
      change: same,
      now: { "src/a.js": share(5, 10) },
      inputs: { "maximum-drop": "1" },
    });
    expect(run.outputs["summary"]).toMatch(
      /^Coverage fell by 40\.00 points \(from 90\.00% at [0-9a-f]{7} to 50\.00%\), more than maximum-drop 1 points/,
    );
    expect(run.report?.data["baseline"]).toMatchObject({ distance: 0, covered: 9, total: 10, coverage: 90 });
  });

  it("without a baseline it is neutral, and the headline says so", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(2) },
      change: same,
      reports: { "coverage/lcov.info": lcov({ "src/a.js": "10" }) },
    });
    for (const baseline of ["coverage/none.json", "none"]) {
      const run = await gate(pull.folder, { minimum: "0", baseline, "maximum-drop": "1" }, pull.happening);
      expect(ended(run), run.log).toEqual([0, "pass"]);
      expect(rule(run, "maximum-drop").verdict).toBe("neutral");
      expect(run.outputs).toMatchObject({ delta: "", summary: expect.stringMatching(/maximum-drop was not judged: there is no baseline/) });
    }
  });

  it("takes the nearest ancestor that was measured, and says how far away it is", async () => {
    const pull = pullRequest({ before: { "src/a.js": source(10) }, change: same, meanwhile: { "docs/a.md": "x\n" } });
    await measure(pull, pull.fork, { "src/a.js": share(9, 10) });
    edit(pull.folder, { "coverage/lcov.info": lcov({ "src/a.js": share(8, 10) }) });
    const run = await gate(pull.folder, { ...stored, "maximum-drop": "5" }, pull.happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.report?.data["baseline"]).toMatchObject({ commit: pull.fork, distance: 1 });
    expect(notes(run)).toMatch(new RegExp(`baseline is ${pull.fork.slice(0, 7)}, 1 commit before`));
  });

  it("what counted something else is no baseline", async () => {
    const run = await compare({
      base: { "src/a.js": share(9, 10) },
      change: same,
      now: { "src/a.js": share(1, 10) },
      inputs: { "maximum-drop": "1", "partial-lines": "miss" },
    });
    expect([run.exitCode, rule(run, "maximum-drop").verdict, run.outputs["delta"]], run.log).toEqual([0, "neutral", ""]);
  });
});

describe("removed-code", () => {
  const base = { "src/a.js": share(100, 100), "src/b.js": share(800, 900) };
  const deleted = { base, change: { "src/a.js": null }, now: { "src/b.js": share(800, 900) } };

  it("`adjust`: deleting 100 covered lines at 90 % is no drop, and the reason is told", async () => {
    const run = await compare({ ...deleted, inputs: { "maximum-drop": "0" } });
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(rule(run, "maximum-drop").why).toMatch(/removed code.*100 lines, 100 of them covered/);
    expect(run.outputs).toMatchObject({ coverage: "88.88", delta: "-1.12" });
  });

  it("`strict`: it is one", async () => {
    const run = await compare({ ...deleted, inputs: { "maximum-drop": "0", "removed-code": "strict" } });
    expect(ended(run), run.log).toEqual([1, "fail"]);
  });

  it("`adjust` knows removed lines within a file, and does not excuse tests that were removed with them", async () => {
    const given = { base: { "src/a.js": share(90, 100) }, change: { "src/a.js": source(100).split("\n").slice(50).join("\n") } };
    const honest = await compare({ ...given, now: { "src/a.js": share(40, 50) }, inputs: { "maximum-drop": "0" } });
    expect(ended(honest), honest.log).toEqual([0, "pass"]);
    const sly = await compare({ ...given, now: { "src/a.js": share(39, 50) }, inputs: { "maximum-drop": "0" } });
    expect(ended(sly), sly.log).toEqual([1, "fail"]);
  });
});

describe("flags", () => {
  it("another flag's last numbers are carried forward, and say of which commit they are", async () => {
    const pull = pullRequest({
      before: { "web/a.js": source(10), "api/b.js": source(10) },
      change: { "README.md": "x\n" },
      meanwhile: { "docs/a.md": "y\n" },
    });
    await measure(pull, pull.fork, { "api/b.js": share(7, 10) }, { ...stored, flag: "api" });
    await measure(pull, pull.base, { "web/a.js": share(10, 10) }, { ...stored, flag: "web" });
    edit(pull.folder, { "coverage/lcov.info": lcov({ "web/a.js": share(9, 10) }) });
    const thresholds = "- flag: web\n  minimum: 90\n- flag: api\n  minimum: 71\n- flag: mobile\n  minimum: 50\n";
    const run = await gate(pull.folder, { ...stored, flag: "web", "maximum-drop": "20", thresholds }, pull.happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(rule(run, "thresholds: web")).toMatchObject({ verdict: "pass", actual: 90 });
    expect(rule(run, "thresholds: api")).toMatchObject({
      verdict: "fail",
      actual: 70,
      why: expect.stringContaining(`carried forward from ${pull.fork.slice(0, 7)}`),
    });
    expect(rule(run, "thresholds: mobile")).toMatchObject({ verdict: "neutral" });
    expect(run.outputs).toMatchObject({ coverage: "90.00", delta: "-10.00" });
    expect(run.summary).toContain("(stale)");
  });
});
