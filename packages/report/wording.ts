import type { Finding, Report, Rule, RuleVerdict, Severity } from "./model.ts";

/** How bad, for sorting: what decides stands first. */
const badness: Readonly<Record<RuleVerdict, number>> = { fail: 0, unknown: 1, warn: 2, neutral: 3, pass: 4 };
const severityRank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, notice: 2 };

/** Rules that failed first, then what could not be judged; otherwise in the action's own order. */
export function worstRulesFirst(rules: readonly Rule[]): Rule[] {
  return rules.toSorted((a, b) => badness[a.verdict] - badness[b.verdict]);
}

/** Errors, then warnings, then notices; otherwise in the action's own order, which is worst first. */
export function worstFindingsFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => severityRank[a.severity] - severityRank[b.severity]);
}

/** `coverage-gate`, or `coverage-gate web` where an id tells several apart. */
export function nameOf({ action, id }: Pick<Report, "action" | "id">): string {
  return id === "" || id === action || id === "default" ? action : `${action} ${id}`;
}

/** `12,345`; fractions as they are. Written by hand, so that no locale can change a report. */
export function numberText(value: number): string {
  const text = String(value);
  if (!Number.isInteger(value) || text.includes("e")) return text;
  return Math.abs(value) < 1_000 ? text : text.replace(/\d(?=(?:\d{3})+$)/g, "$&,");
}

/** `62.50%`, `1,234 lines`, `1 point`, `80%`; a text that is no number stays without the unit. One decimal of a percentage becomes two. */
export function amount(value: number | string | undefined, unit: string | undefined): string {
  if (value === undefined) return "";
  const text = typeof value === "number" ? numberText(value) : value;
  if (unit === undefined || unit === "" || !/\d$/.test(text)) return text;
  if (unit === "%") return typeof value === "number" && /\.\d$/.test(text) ? `${text}0%` : `${text}%`;
  return /^[+-]?1$/.test(text) && /^[a-z]{3,}s$/.test(unit) ? `${text} ${unit.slice(0, -1)}` : `${text} ${unit}`;
}

/** What a rule saw: `80.00%` and not `80%`, because it was measured and not chosen. */
export function measured({ actual, unit }: Rule): string {
  return amount(typeof actual === "number" && unit === "%" && Number.isInteger(actual) ? `${actual}.00` : actual, unit);
}

export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`;
}

/** `3 errors, 1 warning`. */
export function countedBySeverity(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const severities: readonly Severity[] = ["error", "warning", "notice"];
  return severities
    .filter((severity) => count(severity) > 0)
    .map((severity) => counted(count(severity), severity))
    .join(", ");
}

/** `src/a.ts:3`, `src/a.ts:3-7`, `src/a.ts`. */
export function placeText(path: string, line: number | undefined, endLine: number | undefined): string {
  if (line === undefined) return path;
  return endLine === undefined || endLine === line ? `${path}:${line}` : `${path}:${line}-${endLine}`;
}

/** Seven digits of a full commit id; refs stay whole. */
export function shortCommit(commit: string): string {
  return /^[0-9a-f]{40}$/.test(commit) ? commit.slice(0, 7) : commit;
}

/** At most `most` UTF-16 units, and how many are missing. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)}… ${numberText(text.length - end)} more characters`;
}
