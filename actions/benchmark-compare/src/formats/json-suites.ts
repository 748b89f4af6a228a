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
  const items = objectsOf(root["results"]);
  const commands = items.map((item) => textOf(item["command"]));
  const rows = items.flatMap((item): Row[] => {
    const parameters = Object.entries(objectOf(item["parameters"])).map(([key, value]) => `${key}=${String(value)}`);
    const command = textOf(item["command"]);
    const several = commands.indexOf(command) !== commands.lastIndexOf(command);
    const told = parameters.filter((text) => several || !command.includes(text.slice(text.indexOf("=") + 1)));
    const name = told.length === 0 ? command : `${command} (${told.sort().join(", ")})`;
    const times = numbersOf(item["times"]);
    const values = times.length > 0 ? times : [firstNumber(item["median"], item["mean"])];
    const code = numbersOf(item["exit_codes"]).find((each) => each !== 0);
    const broken = listOf(item["exit_codes"]).some((each) => each === null);
    const failed = broken ? "it was ended by a signal" : code === undefined ? undefined : `it ended with exit code ${code}`;
    const time: Row = { name, metric: "time", unit: "s", values, ...(failed === undefined ? {} : { failed }) };
    const memory = failed === undefined ? numbersOf(item["memory_usage_byte"]) : [];
    // The most that a process held varies from run to run: no exact metric.
    return memory.length === 0 ? [time] : [time, { name, metric: "memory", unit: "B", values: memory, exact: false }];
  });
  return { rows };
}

/** BenchmarkDotNet: ns; a launch is a process. */
export function parseBenchmarkDotNet(root: Json): Draft {
  const items = objectsOf(root["Benchmarks"]);
  const names = new Map<string, number>();
  for (const name of items.map(dotNetName)) names.set(name, (names.get(name) ?? 0) + 1);
  const rows = items.flatMap((item): Row[] => {
    const plain = dotNetName(item);
    const name = (names.get(plain) ?? 0) > 1 ? joined(" ", plain, jobOf(item)) : plain;
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
    return failed || Number.isNaN(allocated) ? [time] : [time, { name, metric: "bytes", unit: "B", values: [allocated] }];
  });
  const host = objectOf(root["HostEnvironmentInfo"]);
  const cpu = textOf(host["ProcessorName"]) || textOf(objectOf(host["Cpu"])["ProcessorName"]);
  return { rows, host: cpu === "" ? {} : { cpu } };
}

function dotNetName(item: Json): string {
  return textOf(item["FullName"]) || joined(".", textOf(item["Namespace"]), textOf(item["Type"]), textOf(item["MethodTitle"]));
}

/** One method under several jobs, such as two runtimes: `T.M: Job-ABCDEF(Runtime=.NET 9.0) [N=10]`. The job's own name may be made up anew each time. */
function jobOf(item: Json): string {
  const job = /: (.+?)(?: \[[^\]]*\])?$/.exec(textOf(item["DisplayInfo"]).slice(0, 1_000))?.[1] ?? "";
  return job.replace(/^Job-\w+\((.*)\)$/, "($1)");
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
  if (single.length === items.length) return { rows: googleRowsOf(items) };
  // A benchmark may be told by its aggregates alone, beside others that are not; what a complexity is (`BigO`) is no time.
  const known = new Set(single.map(googleName));
  const aggregates = items.filter((item) => isAggregate(item) && !known.has(googleName(item)));
  const medians = new Set(aggregates.filter((item) => kindOf(item) === "median").map(googleName));
  const middle = aggregates.filter((item) => kindOf(item) === (medians.has(googleName(item)) ? "median" : "mean"));
  return { rows: googleRowsOf([...single, ...middle]) };
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

function kindOf(item: Json): string {
  return textOf(item["aggregate_name"]) || (/_([A-Za-z]+)$/.exec(textOf(item["name"]))?.[1] ?? "");
}

function googleName(item: Json): string {
  return textOf(item["run_name"]) || (isAggregate(item) ? textOf(item["name"]).replace(/_[A-Za-z]+$/, "") : textOf(item["name"]));
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
  "allocs_per_iter",
  "max_bytes_used",
  "rms",
  "cpu_coefficient",
  "real_coefficient",
]);

function googleRows(item: Json): Row[] {
  const name = googleName(item);
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
  add("allocations", "allocs_per_iter", "allocs");
  add("bytes", "max_bytes_used", "B");
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
    const more = Object.entries(objectOf(item["secondaryMetrics"]))
      .filter(([, value]) => textOf(objectOf(value)["scoreUnit"]) !== "---")
      .map(([metric, value]): Row => {
        const row = jmhRow(name, metric.replace(/^·/, ""), objectOf(value));
        return aboutCollector.test(row.metric) ? { ...row, direction: "none" } : row;
      });
    return [jmhRow(name, "score", objectOf(item["primaryMetric"])), ...more];
  });
  return { rows };
}

/** How much is allocated in a second says how quick the code is, and how often the collector ran how long it was measured. */
const aboutCollector = /^gc\.(?:alloc\.rate|churn\..*(?<!\.norm)|count)$/;

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
