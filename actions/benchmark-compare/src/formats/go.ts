import type { Direction } from "../model.ts";
import type { Draft, Row } from "./draft.ts";
import { isObject, textOf } from "./json.ts";

const result = /^(Benchmark\S*)\s+(\d+)\s+(.+)$/;
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
  let system = "";
  for (const line of text.split("\n")) {
    const trimmed = line.trimEnd();
    readUnitLine(trimmed, units);
    const [, key, value = ""] = setting.exec(trimmed) ?? [];
    if (key === "pkg") pkg = value;
    if (key === "cpu") cpu = value;
    if (key === "goos" || key === "goarch") system = system === "" ? value : `${system}/${value}`;
    const [, name = "", , pairs] = result.exec(trimmed) ?? [];
    if (pairs !== undefined) rows.push(...readLine(name, pairs, pkg, units));
  }
  return {
    rows: named(rows),
    host: { ...(cpu === "" ? {} : { cpu }), ...(system === "" ? {} : { system: system.split("/").slice(0, 2).join("/") }) },
  };
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
  const [, plain = name, procs = ""] = /^(.*?)-(\d+)$/.exec(name) ?? [];
  const rows: { row: Row; procs: string }[] = [];
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
  for (const line of text.split("\n")) {
    const event = parseLine(line);
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

function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.trimStart().startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
