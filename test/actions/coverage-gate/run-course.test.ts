import { describe, expect, it } from "vitest";
import { changed, gate, pullRequest, recordOf, report, sha } from "./memory-ports.ts";

const lcov = "coverage/lcov.info";

describe("the course", () => {
  const before = { reports: [report(lcov, { "src/a.ts": "+".repeat(90), "src/b.ts": "-".repeat(10) })] };
  const inputs = { minimum: "0", "maximum-drop": "0.5" };

  it("is neutral without a baseline and says so in the headline", async () => {
    const { outcome } = await gate({ inputs, ...before });
    expect(outcome.verdict).toBe("pass");
    expect(outcome.headline).toContain("maximum-drop was not judged: there is no baseline (first run)");
    expect(outcome.outputs.delta).toBeUndefined();
  });

  it("compares exactly and shows a fall never smaller than it is", async () => {
    const record = await recordOf(before);
    const fallen = await gate({
      inputs,
      reports: [report(lcov, { "src/a.ts": `${"+".repeat(894)}${"-".repeat(106)}` })],
      records: [record],
    });
    expect(fallen.outcome.verdict).toBe("fail");
    expect(fallen.outcome.outputs.delta).toBe("-0.60");
    expect(fallen.outcome.headline).toBe(
      "Coverage fell by 0.60 points (from 90.00% at bbbbbbb to 89.40%), more than maximum-drop 0.5 points",
    );
    const edge = await gate({ inputs, reports: [report(lcov, { "src/a.ts": `${"+".repeat(895)}${"-".repeat(105)}` })], records: [record] });
    expect(edge.outcome).toMatchObject({ verdict: "pass", outputs: { delta: "-0.50" } });
    expect(edge.outcome.report.baseline).toEqual({ commit: sha("b"), distance: 0 });
  });

  it("lets covered code go: 100 covered lines less at 90 %", async () => {
    const record = await recordOf({ reports: [report(lcov, { "src/a.ts": "+".repeat(900), "src/b.ts": "-".repeat(100) })] });
    const world = {
      reports: [report(lcov, { "src/a.ts": "+".repeat(800), "src/b.ts": "-".repeat(100) })],
      records: [record],
      changed: [changed("src/a.ts", [], { removed: [[1, 100]] })],
    };
    const { outcome } = await gate({ ...world, inputs });
    expect(outcome.verdict).toBe("pass");
    expect(outcome.report.rules[1]).toEqual({
      name: "maximum-drop",
      verdict: "pass",
      actual: 0,
      limit: 0.5,
      unit: "points",
      why: "removed code was taken out of the baseline: 100 lines, 100 of them covered",
    });
    expect(outcome.outputs.delta).toBe("-1.12");
    expect((await gate({ ...world, inputs: { ...inputs, "removed-code": "strict" } })).outcome.verdict).toBe("fail");
  });

  it("finds removed code by the file's old name, and asks git where the baseline is older than the base", async () => {
    const record = await recordOf({ reports: [report(lcov, { "old.ts": "+".repeat(90), "src/b.ts": "-".repeat(10) })] }, sha("a"));
    const renamed = changed("new.ts", [], { status: "renamed", previousPath: "old.ts", removed: [[1, 50]] });
    const asked: (string | undefined)[] = [];
    const { outcome } = await gate({
      inputs,
      reports: [report(lcov, { "new.ts": "+".repeat(40), "src/b.ts": "-".repeat(10) })],
      records: [record],
      distance: 3,
      change: (base) => {
        asked.push(base);
        return { base: base ?? sha("b"), head: sha("c"), rule: "", files: base === undefined ? [] : [renamed] };
      },
    });
    expect(asked).toEqual([undefined, sha("a")]);
    expect(outcome.verdict).toBe("pass");
    expect(outcome.report.notes?.join()).toContain("The baseline is aaaaaaa, 3 commits before the base");
  });

  it("takes a torn or foreign record for none", async () => {
    const record = await recordOf(before);
    for (const data of [null, {}, { flags: [{}] }, { flags: [{ flag: "", commit: "x" }] }]) {
      const { outcome } = await gate({ inputs, ...before, records: [{ ...record, data }] });
      expect(outcome.headline).toContain("what is stored there is not a coverage measurement");
    }
  });

  it("does not compare what was counted otherwise", async () => {
    const record = await recordOf({ ...before, inputs: { "partial-lines": "miss" } });
    const { outcome } = await gate({ inputs, ...before, records: [record] });
    expect(outcome.headline).toContain("it counted lines with partial-lines: miss");
  });

  it("saves on pushes only", async () => {
    expect((await gate(before)).saved).toMatchObject([
      { data: { flags: [{ flag: "", covered: 90, total: 100 }] }, extra: [{ name: "badge.svg" }, { name: "badge.json" }] },
    ]);
    expect((await gate({ ...before, event: pullRequest })).saved).toEqual([]);
    expect((await gate({ ...before, event: { name: "merge_group", mergeGroup: { baseSha: sha("b"), headSha: sha("c") } } })).saved).toEqual(
      [],
    );
    expect((await gate({ ...before, terminal: true })).saved).toEqual([]);
  });

  it("draws the trend of the flag at hand", async () => {
    const older = await recordOf(before, sha("a"));
    const newer = await recordOf({ reports: [report(lcov, { "src/a.ts": "+++-" })] }, sha("b"));
    const { outcome } = await gate({ ...before, records: [newer, older] });
    const trend = outcome.report.sections.find(({ title }) => title === "Trend")?.blocks[0];
    expect(trend).toMatchObject({
      points: [
        { label: "aaaaaaa", value: 90 },
        { label: "bbbbbbb", value: 75 },
        { label: "now", value: 90 },
      ],
    });
  });
});

describe("flags", () => {
  it("carries other flags forward, stale and with their commit", async () => {
    const unit = await recordOf({ inputs: { flag: "unit" }, reports: [report(lcov, { "a.ts": "+++-" })] }, sha("a"));
    const both = await recordOf({ inputs: { flag: "e2e" }, reports: [report(lcov, { "a.ts": "+-" })], records: [unit] }, sha("b"));
    expect(both.data).toMatchObject({
      flags: [
        { flag: "e2e", commit: sha("b") },
        { flag: "unit", commit: sha("a"), covered: 3, total: 4 },
      ],
    });
    const thresholds = "- flag: unit\n  minimum: 80\n- flag: e2e\n  minimum: 50\n- flag: web\n  minimum: 1";
    const { outcome } = await gate({
      inputs: { flag: "e2e", minimum: "0", thresholds },
      reports: [report(lcov, { "a.ts": "+-" })],
      records: [both],
    });
    expect(outcome.report.rules.slice(1)).toMatchObject([
      {
        name: "thresholds: unit",
        verdict: "fail",
        actual: 75,
        limit: 80,
        why: "1 of 4 lines is not covered; carried forward from aaaaaaa",
      },
      { name: "thresholds: e2e", verdict: "pass", actual: 50 },
      { name: "thresholds: web", verdict: "neutral", why: "nothing is stored for the flag web" },
    ]);
    expect(JSON.stringify(outcome.report.sections)).toContain("aaaaaaa (stale)");
    expect(outcome.outputs).toMatchObject({ coverage: "50.00", delta: "+0.00" });
  });
});
