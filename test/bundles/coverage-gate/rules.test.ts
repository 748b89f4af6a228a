import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { edit, pullRequest } from "../pull-request.ts";
import { annotated, ended, gate, type Lines, lcov, project, rule, share, source } from "./gate.ts";

afterAll(cleanUp);

describe("minimum", () => {
  let folder = "";
  beforeAll(() => {
    folder = temporaryFolder();
    edit(folder, { "src/a.js": source(1) });
  });
  const covered = (lines: Lines): void => edit(folder, { "coverage/lcov.info": lcov({ "src/a.js": lines }) });

  it.each<[hits: number, total: number, minimum: string, code: number, coverage: string]>([
    [7999, 10000, "80", 1, "79.99"],
    [8000, 10000, "80", 0, "80.00"],
    [24999, 25000, "100", 1, "99.99"],
    [24999, 25000, "99.99", 0, "99.99"],
    [2, 3, "66.66", 0, "66.66"],
    [2, 3, "66.67", 1, "66.66"],
    [1, 3, "33.333333333333", 0, "33.33"],
    [1, 3, "33.333333333334", 1, "33.33"],
    [0, 7, "0", 0, "0.00"],
    [0, 7, "0.01", 1, "0.00"],
    [7, 7, "100", 0, "100.00"],
  ])("%i of %i against %s: exit code %i, shown as %s", async (hits, total, minimum, code, coverage) => {
    covered(share(hits, total));
    const run = await gate(folder, { minimum });
    expect([run.exitCode, run.outputs["coverage"]], run.log).toEqual([code, coverage]);
    expect(rule(run, "minimum")).toMatchObject({ verdict: code === 0 ? "pass" : "fail", limit: Number(minimum), unit: "%" });
    if (hits < total) expect(`${run.log}${run.summary}`).not.toContain("100.00");
  });

  it("80 where nothing is said", async () => {
    covered(share(8, 10));
    expect((await gate(folder)).exitCode).toBe(0);
    covered(share(7, 10));
    expect((await gate(folder)).exitCode).toBe(1);
  });

  it.each(["101", "-1", "eighty", "8 0", "1e2", "NaN", "0x50", "80%%"])("%s is no percentage", async (minimum) => {
    const run = await gate(folder, { minimum });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toMatch(/minimum.*0 to 100/);
  });

  it("says the answer, the number, the limit and what is missing in its first line", async () => {
    covered(share(3, 10));
    const run = await gate(folder);
    expect(run.outputs["summary"]).toBe("Coverage 30.00% is below minimum 80%: 7 of 10 lines are not covered");
    expect(run.report?.headline).toBe(run.outputs["summary"]);
    expect(run.summary.split("\n")[0]).toContain("Coverage 30.00% is below minimum 80%");
    expect(run.commands.find(({ name }) => name === "error")?.message).toContain("30.00%");
  });
});

describe("minimum-patch", () => {
  const changed = (lines: string): ReturnType<typeof pullRequest> =>
    pullRequest({
      before: { "src/a.js": source(10), "src/b.js": source(4) },
      change: { "src/a.js": source(10 + lines.length) },
      reports: { "coverage/lcov.info": lcov({ "src/a.js": `${share(10, 10)}${lines}`, "src/b.js": "1111" }) },
    });

  it("fails for the change alone, and names it first", async () => {
    const pull = changed("100");
    const run = await gate(pull.folder, { "minimum-patch": "50" }, pull.happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs["summary"]).toMatch(/^Patch coverage 33\.33% is below minimum-patch 50%: 2 of 3 changed lines are not covered/);
    expect(rule(run, "minimum").verdict).toBe("pass");
    expect(annotated(run)).toEqual(["warning src/a.js:12-13"]);
  });

  it("is not checked when it is left out: the lines are notices then", async () => {
    const pull = changed("100");
    const run = await gate(pull.folder, {}, pull.happening);
    expect(run.exitCode).toBe(0);
    expect(run.report?.rules.map(({ name }) => name)).toEqual(["minimum"]);
    expect(annotated(run)).toEqual(["notice src/a.js:12-13"]);
    expect(annotated(await gate(pull.folder, { annotations: "false" }, pull.happening))).toEqual([]);
  });

  it("`minimum-changed-lines` leaves a small change alone, and judges one that is large enough", async () => {
    const pull = changed("100");
    const small = await gate(pull.folder, { "minimum-patch": "50", "minimum-changed-lines": "4" }, pull.happening);
    expect([small.exitCode, rule(small, "minimum-patch").verdict]).toEqual([0, "neutral"]);
    expect(small.outputs["summary"]).toContain("minimum-changed-lines 4");
    const enough = await gate(pull.folder, { "minimum-patch": "50", "minimum-changed-lines": "3" }, pull.happening);
    expect(enough.exitCode).toBe(1);
  });

  it("`ignore` takes files out of the total and out of the change", async () => {
    const pull = changed("000");
    const run = await gate(pull.folder, { "minimum-patch": "50", ignore: "src/a.*" }, pull.happening);
    expect([run.exitCode, rule(run, "minimum-patch").verdict]).toEqual([0, "neutral"]);
    expect(run.outputs).toMatchObject({ total: "4", "uncovered-files": "0" });
  });

  it("judges branches on changed lines where branches are the metric", async () => {
    const pull = pullRequest({
      before: { "src/a.js": source(2) },
      change: { "src/a.js": source(3) },
      reports: {
        "coverage/lcov.info":
          "SF:src/a.js\nDA:1,1\nDA:2,1\nDA:3,1\nBRDA:1,0,0,1\nBRDA:1,0,1,1\nBRDA:3,0,0,1\nBRDA:3,0,1,0\nBRDA:3,0,2,-\nend_of_record\n",
      },
    });
    const run = await gate(pull.folder, { metric: "branches", minimum: "50", "minimum-patch": "50" }, pull.happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.outputs).toMatchObject({ covered: "3", total: "5", "patch-covered": "1", "patch-total": "3", "patch-coverage": "33.33" });
  });
});

describe("enforce", () => {
  it("`false` turns 1 and 3 into 0 and says what would fail, and leaves 2", async () => {
    const { folder } = project({ "src/a.js": "1000" });
    const failing = await gate(folder, { enforce: "false" });
    expect(ended(failing)).toEqual([0, "fail"]);
    expect(failing.log).toMatch(/not enforced/i);
    expect(failing.summary).toMatch(/not enforced/i);
    expect(failing.commands.map(({ name }) => name)).not.toContain("error");
    expect(ended(await gate(folder, { enforce: "false", metric: "branches" }))).toEqual([0, "unknown"]);
    expect(ended(await gate(folder, { enforce: "false", reports: "nothing/*" }))).toEqual([2, "unknown"]);
    expect(ended(await gate(folder, { enforce: "perhaps" }))).toEqual([2, "unknown"]);
  });
});
