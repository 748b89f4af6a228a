import { median } from "../statistics/order.ts";
import type { Draft, Row } from "./draft.ts";
import { firstNumber, type Json, joined, listOf, numberOf, numbersOf, objectOf, objectsOf, textOf } from "./json.ts";

/** pytest-benchmark: seconds; rounds run within one process, so a file is one value. */
export function parsePytest(root: Json): Draft {
  const rows = objectsOf(root["benchmarks"]).map((item): Row => {
    const stats = objectOf(item["stats"]);
    const data = numbersOf(stats["data"]);
    const value = firstNumber(stats["median"], data.length > 0 ? median(data) : undefined, stats["mean"]);
    return { name: textOf(item["fullname"]) || textOf(item["name"]), metric: "time", unit: "s", values: [value] };
  });
  const machine = objectOf(root["machine_info"]);
  const cpu = textOf(objectOf(machine["cpu"])["brand_raw"]);
  const system = joined("/", textOf(machine["system"]), textOf(machine["machine"]));
  return { rows, host: { ...(cpu === "" ? {} : { cpu }), ...(system === "" ? {} : { system }) } };
}

/** hyperfine: seconds; each time is a process of its own. */
export function parseHyperfine(root: Json): Draft {
  const rows = objectsOf(root["results"]).map((item): Row => {
    const parameters = Object.entries(objectOf(item["parameters"])).map(([key, value]) => `${key}=${String(value)}`);
    const command = textOf(item["command"]);
    const told = parameters.filter((text) => !command.includes(text.slice(text.indexOf("=") + 1)));
    const name = told.length === 0 ? command : `${command} (${told.sort().join(", ")})`;
    const times = numbersOf(item["times"]);
    const values = times.length > 0 ? times : [firstNumber(item["median"], item["mean"])];
    const code = numbersOf(item["exit_codes"]).find((each) => each !== 0);
    const broken = listOf(item["exit_codes"]).some((each) => each === null);
    const failed = broken ? "it was ended by a signal" : code === undefined ? undefined : `it ended with exit code ${code}`;
    return { name, metric: "time", unit: "s", values, ...(failed === undefined ? {} : { failed }) };
  });
  return { rows };
}

/** BenchmarkDotNet: ns; a launch is a process. */
export function parseBenchmarkDotNet(root: Json): Draft {
  const rows = objectsOf(root["Benchmarks"]).flatMap((item): Row[] => {
    const name = textOf(item["FullName"]) || joined(".", textOf(item["Namespace"]), textOf(item["Type"]), textOf(item["MethodTitle"]));
    const launches = launchesOf(objectsOf(item["Measurements"]));
    const statistics = objectOf(item["Statistics"]);
    const original = numbersOf(statistics["OriginalValues"]);
    const single = firstNumber(statistics["Median"], original.length > 0 ? median(original) : undefined, statistics["Mean"]);
    const failed = item["Statistics"] === null || item["Statistics"] === undefined;
    const values = launches.length > 1 ? launches : [single];
    const time: Row = {
      name,
      metric: "time",
      unit: "ns",
      values: failed ? [] : values,
      ...(failed ? { failed: "it has no statistics" } : {}),
    };
    const allocated = numberOf(objectOf(item["Memory"])["BytesAllocatedPerOperation"]);
    return Number.isNaN(allocated) ? [time] : [time, { name, metric: "bytes", unit: "B", values: [allocated] }];
  });
  const host = objectOf(root["HostEnvironmentInfo"]);
  const cpu = textOf(host["ProcessorName"]) || textOf(objectOf(host["Cpu"])["ProcessorName"]);
  return { rows, host: cpu === "" ? {} : { cpu } };
}

function launchesOf(measurements: readonly Json[]): number[] {
  const launches = new Map<number, number[]>();
  for (const each of measurements) {
    const actual = each["IterationStage"] === "Actual" || each["IterationStage"] === "Result";
    if (each["IterationMode"] !== "Workload" || !actual) continue;
    const launch = numberOf(each["LaunchIndex"]);
    const stage = each["IterationStage"] === "Result" ? launch : -1 - launch;
    launches.set(stage, [...(launches.get(stage) ?? []), numberOf(each["Nanoseconds"]) / numberOf(each["Operations"])]);
  }
  // Results are the actual times less the overhead: where there are any, they count alone.
  const kept = [...launches].filter(([stage]) => stage >= 0);
  return (kept.length > 0 ? kept : [...launches]).map(([, values]) => median(values));
}

/** Google Benchmark. */
export function parseGoogle(root: Json): Draft {
  const items = objectsOf(root["benchmarks"]);
  const single = items.filter((item) => !isAggregate(item));
  return { rows: googleRowsOf(single.length > 0 ? single : items.filter(isMiddle(items))) };
}

/** One at a time: files of many megabytes are common, and rows are three times as large as their text. */
function* googleRowsOf(items: readonly Json[]): Generator<Row> {
  for (const item of items) yield* googleRows(item);
}

/** Older files have no `run_type`: their aggregates are told by their names. */
function isAggregate(item: Json): boolean {
  if (typeof item["run_type"] === "string") return item["run_type"] === "aggregate";
  return typeof item["aggregate_name"] === "string" || /_(mean|median|stddev|cv|BigO|RMS|min|max)$/.test(textOf(item["name"]));
}

function isMiddle(items: readonly Json[]): (item: Json) => boolean {
  const kind = (item: Json): string => textOf(item["aggregate_name"]) || (/_(\w+)$/.exec(textOf(item["name"]))?.[1] ?? "");
  const wanted = items.some((item) => kind(item) === "median") ? "median" : "mean";
  return (item) => kind(item) === wanted;
}

const googleFields = new Set([
  "family_index",
  "per_family_instance_index",
  "repetitions",
  "repetition_index",
  "threads",
  "iterations",
  "real_time",
  "cpu_time",
  "bytes_per_second",
  "items_per_second",
  "rms",
  "cpu_coefficient",
  "real_coefficient",
]);

function googleRows(item: Json): Row[] {
  const name = textOf(item["run_name"]) || textOf(item["name"]).replace(/_(mean|median)$/, "");
  if (item["error_occurred"] === true || item["skipped"] !== undefined) {
    const why = textOf(item["error_message"]) || textOf(item["skip_message"]) || "it was skipped";
    return [{ name, metric: "time", unit: "ns", values: [], failed: why.slice(0, 200) }];
  }
  const unit = textOf(item["time_unit"]) || "ns";
  const rows: Row[] = [];
  const add = (metric: string, field: string, of: string, direction?: "higher" | "none"): void => {
    if (item[field] !== undefined)
      rows.push({ name, metric, unit: of, values: [numberOf(item[field])], ...(direction === undefined ? {} : { direction }) });
  };
  add("time", "real_time", unit);
  add("cpu time", "cpu_time", unit);
  add("throughput", "bytes_per_second", "B/s");
  add("items", "items_per_second", "items/s");
  const counters = Object.keys(item).filter((field) => !googleFields.has(field) && typeof item[field] === "number");
  for (const field of counters)
    add(
      field,
      field,
      field.endsWith("_per_second") || field.endsWith("/s") ? "items/s" : "",
      field.endsWith("_per_second") ? "higher" : "none",
    );
  return rows;
}

/** JMH: forks are processes. */
export function parseJmh(items: readonly unknown[]): Draft {
  const rows = items.map(objectOf).flatMap((item): Row[] => {
    const parameters = Object.entries(objectOf(item["params"])).sort(([a], [b]) => (a < b ? -1 : 1));
    const shown = parameters.map(([key, value]) => `${key}=${String(value)}`).join(", ");
    const name = `${textOf(item["benchmark"])}${textOf(item["mode"]) === "" ? "" : ` ${textOf(item["mode"])}`}${shown === "" ? "" : ` (${shown})`}`;
    const more = Object.entries(objectOf(item["secondaryMetrics"])).map(([metric, value]) =>
      jmhRow(name, metric.replace(/^·/, ""), objectOf(value)),
    );
    return [jmhRow(name, "score", objectOf(item["primaryMetric"])), ...more];
  });
  return { rows };
}

function jmhRow(name: string, metric: string, value: Json): Row {
  const unit = textOf(value["scoreUnit"]);
  const forks = listOf(value["rawData"]).map((fork) => median(numbersOf(fork)));
  const histograms = listOf(value["rawDataHistogram"]).map((fork) => weightedMedian(listOf(fork).flatMap(listOf)));
  const raw = forks.length > 0 ? forks : histograms;
  const values = raw.length > 0 && raw.every((each) => Number.isFinite(each)) ? raw : [numberOf(value["score"])];
  return { name, metric, unit, values, direction: /^ops\b/.test(unit) ? "higher" : "lower" };
}

function weightedMedian(pairs: readonly unknown[]): number {
  const counted = pairs
    .map((pair) => ({ value: numberOf(listOf(pair)[0]), count: numberOf(listOf(pair)[1]) }))
    .sort((a, b) => a.value - b.value);
  const half = counted.reduce((sum, { count }) => sum + count, 0) / 2;
  let seen = 0;
  for (const { value, count } of counted) {
    seen += count;
    if (seen >= half) return value;
  }
  return Number.NaN;
}
