import { median } from "../statistics/order.ts";
import { type Draft, FormatFault, type Row } from "./draft.ts";
import { firstNumber, type Json, joined, numberOf, numbersOf, objectOf, textOf } from "./json.ts";

/** libtest: `test name ... bench:  1,234.5 ns/iter (+/- 67) = 89 MB/s`; criterion's bencher output is the same. */
export const cargoLine = /^test (.+?)\s+\.\.\.\s+bench:\s+([\d,.]+) (\w+)\/iter \(\+\/- [\d,.]+\)(?: = ([\d,.]+) MB\/s)?/;

export function withoutColours(text: string): string {
  return text
    .split("\u001b[")
    .map((piece, index) => (index === 0 ? piece : piece.replace(/^[0-9;]*[A-Za-z]/, "")))
    .join("");
}

export function parseCargo(text: string): Draft {
  const rows: Row[] = [];
  for (const line of text.split("\n")) {
    const [, name, value = "", unit = "", rate] = line.length > 4_000 ? [] : (cargoLine.exec(line.trim()) ?? []);
    const broken = line.length > 4_000 ? undefined : /^test (.+?)\s+\.\.\. FAILED$/.exec(line.trim())?.[1];
    if (broken !== undefined) rows.push({ name: broken, metric: "time", unit: "ns", values: [], failed: "it failed" });
    if (name === undefined) continue;
    rows.push({ name, metric: "time", unit, values: [numberOf(value)] });
    if (rate !== undefined) rows.push({ name, metric: "throughput", unit: "MB/s", values: [numberOf(rate)] });
  }
  return { rows };
}

/** One benchmark of criterion, of up to three files in one folder; the slopes and times are ns of one process. */
export function parseCriterion(
  parts: { readonly estimates?: Json; readonly sample?: Json; readonly benchmark?: Json },
  fallback: string,
): Row[] {
  const name = textOf(parts.benchmark?.["full_id"]) || fallback;
  const point = (field: string): unknown => objectOf(parts.estimates?.[field])["point_estimate"];
  const iterations = numbersOf(parts.sample?.["iters"]);
  const each = numbersOf(parts.sample?.["times"]).map((time, index) => time / (iterations[index] ?? Number.NaN));
  const value = firstNumber(point("median"), each.length > 0 ? median(each) : undefined, point("mean"), point("slope"));
  const rows: Row[] = [{ name, metric: "time", unit: "ns", values: [value] }];
  const throughput = objectOf(parts.benchmark?.["throughput"]);
  const bytes = firstNumber(throughput["Bytes"], throughput["BytesDecimal"]);
  const elements = numberOf(throughput["Elements"]);
  if (value > 0 && !Number.isNaN(bytes)) rows.push({ name, metric: "throughput", unit: "B/s", values: [(bytes / value) * 1e9] });
  if (value > 0 && !Number.isNaN(elements)) rows.push({ name, metric: "throughput", unit: "items/s", values: [(elements / value) * 1e9] });
  return rows;
}

/** `fib 20    time:   [26.029 µs 26.251 µs 26.505 µs]`, the name on a line of its own where it is long. The middle is the estimate. */
export const criterionLine = /(?:^|\s)(time|thrpt):\s+\[[\d.]+ \S+ ([\d.]+) (\S+) [\d.]+ \S+\]\s*$/;

/** What criterion prints. */
export function parseCriterionText(text: string): Draft {
  const rows: Row[] = [];
  let name = "";
  for (const line of text.split("\n").map((each) => each.trimEnd())) {
    const found = line.length > 4_000 ? null : criterionLine.exec(line);
    const [, kind, value = "", unit = ""] = found ?? [];
    const before = found === null ? line : line.slice(0, found.index);
    if (kind === "thrpt") rows.push({ name, metric: "throughput", unit, values: [Number(value)], direction: "higher" });
    else if (/^\S/.test(before) && line.length <= 4_000) name = before.trim();
    if (kind === "time") rows.push({ name, metric: "time", unit, values: [Number(value)] });
  }
  return { rows };
}

/** A line of `cargo criterion --message-format=json`. */
export function parseCargoCriterion(root: Json): Draft {
  const estimate = (field: string): unknown => objectOf(root[field])["estimate"];
  const unit = textOf(root["unit"]) || "ns";
  const value = firstNumber(estimate("median"), estimate("typical"), estimate("mean"), estimate("slope"));
  return { rows: [{ name: textOf(root["id"]), metric: "time", unit, values: [value] }] };
}

const tag = /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;

/** Catch2's XML reporter: ns. A benchmark stands in its test case, and in sections of it. */
export function parseCatch2Xml(text: string): Draft {
  const root = /<(Catch\w*)[\s>]/.exec(text)?.[1];
  if (root !== undefined && !text.includes(`</${root}>`))
    throw new FormatFault(`ends before </${root}>: it is only the beginning of a report`, text.split("\n").length);
  const rows: Row[] = [];
  const path: string[] = [];
  const within: { name?: string } = {};
  if (!/<\/Catch\w*>\s*$/.test(text.slice(-200))) throw new FormatFault("ends in the middle of its XML", text.trimEnd().split("\n").length);
  for (const [, closing, element = "", attributes = "", empty] of text.matchAll(tag)) {
    if (element === "TestCase" || element === "Section") {
      if (closing !== "") path.pop();
      else if (empty === "") path.push(attribute(attributes, "name"));
    } else if (element === "BenchmarkResults" && closing === "") within.name = attribute(attributes, "name");
    else if (element === "BenchmarkResults") delete within.name;
    else if (closing === "") rows.push(...catch2Rows(element, attributes, path, within.name));
  }
  return { rows };
}

function catch2Rows(element: string, attributes: string, path: readonly string[], name: string | undefined): Row[] {
  if (element === "mean" && name !== undefined)
    return [{ name: joined("/", ...path, name), metric: "time", unit: "ns", values: [Number(attribute(attributes, "value"))] }];
  if (element !== "failed") return [];
  const failed = joined("/", ...path, name ?? (attribute(attributes, "name") || "benchmark"));
  return [{ name: failed, metric: "time", unit: "ns", values: [], failed: "it failed" }];
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function attribute(text: string, name: string): string {
  const [, double, single = ""] = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(text) ?? [];
  return (double ?? single).replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole: string, hex?: string, decimal?: string, word?: string) => {
      const code = hex === undefined ? Number(decimal ?? "NaN") : Number(`0x${hex}`);
      if (Number.isInteger(code) && code < 0x11_0000) return String.fromCodePoint(code);
      return entities[word ?? ""] ?? whole;
    },
  );
}

const threeNumbers = /^\s*([\d.]+) (ns|us|µs|μs|ms|s|m)\s+([\d.]+) (ns|us|µs|μs|ms|s|m)\s+([\d.]+) (ns|us|µs|μs|ms|s|m)\s*$/;

/**
 * Catch2's console table: a line with the name, samples, iterations and the estimate, then the mean's, then the deviation's. Above it stand the
 * test case and its sections, between two rules.
 */
export function parseCatch2Text(text: string): Draft {
  const rows: Row[] = [];
  let name = "";
  let title: string[] = [];
  let place: Catch2Place = "table";
  for (const line of text.split("\n")) {
    const before = place;
    place = placeAfter(line, before);
    if (before === "table" && place === "title") title = [];
    if (before !== "table" || place !== "table") {
      if (before === "title" && place === "title" && line.trim() !== "") title.push(line.trim());
      continue;
    }
    const [, value, unit = "ns"] = threeNumbers.exec(line) ?? [];
    if (value === undefined) name = nameIn(line) ?? name;
    else if (name !== "") rows.push({ name: joined("/", ...title, name), metric: "time", unit, values: [Number(value)] });
    if (value !== undefined) name = "";
  }
  if (rows.length === 0) throw new FormatFault("holds a table of Catch2 without a benchmark");
  return { rows };
}

type Catch2Place = "title" | "head" | "table";

/** A rule begins a title, or ends a title or the head of a table. */
function placeAfter(line: string, before: Catch2Place): Catch2Place {
  if (/^-{70,}\s*$/.test(line)) return before === "table" ? "title" : "table";
  return /^benchmark name\s+samples\s+iterations\s+est/.test(line) ? "head" : before;
}

/** A long name stands alone on its line, before the numbers. */
function nameIn(line: string): string | undefined {
  const before = /^(\S.*?)?\s+\d+\s+\d+\s+[\d.]+ (?:ns|us|µs|μs|ms|s|m)\s*$/.exec(line)?.[1];
  const begun = before ?? (/^\S/.test(line) ? line.trim() : undefined);
  return begun === undefined || /^(benchmark name|[-.=]{5,})/.test(begun) ? undefined : begun;
}

/** asv's result file: columns beside rows of values, and one row a parameter set. Its JSON may hold bare NaN and Infinity. */
export function parseAsv(root: Json): Draft {
  const columns = (Array.isArray(root["result_columns"]) ? root["result_columns"] : []).map(String);
  const place = (name: string): number => columns.indexOf(name);
  const rows = Object.entries(objectOf(root["results"])).flatMap(([name, value]): Row[] => {
    const cells: readonly unknown[] = Array.isArray(value) ? value : [value];
    const result: unknown = cells[Math.max(0, place("result"))];
    const list: readonly unknown[] = Array.isArray(result) ? result : [result];
    const parameters: unknown = cells[place("params")];
    const named = parameterSets(Array.isArray(parameters) ? parameters : []);
    return list.map((each, index): Row => {
      const own = name.split(".").at(-1) ?? name;
      const unit = /^(track_|Track[A-Z_])/.test(own) ? "" : /^(peakmem_|PeakMem[A-Z_]|mem_|Mem[A-Z_])/.test(own) ? "bytes" : "s";
      const metric = unit === "s" ? "time" : "value";
      const parts = named[index] ?? "";
      const full = parts === "" ? name : `${name}(${parts})`;
      return each === null
        ? { name: full, metric, unit, values: [], failed: "it has no result" }
        : { name: full, metric, unit, values: [numberOf(each)] };
    });
  });
  const cpu = textOf(objectOf(root["params"])["cpu"]);
  return { rows, host: cpu === "" ? {} : { cpu } };
}

function parameterSets(lists: readonly unknown[]): string[] {
  let sets = [""];
  for (const list of lists) {
    if (!Array.isArray(list) || sets.length * list.length > 100_000) return [];
    sets = sets.flatMap((set) => list.map((value) => joined(", ", set, String(value))));
  }
  return sets;
}
