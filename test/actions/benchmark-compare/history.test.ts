import { expect, it } from "vitest";
import { joinedHistory, readHistory } from "../../../actions/benchmark-compare/src/history.ts";
import type { StoredRun } from "../../../actions/benchmark-compare/src/model.ts";
import { packRuns } from "../../../actions/benchmark-compare/src/packed.ts";

const run = (name: string, value = 1): StoredRun => ({
  commit: "a".repeat(40),
  date: "2026-11-21T11:22:53.001Z",
  suite: "",
  host: "one",
  benchmarks: [{ name, metric: "time", unit: "ns", direction: "lower", value }],
});

it("keeps legs of a matrix that ended in the same millisecond, and each run once", () => {
  const joined = joinedHistory([run("parse"), run("render")], [run("render"), run("render", 2)]);
  expect(joined.runs).toEqual([run("parse"), run("render"), run("render", 2)]);
});

/** 300 values as Go's benchmarks have them: three metrics each, all the digits that a number can have. */
function large(n: number): StoredRun {
  const benchmarks = Array.from({ length: 300 }, (_, index) => {
    const [metric, unit] = [["time", "ns"] as const, ["memory", "B"] as const, ["allocations", "count"] as const][index % 3] ?? ["", ""];
    const name = `github.com/org/project/decode.BenchmarkDecode/corpus=${Math.floor(index / 3)}`;
    return { name, metric, unit, direction: "lower" as const, value: unit === "ns" ? 1e6 / (index + n + 7) : 64 * index };
  });
  return { ...run("parse"), date: new Date(Date.UTC(2026, 0, 1, n)).toISOString(), benchmarks };
}

const given = (packed: unknown) => readHistory(JSON.parse(JSON.stringify(packed)))?.runs;

it("packs a run of 300 values into less than 30 KB, and gives back what it was given", () => {
  expect(JSON.stringify(packRuns([large(1)])).length).toBeLessThan(30_000);
  const other = { ...run("one"), suite: "web", benchmarks: [...run("a").benchmarks, { ...large(0).benchmarks[1] }] } as StoredRun;
  const runs = [large(1), other, large(2), { ...run("none"), benchmarks: [] }];
  expect(given(packRuns(runs))).toEqual(runs);
  expect(packRuns(runs).series).toHaveLength(3);
});

it("packs the newest runs where there is not room for all", () => {
  const runs = Array.from({ length: 50 }, (_, n) => large(n));
  const packed = packRuns(runs, 100_000);
  expect(JSON.stringify(packed).length).toBeLessThan(101_000);
  expect(packed.runs.length).toBeGreaterThan(10);
  expect(given(packed)).toEqual(runs.slice(-packed.runs.length));
  expect(given(packRuns(runs, 10))).toEqual(runs.slice(-1));
});

it("leaves out packed runs that are torn, and no others", () => {
  const packed = packRuns([run("a"), run("b", 2), run("c", 3)]);
  const [a, b, c] = packed.runs;
  expect(given({ ...packed, runs: [a, { ...b, values: [] }, c] })).toEqual([run("a"), run("c", 3)]);
  expect(given({ ...packed, runs: [a, { ...b, measured: 7 }, 5, c] })).toEqual([run("a"), run("c", 3)]);
  expect(given({ ...packed, series: "torn" })).toEqual([]);
  expect(given({ ...packed, schema: "forge-benchmark-runs/9" })).toBeUndefined();
  expect(given({ schema: "forge-benchmark-history/1", runs: [run("a")] })).toEqual([run("a")]);
});
