import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { comparePaired, compareUnpaired, type Series } from "../../../actions/benchmark-compare/src/compare.ts";
import { changePoints } from "../../../actions/benchmark-compare/src/statistics/change-points.ts";
import { normalQuantile } from "../../../actions/benchmark-compare/src/statistics/normal.ts";
import { normalDraws, seeded } from "../../../actions/benchmark-compare/src/statistics/random.ts";
import { rankSumTest, shiftOf } from "../../../actions/benchmark-compare/src/statistics/rank-sum.ts";
import { centreOf, signedRankTest } from "../../../actions/benchmark-compare/src/statistics/signed-rank.ts";
import { tQuantile } from "../../../actions/benchmark-compare/src/statistics/student.ts";
import { hosted, interleavedTrial, type NoiseModel } from "../../../scripts/statistics/noise.ts";
import { root } from "../../bundles/harness.ts";

interface Golden {
  readonly rankSum: readonly (readonly [x: number[], y: number[], statistic: number, p: number])[];
  readonly signedRank: readonly (readonly [differences: number[], statistic: number, p: number])[];
  readonly t: readonly (readonly [share: number, freedom: number, value: number])[];
  readonly normal: readonly (readonly [share: number, value: number])[];
}

/** Made by SciPy; `FORGE_SCIPY_GOLDEN` may name a larger file of the same form. */
const golden = JSON.parse(
  readFileSync(process.env.FORGE_SCIPY_GOLDEN ?? join(root, "test", "fixtures", "benchmarks", "scipy.json"), "utf8"),
) as Golden;

describe("agrees with SciPy", () => {
  it("on the rank-sum test, with and without ties", () => {
    for (const [x, y, statistic, p] of golden.rankSum) {
      const own = rankSumTest(x, y);
      expect(own.statistic).toBe(statistic);
      expect(Math.abs(own.p - p), JSON.stringify([x, y])).toBeLessThan(1e-9);
    }
  });

  it("on the signed-rank test, with and without ties", () => {
    for (const [differences, statistic, p] of golden.signedRank) {
      const own = signedRankTest(differences);
      const n = differences.length;
      expect(Math.min(own.statistic, (n * (n + 1)) / 2 - own.statistic)).toBe(statistic);
      expect(Math.abs(own.p - p), JSON.stringify(differences)).toBeLessThan(1e-9);
    }
  });

  it("on quantiles of t and of the normal distribution", () => {
    for (const [share, freedom, value] of golden.t) {
      expect(Math.abs(tQuantile(share, freedom) - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
    }
    for (const [share, value] of golden.normal) expect(normalQuantile(share)).toBeCloseTo(value, 9);
  });
});

describe("intervals", () => {
  it("of six values reach 95 %, of five they do not", () => {
    expect(centreOf([1, 2, 3, 4, 5, 6], 0.025)).toEqual({ estimate: 3.5, interval: [1, 6] });
    expect(centreOf([1, 2, 3, 4, 5], 0.025).interval).toBeUndefined();
  });

  it("of two samples are those of the rank-sum test", () => {
    expect(shiftOf([1, 2, 3, 4], [11, 12, 13, 14], 0.025)).toEqual({ estimate: 10, interval: [7, 13] });
    expect(shiftOf([1, 2, 3], [4, 5, 6], 0.025).interval).toBeUndefined();
  });

  it("hold the true difference about as often as they say", () => {
    const draw = normalDraws(seeded(3));
    let held = 0;
    for (let trial = 0; trial < 2_000; trial++) {
      const { interval } = centreOf(Array.from({ length: 10 }, draw), 0.025);
      if (interval !== undefined && interval[0] <= 0 && interval[1] >= 0) held += 1;
    }
    expect(held / 2_000).toBeGreaterThan(0.93);
    expect(held / 2_000).toBeLessThan(0.97);
  });
});

const certainty = { margin: Math.log(1.01), confidence: 0.95 };

function seriesOf({ base, head }: ReturnType<typeof interleavedTrial>): Series[] {
  return base.map((column, j) => ({ base: column, head: head[j] ?? [], sign: 1 }));
}

function simulate(model: NoiseModel, trials: number, seed: number): { any: number; seen: number[] } {
  let any = 0;
  const seen = [0, 0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const still = interleavedTrial(model, seed + trial);
    if (comparePaired(seriesOf(still), certainty).some(({ worse }, j) => worse && (still.truth[j] ?? 0) <= certainty.margin)) any += 1;
    const moved = comparePaired(seriesOf(interleavedTrial({ ...model, effects: [5, 10, 20] }, seed + 50_000 + trial)), certainty);
    for (let j = 0; j < 3; j++) if (moved[j]?.worse === true) seen[j] = (seen[j] ?? 0) + 1;
  }
  return { any: any / trials, seen: seen.map((count) => count / trials) };
}

describe("on a simulated hosted runner", () => {
  it("nothing is flagged where nothing changed, and most of what did is", () => {
    const { any, seen } = simulate(hosted, 150, 1_000);
    expect(any).toBeLessThan(0.04);
    expect(seen[0]).toBeGreaterThan(0.65);
    expect(seen[1]).toBeGreaterThan(0.92);
    expect(seen[2]).toBeGreaterThan(0.98);
  });

  it("a change of the whole suite is no noise of the machine", () => {
    const model = { ...hosted, effects: Array.from({ length: 30 }, () => 10) };
    const found = comparePaired(seriesOf(interleavedTrial(model, 5)), certainty);
    expect(found.filter(({ worse }) => worse).length).toBeGreaterThan(20);
  });

  it("the same values give the same answer", () => {
    const series = seriesOf(interleavedTrial({ ...hosted, rounds: 14 }, 9));
    expect(comparePaired(series, certainty)).toEqual(comparePaired(series, certainty));
  });
});

describe("repetitions that are no pairs", () => {
  it("are flagged beyond the margin only, all benchmarks taken together", () => {
    const draw = normalDraws(seeded(11));
    const sample = (centre: number): number[] => Array.from({ length: 10 }, () => Math.log(centre) + 0.005 * draw());
    const series: Series[] = Array.from({ length: 20 }, (_, j) => ({
      base: sample(100),
      head: sample(j === 0 ? 110 : j === 1 ? 90 : 100.5),
      sign: 1,
    }));
    const found = compareUnpaired(series, certainty);
    expect(found.map(({ worse, better }) => [worse, better])).toEqual(series.map((_, j) => [j === 0, j === 1]));
  });
});

describe("steps in a course", () => {
  it("are found where they are, and not in noise", () => {
    const draw = normalDraws(seeded(2));
    const course = Array.from({ length: 90 }, (_, index) => 0.01 * draw() + (index < 30 ? 0 : index < 60 ? 0.1 : 0.04));
    expect(changePoints(course, 0.001, 0.02).map(({ index, shift }) => [index, Math.round(shift * 100)])).toEqual([
      [30, 10],
      [60, -6],
    ]);
    const flat = Array.from({ length: 200 }, () => Array.from({ length: 60 }, () => 0.02 * draw()));
    expect(flat.filter((values) => changePoints(values, 0.001, 0.02).length > 0).length).toBeLessThanOrEqual(4);
  });

  it("equal values have none", () => {
    expect(changePoints(new Array(50).fill(1), 0.001, 0.02)).toEqual([]);
    expect(changePoints([...new Array(20).fill(1), ...new Array(20).fill(1.5)], 0.001, 0.02)).toEqual([{ index: 20, shift: 0.5 }]);
  });
});
