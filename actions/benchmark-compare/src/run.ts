import type { Context } from "../../../packages/frame/context.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import type { Outputs } from "../../../packages/frame/manifest.ts";
import type { Outcome } from "../../../packages/frame/outcome.ts";
import type { Ports } from "../../../packages/frame/ports.ts";
import { type Courses, headlineOf, sectionsOf, type Told } from "./describe.ts";
import { readResults } from "./gather.ts";
import { judgePairs, type Mode } from "./judge.ts";
import type manifest from "./manifest.ts";
import { type HostFacts, keyOf, type ResultFile } from "./model.ts";
import { findingsOf, type Judged, settle } from "./outcome.ts";
import { differentHosts, hostOf, type Pair, pairUp } from "./readings.ts";
import { type CompareInputs, readSettings, type Settings } from "./settings.ts";
import { flagged, type Result } from "./verdicts.ts";
import { changeText, titleOf } from "./words.ts";

export type CompareOutputs = Outputs<typeof manifest>;

/** What was measured and what came of comparing it. */
export interface Comparison {
  readonly mode: Mode;
  readonly rounds: number;
  readonly results: readonly Result[];
  readonly courses: Courses;
  readonly host: HostFacts;
  readonly guards: readonly string[];
  readonly notes: readonly string[];
  /** The tested side, for the history. */
  readonly head: readonly ResultFile[];
}

/** Reads what was measured, or measures it, compares it with its base or with the history, and judges. Writes only after everything has been judged. */
export async function run(inputs: CompareInputs, ports: Ports, context: Context): Promise<Outcome<CompareOutputs>> {
  const settings = readSettings(inputs);
  const comparison = await compareFiles(inputs, settings, ports);
  const judged = settle(comparison.results, settings, context.waivers, ports.clock.now());
  const told: Told = { ...comparison, results: judged.results, settings };
  return {
    verdict: judged.verdict,
    headline: headlineOf(judged.verdict, told, brokenRule(judged)),
    outputs: outputsOf(judged),
    report: {
      rules: judged.rules,
      findings: inputs.annotations ? findingsOf(judged.results) : [],
      sections: sectionsOf(told),
      notes: [...settings.notes, ...comparison.notes, ...judged.notes],
      data: {
        mode: comparison.mode,
        rounds: comparison.rounds,
        host: comparison.host,
        guards: comparison.guards,
        benchmarks: judged.results,
        changePoints: [],
      },
    },
  };
}

async function compareFiles(inputs: CompareInputs, settings: Settings, ports: Ports): Promise<Comparison> {
  if (settings.results.length === 0) throw new UserError("results: is required where there is no `command`. Example: bench/head-*.json");
  const head = await readResults("results", settings.results, inputs.tool, ports.files);
  const base = await readResults("base-results", inputs["base-results"] ?? [], inputs.tool, ports.files);
  return compareSides(base, head, settings);
}

/** Files of both sides: in pairs where there are as many, else by their repetitions. */
export function compareSides(base: readonly ResultFile[], head: readonly ResultFile[], settings: Settings): Comparison {
  const paired = base.length === head.length && head.length > 1;
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

/** Round by round, by how much the tested side differs. */
function coursesOf(pairs: readonly Pair[]): Courses {
  return new Map(
    pairs.map(({ measure, base, head }) => {
      const ratios = (head?.rounds ?? []).map((now, round) => (now ?? Number.NaN) / (base?.rounds[round] ?? Number.NaN));
      return [keyOf(measure), ratios.filter(Number.isFinite)] as const;
    }),
  );
}

function brokenRule({ rules }: Judged): string | undefined {
  const rule = rules.find(({ verdict }) => verdict === "fail") ?? rules.find(({ verdict }) => verdict === "unknown");
  if (rule === undefined) return undefined;
  return `${rule.name}${rule.actual === undefined ? "" : ` is ${rule.actual}`}${rule.limit === undefined ? "" : `, and the limit is ${rule.limit}`}${rule.why === undefined ? "" : `: ${rule.why}`}`;
}

function outputsOf({ results }: Judged): CompareOutputs {
  const count = (test: (result: Result) => boolean): number => results.filter(test).length;
  const worst = results.find(({ verdict }) => flagged(verdict));
  return {
    regressions: count(({ verdict }) => flagged(verdict)),
    improvements: count(({ verdict }) => verdict === "improved"),
    inconclusive: count(({ verdict }) => verdict === "inconclusive"),
    compared: count(({ base, head }) => base.median !== null && head.median !== null),
    worst: worst === undefined ? undefined : `${titleOf(worst)} ${changeText(worst.change)}`,
    history: undefined,
    dashboard: undefined,
  };
}
