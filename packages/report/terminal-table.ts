import type { Column } from "./model.ts";
import { cut, type Span, type Spans, span, spansWidth, wrapped } from "./terminal-text.ts";

const gap = "  ";
const narrowest = 12;

/**
 * Rows under their titles, columns aligned. Where the terminal is too narrow, the widest columns on the left are cut, and if that is not enough each row
 * becomes a small list. Without titles there is no head.
 */
export function tableLines(columns: readonly Column[], rows: readonly (readonly Spans[])[], width: number, unicode: boolean): Spans[] {
  const titled = columns.some((column) => column.title !== "");
  const head = columns.map((column): Spans => [span(column.title, "dim")]);
  const all = titled ? [head, ...rows] : rows;
  const natural = columns.map((_, index) => Math.max(0, ...all.map((row) => spansWidth(row[index] ?? []))));
  const widths = shrunk(natural, columns, width - gap.length * (columns.length - 1));
  if (widths === undefined) return rows.flatMap((row) => stacked(columns, row, width));
  return all.map((row) => aligned(columns, row, widths, unicode));
}

/** Takes from the widest left-aligned column until the sum fits; `undefined` when it cannot. */
function shrunk(natural: readonly number[], columns: readonly Column[], room: number): number[] | undefined {
  const widths = [...natural];
  for (let excess = total(widths) - room; excess > 0; excess = total(widths) - room) {
    const [widest, next] = widths.map((width, index) => (columns[index]?.align === "right" ? 0 : width)).toSorted((a, b) => b - a);
    if (widest === undefined || widest <= narrowest) return undefined;
    const at = widths.findIndex((width, index) => width === widest && columns[index]?.align !== "right");
    const step = widest - Math.max(narrowest, Math.min(next ?? 0, widest - 1));
    widths[at] = widest - Math.min(excess, step);
  }
  return widths;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0);
}

function aligned(columns: readonly Column[], row: readonly Spans[], widths: readonly number[], unicode: boolean): Spans {
  const line: Span[] = [];
  for (const [index, column] of columns.entries()) {
    const cell = cut(row[index] ?? [], widths[index] ?? 0, unicode);
    const padding = { text: " ".repeat(Math.max(0, (widths[index] ?? 0) - spansWidth(cell))) };
    if (index > 0) line.push({ text: gap });
    line.push(...(column.align === "right" ? [padding, ...cell] : [...cell, padding]));
  }
  return withoutPadding(line);
}

function withoutPadding(line: readonly Span[]): Span[] {
  const end = line.findLastIndex(({ text }) => text.trim() !== "");
  return line.slice(0, end + 1);
}

function stacked(columns: readonly Column[], row: readonly Spans[], width: number): Spans[] {
  return columns.flatMap(({ title }, index) => {
    const cell = row[index] ?? [];
    if (spansWidth(cell) === 0) return [];
    const label = title === "" ? [] : [span(`${title}: `, "dim")];
    return wrapped([...label, ...cell], width - gap.length).map(
      (line, at): Spans => (index === 0 && at === 0 ? line : [{ text: gap }, ...line]),
    );
  });
}
