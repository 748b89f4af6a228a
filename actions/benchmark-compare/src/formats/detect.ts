import type { ResultFile } from "../model.ts";
import { jsonDocuments } from "./documents.ts";
import { type Draft, FormatFault, measuresOf } from "./draft.ts";
import { looksLikeGo, parseGo, parseGoJson } from "./go.ts";
import { isObject, type Json, listOf, objectOf, objectsOf } from "./json.ts";
import {
  benchmarkJsLine,
  isTinybench,
  luauLine,
  parseBenchmarkJs,
  parseDeno,
  parseJulia,
  parseLuau,
  parseMitata,
  parseTinybench,
  parseVitest4,
  parseVitest5,
} from "./json-javascript.ts";
import { parseBenchmarkDotNet, parseGoogle, parseHyperfine, parseJmh, parsePytest } from "./json-suites.ts";
import { parseAutocannon, parseK6, parseK6Lines, parseLocust, parseOha, parseVegeta, parseWrk } from "./load.ts";
import {
  cargoLine,
  criterionLine,
  parseAsv,
  parseCargo,
  parseCargoCriterion,
  parseCatch2Text,
  parseCatch2Xml,
  parseCriterion,
  parseCriterionText,
  withoutColours,
} from "./native.ts";
import { forgeSchema, isBmf, parseBmf, parseCustom, parseDataJs, parseForge } from "./plain.ts";

interface JsonFormat {
  readonly name: string;
  readonly is: (root: Json) => boolean;
  readonly parse: (root: Json) => Draft;
}

const has =
  (...fields: readonly string[]) =>
  (root: Json): boolean =>
    fields.every((field) => field in root);

/** Told from what they hold; the first that fits. */
const objects: readonly JsonFormat[] = [
  { name: "forge", is: (root) => root["schema"] === forgeSchema, parse: parseForge },
  {
    name: "pytest",
    is: (root) =>
      objectsOf(root["benchmarks"]).some((item) => isObject(item["stats"]) && "fullname" in item) ||
      has("machine_info", "benchmarks")(root),
    parse: parsePytest,
  },
  { name: "benchmarkdotnet", is: (root) => has("Benchmarks")(root), parse: parseBenchmarkDotNet },
  { name: "mitata", is: (root) => objectsOf(root["benchmarks"]).some((item) => Array.isArray(item["runs"])), parse: parseMitata },
  {
    name: "google",
    is: (root) => has("benchmarks")(root) && (has("context")(root) || objectsOf(root["benchmarks"]).some((item) => "real_time" in item)),
    parse: parseGoogle,
  },
  { name: "hyperfine", is: (root) => objectsOf(root["results"]).some((item) => "command" in item), parse: parseHyperfine },
  { name: "vitest", is: (root) => objectsOf(root["files"]).some((file) => "groups" in file), parse: parseVitest4 },
  { name: "vitest", is: has("testResults"), parse: parseVitest5 },
  { name: "deno", is: has("benches"), parse: parseDeno },
  { name: "asv", is: has("result_columns"), parse: parseAsv },
  { name: "autocannon", is: (root) => has("latency", "requests")(root) && isObject(root["requests"]), parse: parseAutocannon },
  { name: "oha", is: (root) => "requestsPerSec" in objectOf(root["summary"]), parse: parseOha },
  { name: "vegeta", is: (root) => has("latencies")(root), parse: parseVegeta },
  { name: "data-js", is: has("entries", "lastUpdate"), parse: (root) => ({ rows: parseDataJs(root).at(-1)?.rows ?? [] }) },
  { name: "k6", is: (root) => has("metrics")(root) || "metrics" in objectOf(root["results"]), parse: parseK6 },
  { name: "tinybench", is: (root) => isTinybench(listOf(root["tasks"])), parse: (root) => parseTinybench(listOf(root["tasks"])) },
  { name: "criterion", is: (root) => root["reason"] === "benchmark-complete", parse: parseCargoCriterion },
  {
    name: "criterion",
    is: (root) => isObject(root["mean"]) && isObject(root["std_dev"]),
    parse: (root) => ({ rows: parseCriterion({ estimates: root }, "benchmark") }),
  },
  { name: "bmf", is: isBmf, parse: parseBmf },
];

const lists: readonly {
  readonly name: string;
  readonly is: (root: readonly unknown[]) => boolean;
  readonly parse: (root: readonly unknown[]) => Draft;
}[] = [
  { name: "jmh", is: (root) => root.some((item) => isObject(item) && "primaryMetric" in item), parse: parseJmh },
  { name: "tinybench", is: isTinybench, parse: (root) => parseTinybench(root) },
  { name: "julia", is: (root) => Array.isArray(root[1]) && isObject(root[0]), parse: parseJulia },
  {
    name: "custom",
    is: (root) => root.some((item) => isObject(item) && "name" in item && ("value" in item || "error" in item)),
    parse: (root) => parseCustom(root),
  },
];

interface TextFormat {
  readonly name: string;
  readonly is: (text: string) => boolean;
  readonly parse: (text: string) => Draft;
}

/** A JSON object a line, in which the lines belong together. */
const lines: readonly TextFormat[] = [
  {
    name: "go",
    is: (text) => /^[^\S\n]*\{[^\n]{0,1000}?"Action":\s*"(?:start|run|output|pause|cont|pass|fail|skip|bench)"/m.test(text),
    parse: parseGoJson,
  },
  { name: "k6", is: (text) => /^[^\S\n]*\{[^\n]{0,1000}?"type":\s*"(?:Metric|Point)"/m.test(text), parse: parseK6Lines },
];

const texts: readonly TextFormat[] = [
  { name: "catch2", is: (text) => text.includes("<BenchmarkResults"), parse: parseCatch2Xml },
  { name: "catch2", is: (text) => /^benchmark name\s+samples\s+iterations/m.test(text), parse: parseCatch2Text },
  { name: "wrk", is: (text) => /^Running .* test @ /m.test(text) || /^Requests\/sec:/m.test(text), parse: parseWrk },
  {
    name: "cargo",
    is: (text) => anyLine(text, cargoLine),
    parse: parseCargo,
  },
  {
    name: "criterion",
    is: (text) => anyLine(text, criterionLine),
    parse: parseCriterionText,
  },
  { name: "go", is: looksLikeGo, parse: parseGo },
  { name: "locust", is: (text) => /^"?Type"?,"?Name"?,/.test(text), parse: parseLocust },
  {
    name: "benchmarkjs",
    is: (text) => anyLine(text, benchmarkJsLine),
    parse: parseBenchmarkJs,
  },
  { name: "benchmarkluau", is: (text) => anyLine(text, luauLine), parse: parseLuau },
];

/** Its lines may be fewer than the log above them, but not by much. */
const mostLines = 20_000;

function anyLine(text: string, pattern: RegExp): boolean {
  return text.split("\n", mostLines).some((line) => line.length < 4_000 && pattern.test(line.trim()));
}

const oldNames: Readonly<Record<string, string>> = { googlecpp: "google", customSmallerIsBetter: "custom", customBiggerIsBetter: "custom" };

/** Reads one result file. A `FormatFault` says what is wrong with it. */
export function parseResults(source: string, text: string, tool: string): ResultFile {
  const wanted = oldNames[tool] ?? tool;
  const clean = withoutColours(text.replace(/^\ufeff/, ""));
  if (clean.trim() === "") throw new FormatFault("is empty");
  if (clean.includes("\u0000")) throw new FormatFault("is in no format that is known: it holds NUL characters, as a text in UTF-16 does");
  const { name, draft } = parseAny(clean, wanted, tool);
  const measures = measuresOf(draft.rows);
  if (measures.length === 0) throw new FormatFault(`holds no benchmark${wanted === "auto" ? "" : ` of the format ${wanted}`}`);
  return { source, format: name, measures, host: draft.host ?? {} };
}

interface Found {
  readonly name: string;
  readonly draft: Draft;
}

type Fits = (format: { readonly name: string }) => boolean;

function parseAny(text: string, wanted: string, tool: string): Found {
  const fits: Fits = ({ name }) => wanted === "auto" || wanted === name;
  const start = text.trimStart();
  if (start.startsWith("<") && /<(!doctype html|html)[\s>]/i.test(start.slice(0, 2_000)))
    throw new FormatFault("is a web page and no result of a benchmark");
  if (start.startsWith("window.BENCHMARK_DATA")) return fromJson(start.slice(start.indexOf("=") + 1).replace(/;\s*$/, ""), fits, tool);
  const format =
    lines.find((each) => fits(each) && each.is(text)) ??
    (/^[[{]/.test(start) ? undefined : texts.find((each) => fits(each) && each.is(text)));
  if (format !== undefined) return { name: format.name, draft: format.parse(text) };
  if (/^[^\S\n]*[[{]/m.test(text)) return fromJson(text, fits, tool);
  throw new FormatFault(wanted === "auto" ? "is in no format that is known" : `is not in the format ${wanted}`);
}

/** Several documents in one file are one round. Those that are no results, such as a tool's own log, say nothing. */
function fromJson(text: string, fits: Fits, tool: string): Found {
  const documents = jsonDocuments(text);
  const found = documents.flatMap((document) => fromDocument(document, fits, tool) ?? []);
  const [first] = found;
  if (first === undefined) {
    if (documents.some((document) => Array.isArray(document) && document.length === 0)) throw new FormatFault("holds no benchmark");
    throw new FormatFault(
      documents.length === 0 ? "is in no format that is known" : "is JSON, but of no format that is known or asked for",
    );
  }
  if (found.length === 1) return first;
  const other = found.find(({ name }) => name !== first.name);
  if (other !== undefined) throw new FormatFault(`holds results of ${first.name} and of ${other.name} in one file`);
  const host = found.find(({ draft }) => draft.host !== undefined)?.draft.host;
  const rows = found.flatMap(({ draft }) => [...draft.rows]);
  return { name: first.name, draft: host === undefined ? { rows } : { rows, host } };
}

function fromDocument(root: unknown, fits: Fits, tool: string): Found | undefined {
  if (Array.isArray(root)) {
    const items: readonly unknown[] = root;
    const format = lists.find((each) => fits(each) && each.is(items));
    if (format === undefined) return undefined;
    const draft = format.name === "custom" ? parseCustom(items, tool === "customBiggerIsBetter" ? "higher" : "lower") : format.parse(items);
    return { name: format.name, draft };
  }
  const format = isObject(root) ? objects.find((each) => fits(each) && each.is(root)) : undefined;
  return format === undefined || !isObject(root) ? undefined : { name: format.name, draft: format.parse(root) };
}
