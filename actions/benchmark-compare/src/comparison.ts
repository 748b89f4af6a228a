import type { Courses } from "./describe.ts";
import { judgePairs, type Mode } from "./judge.ts";
import { type HostFacts, keyOf, type ResultFile } from "./model.ts";
import { differentHosts, hostOf, type Pair, pairUp } from "./readings.ts";
import type { Settings } from "./settings.ts";
import type { Result } from "./verdicts.ts";

/** What was measured and what came of comparing it. */
export interface Comparison {
  readonly mode: Mode;
  readonly rounds: number;
  readonly results: readonly Result[];
  readonly courses: Courses;
  readonly host: HostFacts & { readonly cores?: number; readonly class?: string };
  readonly guards: readonly string[];
  readonly notes: readonly string[];
  /** The tested side, for the history. */
  readonly head: readonly ResultFile[];
}

/** Files of both sides: in pairs where there are as many (or `paired` says so), else by their repetitions. */
export function compareSides(
  base: readonly ResultFile[],
  head: readonly ResultFile[],
  settings: Settings,
  paired = base.length === head.length && head.length > 1,
): Comparison {
  const notes: string[] = [];
  if (base.length !== head.length)
    notes.push(
      `There are ${head.length} result files and ${base.length} of the base, so they are no pairs: the machine's drift between the sides is not taken out.`,
    );
  const pairs = pairUp(base, head, settings.suite);
  const results = judgePairs({ pairs, paired, distrust: differentHosts(base, head) }, settings);
  return {
    mode: paired ? "paired" : "unpaired",
    rounds: Math.min(base.length, head.length),
    results,
    courses: coursesOf(pairs),
    host: hostOf(head),
    guards: [],
    notes,
    head,
  };
}

/** Round by round, by how much the tested side differs; one round has no course. */
function coursesOf(pairs: readonly Pair[]): Courses {
  const courses = new Map<string, readonly number[]>();
  for (const { measure, base, head } of pairs) {
    if (base === undefined || head === undefined || head.rounds.length < 2) continue;
    const ratios = head.rounds.map((now, round) => (now ?? Number.NaN) / (base.rounds[round] ?? Number.NaN));
    courses.set(keyOf(measure), ratios.filter(Number.isFinite));
  }
  return courses;
}
