import type { Direction } from "../model.ts";
import { type Draft, FormatFault, type Row } from "./draft.ts";
import { isObject, textOf } from "./json.ts";

const result = /^(Benchmark\S*)\s+(\d+)\s+(.+)$/;
/** A benchmark that prints: its name is written before it runs, and its numbers behind what it said. */
const begun = /^(Benchmark\S*)(?:\s|$)/;
const numbersAlone = /^\s+(\d+)\s+([\d.eE+-]+ \S+.*)$/;
const broken = /^--- FAIL: (Benchmark\S*)/;
const setting = /^([a-z][\w.-]*):\s+(.*)$/;
const metricNames: Readonly<Record<string, string>> = {
  "ns/op": "time",
  "B/op": "bytes",
  "allocs/op": "allocations",
  "MB/s": "throughput",
};

export function looksLikeGo(text: string): boolean {
  return /^Benchmark\S*\s+\d+\s+[\d.eE+-]+ \S+/m.test(text) || /^(goos|goarch|pkg): \S/m.test(text);
}

/** `go test -bench` text. The `-8` of `BenchmarkX-8` is the number of threads, which every line of a run shares or a `-cpu` list varies. */
export function parseGo(text: string): Draft {
  const rows: { row: Row; procs: string }[] = [];
  const units = new Map<string, { direction?: Direction; exact?: boolean }>();
  let pkg = "";
  let cpu = "";
  const system: string[] = [];
  let open = "";
  for (const line of text.split("\n")) {
    const trimmed = line.trimEnd();
    readUnitLine(trimmed, units);
    const [, key, value = ""] = setting.exec(trimmed) ?? [];
    if (key === "pkg") pkg = value;
    if (key === "cpu") cpu = value;
    if (key === "goos" || key === "goarch") system.push(value);
    const [, failed] = broken.exec(trimmed) ?? [];
    if (failed !== undefined) rows.push(failedRow(failed, pkg));
    const { name, pairs } = lineOf(trimmed, open);
    open = pairs === undefined ? (begun.exec(trimmed)?.[1] ?? open) : "";
    if (pairs !== undefined) rows.push(...readLine(name, pairs, pkg, units));
  }
  return {
    rows: named(rows),
    host: { ...(cpu === "" ? {} : { cpu }), ...(system.length === 0 ? {} : { system: system.slice(0, 2).join("/") }) },
  };
}

/** What a line measures, and of which benchmark; `open` is the one that has begun and has no numbers yet. */
function lineOf(line: string, open: string): { name: string; pairs?: string } {
  const [, name, , pairs] = result.exec(line) ?? [];
  if (name !== undefined && pairs !== undefined && /^[\d.eE+-]+(?:\s+\S|$)|^[+-]?(?:NaN|Inf)\s/.test(pairs)) return { name, pairs };
  const alone = open === "" ? undefined : numbersAlone.exec(line)?.[2];
  return alone === undefined ? { name: "" } : { name: open, pairs: alone };
}

function failedRow(name: string, suite: string): { row: Row; procs: string } {
  const { plain, procs } = withoutProcs(name);
  return { procs, row: { name: plain, suite, metric: "time", unit: "ns/op", values: [], failed: "it failed" } };
}

function withoutProcs(name: string): { plain: string; procs: string } {
  const [, plain = name, procs = ""] = /^(.*?)-(\d+)$/.exec(name) ?? [];
  return { plain, procs };
}

/** `Unit frobs better=higher assume=exact` */
function readUnitLine(line: string, units: Map<string, { direction?: Direction; exact?: boolean }>): void {
  const [, unit, rest = ""] = /^Unit (\S+) (.*)$/.exec(line) ?? [];
  if (unit === undefined) return;
  const better = /\bbetter=(higher|lower)\b/.exec(rest)?.[1];
  const assume = /\bassume=(exact|nothing)\b/.exec(rest)?.[1];
  units.set(unit, {
    ...units.get(unit),
    ...(better === "higher" || better === "lower" ? { direction: better } : {}),
    ...(assume === undefined ? {} : { exact: assume === "exact" }),
  });
}

function readLine(
  name: string,
  pairs: string,
  suite: string,
  units: ReadonlyMap<string, { direction?: Direction; exact?: boolean }>,
): { row: Row; procs: string }[] {
  const words = pairs.trim().split(/\s+/);
  const { plain, procs } = withoutProcs(name);
  const rows: { row: Row; procs: string }[] = [];
  if (words.length === 1)
    rows.push({ procs, row: { name: plain, suite, metric: "time", unit: "ns/op", values: [], failed: "its line ends in the middle" } });
  for (let at = 0; at + 1 < words.length; at += 2) {
    const unit = words[at + 1] ?? "";
    const value = Number(words[at]);
    const direction: Direction = /\/(s|sec)$/.test(unit) ? "higher" : "lower";
    rows.push({
      procs,
      row: { name: plain, suite, metric: metricNames[unit] ?? unit, unit, values: [value], direction, ...units.get(unit) },
    });
  }
  return rows;
}

/** A suffix that all share says how many threads there are; where only some have it or they differ (`-cpu 1,2,4`), it tells benchmarks apart. */
function named(rows: readonly { row: Row; procs: string }[]): Row[] {
  const same = new Set(rows.map(({ procs }) => procs)).size <= 1;
  return rows.map(({ row, procs }) => (same || procs === "" ? row : { ...row, name: `${row.name}-${procs}` }));
}

/** `go test -json`: a line of text may come in several events, those of several packages mixed. */
export function parseGoJson(text: string): Draft {
  const byPackage = new Map<string, string[]>();
  for (const [index, line] of text.split("\n").entries()) {
    const event = parseLine(line, index + 1);
    if (event === undefined || event["Action"] !== "output") continue;
    const pkg = textOf(event["Package"]);
    const pieces = byPackage.get(pkg);
    if (pieces === undefined) byPackage.set(pkg, [textOf(event["Output"])]);
    else pieces.push(textOf(event["Output"]));
  }
  const drafts = [...byPackage].map(([pkg, pieces]) => {
    const whole = pieces.join("");
    return parseGo(/^pkg: /m.test(whole) ? whole : `pkg: ${pkg}\n${whole}`);
  });
  return { rows: drafts.flatMap(({ rows }) => [...rows]), ...(drafts[0]?.host === undefined ? {} : { host: drafts[0].host }) };
}

/** Other lines are what a build printed. */
function parseLine(line: string, number: number): Readonly<Record<string, unknown>> | undefined {
  if (!line.trimStart().startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    if (!/^\s*\{"(?:Time|Action|ImportPath|Package)"/.test(line)) return undefined;
    throw new FormatFault("is no JSON, or only the beginning of it", number);
  }
}
