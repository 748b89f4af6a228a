import { visible } from "../frame/printable.ts";
import type { Block } from "./model.ts";
import { amount } from "./wording.ts";

type Trend = Extract<Block, { kind: "trend" }>;

/** Older points are left out of the drawing: more than a line of text or an axis can show. */
export const drawnPoints = 40;
const labelledPoints = 12;

const levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const asciiLevels = ["_", ".", "-", "=", "+", "*", "%", "#"] as const;

/** Beyond this, numbers are written with exponents, and differences overflow. */
const largestDrawn = 1e15;

/** The points that can be drawn, oldest first. */
export function drawn(trend: Trend): readonly { readonly label: string; readonly value: number }[] {
  return trend.points.filter((point) => Math.abs(point.value) < largestDrawn).slice(-drawnPoints);
}

/** One character a value, from the lowest to the highest of them; equal values stand in the middle. */
export function sparkline(values: readonly number[], unicode: boolean = true): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const steps = unicode ? levels : asciiLevels;
  const level = (value: number) => (high === low ? 3 : Math.round(((value - low) / (high - low)) * (steps.length - 1)));
  return values.map((value) => steps[level(value)] ?? "").join("");
}

/** `81.2% → 84.21% over 12 runs, lowest 79.1%, highest 84.3%`. */
export function trendWords(trend: Trend, unicode: boolean = true): string {
  const values = drawn(trend).map((point) => point.value);
  const first = values[0];
  const last = values.at(-1);
  if (first === undefined || last === undefined) return "no values yet";
  const shown = (value: number) => amount(value, trend.unit);
  if (values.length === 1) return `${shown(last)}, the first value`;
  const range = `lowest ${shown(Math.min(...values))}, highest ${shown(Math.max(...values))}`;
  return `${shown(first)} ${unicode ? "→" : "->"} ${shown(last)} over ${values.length} runs, ${range}`;
}

/**
 * A line chart in Mermaid's language, without the fence; `undefined` for fewer than two points. Mermaid has no escapes inside quotes, so labels keep
 * letters, digits and a few signs only; it merges equal labels, so repeated ones are numbered; it reads no exponents.
 */
export function mermaidLine(trend: Trend): string | undefined {
  const points = drawn(trend);
  if (points.length < 2) return undefined;
  const values = points.map((point) => point.value);
  const [low, high] = axis(values, trend.unit);
  const labels = uniqueLabels(points.map((point) => mermaidLabel(point.label)));
  const across = points.length <= labelledPoints ? `[${labels.map((label) => `"${label}"`).join(", ")}]` : `"runs" 1 --> ${points.length}`;
  return [
    "xychart-beta",
    `  title "${mermaidLabel(trend.title)}"`,
    `  x-axis ${across}`,
    `  y-axis "${mermaidLabel(trend.unit)}" ${decimal(low)} --> ${decimal(high)}`,
    `  line [${values.map(decimal).join(", ")}]`,
  ].join("\n");
}

/** A tenth of air on both sides, so that small changes can be seen; a percentage stays within 0 to 100. */
function axis(values: readonly number[], unit: string): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const air = high === low ? Math.max(1, Math.abs(high) / 10) : (high - low) / 10;
  const percent = unit === "%" && low >= 0 && high <= 100;
  return percent ? [Math.max(0, low - air), Math.min(100, high + air)] : [low - air, high + air];
}

function decimal(value: number): string {
  return value.toFixed(4).replace(/\.?0+$/, "");
}

const longestLabel = 40;

function mermaidLabel(text: string): string {
  const kept = visible(text.slice(0, 10 * longestLabel))
    .replace(/[^\p{L}\p{N} .,:/()+_%-]/gu, " ")
    .replace(/%+/g, "%")
    .replace(/\s+/g, " ")
    .trim();
  const label = [...kept].slice(0, longestLabel).join("").trim();
  return label === "" ? "-" : label;
}

function uniqueLabels(labels: readonly string[]): string[] {
  const seen = new Set<string>();
  return labels.map((label) => {
    let unique = label;
    for (let copy = 2; seen.has(unique); copy++) unique = `${label} (${copy})`;
    seen.add(unique);
    return unique;
  });
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A bar of up to `width` characters for a share between 0 and 1; anything above nothing shows at least a sliver. */
export function textBar(share: number, width: number, unicode: boolean = true): string {
  const part = Math.min(1, Math.max(0, share)) * width;
  if (!unicode) return "#".repeat(part > 0 ? Math.max(1, Math.round(part)) : 0);
  const steps = part > 0 ? Math.max(1, Math.round(part * 8)) : 0;
  return "█".repeat(Math.floor(steps / 8)) + (eighths[steps % 8] ?? "");
}

/** Each bar with its share: of a hundred where all are percentages, else of the longest. */
export function shares(block: Extract<Block, { kind: "bars" }>): { label: string; value: number; share: number }[] {
  const finite = block.bars.filter((bar) => Number.isFinite(bar.value));
  const percentages = block.unit === "%" && finite.every(({ value }) => value >= 0 && value <= 100);
  const longest = percentages ? 100 : Math.max(0, ...finite.map((bar) => Math.abs(bar.value)));
  return finite.map((bar) => ({ ...bar, share: longest === 0 ? 0 : Math.abs(bar.value) / longest }));
}
