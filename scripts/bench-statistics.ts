/**
 * `npm run bench:statistics -- --seed 1 --trials 400 --benchmarks 30 --rounds 10 --layout 0.004 --neighbour 0.004 --outliers 0.02`: how often each
 * rule flags a pull request in which nothing changed, and how many true changes it sees, on simulated hosted runners. "False" means that the true
 * difference is within the margin of 1 %. `--rule ours` runs one rule alone.
 */
import { parseArgs } from "node:util";
import { comparePaired, type Series } from "../actions/benchmark-compare/src/compare.ts";
import { mean } from "../actions/benchmark-compare/src/statistics/order.ts";
import { rankSumTest } from "../actions/benchmark-compare/src/statistics/rank-sum.ts";
import { hosted, interleavedTrial, type NoiseModel, type Trial } from "./statistics/noise.ts";

const effects = [2, 3, 5, 10, 20] as const;
const margin = Math.log(1.01);

/** Which benchmarks a rule calls worse. */
type Rule = (trial: Trial) => readonly boolean[];

const rankSum = (trial: Trial, level: number, least: number): boolean[] =>
  trial.head.map((head, j) => {
    const base = trial.base[j] ?? [];
    return mean(head) - mean(base) > least && rankSumTest(base, head, true).p < level;
  });

const rules: Readonly<Record<string, Rule>> = {
  ours: (trial) =>
    comparePaired(
      trial.base.map((base, j): Series => ({ base, head: trial.head[j] ?? [], sign: 1 })),
      { margin, confidence: 0.95 },
    ).map(({ worse }) => worse),
  "benchstat (U, p < .05)": (trial) => rankSum(trial, 0.05, 0),
  "asv (U, p < .002, 10 %)": (trial) => rankSum(trial, 0.002, Math.log(1.1)),
  "U with Benjamini-Hochberg": (trial) => {
    const p = trial.head.map((head, j) => rankSumTest(trial.base[j] ?? [], head, true).p);
    const sorted = [...p].sort((a, b) => a - b);
    const last = sorted.findLastIndex((each, place) => each <= (0.05 * (place + 1)) / p.length);
    return p.map((each, j) => last >= 0 && each <= (sorted[last] ?? 0) && mean(trial.head[j] ?? []) > mean(trial.base[j] ?? []));
  },
  "mean above 120 %": (trial) => trial.head.map((head, j) => mean(head) - mean(trial.base[j] ?? []) > Math.log(1.2)),
  "mean above 110 %": (trial) => trial.head.map((head, j) => mean(head) - mean(trial.base[j] ?? []) > Math.log(1.1)),
};

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    trials: { type: "string", default: "400" },
    benchmarks: { type: "string", default: String(hosted.benchmarks) },
    rounds: { type: "string", default: String(hosted.rounds) },
    layout: { type: "string", default: String(hosted.layout) },
    neighbour: { type: "string", default: String(hosted.neighbour) },
    outliers: { type: "string", default: String(hosted.outliers) },
    rule: { type: "string", default: "" },
  },
});
const trials = Number(values.trials);
const model: NoiseModel = {
  benchmarks: Number(values.benchmarks),
  rounds: Number(values.rounds),
  layout: Number(values.layout),
  neighbour: Number(values.neighbour),
  outliers: Number(values.outliers),
  effects: [],
};
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(8);
process.stdout.write(`${"".padEnd(28)}   false/PR${effects.map((effect) => `+${effect} %`.padStart(9)).join("")}\n`);
for (const [name, rule] of Object.entries(rules)) {
  if (!name.startsWith(values.rule)) continue;
  let any = 0;
  const seen = effects.map(() => 0);
  for (let trial = 0; trial < trials; trial++) {
    const seed = Number(values.seed) * 1_000_003 + trial;
    const still = interleavedTrial(model, seed);
    if (rule(still).some((flagged, j) => flagged && (still.truth[j] ?? 0) <= margin)) any += 1;
    const flags = rule(interleavedTrial({ ...model, effects }, seed + 500_000));
    for (let j = 0; j < effects.length; j++) if (flags[j] === true) seen[j] = (seen[j] ?? 0) + 1;
  }
  process.stdout.write(`${name.padEnd(28)} ${percent(any / trials)}  ${seen.map((count) => percent(count / trials)).join(" ")}\n`);
}
