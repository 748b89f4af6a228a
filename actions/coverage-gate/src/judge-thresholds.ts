import { UserError } from "../../../packages/frame/errors.ts";
import { compileGlob } from "../../../packages/frame/glob.ts";
import type { Decimal } from "../../../packages/frame/manifest.ts";
import type { Rule } from "../../../packages/report/model.ts";
import { type BaselineResult, comparable } from "./baseline.ts";
import { compare, nothing, plus } from "./fraction.ts";
import { type Evidence, type Judgement, judgeShare, patchUnits, undecided, whyNoPatch } from "./judge.ts";
import type { FileCoverage, Ratio } from "./model.ts";
import type { LeftOut } from "./paths.ts";
import { placed, type Threshold } from "./thresholds.ts";
import { type Counting, ratioOf } from "./totals.ts";
import type { Tree } from "./tree.ts";

export interface Scope {
  readonly evidence: Evidence;
  readonly files: ReadonlyMap<string, FileCoverage>;
  readonly leftOut: readonly LeftOut[];
  readonly tree: Tree;
  readonly flag: string;
  readonly baseline: BaselineResult;
}

/** One judgement for each limit of each entry. Throws a `UserError` for a glob that matches no file at all. */
export function judgeThresholds(thresholds: readonly Threshold[], scope: Scope): Judgement[] {
  const problems: string[] = [];
  const judged = thresholds.flatMap((threshold) => {
    if (threshold.flag !== undefined && threshold.flag !== scope.flag) return judgeOtherFlag(threshold, scope);
    return judgeFiles(threshold, scope, problems);
  });
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
  return judged;
}

/** A file with the numbers that thresholds ask for. */
interface Part {
  readonly path: string;
  readonly ratio: Ratio;
}

function judgeFiles(threshold: Threshold, scope: Scope, problems: string[]): Judgement[] {
  const { evidence, files, leftOut, tree } = scope;
  const matches = threshold.path === undefined ? () => true : compileGlob(threshold.path);
  const waived = evidence.waivers.paths(threshold.name);
  const all = evidence.totals.files.filter((file) => matches(file.path));
  const counted = waived === undefined ? all : all.filter((file) => !waived(file.path));
  if (all.length === 0) {
    if (leftOut.some((left) => left.reason === "ignored" && matches(left.path)))
      return eachLimit(threshold, "neutral", "all its files are ignored");
    if (tree.paths.some((path) => matches(path))) return eachLimit(threshold, "unknown", "its files stand in no report");
    problems.push(`${placed(threshold.where)}: "${threshold.path}" matches no file.`);
    return [];
  }
  if (counted.length === 0) return eachLimit(threshold, "neutral", "all its files are waived");
  const judged: Judgement[] = [];
  if (threshold.minimum !== undefined) judged.push(judgeTotal(threshold, threshold.minimum, counted, evidence));
  if (threshold.minimumPatch !== undefined) {
    judged.push(judgeChanged(threshold, threshold.minimumPatch, (path) => matches(path) && waived?.(path) !== true, evidence));
  }
  if (threshold.maximumUncoveredLines !== undefined) {
    const lines: Counting = { metric: "lines", partialLines: evidence.totals.counting.partialLines };
    const parts = counted.map(({ path }) => ({ path, ratio: linesOf(files.get(path), lines) }));
    judged.push(judgeUncovered(threshold, threshold.maximumUncoveredLines, parts));
  }
  return judged;
}

function linesOf(file: FileCoverage | undefined, counting: Counting): Ratio {
  return (file === undefined ? undefined : ratioOf(file, counting)) ?? nothing;
}

function eachLimit(threshold: Threshold, verdict: "neutral" | "unknown", why: string): Judgement[] {
  const rules: Omit<Rule, "name" | "verdict" | "why">[] = [];
  if (threshold.minimum !== undefined) rules.push({ limit: Number(threshold.minimum.text), unit: "%" });
  if (threshold.minimumPatch !== undefined) rules.push({ limit: Number(threshold.minimumPatch.text), unit: "%" });
  if (threshold.maximumUncoveredLines !== undefined) rules.push({ limit: threshold.maximumUncoveredLines, unit: "lines" });
  return rules.map((rule) => undecided(threshold.name, verdict, why, rule));
}

function judgeTotal(threshold: Threshold, limit: Decimal, parts: readonly Part[], { totals }: Evidence): Judgement {
  const bounds = { limit: Number(limit.text), unit: "%" };
  if (totals.missing !== undefined) return undecided(threshold.name, "unknown", totals.missing, bounds);
  return judgeParts(threshold, limit, parts, { subject: "coverage", limitName: "minimum", units: totals.counting.metric });
}

function judgeChanged(threshold: Threshold, limit: Decimal, keeps: (path: string) => boolean, evidence: Evidence): Judgement {
  const bounds = { limit: Number(limit.text), unit: "%" };
  const open = whyNoPatch(evidence);
  if (open !== undefined) return undecided(threshold.name, open.verdict, open.why, bounds);
  const parts = [...evidence.patch.files.values()].filter(({ path }) => keeps(path));
  if (parts.length === 0) return undecided(threshold.name, "neutral", "the change has no coverable lines there", bounds);
  const words = {
    subject: "patch coverage",
    limitName: "minimum-patch",
    units: patchUnits(evidence.totals.counting),
  };
  return { ...judgeParts(threshold, limit, parts, words), change: true };
}

interface Words {
  readonly subject: string;
  readonly limitName: string;
  readonly units: string;
}

/** All parts together, or the worst of them. */
function judgeParts(threshold: Threshold, limit: Decimal, parts: readonly Part[], words: Words): Judgement {
  const of = threshold.path ?? `flag ${threshold.flag}`;
  const counted = parts.filter(({ ratio }) => ratio.total > 0);
  if (counted.length === 0)
    return undecided(threshold.name, "neutral", `there are no ${words.units} to count`, { limit: Number(limit.text), unit: "%" });
  const judge = (ratio: Ratio, subject: string, path?: string): Judgement =>
    judgeShare(threshold.name, ratio, limit, `${of}: ${subject}`, words.limitName, words.units, path);
  if (!threshold.each)
    return judge(
      counted.reduce((sum, { ratio }) => plus(sum, ratio), nothing),
      words.subject,
    );
  const [worst] = [...counted].sort((a, b) => compare(a.ratio, b.ratio) || b.ratio.total - a.ratio.total);
  const failing = counted.filter(({ path, ratio }) => judge(ratio, words.subject, path).rule.verdict === "fail").length;
  const judged = judge(worst?.ratio ?? nothing, `lowest ${words.subject} (${worst?.path})`, worst?.path);
  if (failing < 2) return judged;
  const why = `${failing} of ${counted.length} files are below it`;
  return { rule: { ...judged.rule, why }, words: `${judged.words}; ${why}` };
}

function judgeUncovered(threshold: Threshold, limit: number, parts: readonly Part[]): Judgement {
  const missed = parts.map(({ path, ratio }) => ({ path, lines: ratio.total - ratio.covered })).sort((a, b) => b.lines - a.lines);
  const [worst] = missed;
  const actual = threshold.each ? (worst?.lines ?? 0) : missed.reduce((sum, { lines }) => sum + lines, 0);
  const fails = actual > limit;
  const failing = missed.filter(({ lines }) => lines > limit).length;
  const place = threshold.each && worst !== undefined ? { path: worst.path } : {};
  const of = threshold.path ?? `flag ${threshold.flag}`;
  const where = threshold.each && worst !== undefined ? ` in ${worst.path}` : "";
  const why = `${actual} uncovered lines${where}${threshold.each && failing > 1 ? `; ${failing} files have too many` : ""}`;
  const rule: Rule = {
    name: threshold.name,
    verdict: fails ? "fail" : "pass",
    actual,
    limit,
    unit: "lines",
    ...(fails ? { why } : {}),
    ...place,
  };
  return {
    rule,
    words: fails ? `${of}: ${why} exceed maximum-uncovered-lines ${limit}` : `${of}: ${why} (maximum-uncovered-lines ${limit})`,
  };
}

/** A flag that this run did not measure: its last numbers count, and say how old they are. */
function judgeOtherFlag(threshold: Threshold, { evidence, baseline }: Scope): Judgement[] {
  const stored = baseline.stored?.flags.find((entry) => entry.flag === threshold.flag);
  if (stored === undefined) return eachLimit(threshold, "neutral", `nothing is stored for the flag ${threshold.flag}`);
  const { counting } = evidence.totals;
  const age = `carried forward from ${stored.commit.slice(0, 7)}`;
  const judged: Judgement[] = [];
  if (threshold.minimum !== undefined) {
    const ratio = comparable(stored, counting);
    const bounds = { limit: Number(threshold.minimum.text), unit: "%" };
    if (ratio === undefined || ratio.total === 0)
      judged.push(undecided(threshold.name, "neutral", `${age}, which counted otherwise`, bounds));
    else
      judged.push(
        aged(judgeShare(threshold.name, ratio, threshold.minimum, `flag ${threshold.flag}: coverage`, "minimum", counting.metric), age),
      );
  }
  const { minimum: _, ...rest } = threshold;
  return [...judged, ...otherLimits(rest, comparable(stored, { ...counting, metric: "lines" }), age)];
}

function otherLimits(threshold: Omit<Threshold, "minimum">, lines: Ratio | undefined, age: string): Judgement[] {
  const judged: Judgement[] = [];
  if (threshold.minimumPatch !== undefined) {
    const bounds = { limit: Number(threshold.minimumPatch.text), unit: "%" };
    judged.push(undecided(threshold.name, "neutral", `this run did not measure the flag ${threshold.flag}`, bounds));
  }
  if (threshold.maximumUncoveredLines !== undefined) {
    const parts = lines === undefined ? [] : [{ path: "", ratio: lines }];
    judged.push(aged(judgeUncovered({ ...threshold, each: false }, threshold.maximumUncoveredLines, parts), age));
  }
  return judged;
}

function aged({ rule, words }: Judgement, age: string): Judgement {
  return { rule: { ...rule, why: rule.why === undefined ? age : `${rule.why}; ${age}` }, words: `${words}; ${age}` };
}
