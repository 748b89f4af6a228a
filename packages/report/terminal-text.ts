import { printableLine } from "../frame/printable.ts";
import type { Inline, Text } from "./model.ts";
import { beginning, ending, widthOf } from "./width.ts";
import { clipped, placeText } from "./wording.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** A piece of a line that looks one way. Its text is printable and has no line break. */
export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** A line, or the cell of a table. */
export type Spans = readonly Span[];

const codes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** An escape has at most nine characters, so what was counted here is not cut again. */
const longestSpan = 4_000;

export function span(text: string, style?: Style): Span {
  return { text: printableLine(clipped(text, longestSpan).replace(/\s+/gu, " "), 10 * longestSpan), style };
}

export function spansOf(text: Text): Spans {
  const pieces: readonly Inline[] = Array.isArray(text) ? text : [text as Inline];
  return pieces.map(spanOf).filter((piece) => piece.text !== "");
}

function spanOf(piece: Inline): Span {
  if (typeof piece === "string") return span(piece);
  if ("place" in piece) return span(piece.text ?? placeText(piece.place, piece.line, piece.endLine), "cyan");
  if ("link" in piece) return span(piece.text, piece.code === true ? "cyan" : undefined);
  return "strong" in piece ? span(piece.strong, "bold") : span(piece.code, "cyan");
}

export function painted(spans: Spans, colour: boolean): string {
  return spans
    .map(({ text, style }) => (colour && style !== undefined && text !== "" ? `\u001b[${codes[style]}m${text}\u001b[0m` : text))
    .join("");
}

export function spansWidth(spans: Spans): number {
  return spans.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** Cut to `width` columns. Of a path (a cell of code only) the end stays, because that is where the names differ. */
export function cut(spans: Spans, width: number, unicode: boolean): Spans {
  if (spansWidth(spans) <= width) return spans;
  const dots = unicode ? "…" : "...";
  const room = Math.max(0, width - dots.length);
  const only = spans.length === 1 ? spans[0] : undefined;
  if (only?.style === "cyan") return [{ text: dots + ending(only.text, room), style: only.style }];
  const shown: Span[] = [];
  let left = room;
  for (const { text, style } of spans) {
    const part = beginning(text, left);
    shown.push({ text: part, style });
    left -= widthOf(part);
    if (part.length < text.length) break;
  }
  return [...shown, { text: dots }];
}

/** The words of a line on as many lines as they need; a word wider than a line is broken. */
export function wrapped(spans: Spans, width: number): Spans[] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const { text, style } of words(spans)) {
    let word = text;
    if (used > 0 && used + widthOf(word.trimEnd()) > width) {
      lines.push([]);
      used = 0;
    }
    while (widthOf(word.trimEnd()) > width) {
      const part = beginning(word, width) || [...word].slice(0, 1).join("");
      lines.at(-1)?.push({ text: part, style });
      lines.push([]);
      word = word.slice(part.length);
    }
    lines.at(-1)?.push({ text: word, style });
    used = spansWidth(lines.at(-1) ?? []);
  }
  return lines.map(withoutTrailingSpace).filter((line, index) => index === 0 || line.length > 0);
}

/** Each with the spaces that follow it. */
function words(spans: Spans): Span[] {
  return spans.flatMap(({ text, style }) => (text.match(/^ +|[^ ]+ */g) ?? []).map((word) => ({ text: word, style })));
}

function withoutTrailingSpace(line: Spans): Spans {
  const last = line.at(-1);
  return last === undefined ? line : [...line.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}
