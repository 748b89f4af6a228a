import type { Context } from "../../../packages/frame/context.ts";
import { isProposal } from "../../../packages/frame/event.ts";
import type { Outputs } from "../../../packages/frame/manifest.ts";
import type { Outcome } from "../../../packages/frame/outcome.ts";
import type { BaselineRecord } from "../../../packages/frame/ports.ts";
import type { ReportBody } from "../../../packages/report/model.ts";
import { endpointPath } from "./badge.ts";
import { withoutRemoved } from "./baseline.ts";
import { reportData } from "./data.ts";
import { describe } from "./describe.ts";
import { type GateInputs, type GatePorts, type Gathered, readEvidence, refuseEmpty } from "./evidence.ts";
import { explainSections } from "./explain.ts";
import { toHeadRanges, uncoveredFindings, worstPatches } from "./findings.ts";
import { deltaText, percentText } from "./fraction.ts";
import { headlineOf } from "./headline.ts";
import { type Evidence, type Judgement, judgeDrop, judgeMinimum, judgePatchRule, judgeRatchet, overall } from "./judge.ts";
import { judgeThresholds } from "./judge-thresholds.ts";
import { keepResults } from "./keep.ts";
import type manifest from "./manifest.ts";
import { judgePatch, type Patch, unseenFiles } from "./patch.ts";
import { type Ratchet, readRatchet } from "./ratchet.ts";
import { readThresholds, type Threshold } from "./thresholds.ts";
import { type Counting, countTotals, type Totals } from "./totals.ts";

export type GateOutputs = Outputs<typeof manifest>;

const trendLength = 30;

/**
 * Reads the reports, finds out which file of the repository each path means, counts, and judges: the whole by `minimum`, the change by
 * `minimum-patch`, the course by `maximum-drop` and `ratchet`, parts by `thresholds`. Writes only after everything has been judged.
 */
export async function run(inputs: GateInputs, ports: GatePorts, context: Context): Promise<Outcome<GateOutputs>> {
  const counting: Counting = { metric: inputs.metric, partialLines: inputs["partial-lines"] };
  const thresholds = readThresholds(inputs.thresholds);
  if (inputs.badge !== undefined) endpointPath(inputs.badge);
  const ratchet = inputs.ratchet === undefined ? undefined : await readRatchet(inputs.ratchet, ports.files, counting);
  const found = await readEvidence(inputs, thresholds, counting, ports, context);
  const totals = countTotals(found.coverage.files, counting, found.coverage.unplaced);
  if (!inputs["allow-empty"] && !Object.values(totals.all).some((ratio) => ratio !== undefined && ratio.total > 0))
    refuseEmpty(found.coverage);
  const patch = judgePatch(found.change.files, found.coverage.files, found.coverage.leftOut, counting);
  const evidence: Evidence = {
    totals,
    patch,
    changeUnknown: found.change.unknown,
    minimumChangedLines: inputs["minimum-changed-lines"],
    waivers: context.waivers,
  };
  const judgements = await judgeAll(inputs, found, evidence, ratchet, thresholds, ports, isProposal(context.event));
  const verdict = overall(judgements);
  const report = await describeAll(inputs, found, evidence, judgements, ports);
  const kept = await keepResults(found, totals, ratchet, inputs, ports, context);
  return {
    verdict,
    headline: headlineOf(verdict, judgements, evidence),
    outputs: outputsOf(totals, patch, found),
    report: { ...report, notes: [...(report.notes ?? []), ...kept] },
  };
}

async function judgeAll(
  inputs: GateInputs,
  found: Gathered,
  evidence: Evidence,
  ratchet: Ratchet | undefined,
  thresholds: readonly Threshold[],
  ports: GatePorts,
  proposal: boolean,
): Promise<Judgement[]> {
  const { baseline, change } = found;
  const { counting } = evidence.totals;
  const judgements = [judgeMinimum(evidence, inputs.minimum)];
  if (inputs["minimum-patch"] !== undefined) judgements.push(judgePatchRule(evidence, inputs["minimum-patch"]));
  if (inputs["maximum-drop"] !== undefined) {
    const adjusts = inputs["removed-code"] === "adjust" && !("missing" in baseline);
    const adjusted = adjusts ? await withoutRemoved(baseline, change, ports.diff, counting) : undefined;
    judgements.push(judgeDrop(evidence, baseline, adjusted, inputs["maximum-drop"]));
  }
  if (ratchet !== undefined) judgements.push(judgeRatchet(evidence, ratchet, proposal));
  const { files, leftOut } = found.coverage;
  judgements.push(...judgeThresholds(thresholds, { evidence, files, leftOut, tree: found.tree, flag: inputs.flag ?? "", baseline }));
  return judgements;
}

async function describeAll(
  inputs: GateInputs,
  found: Gathered,
  { totals, patch }: Evidence,
  judgements: readonly Judgement[],
  ports: GatePorts,
): Promise<ReportBody> {
  const { baseline, change, coverage } = found;
  const flag = inputs.flag ?? "";
  const worst = worstPatches(patch);
  const head = await toHeadRanges(worst, found.change.given === true, ports.diff);
  const failed = judgements.filter(({ rule }) => rule.verdict === "fail");
  const patchFails = failed.some(({ change: about }) => about === true);
  const totalFails = failed.some(({ change: about }) => about !== true);
  const history: readonly BaselineRecord[] = baseline.stored === undefined ? [] : await ports.baseline.history(trendLength);
  return {
    rules: judgements.map(({ rule }) => rule),
    findings: inputs.annotations ? uncoveredFindings(head, totals.counting, patchFails) : [],
    sections: [
      ...describe({ totals, patch, worst, head, baseline, flag, history, totalFails }),
      ...explainSections(coverage, totals, patch, inputs.explain),
    ],
    notes: [...found.notes, ...changeNotes(found), ...unseenNotes(patch, totals), ...coverage.notes],
    ...(change.base === undefined ? {} : { base: change.base }),
    ...("missing" in baseline ? {} : { baseline: { commit: baseline.commit, distance: baseline.distance } }),
    data: reportData(coverage, totals, patch, baseline, flag),
  };
}

function changeNotes({ change, baseline }: Gathered): string[] {
  const notes: string[] = [];
  if (change.unknown !== undefined) notes.push(`There is no patch coverage, because the change is not known: ${change.unknown}`);
  else if (change.rule !== "")
    notes.push(`Compared with ${change.base === undefined ? "" : `${change.base.slice(0, 7)}: `}${change.rule}.`);
  if (!("missing" in baseline) && baseline.distance > 0) {
    const steps = baseline.distance === 1 ? "1 commit" : `${baseline.distance} commits`;
    notes.push(`The baseline is ${baseline.commit.slice(0, 7)}, ${steps} before the base, which has no numbers of its own.`);
  }
  return notes;
}

function unseenNotes(patch: Patch, totals: Totals): string[] {
  const unseen = unseenFiles(patch, totals.files).length;
  if (unseen === 0) return [];
  return [
    `${unseen} changed ${unseen === 1 ? "file stands" : "files stand"} in no report, so the patch coverage does not count ${unseen === 1 ? "it" : "them"}.`,
  ];
}

function outputsOf(totals: Totals, patch: Patch, { baseline, change }: Gathered): GateOutputs {
  const counted = totals.missing === undefined;
  const judged = counted && change.unknown === undefined && patch.unknown === undefined;
  return {
    coverage: counted ? percentText(totals.ratio) : undefined,
    covered: counted ? totals.ratio.covered : undefined,
    total: counted ? totals.ratio.total : undefined,
    "patch-coverage": judged ? percentText(patch.ratio) : undefined,
    "patch-covered": judged ? patch.ratio.covered : undefined,
    "patch-total": judged ? patch.ratio.total : undefined,
    delta: "missing" in baseline || !counted ? undefined : deltaText(baseline.ratio, totals.ratio),
    "uncovered-files": totals.files.filter(({ ratio }) => ratio.covered < ratio.total).length,
  };
}
