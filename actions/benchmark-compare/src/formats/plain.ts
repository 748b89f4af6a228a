import type { Direction } from "../model.ts";
import { readUnit } from "../units.ts";
import { type Draft, FormatFault, type Row } from "./draft.ts";
import { isObject, type Json, listOf, numberOf, numbersOf, objectOf, objectsOf, textOf } from "./json.ts";

function directionOf(value: unknown): Direction | undefined {
  if (value === "lower" || value === "higher" || value === "none") return value;
  return value === "smaller" ? "lower" : value === "bigger" ? "higher" : undefined;
}

/** `[{name, value, unit}]` as github-action-benchmark takes it; values may be texts. `better` of an item decides over the tool's. */
export function parseCustom(items: readonly unknown[], tool: Direction = "lower"): Draft {
  const rows = items.map(objectOf).map((item, index): Row => {
    if (textOf(item["name"]) === "") throw new FormatFault(`has no name in item ${index + 1}`);
    const failed = item["error"] === undefined || item["error"] === null || item["error"] === false ? undefined : "it ended with an error";
    const direction = directionOf(item["better"]) ?? directionOf(item["direction"]) ?? tool;
    return {
      name: textOf(item["name"]),
      metric: textOf(item["metric"]) || "value",
      unit: textOf(item["unit"]),
      values: failed === undefined ? [numberOf(item["value"])] : [],
      direction,
      ...(failed === undefined ? {} : { failed }),
    };
  });
  return { rows };
}

/** Bencher's metric format: `{benchmark: {measure: {value}}}`; what a measure is in, its name says. */
export function parseBmf(root: Json): Draft {
  const rows = Object.entries(root).flatMap(([name, measures]) =>
    Object.entries(objectOf(measures)).map(([metric, value]): Row => {
      const known = bmfMeasures[metric] ?? { unit: "", direction: "lower" as const };
      return { name, metric, ...known, values: [numberOf(objectOf(value)["value"])] };
    }),
  );
  return { rows };
}

const bmfMeasures: Readonly<Record<string, { readonly unit: string; readonly direction: Direction }>> = {
  latency: { unit: "ns", direction: "lower" },
  throughput: { unit: "ops/s", direction: "higher" },
  "file-size": { unit: "B", direction: "lower" },
  "build-time": { unit: "s", direction: "lower" },
  instructions: { unit: "instructions", direction: "lower" },
};

export function isBmf(root: Json): boolean {
  const benchmarks = Object.values(root);
  const measures = benchmarks.flatMap((value) => (isObject(value) ? Object.values(value) : [undefined]));
  return measures.length > 0 && measures.every((value) => isObject(value) && "value" in value);
}

export const forgeSchema = "forge-benchmarks/1";

/** Our own: `{schema, host, benchmarks: [{name, suite, metric, unit, direction, exact, values}]}`. */
export function parseForge(root: Json): Draft {
  const rows = objectsOf(root["benchmarks"]).map((item): Row => {
    const direction = directionOf(item["direction"]);
    const failed = textOf(item["failed"]);
    return {
      suite: textOf(item["suite"]),
      name: textOf(item["name"]),
      metric: textOf(item["metric"]) || "value",
      unit: textOf(item["unit"]),
      values: item["values"] === undefined ? [numberOf(item["value"])] : numbersOf(item["values"]),
      ...(direction === undefined ? {} : { direction }),
      ...(typeof item["exact"] === "boolean" ? { exact: item["exact"] } : {}),
      ...(failed === "" ? {} : { failed: failed.slice(0, 200) }),
    };
  });
  const cpu = textOf(objectOf(root["host"])["cpu"]);
  return { rows, host: cpu === "" ? {} : { cpu } };
}

export interface StoredEntry {
  readonly suite: string;
  readonly commit: string;
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly rows: readonly Row[];
}

/** Directions that the tools of github-action-benchmark have; units know better. */
const higherTools = new Set(["benchmarkjs", "pytest", "customBiggerIsBetter", "benchmarkluau"]);

/** What a tool's own results are called here, so that a series goes on where the old one ended. */
const storedMetrics: Readonly<Record<string, string>> = { ns: "time", "ops/s": "throughput", B: "bytes", "allocs/op": "allocations" };

/** github-action-benchmark's `data.js`, or the JSON in it. */
export function parseDataJs(root: Json): StoredEntry[] {
  return Object.entries(objectOf(root["entries"])).flatMap(([suite, entries]) =>
    listOf(entries)
      .map(objectOf)
      .map((entry): StoredEntry => {
        const tool = textOf(entry["tool"]);
        const direction: Direction = higherTools.has(tool) ? "higher" : "lower";
        const rows = objectsOf(entry["benches"]).map((bench): Row => {
          const unit = textOf(bench["unit"]) === "iter/sec" ? "ops/s" : textOf(bench["unit"]);
          const metric = tool.startsWith("custom") ? "value" : (storedMetrics[readUnit(unit).unit] ?? "value");
          return { suite, name: textOf(bench["name"]), metric, unit, values: [numberOf(bench["value"])], direction };
        });
        return { suite, commit: textOf(objectOf(entry["commit"])["id"]), date: numberOf(entry["date"]), rows };
      }),
  );
}
