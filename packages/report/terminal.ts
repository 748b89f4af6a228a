import { defused, printableLines } from "../frame/printable.ts";
import { joinedFindings } from "./findings.ts";
import type { Block, Column, Finding, Report, Rule, RuleVerdict, Section, Severity, Text } from "./model.ts";
import { tableLines } from "./terminal-table.ts";
import { cut, painted, type Span, type Spans, type Style, span, spansOf, wrapped } from "./terminal-text.ts";
import { drawn, shares, sparkline, textBar, trendWords } from "./trend.ts";
import { amount, clipped, counted, countedBySeverity, measured, nameOf, placeText, worstRulesFirst } from "./wording.ts";

export interface TerminalOptions {
  /** Escape codes for colours; whoever calls decides (a terminal, no `NO_COLOR`). */
  readonly colour: boolean;
  /** Columns; fewer than 24 count as 24. */
  readonly width: number;
  /** Shows folded sections, all findings and all rows. */
  readonly folded: boolean;
  /** False for terminals that know ASCII only (texts of the report stay as they are). */
  readonly unicode: boolean;
}

const symbols: Readonly<Record<RuleVerdict, readonly [string, string, Style]>> = {
  pass: ["✓", "+", "green"],
  fail: ["✗", "x", "red"],
  warn: ["!", "!", "yellow"],
  neutral: ["–", "-", "dim"],
  unknown: ["?", "?", "yellow"],
};
const severityStyles: Readonly<Record<Severity, Style>> = { error: "red", warning: "yellow", notice: "dim" };

const shownRows = 50;
const shownFindings = 10;
const indent = "  ";

/**
 * A report for a terminal or a log: the answer on the first line (never wrapped), the rules, the notes, then what explains them. Nothing in a report can
 * colour, move the cursor, or be taken for a workflow command; every line but the first and the lines of code keeps to the width.
 */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const view: TerminalOptions = { ...options, width: Math.max(24, options.width) };
  const hidden = options.folded ? [] : report.sections.filter((section) => section.folded === true);
  const parts = [
    [answer(report, view)],
    ruleLines(report.rules, view),
    (report.notes ?? []).flatMap((note) => itemLines(note, view)),
    ...report.sections.filter((section) => !hidden.includes(section)).map((section) => sectionLines(section, view)),
    findingLines(report.findings, view),
    hidden.length === 0 ? [] : [[span(`Not shown: ${hidden.map((section) => clipped(section.title, 60)).join(", ")}`, "dim")]],
  ];
  const shown = parts.filter((part) => part.length > 0).map((part) => part.map((line) => `${printed(line, view.colour)}\n`));
  return shown.map((part) => part.join("")).join("\n");
}

/** A line that its pieces make a workflow command of loses its colours with its power. */
function printed(line: Spans, colour: boolean): string {
  const plain = painted(line, false).trimEnd();
  const safe = defused(plain);
  return safe === plain ? painted(line, colour).trimEnd() : safe;
}

function answer(report: Report, view: TerminalOptions): Spans {
  const [unicode, ascii, style] = symbols[report.verdict];
  const broken = report.verdict === "fail" || report.verdict === "unknown";
  const word = broken && !report.enforced ? `${report.verdict} (not enforced)` : report.verdict;
  const dot = view.unicode ? " · " : " - ";
  return [span(`${view.unicode ? unicode : ascii} ${word}`, style), span(`${dot}${nameOf(report)}${dot}`), span(report.headline, "bold")];
}

function indented(lines: readonly Spans[]): Spans[] {
  return lines.map((line): Spans => [{ text: indent }, ...line]);
}

function ruleLines(rules: readonly Rule[], view: TerminalOptions): Spans[] {
  const rows = worstRulesFirst(rules).map((rule): Spans[] => {
    const [unicode, ascii, style] = symbols[rule.verdict];
    const limit = amount(rule.limit, rule.unit);
    return [
      [span(`${view.unicode ? unicode : ascii} ${rule.verdict}`, style)],
      rule.path === undefined ? [span(rule.name)] : [span(`${rule.name} `), span(rule.path, "cyan")],
      [span(measured(rule), rule.verdict === "fail" ? "bold" : undefined)],
      limit === "" ? [] : [span(`limit ${limit}`, "dim")],
      [span(rule.why ?? "")],
    ];
  });
  const columns: Column[] = [{ title: "" }, { title: "" }, { title: "", align: "right" }, { title: "" }, { title: "" }];
  return indented(tableLines(columns, rows, view.width - indent.length, view.unicode));
}

function itemLines(text: Text, view: TerminalOptions): Spans[] {
  const lines = wrapped(spansOf(text), view.width - indent.length - 2);
  return indented(lines.map((line, index): Spans => [{ text: index === 0 ? (view.unicode ? "• " : "* ") : "  " }, ...line]));
}

function sectionLines({ title, blocks }: Section, view: TerminalOptions): Spans[] {
  const lines = blocks.map((block) => blockLines(block, view)).filter((block) => block.length > 0);
  const spaced = lines.flatMap((block, index): Spans[] => (index === 0 ? block : [[], ...block]));
  return [...wrapped([span(clipped(title, 300), "bold")], view.width), ...spaced];
}

function blockLines(block: Block, view: TerminalOptions): Spans[] {
  const width = view.width - indent.length;
  switch (block.kind) {
    case "paragraph":
      return indented(wrapped(spansOf(block.text), width));
    case "list":
      return block.items.flatMap((item) => itemLines(item, view));
    case "table":
      return indented(rowLines(block.columns, block.rows, block.more ?? 0, view));
    case "code":
      return indented(printableLines(block.text).map((line): Spans => [{ text: line, style: "dim" }]));
    case "trend":
      return indented(wrapped(trendSpans(block, view), width));
    case "bars":
      return indented(barLines(block, view));
    default:
      return [];
  }
}

function rowLines(columns: readonly Column[], rows: readonly (readonly Text[])[], more: number, view: TerminalOptions): Spans[] {
  const shown = view.folded ? rows : rows.slice(0, shownRows);
  const cells = shown.map((row) => row.map(spansOf));
  const missing = more + rows.length - shown.length;
  const lines = tableLines(columns, cells, view.width - indent.length, view.unicode);
  return missing === 0 ? lines : [...lines, [span(`and ${counted(missing, "more row")}`, "dim")]];
}

function trendSpans(trend: Extract<Block, { kind: "trend" }>, view: TerminalOptions): Span[] {
  const line = sparkline(
    drawn(trend).map((point) => point.value),
    view.unicode,
  );
  return [span(`${trend.title} `, "bold"), { text: line, style: "cyan" }, span(` ${trendWords(trend, view.unicode)}`)];
}

function barLines(block: Extract<Block, { kind: "bars" }>, view: TerminalOptions): Spans[] {
  const rows = shares(block).map(({ label, value, share }): Spans[] => [
    [span(label)],
    [span(amount(value, block.unit))],
    [{ text: textBar(share, 20, view.unicode), style: "cyan" }],
  ]);
  const columns: Column[] = [{ title: block.title }, { title: block.unit, align: "right" }, { title: "" }];
  return tableLines(columns, rows, view.width - indent.length, view.unicode);
}

/** `src/a.ts:3-7  error  message`: places first, because terminals make them clickable. */
function findingLines(findings: readonly Finding[], view: TerminalOptions): Spans[] {
  if (findings.length === 0) return [];
  const joined = joinedFindings(findings);
  const shown = view.folded ? joined : joined.slice(0, shownFindings);
  const rows = shown.map((finding): Spans[] => [
    [span(finding.path === undefined ? "" : placeText(finding.path, finding.line, finding.endLine), "cyan")],
    [span(finding.severity, severityStyles[finding.severity])],
    [span(finding.message)],
  ]);
  const title = cut([span(`Findings: ${countedBySeverity(joined)}`, "bold")], view.width, view.unicode);
  const lines = tableLines([{ title: "" }, { title: "" }, { title: "" }], rows, view.width - indent.length, view.unicode);
  const rest = joined.length - shown.length;
  return [title, ...indented(rest === 0 ? lines : [...lines, [span(`and ${counted(rest, "more", "more")}`, "dim")]])];
}
