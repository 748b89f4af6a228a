import type { Waivers } from "../../../packages/frame/context.ts";
import type { Decimal } from "../../../packages/frame/manifest.ts";
import type { Verdict } from "../../../packages/frame/outcome.ts";
import type { Rule, RuleVerdict } from "../../../packages/report/model.ts";
import type { Adjusted, BaselineResult } from "./baseline.ts";
import { compare, dropNumber, dropsMoreThan, isBelow, nothing, percentNumber, percentText } from "./fraction.ts";
import type { Ratio } from "./model.ts";
import { filterPatch, type Patch, unseenFiles } from "./patch.ts";
import type { Ratchet } from "./ratchet.ts";
import { type Counting, sumOf, type Totals } from "./totals.ts";

/** A rule with the words that the headline uses for it. */
export interface Judgement {
  readonly rule: Rule;
  /** One clause without a full stop: what was found, the rule, its number and its limit. */
  readonly words: string;
  /** It speaks of the changed lines, not of whole files. */
  readonly change?: true;
}

/** Everything that was found out. */
export interface Evidence {
  readonly totals: Totals;
  readonly patch: Patch;
  /** Why the change is not known at all. */
  readonly changeUnknown: string | undefined;
  readonly minimumChangedLines: number;
  readonly waivers: Waivers;
}

export function undecided(
  name: string,
  verdict: "neutral" | "unknown",
  why: string,
  rest: Omit<Rule, "name" | "verdict" | "why"> = {},
): Judgement {
  return { rule: { name, verdict, why, ...rest }, words: `${name} was not judged: ${why}` };
}

/** What a percentage rule says; `subject` begins the sentence, `limitName` names the limit in it. */
export function judgeShare(
  name: string,
  ratio: Ratio,
  limit: Decimal,
  subject: string,
  limitName: string,
  units: string,
  path?: string,
): Judgement {
  const verdict: RuleVerdict = isBelow(ratio, limit) ? "fail" : "pass";
  const share = `${subject} ${percentText(ratio) ?? "100.00"}%`;
  const missed = `${ratio.total - ratio.covered} of ${ratio.total} ${units} ${ratio.total - ratio.covered === 1 ? "is" : "are"} not covered`;
  const words = verdict === "fail" ? `${share} is below ${limitName} ${limit.text}%: ${missed}` : `${share} (${limitName} ${limit.text}%)`;
  const actual = percentNumber(ratio) ?? 100;
  const why = verdict === "fail" ? { why: missed } : {};
  return { rule: { name, verdict, actual, limit: Number(limit.text), unit: "%", ...why, ...(path === undefined ? {} : { path }) }, words };
}

export function judgeMinimum({ totals, waivers }: Evidence, limit: Decimal): Judgement {
  const bounds = { limit: Number(limit.text), unit: "%" };
  if (totals.missing !== undefined) return undecided("minimum", "unknown", totals.missing, bounds);
  const waived = waivers.paths("minimum");
  const ratio = waived === undefined ? totals.ratio : sumOf(totals.files.filter((file) => !waived(file.path)));
  if (ratio.total === 0) return undecided("minimum", "neutral", `there are no ${totals.counting.metric} to count`, bounds);
  return judgeShare("minimum", ratio, limit, "Coverage", "minimum", totals.counting.metric);
}

/** Why no rule about the change can be judged; `undefined` when they can. */
export function whyNoPatch(evidence: Evidence): { verdict: "neutral" | "unknown"; why: string } | undefined {
  const { totals, patch, changeUnknown, minimumChangedLines } = evidence;
  if (changeUnknown !== undefined) return { verdict: "unknown", why: `the change is not known: ${changeUnknown}` };
  if (patch.unknown !== undefined) return { verdict: "unknown", why: patch.unknown };
  if (totals.missing !== undefined) return { verdict: "unknown", why: totals.missing };
  if (patch.lines === 0 && patch.ratio.total === 0)
    return { verdict: "neutral", why: `the change has no coverable lines${unseenWords(evidence)}` };
  if (patch.lines >= minimumChangedLines) return undefined;
  const few = `${patch.lines} coverable ${patch.lines === 1 ? "line is" : "lines are"}`;
  return { verdict: "neutral", why: `${few} fewer than minimum-changed-lines ${minimumChangedLines}` };
}

function unseenWords({ patch, totals }: Evidence): string {
  const unseen = unseenFiles(patch, totals.files).length;
  return unseen === 0 ? "" : `, and ${unseen} changed ${unseen === 1 ? "file stands" : "files stand"} in no report`;
}

/** `changed lines`, or `branches on changed lines`. */
export function patchUnits({ metric }: Counting): string {
  return metric === "lines" ? "changed lines" : `${metric} on changed lines`;
}

export function judgePatchRule(evidence: Evidence, limit: Decimal): Judgement {
  const name = "minimum-patch";
  const { patch, totals, waivers } = evidence;
  const bounds = { limit: Number(limit.text), unit: "%" };
  const open = whyNoPatch(evidence);
  if (open !== undefined) return undecided(name, open.verdict, open.why, bounds);
  const waived = waivers.paths(name);
  const ratio = waived === undefined ? patch.ratio : filterPatch(patch, (path) => !waived(path));
  if (ratio.total === 0) return undecided(name, "neutral", `the change has no ${patchUnits(totals.counting)} to count`, bounds);
  return { ...judgeShare(name, ratio, limit, "Patch coverage", name, patchUnits(totals.counting)), change: true };
}

/** A fall against the baseline; code that was removed since then is taken out of it when that is what made the fall. */
export function judgeDrop(evidence: Evidence, baseline: BaselineResult, adjusted: Adjusted | undefined, limit: Decimal): Judgement {
  const name = "maximum-drop";
  const bounds = { limit: Number(limit.text), unit: "points" };
  const { totals, waivers } = evidence;
  if (totals.missing !== undefined) return undecided(name, "unknown", totals.missing, bounds);
  if ("missing" in baseline) return undecided(name, "neutral", `there is no baseline (${baseline.missing})`, bounds);
  const waived = waivers.paths(name);
  const now = waived === undefined ? totals.ratio : sumOf(totals.files.filter((file) => !waived(file.path)));
  const before = waived === undefined ? baseline.ratio : storedSum(baseline.own.files, waived);
  if (now.total === 0 || before.total === 0) return undecided(name, "neutral", "one side has nothing to count", bounds);
  const at = `${percentText(before)}% at ${baseline.commit.slice(0, 7)}`;
  if (!dropsMoreThan(before, now, limit)) return drop(name, before, now, limit, "pass", `from ${at}`);
  if (waived === undefined && adjusted !== undefined && adjusted.ratio.total > 0 && !dropsMoreThan(adjusted.ratio, now, limit)) {
    const { covered, total } = adjusted.removed;
    const why = `removed code was taken out of the baseline: ${total} ${totals.counting.metric}, ${covered} of them covered`;
    return drop(name, adjusted.ratio, now, limit, "pass", `from ${percentText(adjusted.ratio)}%, because ${why}`, why);
  }
  return drop(name, before, now, limit, "fail", `from ${at} to ${percentText(now)}%`);
}

function drop(name: string, before: Ratio, now: Ratio, limit: Decimal, verdict: "pass" | "fail", course: string, why?: string): Judgement {
  const points = dropNumber(before, now) ?? 0;
  const fell = points > 0 ? `fell by ${points.toFixed(2)} points` : "did not fall";
  const bound = `${name} ${limit.text} points`;
  const words = verdict === "fail" ? `Coverage ${fell} (${course}), more than ${bound}` : `coverage ${fell} ${course} (${bound})`;
  const reason = why ?? (verdict === "fail" ? course : undefined);
  return {
    rule: { name, verdict, actual: points, limit: Number(limit.text), unit: "points", ...(reason === undefined ? {} : { why: reason }) },
    words,
  };
}

function storedSum(files: readonly (readonly [string, number, number, string])[], without: (path: string) => boolean): Ratio {
  let sum = nothing;
  for (const [path, covered, total] of files) if (!without(path)) sum = { covered: sum.covered + covered, total: sum.total + total };
  return sum;
}

export function judgeRatchet({ totals }: Evidence, ratchet: Ratchet, proposal: boolean): Judgement {
  const name = "ratchet";
  if (totals.missing !== undefined) return undecided(name, "unknown", totals.missing);
  if (totals.ratio.total === 0) return undecided(name, "neutral", `there are no ${totals.counting.metric} to count`);
  if (ratchet.best === undefined) {
    return undecided(
      name,
      "neutral",
      `${ratchet.path} does not exist yet${proposal ? "; it is created outside pull requests" : ", so it was created"}`,
    );
  }
  const fell = compare(totals.ratio, ratchet.best) < 0;
  const [now, best] = [percentText(totals.ratio), percentText(ratchet.best)];
  const rule: Rule = { name, verdict: fell ? "fail" : "pass", actual: Number(now), limit: Number(best), unit: "%", path: ratchet.path };
  const exact = `${totals.ratio.covered} of ${totals.ratio.total} after ${ratchet.best.covered} of ${ratchet.best.total}`;
  if (fell)
    return {
      rule: { ...rule, why: exact },
      words: `Coverage ${now}% is below ratchet ${best}% in ${ratchet.path}: ${exact} ${totals.counting.metric}`,
    };
  return { rule, words: `coverage ${now}% (ratchet ${best}%)` };
}

/** Any fail, else any unknown, else pass where something was judged, else neutral. */
export function overall(judgements: readonly Judgement[]): Verdict {
  const has = (verdict: RuleVerdict): boolean => judgements.some(({ rule }) => rule.verdict === verdict);
  if (has("fail")) return "fail";
  if (has("unknown")) return "unknown";
  return has("pass") || has("warn") ? "pass" : "neutral";
}
