import type { BaselineRecord, LineRange } from "../../../packages/frame/ports.ts";
import type { Column, Inline, Section, Text } from "../../../packages/report/model.ts";
import { type BaselineResult, comparable } from "./baseline.ts";
import type { HeadRanges } from "./findings.ts";
import { deltaText, percentNumber, percentText } from "./fraction.ts";
import { type Metric, metrics, type Ratio } from "./model.ts";
import type { FilePatch, Patch } from "./patch.ts";
import { readStored } from "./stored.ts";
import type { Counting, Totals } from "./totals.ts";

const mostRows = 50;
const mostRanges = 10;
const right = { align: "right" as const };

export interface Described {
  readonly totals: Totals;
  readonly patch: Patch;
  readonly worst: readonly FilePatch[];
  readonly head: readonly HeadRanges[];
  readonly baseline: BaselineResult;
  readonly flag: string;
  readonly history: readonly BaselineRecord[];
  /** A rule about the whole failed, so the least covered files come before the folds. */
  readonly totalFails: boolean;
}

/** Most telling first: the files that made the number, then the numbers, the trend, and what is folded. */
export function describe(found: Described): Section[] {
  const { totals, baseline, flag } = found;
  const least = leastCovered(found);
  return [
    ...changedFiles(found),
    ...(found.totalFails ? least : []),
    numbers(totals, found.patch, baseline),
    ...flags(baseline, flag, totals.counting),
    ...trend(found),
    ...(found.totalFails ? [] : least),
    ...uncoveredLines(found),
  ];
}

function share(ratio: Ratio): string {
  return percentText(ratio) ?? "–";
}

function changedFiles({ worst, head, totals }: Described): Section[] {
  if (worst.length === 0) return [];
  const ranges = new Map(head.map((file) => [file.path, file.ranges]));
  const columns: Column[] = [{ title: "File" }, { title: "Patch %", ...right }, { title: "Not covered", ...right }, { title: "Lines" }];
  const rows = worst
    .slice(0, mostRows)
    .map(({ path, ratio, missed }): Text[] => [
      { place: path },
      share(ratio),
      `${missed} of ${ratio.total}`,
      linked(path, ranges.get(path) ?? [], mostRanges),
    ]);
  const blocks = [{ kind: "table" as const, columns, rows, ...more(worst.length) }];
  return [{ title: `Changed files with uncovered ${totals.counting.metric}`, blocks }];
}

function more(count: number): { more?: number } {
  return count > mostRows ? { more: count - mostRows } : {};
}

function numbers(totals: Totals, patch: Patch, baseline: BaselineResult): Section {
  const compared = "missing" in baseline ? undefined : baseline;
  const rows = metrics.flatMap((metric): Text[][] => {
    const ratio = totals.all[metric];
    if (ratio === undefined) return [];
    const before = compared === undefined ? undefined : comparable(compared.own, { ...totals.counting, metric });
    return [row(metric, metric === totals.counting.metric, ratio, before)];
  });
  if (patch.ratio.total > 0) rows.push(row(`changed ${totals.counting.metric}`, false, patch.ratio, undefined));
  const columns: Column[] = [{ title: "" }, { title: "Covered", ...right }, { title: "Total", ...right }, { title: "%", ...right }];
  const withBaseline = compared === undefined ? [] : [{ title: `Against ${compared.commit.slice(0, 7)}`, ...right }];
  return { title: "Coverage", blocks: [{ kind: "table", columns: [...columns, ...withBaseline], rows }] };
}

function row(name: string | Metric, decides: boolean, ratio: Ratio, before: Ratio | undefined): Text[] {
  const delta = before === undefined ? "" : (deltaText(before, ratio) ?? "");
  return [decides ? { strong: name } : name, String(ratio.covered), String(ratio.total), share(ratio), delta];
}

/** Flags that this run did not measure, with the commit that their numbers are from. */
function flags(baseline: BaselineResult, own: string, counting: Counting): Section[] {
  const others = baseline.stored?.flags.filter((entry) => entry.flag !== own) ?? [];
  if (others.length === 0) return [];
  const columns: Column[] = [{ title: "Flag" }, { title: "%", ...right }, { title: "Measured at" }];
  const rows = others.map((entry): Text[] => {
    const ratio = comparable(entry, counting);
    return [
      { code: entry.flag === "" ? "(none)" : entry.flag },
      ratio === undefined ? "–" : share(ratio),
      `${entry.commit.slice(0, 7)} (stale)`,
    ];
  });
  return [{ title: "Other flags, carried forward", blocks: [{ kind: "table", columns, rows }] }];
}

function trend({ history, totals, flag }: Described): Section[] {
  const past = history.flatMap((record) => {
    const own = readStored(record.data)?.flags.find((entry) => entry.flag === flag);
    // A flag that was only carried forward says nothing new about that commit.
    const ratio = own === undefined || own.commit !== record.commit ? undefined : comparable(own, totals.counting);
    const value = ratio === undefined ? undefined : percentNumber(ratio);
    return value === undefined ? [] : [{ label: record.commit.slice(0, 7), value }];
  });
  const now = percentNumber(totals.ratio);
  if (past.length === 0 || now === undefined) return [];
  const points = [...past, { label: "now", value: now }];
  return [{ title: "Trend", blocks: [{ kind: "trend", title: `Coverage of ${totals.counting.metric}`, unit: "%", points }] }];
}

function leastCovered({ totals, totalFails }: Described): Section[] {
  const bad = totals.files.filter(({ ratio }) => ratio.covered < ratio.total);
  if (bad.length === 0) return [];
  const sorted = bad.toSorted((a, b) => b.ratio.total - b.ratio.covered - (a.ratio.total - a.ratio.covered) || (a.path < b.path ? -1 : 1));
  const columns: Column[] = [{ title: "File" }, { title: "%", ...right }, { title: "Not covered", ...right }];
  const rows = sorted
    .slice(0, mostRows)
    .map(({ path, ratio }): Text[] => [{ place: path }, share(ratio), `${ratio.total - ratio.covered} of ${ratio.total}`]);
  return [
    { title: "Files with the most uncovered code", folded: !totalFails, blocks: [{ kind: "table", columns, rows, ...more(bad.length) }] },
  ];
}

/** Every range of the change, for those who want all of them. */
function uncoveredLines({ head }: Described): Section[] {
  const long = head.filter(({ ranges }) => ranges.length > mostRanges);
  if (long.length === 0) return [];
  const items = long.slice(0, mostRows).map(({ path, ranges }): Text => [{ place: path }, ": ", ...linked(path, ranges, 500)]);
  return [{ title: "Uncovered changed lines", folded: true, blocks: [{ kind: "list", items }] }];
}

/** `3, 7–9`, each linked where that is possible, and how many more there are. */
function linked(path: string, ranges: readonly LineRange[], most: number): Inline[] {
  const parts = ranges.slice(0, most).flatMap(([line, endLine], index): Inline[] => {
    const place = { place: path, line, endLine, text: line === endLine ? String(line) : `${line}–${endLine}` };
    return index === 0 ? [place] : [", ", place];
  });
  return ranges.length > most ? [...parts, ` and ${ranges.length - most} more`] : parts;
}
