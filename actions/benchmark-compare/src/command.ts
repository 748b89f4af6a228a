import type { Context } from "../../../packages/frame/context.ts";
import { isUserError, UserError } from "../../../packages/frame/errors.ts";
import { type Comparison, compareSides } from "./comparison.ts";
import { parseResults } from "./formats/detect.ts";
import { FormatFault } from "./formats/draft.ts";
import { faultIn, readAll } from "./gather.ts";
import { lookAgain } from "./looks.ts";
import type { ResultFile } from "./model.ts";
import type { ComparePorts, Ended, Pressure, Tree } from "./ports.ts";
import type { CompareInputs, Settings } from "./settings.ts";
import { seeded } from "./statistics/random.ts";
import { fewestRounds, flagged, type Result } from "./verdicts.ts";

/** A run that takes longer hangs; a job's own limit may be shorter. */
const longestRun = 60 * 60_000;
/** A machine that gives this share of its time to others measures others. */
const mostStolen = 0.1;
/** This many times more work than cores waits before the first round. */
const mostLoad = 2;
const seed = 20_261_121;

interface Progress {
  readonly base: ResultFile[];
  readonly head: ResultFile[];
  /** Milliseconds of the longest round. */
  longest: number;
  /** The last round began with the tested tree. */
  turned?: boolean;
  /** Why the last round was given up. */
  stopped?: string;
}

interface Play {
  readonly line: string;
  readonly inputs: CompareInputs;
  /** Milliseconds that one run has. */
  readonly timeout: number;
}

/** Runs the command in turns on both sides and compares the rounds. */
export async function compareByCommand(
  inputs: CompareInputs,
  settings: Settings,
  ports: ComparePorts,
  context: Context,
): Promise<Comparison & { readonly baseCommit: string }> {
  const line = inputs.command ?? "";
  const change = await ports.diff.change(inputs.base);
  const notes = [`Compared with ${change.base.slice(0, 7)}: ${change.rule}.`];
  if (context.terminal) notes.push("Both sides are commits: changes that are not committed were not measured.");
  const found = await ports.trees.within(change.base, change.head, async (base, head) => {
    await setUp(inputs.setup, base, head, ports);
    return play(line, inputs, settings, ports, base, head);
  });
  if ("failed" in found) throw new UserError(`command: ${found.failed}.`, { exitCode: 3 });
  return { ...found.done, notes: [...notes, ...found.done.notes], baseCommit: change.base };
}

async function setUp(line: string | undefined, base: Tree, head: Tree, ports: ComparePorts): Promise<void> {
  if (line === undefined || line.trim() === "") return;
  for (const [side, tree] of [
    ["base", base],
    ["tested tree", head],
  ] as const) {
    ports.log.info(`Setting up the ${side}.`);
    const ended = await tree.run(line, longestRun);
    if (ended.exitCode !== 0) throw crashed("setup", side, ended, longestRun);
  }
}

function crashed(input: string, side: string, { exitCode, late, lastWords }: Ended, timeout: number): UserError {
  if (late === true)
    return new UserError(`${input}: on the ${side} it was stopped after ${Math.round(timeout / 1000)} s, the time that it has.`, {
      exitCode: 3,
    });
  const words = lastWords === "" ? "" : `: ${lastWords.replace(/\.$/, "")}`;
  return new UserError(`${input}: on the ${side} it ended with exit code ${exitCode}${words}.`, { exitCode: 3 });
}

async function play(
  line: string,
  inputs: CompareInputs,
  settings: Settings,
  ports: ComparePorts,
  base: Tree,
  head: Tree,
): Promise<Comparison> {
  const begun = ports.clock.now();
  const before = await ports.machine.pressure();
  const { cores, ...host } = await ports.machine.facts();
  const progress: Progress = { base: [], head: [], longest: 0 };
  const coins = seeded(seed);
  const fits = (): boolean =>
    inputs.budget === undefined || progress.head.length === 0 || ports.clock.now() - begun + progress.longest <= inputs.budget;
  const until = async (rounds: number): Promise<boolean> => {
    while (progress.head.length < rounds && progress.stopped === undefined && fits()) {
      const left = inputs.budget === undefined ? longestRun : inputs.budget - (ports.clock.now() - begun) + progress.longest;
      await playRound({ line, inputs, timeout: Math.max(1_000, left) }, ports, base, head, progress, coins);
    }
    return progress.head.length >= rounds;
  };
  const compared = await lookAgain(inputs, settings, until, (certainty) => compareSides(progress.base, progress.head, certainty, true));
  const guards = guardsOf(before, await ports.machine.pressure(), cores);
  const rounds = progress.head.length;
  const notes: string[] = [];
  if (progress.stopped !== undefined) notes.push(`Round ${rounds + 1} was left out: ${progress.stopped}`);
  if (rounds < inputs.rounds)
    notes.push(
      compared.early
        ? `Stopped after ${rounds} of ${inputs.rounds} rounds: nothing can come near an alert any more.`
        : `The budget ended after ${rounds} of ${inputs.rounds} rounds.`,
    );
  if (rounds < fewestRounds)
    notes.push(`Fewer than ${fewestRounds} rounds decide next to nothing: 5 rounds see 29 % of true differences of 10 %.`);
  const whole = compared.comparison;
  return {
    ...whole,
    ...(guards.length === 0 ? {} : { results: distrusted(whole.results, guards, progress.head) }),
    host: { ...host, cores },
    guards,
    notes: [...notes, ...whole.notes],
  };
}

/**
 * Both sides once; of two rounds that follow each other the second turns the order of the first round. A run that the budget ends gives its round
 * up, if there were others.
 */
async function playRound(play: Play, ports: ComparePorts, base: Tree, head: Tree, progress: Progress, coins: () => number): Promise<void> {
  const round = progress.head.length;
  const started = ports.clock.now();
  const headFirst = round % 2 === 0 ? coins() < 0.5 : progress.turned !== true;
  progress.turned = headFirst;
  ports.log.info(`Round ${round + 1}.`);
  const sides = [
    { name: "base", tree: base, into: progress.base },
    { name: "tested tree", tree: head, into: progress.head },
  ];
  const measured: (() => void)[] = [];
  for (const { name, tree, into } of headFirst ? sides.toReversed() : sides) {
    const found = await measure(play, tree, name, round);
    if ("stopped" in found) {
      if (round === 0) throw found.stopped;
      progress.stopped = found.stopped.message;
      return;
    }
    measured.push(() => into.push(found));
  }
  for (const keep of measured) keep();
  progress.longest = Math.max(progress.longest, ports.clock.now() - started);
}

async function measure(
  { line, inputs, timeout }: Play,
  tree: Tree,
  side: string,
  round: number,
): Promise<ResultFile | { readonly stopped: UserError }> {
  const globs = inputs.results ?? [];
  if (globs.length > 0) await tree.clear(globs);
  const ended = await tree.run(line, timeout);
  if (ended.late === true) return { stopped: crashed("command", side, ended, timeout) };
  if (ended.exitCode !== 0) throw crashed("command", side, ended, timeout);
  const source = `round ${round + 1} of the ${side}`;
  if (globs.length === 0) return parsed(`the output of ${source}`, ended.stdout, inputs.tool);
  const files = await tree.read(globs);
  if (files.length === 0)
    throw new UserError(`results: in ${source}, the command wrote no file that matches ${globs.join(", ")}.`, { exitCode: 3 });
  const results = await readAll(
    `command, in ${source}`,
    files.map(({ path, text }) => ({ path, text: async () => text })),
    inputs.tool,
  );
  const host = results.find((each) => Object.keys(each.host).length > 0)?.host ?? {};
  return { source, format: results[0]?.format ?? "", host, measures: results.flatMap(({ measures }) => measures) };
}

function parsed(source: string, text: string, tool: string): ResultFile {
  try {
    return parseResults(source, text, tool);
  } catch (error) {
    if (isUserError(error) || !(error instanceof FormatFault)) throw error;
    throw faultIn("command", source, error);
  }
}

function guardsOf(before: Pressure, after: Pressure, cores: number): string[] {
  const guards: string[] = [];
  const stolen = (after.stolen - before.stolen) / Math.max(1, after.total - before.total);
  if (stolen > mostStolen) guards.push(`the host gave ${Math.round(stolen * 100)} % of this machine's time to others`);
  if (before.load > mostLoad * cores) guards.push(`${Math.round(before.load)} processes wanted the ${cores} cores before the first round`);
  return guards;
}

/** Times of a machine under pressure flag nothing; what is counted stays counted. */
function distrusted(results: readonly Result[], guards: readonly string[], files: readonly ResultFile[]): Result[] {
  const counted = new Set(files.flatMap(({ measures }) => measures.filter(({ exact }) => exact).map(nameOf)));
  return results.map((result) => {
    if (counted.has(nameOf(result)) || !(flagged(result.verdict) || result.verdict === "improved")) return result;
    return { ...result, verdict: "inconclusive", moreRounds: null, why: guards.join("; ") };
  });
}

/** Without the suite, which a result may have from the inputs. */
const nameOf = ({ name, metric }: { readonly name: string; readonly metric: string }): string => JSON.stringify([name, metric]);
