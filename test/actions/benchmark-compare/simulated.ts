import { type Comparison, compareSides } from "../../../actions/benchmark-compare/src/comparison.ts";
import { type Looks, lookAgain } from "../../../actions/benchmark-compare/src/looks.ts";
import type { ResultFile } from "../../../actions/benchmark-compare/src/model.ts";
import type { Settings } from "../../../actions/benchmark-compare/src/settings.ts";
import type { interleavedTrial } from "../../../scripts/statistics/noise.ts";

export const usual: Settings = {
  results: [],
  thresholds: { alert: 0.2, fail: 0.5 },
  reading: "change",
  margin: 0.01,
  confidence: 0.95,
  rules: [],
  suite: "",
  imports: [],
  keepsHistory: false,
  notes: [],
};

/** The rounds of a simulated side as result files, one a round. */
function filesOf(columns: readonly (readonly number[])[]): ResultFile[] {
  return (columns[0] ?? []).map((_, round) => ({
    source: `round ${round + 1}`,
    format: "custom",
    host: {},
    measures: columns.map((column, j) => ({
      suite: "",
      name: `b${j}`,
      metric: "time",
      unit: "ns",
      direction: "lower" as const,
      exact: false,
      values: [1e6 * Math.exp(column[round] ?? 0)],
    })),
  }));
}

/** Plays a trial as `command` does, and looks at it as a budget does; the trial has as many rounds as the budget has time for. */
export async function played(
  trial: ReturnType<typeof interleavedTrial>,
  rounds: number,
  budget?: number,
): Promise<Looks & { rounds: number }> {
  const [base, head] = [filesOf(trial.base), filesOf(trial.head)];
  let done = 0;
  const until = (asked: number): Promise<boolean> => {
    done = Math.min(Math.max(done, asked), head.length);
    return Promise.resolve(done >= asked);
  };
  const compare = (settings: Settings): Comparison => compareSides(base.slice(0, done), head.slice(0, done), settings, true);
  return { ...(await lookAgain({ budget, rounds }, usual, until, compare)), rounds: done };
}
