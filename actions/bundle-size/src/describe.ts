import type { BaselineRecord } from "../../../packages/frame/ports.ts";
import type { Column, Section, Text } from "../../../packages/report/model.ts";
import { whyUnjudged } from "./baseline.ts";
import { algorithmNames, bytesText, deltaText, percentText } from "./bytes.ts";
import type { Told } from "./data.ts";
import { type Algorithm, algorithms } from "./model.ts";
import { byIncrease, increaseOf, type Row, sumOf } from "./rows.ts";
import { totalsOf } from "./stored.ts";
import { why } from "./why.ts";

const mostRows = 50;
const mostBars = 12;
const right = { align: "right" as const };

/** Most telling first: what grew, the sums, why, the picture, and what is folded. */
export function describe(told: Told, history: readonly BaselineRecord[]): Section[] {
  return [...files(told), totals(told), ...why(told), picture(told), ...trend(told, history), times(told), tools(told)];
}

/** What the columns of growth speak of: the first compression, or the plain size where that one cannot be compared. */
function comparing({ found }: Told): { readonly first: Algorithm; readonly grows: boolean } {
  const first = found.compression[0] ?? "gzip";
  if ("missing" in found.baseline) return { first, grows: false };
  return { first: whyUnjudged(found.baseline, found.build.versions)(first) === undefined ? first : "none", grows: true };
}

function more(count: number, most: number): { more?: number } {
  return count > most ? { more: count - most } : {};
}

function files(told: Told): Section[] {
  const { first, grows } = comparing(told);
  const others = told.found.compression.filter((algorithm) => algorithm !== first);
  const sizes: Column[] = [first, ...others].map((algorithm) => ({ title: algorithmNames[algorithm], ...right }));
  if (!grows) {
    const rows = [...told.rows].sort((a, b) => (b.sizes?.[first] ?? 0) - (a.sizes?.[first] ?? 0));
    const columns = [{ title: "File" }, ...sizes];
    const shown = rows
      .slice(0, mostRows)
      .map((row): Text[] => [{ code: row.path }, ...[first, ...others].map((each) => sizeText(row, each))]);
    return [{ title: "Files", blocks: [{ kind: "table", columns, rows: shown, ...more(rows.length, mostRows) }] }];
  }
  const changed = byIncrease(told.rows, first).filter(
    (row) => row.status !== "same" && (row.status !== "renamed" || increaseOf(row, first) !== 0),
  );
  if (changed.length === 0) return [{ title: "Files", blocks: [{ kind: "paragraph", text: "No file has another size than before." }] }];
  const columns = [{ title: "File" }, { title: "Change", ...right }, ...sizes, { title: "" }];
  const shown = changed.slice(0, mostRows).map((row): Text[] => {
    const percent =
      row.status === "added" || row.status === "removed" ? undefined : percentText(increaseOf(row, first), row.previousSizes?.[first] ?? 0);
    const delta = `${deltaText(increaseOf(row, first))}${percent === undefined ? "" : ` (${percent} %)`}`;
    const was = row.previous === undefined ? (row.status ?? "") : [`${row.status}, was `, { code: row.previous }];
    return [{ code: row.path }, delta, ...[first, ...others].map((each) => sizeText(row, each)), was].map((cell): Text => cell);
  });
  return [{ title: "Files that changed", blocks: [{ kind: "table", columns, rows: shown, ...more(changed.length, mostRows) }] }];
}

function sizeText(row: Row, algorithm: Algorithm): string {
  const size = row.sizes?.[algorithm];
  return size === undefined ? "–" : bytesText(size);
}

function totals(told: Told): Section {
  const { found, rows } = told;
  const unjudged = whyUnjudged(found.baseline, found.build.versions);
  const shown = algorithms.filter((algorithm) => algorithm === "none" || found.compression.includes(algorithm));
  const table = shown.map((algorithm): Text[] => {
    const { now, before } = sumOf(rows, algorithm);
    const size: Text[] = [algorithmNames[algorithm], bytesText(now), `${now}`];
    if (unjudged(algorithm) !== undefined) return [...size, "–", "–"];
    const percent = percentText(now - before, before);
    return [...size, `${before}`, `${now - before > 0 ? "+" : ""}${now - before}${percent === undefined ? "" : ` (${percent} %)`}`];
  });
  const columns = ["", "Size", "Bytes", "Before", "Change"].map((title, index): Column => ({ title, ...(index === 0 ? {} : right) }));
  return { title: `All ${found.build.files.length} files`, blocks: [{ kind: "table", columns, rows: table }] };
}

function picture(told: Told): Section {
  const { first } = comparing(told);
  const biggest = [...told.rows].sort((a, b) => (b.sizes?.[first] ?? 0) - (a.sizes?.[first] ?? 0)).slice(0, mostBars);
  const bars = biggest
    .filter(({ sizes }) => (sizes?.[first] ?? 0) > 0)
    .map(({ path, sizes }) => ({ label: path, value: sizes?.[first] ?? 0 }));
  return { title: "Biggest parts", blocks: [{ kind: "bars", title: `Bytes, ${algorithmNames[first]}`, unit: "B", bars }] };
}

function trend(told: Told, history: readonly BaselineRecord[]): Section[] {
  const { first } = comparing(told);
  const points = history.flatMap(({ commit, data }) => {
    const totals = typeof data === "object" && data !== null && "totals" in data ? data.totals : undefined;
    const value = typeof totals === "object" && totals !== null ? (totals as Readonly<Record<string, unknown>>)[first] : undefined;
    return typeof value === "number" && Number.isFinite(value) ? [{ label: commit.slice(0, 7), value }] : [];
  });
  const now = totalsOf(told.found.build.files)[first] ?? 0;
  if (points.length < 2) return [];
  const title = `Bytes, ${algorithmNames[first]}`;
  return [
    { title: "Trend", folded: true, blocks: [{ kind: "trend", title, unit: "B", points: [...points, { label: "now", value: now }] }] },
  ];
}

/** Bits a second and the wait for an answer, as browsers' developer tools name them. Computed from bytes alone. */
const networks = [
  { name: "slow 3G", bits: 400_000, wait: 2000 },
  { name: "fast 3G", bits: 1_440_000, wait: 560 },
  { name: "4G", bits: 9_000_000, wait: 170 },
  { name: "cable", bits: 50_000_000, wait: 30 },
] as const;

function times(told: Told): Section {
  const { first } = comparing(told);
  const { initial } = told.found;
  const all = sumOf(told.rows, first).now;
  const load =
    initial === undefined
      ? undefined
      : sumOf(
          told.rows.filter(({ path, sizes }) => sizes !== undefined && initial.has(path)),
          first,
        ).now;
  const time = (bytes: number, { bits, wait }: (typeof networks)[number]): string =>
    `${((wait + (bytes * 8000) / bits) / 1000).toFixed(2)} s`;
  const columns = [
    { title: "Network" },
    { title: "All files", ...right },
    ...(load === undefined ? [] : [{ title: "Initial load", ...right }]),
  ];
  const rows = networks.map((network): Text[] => {
    const profile = `${network.name} (${network.bits / 1e6} Mbit/s, ${network.wait} ms)`;
    return [profile, time(all, network), ...(load === undefined ? [] : [time(load, network)])];
  });
  return { title: "Download time", folded: true, blocks: [{ kind: "table", columns, rows }] };
}

function tools({ found }: Told): Section {
  const { node, zlib, brotli, zstd } = found.build.versions;
  const text = `Sizes by Node ${node}: gzip level 9 (zlib ${zlib}), brotli 11 (${brotli})${zstd === "" ? "" : `, zstd 3 in one go (${zstd})`}.`;
  return { title: "How it was measured", folded: true, blocks: [{ kind: "paragraph", text }] };
}
