import type { ResultFile } from "../model.ts";
import { type Draft, FormatFault, measuresOf } from "./draft.ts";
import { looksLikeGo, parseGo, parseGoJson } from "./go.ts";
import { isObject, type Json, listOf, objectOf, objectsOf } from "./json.ts";
import {
  benchmarkJsLine,
  isTinybench,
  parseBenchmarkJs,
  parseDeno,
  parseJulia,
  parseMitata,
  parseTinybench,
  parseVitest4,
  parseVitest5,
} from "./json-javascript.ts";
import { parseBenchmarkDotNet, parseGoogle, parseHyperfine, parseJmh, parsePytest } from "./json-suites.ts";
import { parseAutocannon, parseK6, parseK6Lines, parseLocust, parseVegeta, parseWrk } from "./load.ts";
import { cargoLine, parseAsv, parseCargo, parseCatch2Text, parseCatch2Xml, parseCriterion, withoutColours } from "./native.ts";
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
  { name: "vegeta", is: (root) => has("latencies")(root), parse: parseVegeta },
  { name: "data-js", is: has("entries", "lastUpdate"), parse: (root) => ({ rows: parseDataJs(root).at(-1)?.rows ?? [] }) },
  { name: "k6", is: (root) => has("metrics")(root) || "metrics" in objectOf(root["results"]), parse: parseK6 },
  { name: "tinybench", is: (root) => isTinybench(listOf(root["tasks"])), parse: (root) => parseTinybench(listOf(root["tasks"])) },
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

const texts: readonly { readonly name: string; readonly is: (text: string) => boolean; readonly parse: (text: string) => Draft }[] = [
  { name: "catch2", is: (text) => text.includes("<BenchmarkResults"), parse: parseCatch2Xml },
  { name: "catch2", is: (text) => /^benchmark name\s+samples\s+iterations/m.test(text), parse: parseCatch2Text },
  { name: "wrk", is: (text) => /^Running .* test @ /m.test(text) || /^Requests\/sec:/m.test(text), parse: parseWrk },
  {
    name: "cargo",
    is: (text) => text.split("\n", 20_000).some((line) => line.length < 4_000 && cargoLine.test(line.trim())),
    parse: parseCargo,
  },
  { name: "go", is: looksLikeGo, parse: parseGo },
  { name: "locust", is: (text) => /^"?Type"?,"?Name"?,/.test(text), parse: parseLocust },
  {
    name: "benchmarkjs",
    is: (text) => text.split("\n", 20_000).some((line) => line.length < 4_000 && benchmarkJsLine.test(line.trim())),
    parse: parseBenchmarkJs,
  },
];

const oldNames: Readonly<Record<string, string>> = { googlecpp: "google", customSmallerIsBetter: "custom", customBiggerIsBetter: "custom" };

/** Reads one result file. A `FormatFault` says what is wrong with it. */
export function parseResults(source: string, text: string, tool: string): ResultFile {
  const wanted = oldNames[tool] ?? tool;
  const clean = withoutColours(text.replace(/^\ufeff/, ""));
  if (clean.trim() === "") throw new FormatFault("is empty");
  const { name, draft } = parseAny(clean, wanted, tool);
  const measures = measuresOf(draft.rows);
  if (measures.length === 0) throw new FormatFault(`holds no benchmark${wanted === "auto" ? "" : ` of the format ${wanted}`}`);
  return { source, format: name, measures, host: draft.host ?? {} };
}

function parseAny(text: string, wanted: string, tool: string): { name: string; draft: Draft } {
  const fits = ({ name }: { name: string }): boolean => wanted === "auto" || wanted === name;
  const start = text.trimStart();
  if (/^<(!doctype html|html)/i.test(start)) throw new FormatFault("is a web page and no result of a benchmark");
  if (start.startsWith("window.BENCHMARK_DATA"))
    return fromJson(
      start
        .slice(start.indexOf("=") + 1)
        .trim()
        .replace(/;$/, ""),
      fits,
      tool,
    );
  if (start.startsWith("{") && /^\s*\{"(?:Time|Action)":[^\n]*"Action":"|^\s*\{"Action":"/.test(start))
    return { name: "go", draft: parseGoJson(text) };
  if (start.startsWith("{") && /^\s*\{[^\n]*"type":\s*"(?:Metric|Point)"/.test(start)) return { name: "k6", draft: parseK6Lines(text) };
  if (start.startsWith("{") || start.startsWith("[")) return fromJson(start, fits, tool);
  const format = texts.find((each) => fits(each) && each.is(text));
  if (format !== undefined) return { name: format.name, draft: format.parse(text) };
  const within = /^[[{]/m.exec(text);
  if (within !== null) return fromJson(text.slice(within.index), fits, tool);
  throw new FormatFault(wanted === "auto" ? "is in no format that is known" : `is not in the format ${wanted}`);
}

function fromJson(text: string, fits: (format: { name: string }) => boolean, tool: string): { name: string; draft: Draft } {
  const root = parseJson(text);
  if (Array.isArray(root)) {
    const items: readonly unknown[] = root;
    const format = lists.find((each) => fits(each) && each.is(items));
    if (format?.name === "custom")
      return { name: "custom", draft: parseCustom(items, tool === "customBiggerIsBetter" ? "higher" : "lower") };
    if (format !== undefined) return { name: format.name, draft: format.parse(items) };
    if (items.length === 0) throw new FormatFault("holds no benchmark");
  }
  const object = isObject(root) ? root : undefined;
  const format = object === undefined ? undefined : objects.find((each) => fits(each) && each.is(object));
  if (object === undefined || format === undefined) throw new FormatFault("is JSON, but of no format that is known or asked for");
  return { name: format.name, draft: format.parse(object) };
}

/** asv and some others write bare NaN and Infinity. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const plain =
      text.includes("NaN") || text.includes("Infinity") ? text.replace(/([:,[]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g, "$1null") : undefined;
    if (plain !== undefined && plain !== text) {
      try {
        return JSON.parse(plain);
      } catch {
        // The first error tells where.
      }
    }
    throw new FormatFault("is no JSON, or only the beginning of it", lineOf(text, error));
  }
}

function lineOf(text: string, error: unknown): number {
  const place = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  const end = place === undefined ? text.length : Number(place);
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
