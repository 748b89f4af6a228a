import type { Context } from "../../../packages/frame/context.ts";
import { isUserError, UserError } from "../../../packages/frame/errors.ts";
import type { Outputs } from "../../../packages/frame/manifest.ts";
import type { Outcome } from "../../../packages/frame/outcome.ts";
import type { Section } from "../../../packages/report/model.ts";
import { compareByCommand } from "./command.ts";
import { type Comparison, compareSides } from "./comparison.ts";
import { branchIn, dashboardFiles, type PageFile } from "./dashboard.ts";
import { headlineOf, sectionsOf, type Told } from "./describe.ts";
import { readResults } from "./gather.ts";
import { type History, historySchema, joinedHistory, runsOf } from "./history.ts";
import { type ChangeData, stepsOf } from "./judge-history.ts";
import type manifest from "./manifest.ts";
import type { StoredRun } from "./model.ts";
import { findingsOf, type Judged, settle } from "./outcome.ts";
import { compareWithHistory, rulerIn } from "./past.ts";
import type { ComparePorts } from "./ports.ts";
import { type CompareInputs, readSettings, type Settings } from "./settings.ts";
import { importRuns, keepRuns, loadHistory, type Stored } from "./store.ts";
import { reaches, worseBy } from "./thresholds.ts";
import { flagged, type Result } from "./verdicts.ts";
import { changeText, titleOf } from "./words.ts";

export type CompareOutputs = Outputs<typeof manifest>;

/** Reads what was measured, or measures it, compares it with its base or with the history, and judges. Writes only after everything has been judged. */
export async function run(inputs: CompareInputs, ports: ComparePorts, context: Context): Promise<Outcome<CompareOutputs>> {
  const settings = readSettings(inputs);
  if (settings.results.length === 0 && (inputs.command ?? "").trim() === "")
    throw new UserError("results: is required where there is no `command`. Example: bench/head-*.json");
  branchIn((inputs.dashboard ?? "").trim());
  const imported = await importRuns(await thoseThatAre(settings.imports, inputs, ports), ports);
  const base = await baseOf(inputs, ports, context);
  const stored = await loadHistory(inputs.baseline, ports, base);
  const past = joinedHistory(stored.history.runs, imported);
  const comparison = await compare(inputs, settings, past, ports, context);
  const judged = settle(comparison.results, settings, context.waivers, ports.clock.now());
  const verdict = stored.torn !== undefined && judged.verdict !== "fail" && comparison.mode === "history" ? "unknown" : judged.verdict;
  const told: Told = { ...comparison, results: judged.results, settings };
  const known = new Set(stored.history.runs.map((each) => JSON.stringify([each.suite, each.commit, each.date, each.host])));
  const fresh = imported.filter((each) => !known.has(JSON.stringify([each.suite, each.commit, each.date, each.host])));
  const now = await currentRuns(comparison, settings, inputs, ports, context);
  const whole = joinedHistory(past.runs, now);
  const steps = stepsOf(whole, inputs.ruler);
  const torn = stored.torn === undefined ? [] : [{ name: "baseline", verdict: "unknown" as const, why: stored.torn }];
  const kept = await keep(inputs, settings, [...fresh, ...now], whole, stored, ports, context);
  const files = await writeFiles(inputs, whole, steps, judged, ports, context);
  return {
    verdict,
    headline:
      verdict === "unknown" && stored.torn !== undefined
        ? `The history cannot be used: ${stored.torn}`
        : headlineOf(verdict, told, brokenRule(judged)),
    outputs: { ...outputsOf(judged), ...files },
    report: {
      rules: [...(comparison.mode === "history" ? torn : []), ...judged.rules],
      findings: inputs.annotations ? findingsOf(judged.results) : [],
      sections: [...sectionsOf(told), ...stepSections(steps)],
      notes: [
        ...settings.notes,
        ...(comparison.mode === "history" ? stored.notes : []),
        ...comparison.notes,
        ...comparison.guards,
        ...shadowOf(judged.results, settings),
        ...judged.notes,
        ...kept,
      ],
      ...(/^[0-9a-f]{40}$/.test(base) ? { base } : {}),
      data: dataOf(comparison, judged, steps),
    },
  };
}

/** github-action-benchmark makes its `external-data-json-path` in its first run; what `import` names must be there. */
async function thoseThatAre(paths: readonly string[], inputs: CompareInputs, { files, log }: ComparePorts): Promise<string[]> {
  const made = inputs["external-data-json-path"];
  if (made === undefined || (await files.stat(made)) !== undefined) return [...paths];
  log.info(`external-data-json-path: ${made} is not there yet.`);
  return paths.filter((path) => path !== made);
}

/** What the rule of github-action-benchmark, one ratio and nothing else, would have said. */
function shadowOf(results: readonly Result[], { reading, thresholds }: Settings): string[] {
  if (reading !== "ratio") return [];
  const compared = results.filter(({ change }) => change !== null);
  const named = compared
    .filter(({ change, direction }) => reaches(worseBy(change ?? 0, direction, reading), thresholds.alert))
    .map(titleOf);
  if (compared.length === 0) return [];
  const told = named.length === 0 ? "none" : `${named.slice(0, 5).join(", ")}${named.length > 5 ? ` and ${named.length - 5} more` : ""}`;
  return [`github-action-benchmark would have alerted on ${named.length} of ${compared.length}: ${told}.`];
}

function dataOf(comparison: Comparison, { results }: Judged, changePoints: readonly ChangeData[]): Readonly<Record<string, unknown>> {
  const { mode, rounds, host, guards } = comparison;
  return { mode, rounds, host, guards, benchmarks: results, changePoints };
}

/** The commit whose history counts: the base of a change, or the tested commit itself where there is none. */
async function baseOf(inputs: CompareInputs, { diff, log }: ComparePorts, { event }: Context): Promise<string> {
  if (inputs.baseline === "none" && inputs.command === undefined) return event.sha;
  try {
    return (await diff.change(inputs.base)).base;
  } catch (error) {
    if (!isUserError(error) || inputs.base !== undefined) throw error;
    log.debug(`The base is not known: ${error.message}`);
    return event.pullRequest?.baseSha ?? event.sha;
  }
}

async function compare(
  inputs: CompareInputs,
  settings: Settings,
  past: History,
  ports: ComparePorts,
  context: Context,
): Promise<Comparison> {
  if (inputs.command !== undefined && inputs.command.trim() !== "") return compareByCommand(inputs, settings, ports, context);
  const head = await readResults("results", settings.results, inputs.tool, ports);
  const base = inputs["base-results"] ?? [];
  if (base.length > 0) return compareSides(await readResults("base-results", base, inputs.tool, ports), head, settings);
  return compareWithHistory(head, past, inputs, settings, ports);
}

/** What this run adds to the history. */
async function currentRuns(
  comparison: Comparison,
  settings: Settings,
  inputs: CompareInputs,
  ports: ComparePorts,
  { event }: Context,
): Promise<StoredRun[]> {
  if (!settings.keepsHistory || inputs.baseline === "none") return [];
  const facts = await ports.machine.facts();
  const own = comparison.host.cpu === undefined || comparison.host.cpu === facts.cpu;
  const host = own ? facts.class : (comparison.host.cpu ?? "");
  const ruler = inputs.ruler === "builtin" && own ? await rulerIn(ports) : undefined;
  const date = new Date(ports.clock.now()).toISOString();
  return runsOf(comparison.head, { commit: event.sha, date, host, suite: settings.suite, ruler });
}

async function keep(
  inputs: CompareInputs,
  settings: Settings,
  runs: readonly StoredRun[],
  whole: History,
  stored: Stored,
  ports: ComparePorts,
  context: Context,
): Promise<string[]> {
  if (!settings.keepsHistory || runs.length === 0 || context.terminal || stored.torn !== undefined) return [];
  ports.log.info(await keepRuns(inputs.baseline, runs, whole, ports, context));
  return [];
}

async function writeFiles(
  inputs: CompareInputs,
  whole: History,
  steps: readonly ChangeData[],
  judged: Judged,
  ports: ComparePorts,
  { reportPath }: Context,
): Promise<Pick<CompareOutputs, "history" | "dashboard">> {
  // It lies beside the reports, and all that ends in .json there is taken for one.
  const kept = whole.runs.length === 0 || reportPath === undefined ? undefined : reportPath.replace(/(\.json)?$/, ".history.jsonl");
  if (kept !== undefined) await ports.files.write(kept, `${JSON.stringify({ schema: historySchema, runs: whole.runs })}\n`);
  if (inputs.dashboard === undefined || inputs.dashboard.trim() === "") return { history: kept, dashboard: undefined };
  const target = inputs.dashboard.trim();
  const place = branchIn(target);
  const pages = dashboardFiles(place?.folder ?? target, whole, steps, judged.results, inputs.ruler, await ports.page.code());
  if (place === undefined) for (const { path, text } of pages) await ports.files.write(path, text);
  else ports.log.info(await published(place.branch, pages, ports));
  return { history: kept, dashboard: pages[0]?.path };
}

async function published(branch: string, pages: readonly PageFile[], { baseline }: ComparePorts): Promise<string> {
  const files = pages.map(({ path, text }) => ({ name: path, content: text }));
  const told = (await baseline.publish?.(branch, files)) ?? { skipped: "nothing can be published here" };
  return "saved" in told ? `Trend page published: ${told.saved}.` : `No trend page published: ${told.skipped}.`;
}

function stepSections(steps: readonly ChangeData[]): Section[] {
  if (steps.length === 0) return [];
  const rows = steps
    .toReversed()
    .map(({ suite, name, metric, commit, change }) => [titleOf({ suite, name, metric }), commit.slice(0, 12), changeText(change)]);
  return [
    {
      title: "Steps on the default branch",
      folded: true,
      blocks: [{ kind: "table", columns: [{ title: "Benchmark" }, { title: "Since" }, { title: "Change", align: "right" }], rows }],
    },
  ];
}

function brokenRule({ rules }: Judged): string | undefined {
  const rule = rules.find(({ verdict }) => verdict === "fail") ?? rules.find(({ verdict }) => verdict === "unknown");
  if (rule === undefined) return undefined;
  const [actual, limit, why] = [rule.actual, rule.limit, rule.why];
  return `${rule.name}${actual === undefined ? "" : ` is ${actual}`}${limit === undefined ? "" : `, and the limit is ${limit}`}${why === undefined ? "" : `: ${why}`}`;
}

function outputsOf({ results }: Judged): Omit<CompareOutputs, "history" | "dashboard"> {
  const count = (test: (result: Result) => boolean): number => results.filter(test).length;
  const worst = results.find(({ verdict }) => flagged(verdict));
  return {
    regressions: count(({ verdict }) => flagged(verdict)),
    improvements: count(({ verdict }) => verdict === "improved"),
    inconclusive: count(({ verdict }) => verdict === "inconclusive"),
    compared: count(({ base, head }) => base.median !== null && head.median !== null),
    worst: worst === undefined ? undefined : `${titleOf(worst)} ${changeText(worst.change)}`,
  };
}
