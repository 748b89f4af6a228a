import type { Direction } from "../model.ts";
import { type Draft, FormatFault, type Row } from "./draft.ts";
import { isObject, type Json, joined, numberOf, objectOf, objectsOf, textOf } from "./json.ts";

interface K6Sort {
  readonly unit: string;
  readonly direction: Direction;
}

/** What k6's own metrics mean; a metric of a script says by `contains` whether it is a time. */
function k6Sort(metric: string, field: string, contains: string): K6Sort {
  const plain = metric.replace(/\{.*$/, "");
  if (plain === "vus" || plain === "vus_max" || plain.startsWith("data_"))
    return { unit: contains === "data" ? "B" : "", direction: "none" };
  const time = contains === "time" || /(_duration|_waiting|_blocked|_connecting|_tls_handshaking|_sending|_receiving)$/.test(plain);
  if (field === "rate" && !/^(checks|http_req_failed)$/.test(plain))
    return { unit: "", direction: /^(iterations|http_reqs)$/.test(plain) ? "higher" : "none" };
  if (plain === "http_req_failed") return { unit: "", direction: "lower" };
  if (plain === "checks") return { unit: "", direction: "higher" };
  if (time) return { unit: "ms", direction: "lower" };
  return { unit: "", direction: "none" };
}

const k6Fields = ["avg", "min", "med", "max", "p(90)", "p(95)", "p(99)", "rate", "value", "count"] as const;

/** k6: `--summary-export` (flat), `handleSummary` (with `values`) and the machine-readable summary (a list). */
export function parseK6(root: Json): Draft {
  const metrics = Array.isArray(root["metrics"])
    ? objectsOf(root["metrics"]).map((metric) => [textOf(metric["name"]), metric] as const)
    : Object.entries(objectOf(root["metrics"] ?? objectOf(root["results"])["metrics"])).map(
        ([name, metric]) => [name, objectOf(metric)] as const,
      );
  const listed =
    metrics.length > 0
      ? metrics
      : objectsOf(objectOf(root["results"])["metrics"]).map((metric) => [textOf(metric["name"]), metric] as const);
  const rows = listed.flatMap(([name, metric]) => {
    const values = isObject(metric["values"]) ? metric["values"] : metric;
    const kind = textOf(metric["type"]);
    const contains = textOf(metric["contains"]);
    const isRate = kind === "rate" || values["passes"] !== undefined || values["fails"] !== undefined;
    return k6Fields.flatMap((field): Row[] => {
      const given = field === "rate" && values["rate"] === undefined && isRate ? values["value"] : values[field];
      if (given === undefined || (field === "value" && isRate) || (field === "count" && values["rate"] !== undefined)) return [];
      const sort = k6Sort(name, field, contains);
      return [
        {
          name,
          metric: field,
          unit: sort.unit === "" && sort.direction === "higher" && field === "rate" && !isRate ? "req/s" : sort.unit,
          values: [numberOf(given)],
          direction: sort.direction,
          exact: false,
        },
      ];
    });
  });
  return { rows };
}

/** k6's `--out json`: one point a line. The points of a trend are requests of one process, so the whole is one value. */
export function parseK6Lines(text: string): Draft {
  const points = new Map<string, number[]>();
  const kinds = new Map<string, Json>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const item = parseLine(line, index);
    const metric = textOf(item["metric"]);
    if (item["type"] === "Metric") kinds.set(metric, objectOf(item["data"]));
    if (item["type"] !== "Point") continue;
    const values = points.get(metric);
    const value = numberOf(objectOf(item["data"])["value"]);
    if (values === undefined) points.set(metric, [value]);
    else values.push(value);
  }
  return { rows: [...points].map(([metric, values]) => pointsRow(metric, values, kinds.get(metric) ?? {})) };
}

function pointsRow(name: string, values: readonly number[], kind: Json): Row {
  const type = textOf(kind["type"]);
  const sorted = [...values].sort((a, b) => a - b);
  const sort = k6Sort(name, type === "rate" ? "rate" : "med", textOf(kind["contains"]));
  const sum = values.reduce((total, value) => total + value, 0);
  const value = type === "rate" ? sum / values.length : type === "counter" ? sum : (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
  return { name, metric: type === "rate" ? "rate" : type === "counter" ? "count" : "med", ...sort, values: [value], exact: false };
}

function parseLine(line: string, index: number): Json {
  try {
    const value: unknown = JSON.parse(line);
    return objectOf(value);
  } catch {
    throw new FormatFault("is no JSON", index + 1);
  }
}

/** vegeta `report -type=json`: ns. */
export function parseVegeta(root: Json): Draft {
  const latencies = objectOf(root["latencies"]);
  const rows: Row[] = ["mean", "50th", "90th", "95th", "99th", "max", "min"]
    .filter((field) => latencies[field] !== undefined)
    .map((field) => ({ name: "latency", metric: field, unit: "ns", values: [numberOf(latencies[field])] }));
  const add = (name: string, field: string, unit: string, direction: Direction): void => {
    if (root[field] !== undefined) rows.push({ name, metric: name, unit, values: [numberOf(root[field])], direction });
  };
  add("throughput", "throughput", "req/s", "higher");
  add("rate", "rate", "", "none");
  add("success", "success", "", "higher");
  return { rows };
}

/** autocannon `-j`: whole milliseconds, so that latencies below some of them tell nothing. */
export function parseAutocannon(root: Json): Draft {
  const name = joined(" ", textOf(root["title"]), textOf(root["url"])) || "autocannon";
  const rows: Row[] = [];
  const add = (metric: string, value: unknown, unit: string, direction: Direction): void => {
    if (value !== undefined) rows.push({ name, metric, unit, values: [numberOf(value)], direction, exact: false });
  };
  const latency = objectOf(root["latency"]);
  for (const field of ["average", "p50", "p90", "p97_5", "p99"])
    if (numberOf(latency[field]) >= 1) add(`latency ${field}`, latency[field], "ms", "lower");
  add("requests", objectOf(root["requests"])["average"], "req/s", "higher");
  add("throughput", objectOf(root["throughput"])["average"], "B/s", "higher");
  for (const field of ["errors", "timeouts", "non2xx"]) add(field, root[field], "", "lower");
  return { rows };
}

/** oha `--output-format json`: seconds. */
export function parseOha(root: Json): Draft {
  const summary = objectOf(root["summary"]);
  const percentiles = objectOf(root["latencyPercentiles"]);
  const rows: Row[] = [];
  const add = (metric: string, value: unknown, unit: string, direction: Direction): void => {
    if (value !== undefined && value !== null) rows.push({ name: "oha", metric, unit, values: [numberOf(value)], direction, exact: false });
  };
  add("latency average", summary["average"], "s", "lower");
  for (const field of ["p50", "p75", "p90", "p95", "p99", "p99.9"]) add(`latency ${field}`, percentiles[field], "s", "lower");
  add("requests", summary["requestsPerSec"], "req/s", "higher");
  add("transfer", summary["sizePerSec"], "B/s", "higher");
  add("success rate", summary["successRate"], "", "higher");
  return { rows };
}

/** wrk and wrk2: text with a unit on each number. */
export function parseWrk(text: string): Draft {
  const name = /^Running .* @ (\S+)/m.exec(text)?.[1] ?? "wrk";
  const rows: Row[] = [];
  const add = (metric: string, number: string | undefined, unit: string, direction: Direction): void => {
    if (number !== undefined)
      rows.push({ name, metric, unit, values: [number.includes("nan") ? Number.NaN : Number(number)], direction, exact: false });
  };
  const average = /^\s*Latency\s+(-?[\d.]+|-?nan)(us|ms|s|m|h)?\b/m.exec(text);
  add("latency average", average?.[1], average?.[2] ?? "us", "lower");
  for (const [, percent = "", value, unit = ""] of text.matchAll(/^\s*(\d+(?:\.\d+)?)%\s+([\d.]+)(us|ms|s|m|h)\s*$/gm)) {
    add(`latency p${percent.replace(/\.?0+$/, (tail) => (tail.startsWith(".") ? "" : tail))}`, value, unit, "lower");
  }
  add("requests", /^Requests\/sec:\s+([\d.]+|-?nan)/m.exec(text)?.[1], "req/s", "higher");
  const transfer = /^Transfer\/sec:\s+([\d.]+)([KMGT]?B)/m.exec(text);
  add("transfer", transfer?.[1], `${(transfer?.[2] ?? "B").replace(/^([KMGT])B$/, "$1iB")}/s`, "higher");
  const errors = /^\s*Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/m.exec(text)?.slice(1).map(Number);
  if (errors !== undefined) add("socket errors", String(errors.reduce((sum, count) => sum + count, 0)), "", "lower");
  add("other than 2xx or 3xx", /^\s*Non-2xx or 3xx responses: (\d+)/m.exec(text)?.[1], "", "lower");
  return { rows };
}

const locustTimes = [
  "Median Response Time",
  "Average Response Time",
  "Min Response Time",
  "Max Response Time",
  "50%",
  "66%",
  "75%",
  "80%",
  "90%",
  "95%",
  "98%",
  "99%",
  "99.9%",
  "99.99%",
];

/** locust's `_stats.csv`. */
export function parseLocust(text: string): Draft {
  const [head = [], ...lines] = csvLines(text);
  const column = (name: string): number => head.indexOf(name);
  const rows = lines
    .filter((cells) => cells.length > 1)
    .flatMap((cells): Row[] => {
      const cell = (name: string): string => cells[column(name)] ?? "";
      const name = joined(" ", cell("Type"), cell("Name")) || "locust";
      const of = (metric: string, unit: string, direction: Direction): Row[] =>
        ["", "N/A"].includes(cell(metric))
          ? []
          : [
              {
                name,
                metric: metric.replace(" Response Time", "").toLowerCase(),
                unit,
                values: [numberOf(cell(metric))],
                direction,
                exact: false,
              },
            ];
      return [
        ...locustTimes.flatMap((metric) => of(metric, "ms", "lower")),
        ...of("Requests/s", "req/s", "higher"),
        ...of("Failures/s", "", "lower"),
        ...of("Failure Count", "", "lower"),
      ];
    });
  return { rows };
}

function csvLines(text: string): string[][] {
  const lines: string[][] = [[]];
  let cell = "";
  let quoted = false;
  const end = (): void => {
    lines.at(-1)?.push(cell);
    cell = "";
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"' && quoted && text.charAt(at + 1) === '"') {
      cell += '"';
      at += 1;
    } else if (character === '"') quoted = !quoted;
    else if (character === "," && !quoted) end();
    else if (character === "\n" && !quoted) {
      end();
      lines.push([]);
    } else if (character !== "\r" || quoted) cell += character;
  }
  if (cell !== "" || (lines.at(-1)?.length ?? 0) > 0) end();
  return lines;
}
