import type { Context } from "../../../packages/frame/context.ts";
import { isProposal } from "../../../packages/frame/event.ts";
import type { Outputs } from "../../../packages/frame/manifest.ts";
import type { Outcome } from "../../../packages/frame/outcome.ts";
import type { BaselineRecord } from "../../../packages/frame/ports.ts";
import { whyUnjudged } from "./baseline.ts";
import { percentText } from "./bytes.ts";
import { reasonsOf } from "./contents.ts";
import { groupsOf, reportData, type Told, tellDuplicates } from "./data.ts";
import { describe } from "./describe.ts";
import { type Gathered, readEvidence, type SizeInputs, type SizePorts } from "./evidence.ts";
import { headlineOf } from "./headline.ts";
import { type Evidence, type Judgement, judgeBudget, overall, selectRows } from "./judge.ts";
import type manifest from "./manifest.ts";
import { match } from "./match.ts";
import { compareModules } from "./modules.ts";
import { drawPage } from "./page.ts";
import { byIncrease, countsOf, increaseOf, type Row, rowsOf, rowsWithoutBaseline, sumOf } from "./rows.ts";
import { toStored, totalsOf } from "./stored.ts";

export type SizeOutputs = Outputs<typeof manifest>;

const trendLength = 30;

/**
 * Finds and measures the built files, finds what the base's build was, pairs the files of both, judges each limit of each budget, and says
 * which modules made the difference. Writes only after everything has been judged.
 */
export async function run(inputs: SizeInputs, ports: SizePorts, context: Context): Promise<Outcome<SizeOutputs>> {
  const found = await readEvidence(inputs, ports, context);
  const { baseline, build } = found;
  const compared = "missing" in baseline ? undefined : baseline;
  const rows = compared === undefined ? rowsWithoutBaseline(build.files) : rowsOf(match(compared.past.files, build.files));
  const evidence: Evidence = {
    rows,
    initial: found.initial === undefined ? undefined : { now: found.initial, before: compared?.past.initial },
    unjudged: whyUnjudged(baseline, build.versions),
    waivers: context.waivers,
  };
  const selected = selectRows(found.budgets, evidence);
  const judgements = [...tornRule(found), ...found.budgets.flatMap((budget) => judgeBudget(budget, selected.get(budget) ?? [], evidence))];
  const verdict = overall(judgements);
  const modules = inputs.explain && build.modules !== undefined ? compareModules(build.modules, compared?.past.modules) : undefined;
  const groups = groupsOf(selected);
  const told: Told = {
    found,
    rows,
    judgements,
    modules,
    groups,
    reasons: inputs.explain ? reasonsOf(rows, build, compared?.past) : [],
    duplicates: inputs.explain ? await tellDuplicates(build, compared?.past, ports.files) : [],
  };
  const history: readonly BaselineRecord[] = compared === undefined ? [] : await ports.baseline.history(trendLength);
  const headline = headlineOf(verdict, told);
  const notes = [...found.notes, ...baselineNotes(found), ...(await keep(found, ports, context))];
  const page = await writePage(told, headline, ports, context);
  return {
    verdict,
    headline,
    outputs: outputsOf(found, rows),
    report: {
      rules: judgements.map(({ rule }) => rule),
      findings: [],
      sections: describe(told, history),
      notes: [...notes, ...page],
      ...(found.base.commit === undefined ? {} : { base: found.base.commit }),
      ...(compared === undefined ? {} : { baseline: { commit: compared.commit, distance: compared.distance } }),
      data: reportData(told),
    },
  };
}

/** Something stored that cannot be trusted must not look like a first run. */
function tornRule({ baseline }: Gathered): Judgement[] {
  if (!("missing" in baseline) || baseline.torn !== true) return [];
  const why = baseline.missing;
  return [{ rule: { name: "baseline", verdict: "unknown", why }, words: `the baseline cannot be used: ${why}` }];
}

function baselineNotes({ base, baseline, build, compression }: Gathered): string[] {
  if ("missing" in baseline) return [`There is nothing to compare with: ${baseline.missing}.`];
  const notes =
    base.rule === "" ? [] : [`Compared with ${baseline.commit.slice(0, 7)}${baseline.built ? ", built for this run" : ""}: ${base.rule}.`];
  if (baseline.distance > 0) {
    const steps = baseline.distance === 1 ? "1 commit" : `${baseline.distance} commits`;
    notes.push(`The baseline is ${steps} before the base, which has no sizes of its own.`);
  }
  const unjudged = whyUnjudged(baseline, build.versions);
  for (const algorithm of compression) {
    const open = unjudged(algorithm);
    if (open !== undefined) notes.push(`Growth in ${algorithm} is not told: ${open.why}.`);
  }
  return notes;
}

/** Pushes to the default branch write the record, over budget or not: it is what is there. */
async function keep({ build, initial }: Gathered, ports: SizePorts, context: Context): Promise<string[]> {
  if (isProposal(context.event) || context.terminal) return [];
  const saved = await ports.baseline.save(toStored(build, initial));
  ports.log.info("saved" in saved ? `Baseline saved: ${saved.saved}.` : `No baseline saved: ${saved.skipped}.`);
  return [];
}

async function writePage(told: Told, headline: string, ports: SizePorts, context: Context): Promise<string[]> {
  if (context.reportPath === undefined || !context.reportPath.endsWith(".json")) return [];
  try {
    await ports.files.write(context.reportPath.replace(/\.json$/, ".html"), drawPage(told, headline));
    return [];
  } catch (error) {
    // A linked worktree keeps git's folder elsewhere, where nothing may be written.
    ports.log.debug(`The page was not written: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

function outputsOf({ build, baseline, compression }: Gathered, rows: readonly Row[]): SizeOutputs {
  const totals = totalsOf(build.files);
  const first = compression[0] ?? "gzip";
  const compared = !("missing" in baseline);
  const comparable = compared && whyUnjudged(baseline, build.versions)(first) === undefined;
  const sum = sumOf(rows, first);
  const counts = compared ? countsOf(rows) : undefined;
  const [largest] = comparable ? byIncrease(rows, first) : [];
  const increase = largest === undefined ? 0 : increaseOf(largest, first);
  return {
    "total-bytes": totals.none,
    "gzip-bytes": totals.gzip,
    "brotli-bytes": totals.brotli,
    "zstd-bytes": totals.zstd,
    "delta-bytes": comparable ? sum.now - sum.before : undefined,
    "delta-percent": comparable ? percentText(sum.now - sum.before, sum.before) : undefined,
    matched: counts?.matched,
    renamed: counts?.renamed,
    added: counts?.added,
    removed: counts?.removed,
    "largest-increase": largest !== undefined && increase > 0 ? `${largest.path} +${increase}` : undefined,
  };
}
