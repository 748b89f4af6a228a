import type { Verdict } from "../../../packages/frame/outcome.ts";
import { joinedFindings } from "../../../packages/report/findings.ts";
import type { Block, Column, Finding, ReportBody, Rule, Section, Text } from "../../../packages/report/model.ts";
import { amount, clipped, counted, countedBySeverity, measured, worstRulesFirst } from "../../../packages/report/wording.ts";
import type { Gate } from "./model.ts";
import type { Previous } from "./previous.ts";
import { worstFirst } from "./verdict.ts";

const symbols: Readonly<Record<Verdict | "warn", string>> = { pass: "✅", fail: "❌", warn: "⚠️", neutral: "➖", unknown: "❓" };

/** So that one gate's long tables leave room for the others. */
const mostRows = 100;
const mostTitle = 200;

export interface Told {
  readonly gates: readonly Gate[];
  readonly previous: Previous | undefined;
  /** The head commit; empty where the run is about none. */
  readonly headSha: string;
  readonly notes: readonly string[];
}

/** The merged report: the table of verdicts first, then each gate's own, folded, worst first. */
export function describe({ gates, previous, headSha, notes }: Told): ReportBody {
  const sorted = worstFirst(gates);
  return {
    rules: [],
    findings: [],
    sections: [table(sorted, previous), ...sorted.filter(hasDetails).map(details)],
    notes,
    ...(headSha === "" ? {} : { head: headSha }),
    data: {
      gates: sorted.map(({ name, verdict, headline, report }) => {
        const before = previous?.verdicts.get(name);
        return {
          name,
          action: report?.action ?? "",
          id: report?.id ?? "",
          verdict,
          headline,
          ...(before === undefined ? {} : { previous: before }),
        };
      }),
      ...(previous === undefined ? {} : { previous: previous.headSha }),
    },
  };
}

function table(gates: readonly Gate[], previous: Previous | undefined): Section {
  const columns: Column[] = [{ title: "Gate" }, { title: "Verdict" }, { title: "What it says" }];
  if (previous !== undefined) columns.splice(2, 0, { title: "Before" });
  const rows = gates.map((gate): Text[] => {
    const before = previous?.verdicts.get(gate.name);
    const cells: Text[] = [{ code: gate.name }, `${symbols[gate.verdict]} ${gate.verdict}`, gate.headline];
    if (previous !== undefined) cells.splice(2, 0, before === undefined ? "new" : `${symbols[before]} ${before}`);
    return cells;
  });
  const double = twins(gates);
  const list: Block[] = double.length === 0 ? [] : [{ kind: "list", items: double }];
  return { title: "Gates", blocks: [{ kind: "table", columns, rows }, ...list] };
}

function hasDetails({ report }: Gate): boolean {
  return report !== undefined && report.rules.length + report.sections.length + report.findings.length + (report.notes?.length ?? 0) > 0;
}

function details({ name, verdict, headline, report }: Gate): Section {
  const title = `${symbols[verdict]} ${name}: ${headline}`;
  const blocks: Block[] = report === undefined ? [] : [...rules(report.rules), ...noteList(report.notes ?? [])];
  const inner = (report?.sections ?? []).flatMap((section): Block[] => [
    { kind: "paragraph", text: { strong: section.title } },
    ...section.blocks.map(bounded),
  ]);
  blocks.push(...cut<Block>(inner, (missing) => ({ kind: "paragraph", text: `… and ${counted(missing, "more part")}.` })));
  return { title: clipped(title, mostTitle), folded: true, blocks: [...blocks, ...findings(report?.findings ?? [])] };
}

function rules(given: readonly Rule[]): Block[] {
  if (given.length === 0) return [];
  const columns: Column[] = [
    { title: "Rule" },
    { title: "Result" },
    { title: "Measured", align: "right" },
    { title: "Limit", align: "right" },
    { title: "" },
  ];
  const rows = worstRulesFirst(given).map((rule): Text[] => [
    rule.path === undefined ? { code: rule.name } : [{ code: rule.name }, " ", { place: rule.path }],
    `${symbols[rule.verdict]} ${rule.verdict}`,
    measured(rule),
    amount(rule.limit, rule.unit),
    rule.why ?? "",
  ]);
  return [bounded({ kind: "table", columns, rows })];
}

function noteList(notes: readonly string[]): Block[] {
  return notes.length === 0 ? [] : [{ kind: "list", items: cut<string>(notes, (missing) => `… and ${counted(missing, "more note")}.`) }];
}

function findings(given: readonly Finding[]): Block[] {
  if (given.length === 0) return [];
  const joined = joinedFindings(given);
  const columns: Column[] = [{ title: "" }, { title: "Where" }, { title: "What" }, { title: "Rule" }];
  const words = { error: "❌ error", warning: "⚠️ warning", notice: "➖ notice" } as const;
  const rows = joined
    .slice(0, mostRows)
    .map((finding): Text[] => [words[finding.severity], placeOf(finding), finding.message, { code: finding.rule }]);
  const more = joined.length - rows.length;
  return [
    { kind: "paragraph", text: { strong: `Findings: ${countedBySeverity(joined)}` } },
    { kind: "table", columns, rows, ...(more === 0 ? {} : { more }) },
  ];
}

function placeOf({ path, line, endLine }: Finding): Text {
  if (path === undefined) return "";
  return { place: path, ...(line === undefined ? {} : { line }), ...(endLine === undefined ? {} : { endLine }) };
}

function bounded(block: Block): Block {
  switch (block.kind) {
    case "table": {
      const missing = block.rows.length - mostRows;
      return missing <= 0 ? block : { ...block, rows: block.rows.slice(0, mostRows), more: missing + (block.more ?? 0) };
    }
    case "list":
      return { ...block, items: cut(block.items, (missing) => `… and ${counted(missing, "more item")}.`) };
    case "code":
      return { ...block, text: cut(block.text.split("\n"), (missing) => `… and ${counted(missing, "more line")}.`).join("\n") };
    case "bars":
      return { ...block, bars: block.bars.slice(0, mostRows) };
    case "trend":
      return { ...block, points: block.points.slice(-mostRows) };
    default:
      return block;
  }
}

function cut<T>(items: readonly T[], rest: (missing: number) => T): readonly T[] {
  return items.length <= mostRows ? items : [...items.slice(0, mostRows), rest(items.length - mostRows)];
}

/** Two files of one name are two answers of one gate: both count, and somebody should know. */
function twins(gates: readonly Gate[]): string[] {
  const names = gates.map(({ name }) => name);
  const double = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...double]
    .slice(0, 10)
    .map((name) => `There are several reports of ${name}: all of them count. Give each use of an action its own \`id\`.`);
}
