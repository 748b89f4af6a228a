import { afterAll, describe, expect, it } from "vitest";
import { cleanUp } from "../harness.ts";
import { bench, custom, ended, globs, notes, rounds, row, sides } from "./bench.ts";

afterAll(cleanUp);

/** Ten rounds a side; `a` takes 15 % longer. */
const slower = (): string => sides(rounds(10, { a: 1000, b: 500 }, 1), rounds(10, { a: 1150, b: 500 }, 2));

describe("a failure below the usual alert", () => {
  it("fails where only fail-threshold says so", async () => {
    const run = await bench(slower(), { ...globs, "fail-threshold": "10%" });
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(row(run, "a").verdict).toBe("fail");
    expect(row(run, "b").verdict).toBe("ok");
  });

  it("fails where a rule says so for one benchmark", async () => {
    const run = await bench(slower(), { ...globs, rules: "- benchmark: a\n  fail: 10%" });
    expect(ended(run), run.log).toEqual([1, "fail"]);
  });

  it("fails with fail-on-alert, although the interval begins below the threshold", async () => {
    const run = await bench(slower(), { ...globs, "alert-threshold": "14.9%", "fail-on-alert": "true" });
    expect(row(run, "a").interval?.[0]).toBeLessThan(0.149);
    expect(ended(run), run.log).toEqual([1, "fail"]);
  });

  it("contradicts an alert that is given", async () => {
    const run = await bench(slower(), { ...globs, "alert-threshold": "20%", "fail-threshold": "10%" });
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toBe('fail-threshold: "10%" is less than the alert-threshold "20%". Allowed: at least as much.');
  });
});

it("all that is wrong with thresholds and rules is told at once", async () => {
  const run = await bench(slower(), {
    ...globs,
    "alert-threshold": "x",
    "fail-threshold": "150%",
    rules: "- benchmark: a\n  budget: fast",
  });
  expect(run.exitCode).toBe(2);
  for (const what of ['alert-threshold: "x"', 'fail-threshold: "150%"', '"fast" is no budget']) expect(run.log).toContain(what);
});

it("with the old action's inputs, what its rule would have said is told", async () => {
  const folder = sides(custom({ a: 100, b: 100, c: 100 }), custom({ a: 210, b: 190, c: 100 }));
  const run = await bench(folder, { "output-file-path": "bench/head.json", "base-results": "bench/base.json" });
  expect(notes(run)).toContain("github-action-benchmark would have alerted on 1 of 3: Benchmark/a.");
});
