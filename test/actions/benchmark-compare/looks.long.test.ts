import { expect, it } from "vitest";
import { flagged } from "../../../actions/benchmark-compare/src/verdicts.ts";
import { crowded, hosted, interleavedTrial, type Trial } from "../../../scripts/statistics/noise.ts";
import { played } from "./simulated.ts";

const margin = Math.log(1.01);

it.each([
  ["hosted", hosted, 150],
  ["crowded", crowded, 40],
])(
  "looking more than once flags no more where nothing changed: %s",
  async (_, model, trials) => {
    let any = 0;
    for (let trial = 0; trial < trials; trial++) {
      const simulated = interleavedTrial({ ...model, rounds: 20 }, 40_000 + trial);
      const { comparison } = await played(simulated, 10, 60_000);
      if (comparison.results.some(({ verdict }, j) => flagged(verdict) && (simulated.truth[j] ?? 0) <= margin)) any += 1;
    }
    expect(any / trials).toBeLessThanOrEqual(0.02);
  },
  120_000,
);

it("more rounds, as many as it said, decide most that was open", async () => {
  const counts = { open: 0, decided: 0 };
  for (let trial = 0; trial < 40; trial++) {
    const simulated = interleavedTrial({ ...hosted, neighbour: 0.012, rounds: 100 }, 60_000 + trial);
    const first = (await played(cut(simulated, 10), 10)).comparison.results;
    const needed = new Set(first.flatMap(({ moreRounds }) => (moreRounds === null || moreRounds > 90 ? [] : [moreRounds])));
    for (const more of needed) {
      const again = (await played(cut(simulated, 10 + more), 10 + more)).comparison.results;
      for (const [j, { verdict, moreRounds }] of first.entries()) {
        if (verdict !== "inconclusive" || moreRounds !== more) continue;
        counts.open += 1;
        if (again[j]?.verdict !== "inconclusive") counts.decided += 1;
      }
    }
  }
  expect(counts.open).toBeGreaterThan(5);
  expect(counts.decided / counts.open).toBeGreaterThanOrEqual(0.8);
}, 120_000);

const begin = (columns: readonly (readonly number[])[], rounds: number): number[][] => columns.map((column) => column.slice(0, rounds));
const cut = (trial: Trial, rounds: number): Trial => ({ ...trial, base: begin(trial.base, rounds), head: begin(trial.head, rounds) });
