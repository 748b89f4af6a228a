import { median } from "../statistics/order.ts";
import type { Draft, Row } from "./draft.ts";
import { firstNumber, isObject, type Json, joined, listOf, numberOf, numbersOf, objectOf, objectsOf, textOf } from "./json.ts";

/** Milliseconds and operations per second, as tinybench keeps them. Samples of one process are one value; the median is steadier than the mean. */
function tinybenchRows(suite: string, name: string, task: Json, error?: string): Row[] {
  const latency = objectOf(task["latency"]);
  const samples = numbersOf(latency["samples"] ?? task["samples"]);
  const time = firstNumber(
    latency["p50"],
    latency["median"],
    task["median"],
    task["p50"],
    samples.length > 0 ? median(samples) : undefined,
    latency["mean"],
    task["mean"],
  );
  if (error !== undefined) return [{ suite, name, metric: "time", unit: "ms", values: [], failed: error }];
  const throughput = objectOf(task["throughput"]);
  const rate = firstNumber(throughput["p50"], throughput["median"], throughput["mean"], task["hz"]);
  const rows: Row[] = [{ suite, name, metric: "time", unit: "ms", values: [time] }];
  if (Number.isFinite(rate)) rows.push({ suite, name, metric: "throughput", unit: "ops/s", values: [rate] });
  return rows;
}

/** `vitest bench --outputJson` up to version 4. Paths are those of one machine, so only what follows the file's own name is kept. */
export function parseVitest4(root: Json): Draft {
  const groups = objectsOf(root["files"]).flatMap((file) => objectsOf(file["groups"]));
  return {
    rows: groups.flatMap((group) =>
      objectsOf(group["benchmarks"]).flatMap((item) =>
        tinybenchRows("", joined(" > ", textOf(group["fullName"]), textOf(item["name"])), item),
      ),
    ),
  };
}

/** `vitest bench --reporter=json` of version 5. */
export function parseVitest5(root: Json): Draft {
  const results = objectsOf(root["testResults"]);
  const paths = results.map((file) => textOf(file["name"]).replaceAll("\\", "/"));
  const measured = results.some((file) => objectsOf(file["assertionResults"]).some((test) => "benchmarks" in test));
  const rows = results.flatMap((file, index): Row[] => {
    const path = shortName(paths[index] ?? "", paths);
    const tests = objectsOf(file["assertionResults"]);
    if (measured && tests.length === 0 && file["status"] === "failed")
      return [{ name: path, metric: "time", unit: "ms", values: [], failed: "the file could not be run" }];
    return tests.flatMap((test) =>
      objectsOf(test["benchmarks"]).flatMap((bench) =>
        objectsOf(bench["tasks"]).flatMap((task) => {
          // The benchmark's own name holds its groups and its test already.
          const own = textOf(bench["name"]) || textOf(test["fullName"]) || textOf(test["title"]);
          const parts = [path, own, textOf(task["name"])];
          return tinybenchRows(
            "",
            parts.filter((part, index) => part !== "" && part !== parts[index - 1]).join(" > "),
            task,
            test["status"] === "failed" ? "its test failed" : undefined,
          );
        }),
      ),
    );
  });
  return { rows };
}

/** Two checkouts of one project lie in different folders: as much of a path's end as tells it from the others. */
function shortName(path: string, all: readonly string[]): string {
  const parts = path.split("/");
  for (let from = parts.length - 1; from > 0; from--) {
    const end = parts.slice(from).join("/");
    if (all.every((other) => other === path || !`/${other}`.endsWith(`/${end}`))) return end;
  }
  return path;
}

export function isTinybench(items: readonly unknown[]): boolean {
  return items.length > 0 && items.every((item) => isObject(item) && typeof item["name"] === "string" && isObject(item["result"]));
}

/** A list of `{name, result}`, as `JSON.stringify(bench.tasks)` gives it, or `{name, tasks}` around one. */
export function parseTinybench(items: readonly unknown[], suite = ""): Draft {
  const rows = items.map(objectOf).flatMap((item) => {
    const result = objectOf(item["result"]);
    const state = textOf(result["state"]);
    const broken = result["error"] !== undefined || state === "errored" || state.startsWith("aborted");
    return tinybenchRows(suite, textOf(item["name"]), result, broken ? "it ended with an error" : undefined);
  });
  return { rows };
}

/** mitata: ns. */
export function parseMitata(root: Json): Draft {
  const rows = objectsOf(root["benchmarks"]).flatMap((trial) => {
    const alias = textOf(trial["alias"]);
    return objectsOf(trial["runs"]).map((run): Row => {
      const stats = objectOf(run["stats"]);
      const args = Object.entries(objectOf(run["args"])).map(([key, value]) => `${key}=${String(value)}`);
      const name = textOf(run["name"]) || alias;
      const told = args.length === 0 || name.includes(args[0]?.split("=")[1] ?? "") ? name : `${name} (${args.sort().join(", ")})`;
      const failed = run["error"] === undefined || run["error"] === null ? undefined : "it ended with an error";
      return {
        name: told,
        metric: "time",
        unit: "ns",
        values: failed === undefined ? [firstNumber(stats["p50"], stats["avg"])] : [],
        ...(failed === undefined ? {} : { failed }),
      };
    });
  });
  const cpu = textOf(objectOf(objectOf(root["context"])["cpu"])["name"]);
  return { rows, host: cpu === "" ? {} : { cpu } };
}

/** deno bench: ns. */
export function parseDeno(root: Json): Draft {
  const rows = objectsOf(root["benches"]).map((bench): Row => {
    const results = objectsOf(bench["results"]).concat(isObject(bench["result"]) ? [bench["result"]] : []);
    const values = results.map((result) => objectOf(result["ok"])).map((ok) => firstNumber(ok["p50"], ok["avg"]));
    const failed = results.length === 0 || results.some((result) => !isObject(result["ok"]));
    const origin = textOf(bench["origin"]).split("/").at(-1) ?? "";
    return {
      name: joined("/", origin, textOf(bench["group"]), textOf(bench["name"])),
      metric: "time",
      unit: "ns",
      values: failed ? [] : values,
      ...(failed ? { failed: "it ended with an error" } : {}),
    };
  });
  const cpu = textOf(root["cpu"]);
  return { rows, host: cpu === "" ? {} : { cpu } };
}

/** Benchmark.js prints text: `name x 1,234 ops/sec ±1.10% (90 runs sampled)`; bench-node the same without the error. */
export const benchmarkJsLine = /^(.*) x ([\d,.]+) ops\/sec (?:±(?:[\d.]+|NaN)% )?\((\d+) runs? sampled\)/;

export function parseBenchmarkJs(text: string): Draft {
  const rows: Row[] = [];
  for (const line of text.split("\n")) {
    const [, name, value = ""] = line.length > 4_000 ? [] : (benchmarkJsLine.exec(line.trim()) ?? []);
    if (name !== undefined) rows.push({ name, metric: "throughput", unit: "ops/s", values: [numberOf(value)] });
  }
  return { rows };
}

/** Luau's runner prints text: `SUCCESS: base64 : 14.041ms +/- 1.455% on luau`. */
export const luauLine = /^SUCCESS: (\S.*?)\s*: ([\d.]+)([a-zµμ]+) \+\/- [\d.]+%/;

export function parseLuau(text: string): Draft {
  const rows: Row[] = [];
  for (const line of text.split("\n")) {
    const [, name, value = "", unit = ""] = line.length > 4_000 ? [] : (luauLine.exec(line) ?? []);
    if (name !== undefined) rows.push({ name, metric: "time", unit, values: [Number(value)] });
  }
  return { rows };
}

/** BenchmarkTools.jl: `[{version}, [["BenchmarkGroup", {data, tags}]]]`, with trials or estimates at the leaves; ns, bytes, allocations. */
export function parseJulia(root: readonly unknown[]): Draft {
  const rows: Row[] = [];
  for (const item of listOf(root[1])) walkJulia(item, [], rows, 0);
  return { rows };
}

function walkJulia(item: unknown, path: readonly string[], rows: Row[], depth: number): void {
  const [kind, value] = listOf(item);
  if (depth > 50 || !isObject(value)) return;
  if (/(^|\.)BenchmarkGroup$/.test(textOf(kind))) {
    for (const [key, child] of Object.entries(objectOf(value["data"]))) walkJulia(child, [...path, key], rows, depth + 1);
    return;
  }
  const times = numbersOf(value["times"]);
  const time = times.length > 0 ? median(times) : numberOf(value["time"]);
  const name = path.join("/");
  rows.push({ name, metric: "time", unit: "ns", values: [time] });
  for (const [field, metric, unit] of [
    ["memory", "bytes", "B"],
    ["allocs", "allocations", "allocs"],
  ] as const) {
    if (value[field] !== undefined) rows.push({ name, metric, unit, values: [numberOf(value[field])] });
  }
}
