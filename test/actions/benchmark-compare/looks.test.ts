import { describe, expect, it } from "vitest";
import { hosted, interleavedTrial } from "../../../scripts/statistics/noise.ts";
import { played } from "./simulated.ts";

const quiet = { ...hosted, rounds: 20, neighbour: 0, outliers: 0, benchmarks: 12 };

describe("with a budget", () => {
  it("rounds end early where nothing is in sight", async () => {
    const { early, rounds, comparison } = await played(interleavedTrial(quiet, 2), 10, 60_000);
    expect([early, rounds]).toEqual([true, 6]);
    expect(comparison.results.every(({ verdict }) => verdict === "ok")).toBe(true);
  });

  it("a difference is looked at in all asked rounds", async () => {
    const { early, rounds, comparison } = await played(interleavedTrial({ ...quiet, effects: [30] }, 1), 10, 60_000);
    expect([early, rounds]).toEqual([false, 10]);
    expect(comparison.results[0]?.verdict).toBe("alert");
  });

  it("what stays open gets up to twice the rounds", async () => {
    const noisy = { ...hosted, rounds: 30, neighbour: 0.012 };
    const courses = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => played(interleavedTrial(noisy, seed), 10, 60_000)));
    expect(courses.some(({ rounds }) => rounds > 10)).toBe(true);
    expect(courses.every(({ rounds }) => rounds <= 20)).toBe(true);
  });

  it("the rounds that there was time for decide", async () => {
    const { early, rounds } = await played(interleavedTrial({ ...quiet, rounds: 4 }, 1), 10, 60_000);
    expect([early, rounds]).toEqual([false, 4]);
  });

  it("without one, as many are run as asked", async () => {
    expect((await played(interleavedTrial(quiet, 1), 10)).rounds).toBe(10);
  });
});
