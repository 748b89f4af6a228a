import { longestBeginning } from "../frame/printable.ts";
import { joinedFindings } from "./findings.ts";
import { type Writing, writeBlocks, writeList, writeTable } from "./markdown-blocks.ts";
import { codeSpan, htmlText, linkTarget, markdownText, treeOf } from "./markdown-text.ts";
import type { Column, Finding, Report, Rule, RuleVerdict, Section, Severity, Text } from "./model.ts";
import { Page } from "./page.ts";
import { amount, clipped, counted, countedBySeverity, measured, nameOf, shortCommit, worstRulesFirst } from "./wording.ts";

export interface MarkdownOptions {
  /** UTF-8 bytes that the result may have; at least 4,000. GitHub takes 1 MiB of summary and 65,536 characters of comment. */
  readonly limitBytes: number;
  readonly medium: "summary" | "comment";
  /** The report that this one replaces: numbers and verdicts that changed say what they were. */
  readonly previous?: Pick<Report, "verdict" | "rules" | "commit"> | undefined;
}

/** Limits of GitHub with a margin, in UTF-8 bytes. */
export const commentLimit = 65_000;
export const summaryLimit = 1_000 * 1_024;

const symbols: Readonly<Record<RuleVerdict, string>> = { pass: "✅", fail: "❌", warn: "⚠️", neutral: "➖", unknown: "❓" };
const severitySymbols: Readonly<Record<Severity, string>> = { error: "❌", warning: "⚠️", notice: "➖" };
const verdictTitles = { pass: "Pass", fail: "Fail", neutral: "Neutral", unknown: "Unknown" } as const;

const smallestLimit = 4_000;
const longestHeading = 900;
const longestFooter = 600;
const longestNotice = 400;

/**
 * A report in GitHub-flavoured Markdown: the answer, the rules (what decided first), the notes, the sections in their order, the findings folded.
 * Nothing in a report can format, link, mention, or open or close anything. What does not fit `limitBytes` is cut from the end, row by row; a last
 * sentence says what is missing and where it is. Ends with a line break.
 */
export function renderMarkdown(report: Report, options: MarkdownOptions): string {
  const { limitBytes, medium } = options;
  if (limitBytes < smallestLimit) throw new RangeError(`renderMarkdown needs at least ${smallestLimit} bytes, not ${limitBytes}.`);
  const footer = footerOf(report);
  const left: string[] = [];
  const page = new Page(limitBytes - Buffer.byteLength(footer) - longestNotice - (runLink(report)?.length ?? 0));
  const writing: Writing = { page, tree: treeOf(report), medium, leaveOut: (what) => left.push(what) };
  page.put(`${heading(report, medium)}\n\n`);
  writeRules(writing, report, options.previous);
  writeList(writing, "Notes", report.notes ?? []);
  for (const section of report.sections) writeSection(writing, section);
  writeFindings(writing, report.findings);
  return page.text() + (page.full ? notice(report, medium, left) : "") + footer;
}

/** The longest beginning whose Markdown has at most `most` bytes: escapes make a text longer, and nobody knows by how much before. */
function bounded(text: string, most: number): string {
  const fits = (beginning: string) => Buffer.byteLength(markdownText(beginning)) <= most;
  if (fits(text.slice(0, most + 1)) && text.length <= most) return markdownText(text);
  const length = longestBeginning(text.slice(0, most), fits);
  return `${markdownText(text.slice(0, length)).trimEnd()}…`;
}

function heading(report: Report, medium: "summary" | "comment"): string {
  const broken = report.verdict === "fail" || report.verdict === "unknown";
  const enforced = broken && !report.enforced ? " (not enforced)" : "";
  const answer = `${symbols[report.verdict]} ${verdictTitles[report.verdict]}${enforced}`;
  return `${medium === "summary" ? "##" : "###"} ${answer} · ${bounded(nameOf(report), 200)} · ${bounded(report.headline, longestHeading)}`.trim();
}

function writeRules(writing: Writing, report: Report, previous: MarkdownOptions["previous"]): void {
  const rules = worstRulesFirst(report.rules);
  const explained = rules.some((rule) => (rule.why ?? "") !== "");
  const columns: Column[] = [
    { title: "Result" },
    { title: "Rule" },
    { title: "Measured", align: "right" },
    { title: "Limit", align: "right" },
  ];
  if (explained) columns.push({ title: "" });
  const before = new Map(previous?.rules.map((rule) => [ruleKey(rule), rule]));
  const rows = rules.map((rule): Text[] => [
    `${symbols[rule.verdict]} ${rule.verdict}`,
    rule.path === undefined ? { code: rule.name } : [{ code: rule.name }, " ", { place: rule.path }],
    measuredCell(rule, before.get(ruleKey(rule))),
    amount(rule.limit, rule.unit),
    rule.why ?? "",
  ]);
  writeTable(writing, "Rules", columns, rows, 0);
}

function ruleKey({ name, path }: Rule): string {
  return JSON.stringify([name, path ?? ""]);
}

function measuredCell(rule: Rule, before: Rule | undefined): Text {
  const now = measured(rule);
  const shown: Text = rule.verdict === "fail" && now !== "" ? { strong: now } : now;
  const then = before === undefined ? now : measured(before);
  return then === now || then === "" ? shown : [shown, ` (was ${then})`];
}

function writeSection(writing: Writing, { title, folded, blocks }: Section): void {
  const { page, leaveOut } = writing;
  if (page.full) {
    leaveOut(`“${clipped(title, 60)}”`);
    return;
  }
  const shown = clipped(title, 300);
  if (folded === true) page.open(`<details><summary>${htmlText(shown)}</summary>\n\n`, "</details>\n\n");
  else page.open(`#### ${markdownText(shown).trim()}\n\n`, "");
  writeBlocks(writing, title, blocks);
  page.close();
}

function writeFindings(writing: Writing, findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  const joined = joinedFindings(findings);
  const columns: Column[] = [{ title: "" }, { title: "Where" }, { title: "What" }, { title: "Rule" }];
  const rows = joined.map((finding): Text[] => [
    `${severitySymbols[finding.severity]} ${finding.severity}`,
    finding.path === undefined ? "" : placeOf(finding, finding.path),
    finding.message,
    { code: finding.rule },
  ]);
  const title = `All findings: ${countedBySeverity(joined)}`;
  writeSection(writing, { title, folded: true, blocks: [{ kind: "table", columns, rows }] });
}

function placeOf({ line, endLine }: Finding, path: string): Text {
  return { place: path, ...(line === undefined ? {} : { line }), ...(endLine === undefined ? {} : { endLine }) };
}

/** `[the run](…)`, where the address is known and not too long to be worth its room. */
function runLink({ runUrl }: Report): string | undefined {
  const target = runUrl === undefined ? undefined : linkTarget(runUrl);
  return target === undefined || target.length > 300 ? undefined : `[the summary of the run](${target})`;
}

/** At most `longestNotice` bytes besides the link. */
function notice(report: Report, medium: "summary" | "comment", left: readonly string[]): string {
  const summary = runLink(report) ?? "the job summary";
  const where = medium === "comment" ? `${summary} and in the report file (output \`report\`)` : "the report file (output `report`)";
  const more = left.length > 3 ? [`${counted(left.length - 3, "more part")}`] : [];
  const named = markdownText([...left.slice(0, 3), ...more].join(", "));
  const what = Buffer.byteLength(named) > longestNotice - 200 ? counted(left.length, "part") : named;
  return `✂️ There is more. Left out for length: ${what}. All of it is in ${where}.\n\n`;
}

function footerOf(report: Report): string {
  const parts = [markdownText(clipped(`${report.action} ${report.version}`.trim(), 60))];
  const commit = report.head ?? report.commit;
  if (commit !== "") parts.push(`commit ${commitSpan(commit)}`);
  if (report.base !== undefined) parts.push(`compared with ${commitSpan(report.base)}`);
  if (report.baseline !== undefined && report.baseline.commit !== report.base)
    parts.push(`baseline ${commitSpan(report.baseline.commit)}${behind(report.baseline.distance)}`);
  const target = report.runUrl === undefined ? undefined : linkTarget(report.runUrl);
  if (target !== undefined && target.length <= 300) parts.push(`[run](${target})`);
  const footer = `<sub>${parts.join(" · ")}</sub>\n`;
  return Buffer.byteLength(footer) <= longestFooter + 300 ? footer : `<sub>${parts[0]}</sub>\n`;
}

function commitSpan(commit: string): string {
  return codeSpan(clipped(shortCommit(commit), 40));
}

function behind(distance: number): string {
  return distance === 0 ? "" : `, ${counted(distance, "commit")} back`;
}
