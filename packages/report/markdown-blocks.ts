import { atLineStart, codeText, htmlText, markdownInline, markdownText, type Tree } from "./markdown-text.ts";
import type { Block, Column, Text } from "./model.ts";
import type { Page } from "./page.ts";
import { drawn, mermaidLine, shares, sparkline, textBar, trendWords } from "./trend.ts";
import { amount, clipped, counted } from "./wording.ts";

/** What a block is written with. */
export interface Writing {
  readonly page: Page;
  readonly tree: Tree | undefined;
  /** Charts of a comment are folded: they are tall, and the sparkline above has said it. */
  readonly medium: "summary" | "comment";
  /** Told what found no room, in words. */
  leaveOut(what: string): void;
}

const longestCell = 500;
const longestParagraph = 10_000;
const longestCodeLine = 2_000;

/** Languages that GitHub colours; the ones that it draws or runs (mermaid, math, geojson, suggestion …) are not among them. */
const colouredLanguages = new Set(
  (
    "bash c console cpp csharp css diff dockerfile dotenv elixir go graphql groovy hcl html http ini java javascript js json json5 jsonc jsx kotlin less " +
    "log lua makefile markdown md nix objective-c perl php powershell properties protobuf python py r ruby rust scala scss sh shell sql swift terraform " +
    "text toml ts tsx typescript vue xml yaml yml zig"
  ).split(" "),
);

/** Writes the blocks of a part called `title`; false when the page became full. */
export function writeBlocks(writing: Writing, title: string, blocks: readonly Block[]): boolean {
  for (const [index, block] of blocks.entries()) {
    if (writeBlock(writing, title, block)) continue;
    const rest = blocks.length - index - 1;
    if (rest > 0) writing.leaveOut(`${counted(rest, "further part")} of “${clipped(title, 60)}”`);
    return false;
  }
  return true;
}

function writeBlock(writing: Writing, title: string, block: Block): boolean {
  switch (block.kind) {
    case "paragraph":
      return writeParagraph(writing, title, block.text);
    case "list":
      return writeList(writing, title, block.items);
    case "table":
      return writeTable(writing, title, block.columns, block.rows, block.more ?? 0);
    case "code":
      return writeCode(writing, title, block.text, block.language);
    case "trend":
      return writeTrend(writing, block);
    case "bars":
      return writeBars(writing, block);
    default:
      return true;
  }
}

function of(title: string): string {
  return title === "" ? "" : ` of “${clipped(title, 60)}”`;
}

function writeParagraph({ page, tree, leaveOut }: Writing, title: string, text: Text): boolean {
  const line = atLineStart(markdownInline(text, tree, longestParagraph));
  if (line === "" || page.put(`${line}\n\n`)) return true;
  leaveOut(`a paragraph${of(title)}`);
  return false;
}

/** Puts lines into one frame; tells how many did not fit. */
function writeLines(
  { page, leaveOut }: Writing,
  lines: readonly string[],
  frame: readonly [string, string],
  rest: (count: number) => string,
): boolean {
  page.open(...frame);
  const written = lines.findIndex((line) => !page.put(line));
  page.close();
  if (written < 0) return true;
  leaveOut(rest(lines.length - written));
  return false;
}

export function writeList(writing: Writing, title: string, items: readonly Text[]): boolean {
  const lines = items.map((item) => atLineStart(markdownInline(item, writing.tree, longestParagraph)));
  const shown = lines.filter((line) => line !== "").map((line) => `- ${line}\n`);
  return writeLines(writing, shown, ["", "\n"], (count) => `${counted(count, "item")}${of(title)}`);
}

/** The number of cells in a row is the number of columns, whatever a row brings. Row by row, so that a long table stays cheap once the page is full. */
export function writeTable(
  writing: Writing,
  title: string,
  columns: readonly Column[],
  rows: readonly (readonly Text[])[],
  more: number,
): boolean {
  if (columns.length === 0) return true;
  const { page, tree, leaveOut } = writing;
  const row = (cells: readonly string[]) => `| ${columns.map((_, index) => cells[index] ?? "").join(" | ")} |\n`;
  const head = row(columns.map((column) => markdownText(clipped(column.title, longestCell)).trim()));
  const rule = `|${columns.map((column) => (column.align === "right" ? "--:" : ":--")).join("|")}|\n`;
  page.open(head + rule, "\n");
  const cut = rows.findIndex((cells) => !page.put(row(cells.map((cell) => markdownInline(cell, tree, longestCell).trim()))));
  page.close();
  const missing = more + (cut < 0 ? 0 : rows.length - cut);
  if (cut >= 0) {
    leaveOut(`${counted(missing, "row")}${of(title)}`);
    return false;
  }
  if (missing === 0 || page.put(`… and ${counted(missing, "more row")}.\n\n`)) return true;
  leaveOut(`${counted(missing, "row")}${of(title)}`);
  return false;
}

function writeCode(writing: Writing, title: string, text: string, language: string | undefined): boolean {
  const lines = text.split(/\r\n|[\n\r]/).map((line) => codeText(clipped(line, longestCodeLine)));
  const runs = lines.flatMap((line) => line.match(/`{3,}/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(2, ...runs) + 1);
  const info = language !== undefined && colouredLanguages.has(language.toLowerCase()) ? language.toLowerCase() : "text";
  const framed = lines.map((line) => `${line}\n`);
  return writeLines(writing, framed, [`${fence}${info}\n`, `${fence}\n\n`], (count) => `${counted(count, "line")}${of(title)}`);
}

function writeTrend({ page, medium, leaveOut }: Writing, trend: Extract<Block, { kind: "trend" }>): boolean {
  const line = sparkline(drawn(trend).map((point) => point.value));
  const words = markdownInline([{ strong: trend.title }, ` ${line} ${trendWords(trend)}`], undefined, longestCell);
  const chart = mermaidLine(trend);
  const fenced = chart === undefined ? "" : `\`\`\`mermaid\n${chart}\n\`\`\`\n\n`;
  const folded = `<details><summary>Chart of ${htmlText(clipped(trend.title, longestCell))}</summary>\n\n${fenced}</details>\n\n`;
  const drawing = fenced !== "" && medium === "comment" ? folded : fenced;
  if (page.put(`${atLineStart(words)}\n\n`) && (drawing === "" || page.put(drawing))) return true;
  leaveOut(`the trend “${clipped(trend.title, 60)}”`);
  return false;
}

function writeBars(writing: Writing, block: Extract<Block, { kind: "bars" }>): boolean {
  const rows = shares(block).map(({ label, value, share }): Text[] => [label, amount(value, block.unit), textBar(share, 20)]);
  return writeTable(writing, block.title, [{ title: block.title }, { title: block.unit, align: "right" }, { title: "" }], rows, 0);
}
