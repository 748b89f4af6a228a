import type { Waivers } from "../../../packages/frame/context.ts";
import type { Verdict } from "../../../packages/frame/outcome.ts";
import type { Finding, Rule } from "../../../packages/report/model.ts";
import type { BenchmarkRule } from "./rules.ts";
import { type Settings, trimmed } from "./settings.ts";
import { worseBy } from "./thresholds.ts";
import { type BenchmarkVerdict, flagged, type Result } from "./verdicts.ts";
import { changeText, intervalText, titleOf, valueText } from "./words.ts";

export interface Judged {
  readonly results: readonly Result[];
  readonly rules: readonly Rule[];
  readonly notes: readonly string[];
  readonly verdict: Verdict;
}

const order: readonly BenchmarkVerdict[] = ["fail", "failed", "alert", "notice", "inconclusive", "improved", "new", "removed", "ok"];

/** The worst first. */
export function worstFirst(results: readonly Result[], settings: Settings): Result[] {
  const badness = (result: Result): number =>
    result.change === null
      ? result.verdict === "alert"
        ? Number.MAX_VALUE
        : 0
      : worseBy(result.change, result.direction, settings.reading);
  return [...results].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || badness(b) - badness(a) || byName(a, b));
}

function byName(a: Result, b: Result): number {
  return alphabetical(a.suite, b.suite) || alphabetical(a.name, b.name) || alphabetical(a.metric, b.metric);
}

function alphabetical(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Applies budgets and `ignore`, and turns what is said of benchmarks into rules and one verdict. `now`: milliseconds since 1970. */
export function settle(results: readonly Result[], settings: Settings, waivers: Waivers, now: number): Judged {
  const today = new Date(now).toISOString().slice(0, 10);
  const used = new Set<BenchmarkRule>();
  const notes: string[] = [];
  const budgets: Rule[] = [];
  const kept = results.map((result) => {
    const rules = settings.rules.filter((rule) => rule.matches(result));
    for (const rule of rules) if (rule.budget === undefined || rule.budget.unit === result.unit) used.add(rule);
    const ignored = rules.find(({ ignore }) => ignore !== undefined && ignore.until >= today);
    if (ignored === undefined) budgets.push(...rules.flatMap((rule) => judgeBudget(rule, result)));
    else if (flagged(result.verdict))
      notes.push(`${titleOf(result)} is ignored until ${ignored.ignore?.until}: ${ignored.ignore?.reason}.`);
    return ignored !== undefined && flagged(result.verdict)
      ? { ...result, verdict: "ok" as const, why: `ignored until ${ignored.ignore?.until}: ${ignored.ignore?.reason}` }
      : result;
  });
  for (const rule of settings.rules) notes.push(...staleNotes(rule, used.has(rule), today));
  const sorted = worstFirst(kept, settings);
  const rules = [...budgets, ...changeRules(sorted, settings)];
  return { results: sorted, rules, notes, verdict: overall(rules, waivers) };
}

function staleNotes(rule: BenchmarkRule, used: boolean, today: string): string[] {
  if (!used)
    return [
      `${rule.where}: the rule for "${rule.benchmark}" matches no benchmark${rule.budget === undefined ? "" : " of its budget's unit"}.`,
    ];
  if (rule.ignore === undefined || rule.ignore.until >= today) return [];
  return [`${rule.where}: "${rule.benchmark}" is no longer ignored since ${rule.ignore.until} (${rule.ignore.reason}).`];
}

function judgeBudget({ budget }: BenchmarkRule, result: Result): Rule[] {
  if (budget === undefined || budget.unit !== result.unit) return [];
  const name = `budget: ${titleOf(result)}`;
  const { median } = result.head;
  if (median === null)
    return result.verdict === "removed" ? [] : [{ name, verdict: "unknown", limit: budget.text, why: "it has no value" }];
  return [{ name, verdict: budget.holds(median) ? "pass" : "fail", actual: valueText(median, result.unit), limit: budget.text }];
}

function changeRules(results: readonly Result[], { thresholds }: Settings): Rule[] {
  const limit = limitText(thresholds.fail);
  const of = (verdict: BenchmarkVerdict): Result[] => results.filter((result) => result.verdict === verdict);
  const rules: Rule[] = of("fail").map((result) => ({
    name: `fail-threshold: ${titleOf(result)}`,
    verdict: "fail",
    actual: changeText(result.change),
    limit,
    ...whyOf(intervalText(result.interval)),
  }));
  for (const result of of("failed")) {
    const broke = result.base.median !== null;
    rules.push({ name: `results: ${titleOf(result)}`, verdict: broke ? "unknown" : "neutral", ...whyOf(`it failed: ${result.why ?? ""}`) });
  }
  for (const result of of("alert"))
    rules.push({
      name: `alert-threshold: ${titleOf(result)}`,
      verdict: "warn",
      actual: changeText(result.change),
      limit: limitText(thresholds.alert),
      ...whyOf(intervalText(result.interval)),
    });
  const decided = results.filter(({ verdict }) => verdict === "ok" || verdict === "improved" || verdict === "notice");
  const open = of("inconclusive");
  if (decided.length > 0) rules.push({ name: "fail-threshold", verdict: "pass", actual: `${decided.length} within`, limit });
  if (open.length > 0) rules.push({ name: "inconclusive", verdict: "neutral", actual: open.length, ...whyOf(open[0]?.why ?? "") });
  return rules;
}

function whyOf(why: string): { why?: string } {
  return why === "" ? {} : { why };
}

export function limitText(fraction: number): string {
  return Number.isFinite(fraction) ? `+${trimmed(fraction * 100)} %` : "none";
}

/** Accepted failures are warnings; the frame says so once more in the rules. */
function overall(rules: readonly Rule[], waivers: Waivers): Verdict {
  const live = rules.filter((rule) => rule.verdict !== "fail" || !waivers.accepts(rule.name));
  if (live.some(({ verdict }) => verdict === "fail")) return "fail";
  if (live.some(({ verdict }) => verdict === "unknown")) return "unknown";
  return rules.some(({ verdict }) => verdict === "pass" || verdict === "warn") || live.length < rules.length ? "pass" : "neutral";
}

export function findingsOf(results: readonly Result[]): Finding[] {
  return results
    .filter(({ verdict }) => verdict === "fail" || verdict === "alert")
    .map((result) => ({
      rule: `${result.verdict}-threshold`,
      severity: result.verdict === "fail" ? "error" : "warning",
      message: `${titleOf(result)} is ${changeText(result.change)} (${valueText(result.base.median, result.unit)} before, ${valueText(result.head.median, result.unit)} now)`,
    }));
}
