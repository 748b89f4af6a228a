import { isUserError, messageOf } from "../../../packages/frame/errors.ts";
import type { Files } from "../../../packages/frame/ports.ts";
import { type Writing, writeBlocks } from "../../../packages/report/markdown-blocks.ts";
import { htmlText } from "../../../packages/report/markdown-text.ts";
import type { Block, Report, Text } from "../../../packages/report/model.ts";
import { Page } from "../../../packages/report/page.ts";
import { readReport } from "../../../packages/report/read-report.ts";
import type { Hide } from "./hide.ts";
import { parsed } from "./record.ts";

/** UTF-8 bytes that all evidence may have in an issue. */
const roomForAll = 30_000;
const mostFiles = 20;
const largestFile = 8 * 1024 * 1024;
const shownLines = 200;
const shownCharacters = 8_000;

export interface Evidence {
  /** Markdown; empty where there is none. */
  readonly markdown: string;
  /** What was missing or cut, for the report. */
  readonly notes: readonly string[];
}

/** Reads the files and shows them; nothing that is missing or unreadable stops an incident. */
export async function readEvidence(patterns: readonly string[], files: Files, hide: Hide): Promise<Evidence> {
  if (patterns.length === 0) return { markdown: "", notes: [] };
  const notes: string[] = [];
  const paths = await pathsOf(patterns, files, notes);
  const page = new Page(roomForAll);
  const left: string[] = [];
  const writing: Writing = { page, tree: undefined, medium: "comment", leaveOut: (what) => left.push(what) };
  for (const path of paths.slice(0, mostFiles)) {
    const blocks = await blocksOf(path, files, notes, hide);
    if (blocks === undefined) continue;
    page.open(`<details><summary>${htmlText(path.slice(-200))}</summary>\n\n`, "</details>\n\n");
    writeBlocks(writing, path, blocks);
    page.close();
  }
  if (paths.length > mostFiles) notes.push(`Evidence: ${paths.length - mostFiles} further files are not shown.`);
  if (left.length > 0) notes.push("Evidence: not all of it fits into an issue.");
  return { markdown: page.text(), notes };
}

async function pathsOf(patterns: readonly string[], files: Files, notes: string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const pattern of patterns.filter((each) => !each.startsWith("!"))) {
    const matches = await files.glob([pattern, ...patterns.filter((each) => each.startsWith("!"))]).catch((error: unknown) => {
      if (!isUserError(error)) throw error;
      return [];
    });
    if (matches.length === 0) notes.push(`Evidence: ${pattern} is missing.`);
    for (const path of matches) found.add(path);
  }
  return [...found];
}

async function blocksOf(path: string, files: Files, notes: string[], hide: Hide): Promise<readonly Block[] | undefined> {
  try {
    const text = hide(await files.readText(path, largestFile));
    const report = reportOf(text, path);
    return report === undefined ? [endOf(text)] : reportBlocks(report);
  } catch (error) {
    if (!isUserError(error)) throw error;
    notes.push(`Evidence: ${messageOf(error)}`);
    return undefined;
  }
}

function reportOf(text: string, path: string): Report | undefined {
  if (!/^\s*\{/.test(text) || !text.slice(0, 200).includes("forge-report/") || parsed(text) === undefined) return undefined;
  try {
    return readReport(text, path);
  } catch (error) {
    if (!isUserError(error)) throw error;
    return undefined;
  }
}

/** The answer, the rules, and the parts that are not folded. */
function reportBlocks({ action, id, verdict, headline, rules, sections, notes }: Report): Block[] {
  const name = id === "" ? action : `${action} ${id}`;
  const rows = rules
    .slice(0, 30)
    .map((rule): Text[] => [
      rule.verdict,
      { code: rule.name },
      `${rule.actual ?? ""}${rule.unit ? ` ${rule.unit}` : ""}`,
      `${rule.limit ?? ""}`,
      rule.why ?? "",
    ]);
  const columns = ["Result", "Rule", "Measured", "Limit", ""].map((title) => ({ title }));
  const parts = sections.filter(({ folded }) => folded !== true).slice(0, 3);
  return [
    { kind: "paragraph", text: [{ strong: verdict }, ` · ${name} · ${headline}`] },
    ...(rows.length === 0 ? [] : [{ kind: "table" as const, columns, rows, more: Math.max(rules.length - 30, 0) }]),
    ...((notes ?? []).length === 0 ? [] : [{ kind: "list" as const, items: notes ?? [] }]),
    ...parts.flatMap(({ title, blocks }): Block[] => [{ kind: "paragraph", text: { strong: title } }, ...blocks.slice(0, 3)]),
  ];
}

/** Trouble is told at the end of a log. */
function endOf(text: string): Block {
  const lines = text.replace(/\s+$/, "").split(/\r\n|[\n\r]/);
  const shown: string[] = [];
  let room = shownCharacters;
  for (const line of lines.slice(-shownLines).reverse()) {
    const clipped = line.length > 500 ? `${[...line.slice(0, 500)].join("").replace(/[\ud800-\udbff]$/, "")}…` : line;
    room -= clipped.length + 1;
    if (room < 0) break;
    shown.unshift(clipped);
  }
  const cut = lines.length - shown.length;
  return { kind: "code", text: [...(cut > 0 ? [`… ${cut} earlier lines`] : []), ...shown].join("\n") };
}
