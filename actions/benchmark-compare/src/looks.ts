import type { Comparison } from "./comparison.ts";
import { limitsOf } from "./judge.ts";
import type { CompareInputs, Settings } from "./settings.ts";
import { worseBy } from "./thresholds.ts";
import { fewestRounds, type Result } from "./verdicts.ts";

/** With a budget, rounds may be added up to this many times the asked ones, and looked at this often. */
const stretch = 2;
const looks = 3;

export interface Looks {
  readonly comparison: Comparison;
  /** It ended before the asked rounds because nothing was left to decide. */
  readonly early: boolean;
}

/**
 * Without a budget there is one look, after the asked rounds. With one, the looks that may flag share the level; the first one, at as few rounds as can
 * say anything, flags nothing and only stops where nothing is in sight, so it costs no certainty.
 */
export async function lookAgain(
  { budget, rounds }: Pick<CompareInputs, "budget" | "rounds">,
  settings: Settings,
  until: (rounds: number) => Promise<boolean>,
  compare: (certainty: Settings) => Comparison,
): Promise<Looks> {
  if (budget === undefined) {
    await until(rounds);
    return { comparison: compare(settings), early: false };
  }
  if (rounds > fewestRounds && (await until(fewestRounds))) {
    const comparison = compare(settings);
    if (comparison.results.every(outOfSight(settings))) return { comparison, early: true };
  }
  const careful: Settings = { ...settings, confidence: 1 - (1 - settings.confidence) / looks };
  for (let look = 0; ; look++) {
    const reached = await until(Math.ceil(rounds * (1 + ((stretch - 1) * look) / (looks - 1))));
    const comparison = compare(careful);
    const open = comparison.results.some(({ verdict }) => verdict === "inconclusive");
    if (!reached || !open || look === looks - 1) return { comparison, early: false };
  }
}

/** What more rounds could not change: no time, or one whose whole interval stays below half of what would be an alert. */
function outOfSight(settings: Settings): (result: Result) => boolean {
  return (result) => {
    if (result.verdict === "inconclusive" || result.interval === null) return result.verdict !== "inconclusive";
    const [low, high] = result.interval;
    if (low === high || result.direction === "none") return true;
    const worst = Math.max(...[low, high].map((end) => worseBy(end, result.direction, settings.reading)));
    return result.verdict === "ok" && worst < limitsOf(result, settings).alert / 2;
  };
}
