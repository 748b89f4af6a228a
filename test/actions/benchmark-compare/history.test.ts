import { expect, it } from "vitest";
import { joinedHistory, type StoredRun } from "../../../actions/benchmark-compare/src/history.ts";

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
