import { UserError } from "../../../packages/frame/errors.ts";
import { shorten } from "../../../packages/frame/inputs.ts";
import type { History } from "./history.ts";
import { type ChangeData, coursesOf } from "./judge-history.ts";
import { keyOf } from "./model.ts";
import type { PageCode } from "./ports.ts";
import type { Result } from "./verdicts.ts";
import { changeText, intervalText } from "./words.ts";

export interface PageFile {
  readonly path: string;
  readonly text: string;
}

/** A page has at most so many bytes; the oldest points go first. */
const largestPage = 8_000_000;
const shardSeries = 50;
/** Points of each series that the list at the page's beginning draws. */
const listed = 24;

interface Series {
  readonly name: string;
  readonly suite: string;
  readonly metric: string;
  readonly unit: string;
  /** The runs that have it, by their places in the list of runs, and its values there. */
  readonly points: readonly (readonly [run: number, value: number])[];
  readonly steps: readonly string[];
  /** What this run says of it. */
  readonly said?: string | undefined;
}

/** `branch:<name>:<folder>`: the page belongs onto a branch. */
export function branchIn(target: string): { readonly branch: string; readonly folder: string } | undefined {
  if (!target.startsWith("branch:")) return undefined;
  const [branch = "", ...rest] = target.slice("branch:".length).split(":");
  const folder = rest.join(":").replaceAll(/^\/+|\/+$/g, "");
  const odd = folder.split("/").some((part) => part === ".." || part === "." || part === "" || part === ".git");
  if (branch === "" || folder === "" || odd)
    throw new UserError(`dashboard: "${shorten(target)}" names no branch and folder. Example: branch:gh-pages:benchmarks`);
  return { branch, folder };
}

/** The trend page: one file where `target` ends in `.html`, else a folder with the page and its data in pieces. The page itself comes first. */
export function dashboardFiles(
  target: string,
  history: History,
  steps: readonly ChangeData[],
  results: readonly Result[],
  ruler: string,
  code: PageCode,
): PageFile[] {
  const tables = tablesOf(history);
  const said = new Map(results.map((result) => [keyOf(result), saidOf(result)] as const));
  const series = seriesOf(history, steps, ruler, tables).map((each) => ({ ...each, said: said.get(keyOf(each)) }));
  if (/\.html?$/i.test(target)) return [{ path: target, text: singlePage(series, tables, code) }];
  const folder = target.replace(/\/+$/, "");
  const shards: PageFile[] = [];
  for (let from = 0; from < series.length; from += shardSeries) {
    const text = `forgeShard(${from},${scriptJson(series.slice(from, from + shardSeries).map(({ points }) => compact(points)))});\n`;
    shards.push({ path: `${folder}/data/${from / shardSeries}.js`, text });
  }
  const chart = { path: `${folder}/data/chart.js`, text: `${code.chart}\n` };
  const behind = `<script>forge.shardSize=${shardSeries}</script>\n<script type="text/plain" data-src="data/chart.js"></script>`;
  return [{ path: `${folder}/index.html`, text: page(series, tables, code, behind) }, chart, ...shards];
}

function saidOf({ verdict, change, interval }: Result): string | undefined {
  if (change === null || verdict === "new") return undefined;
  const range = intervalText(interval);
  return `${changeText(change)}${range === "" ? "" : ` (${range})`}, ${verdict}`;
}

interface Tables {
  readonly hosts: readonly string[];
  readonly runs: readonly (readonly [commit: string, date: string, host: number])[];
  readonly placeOf: ReadonlyMap<string, number>;
}

/** What all series share is told once. */
function tablesOf({ runs }: History): Tables {
  const hosts = [...new Set(runs.map(({ host }) => host))];
  const placeOf = new Map<string, number>();
  const rows: (readonly [string, string, number])[] = [];
  for (const { commit, date, host } of runs) {
    const key = runKey(commit, date, host);
    if (placeOf.has(key)) continue;
    placeOf.set(key, rows.length);
    rows.push([commit.slice(0, 12), date.slice(0, 16), hosts.indexOf(host)]);
  }
  return { hosts, runs: rows, placeOf };
}

function runKey(commit: string, date: string, host: string): string {
  return JSON.stringify([commit, date, host]);
}

/** Runs as steps from the one before, 1 where nothing is said: `[first, values]` or `[first, values, steps]`. */
function compact(points: Series["points"]): unknown {
  const places = points.map(([run]) => run);
  const values = points.map(([, value]) => value);
  const first = places[0] ?? 0;
  if (places.every((place, index) => place === first + index)) return [first, values];
  return [first, values, places.map((place, index) => place - (places[index - 1] ?? first))];
}

function seriesOf(history: History, steps: readonly ChangeData[], ruler: string, { placeOf }: Tables): Series[] {
  const units = new Map(
    history.runs.flatMap(({ suite, benchmarks }) =>
      benchmarks.map(({ name, metric, unit }) => [JSON.stringify([suite, name, metric]), unit] as const),
    ),
  );
  return [...coursesOf(history, ruler)].map(([key, course]) => {
    const names: unknown = JSON.parse(key);
    const [suite = "", name = "", metric = ""] = Array.isArray(names) ? names.map(String) : [];
    const own = steps.filter((step) => step.suite === suite && step.name === name && step.metric === metric);
    return {
      name,
      suite,
      metric,
      unit: units.get(key) ?? "",
      points: course.map(
        ({ commit, date, host, value }) => [placeOf.get(runKey(commit, date, host)) ?? 0, Number(value.toPrecision(6))] as const,
      ),
      steps: own.map(({ commit }) => commit.slice(0, 12)),
    };
  });
}

function singlePage(series: readonly Series[], tables: Tables, code: PageCode): string {
  for (let most = 2_000; ; most = Math.floor(most / 2)) {
    const data = series.map(({ points }) => compact(points.slice(-most)));
    const behind = `<script type="text/plain">${code.chart}</script>\n<script type="application/json" id="data">${scriptJson(data)}</script>`;
    const text = page(series, tables, code, behind);
    if (text.length <= largestPage || most <= 1) return text;
  }
}

/** The list and its script stand first, so that they are there before the chart's code and the data are. */
function page(series: readonly Series[], { hosts, runs }: Tables, { style, list }: PageCode, behind: string): string {
  const heads = series.map(({ name, suite, metric, unit, points, steps, said }) => ({
    n: name,
    s: suite,
    m: metric,
    u: unit,
    t: steps,
    ...(said === undefined ? {} : { r: said }),
    l: points.slice(-drawn(series.length)).map(([, value]) => value),
  }));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'self' file:">
<title>Benchmarks</title><style>${style}</style></head>
<body><header><h1>Benchmarks</h1><label>Search <input id="search" type="search" autocomplete="off"></label>
<label>Group <select id="group"><option value="suite">suite</option><option value="metric">metric</option><option value="none">none</option></select></label>
<label><input id="log" type="checkbox"> logarithmic</label></header>
<main><nav id="list" aria-label="Benchmarks"></nav><section id="chart" aria-label="Chart" tabindex="-1"><p>Loading.</p></section></main>
<template id="spark"><svg width="90" height="18" aria-hidden="true"><path></path></svg></template>
<script>var forge={heads:${scriptJson(heads)}};${list}</script>
<script type="text/plain">forge.hosts=${scriptJson(hosts)};forge.runs=${scriptJson(runs)}</script>
${behind}
</body></html>
`;
}

/** Fewer points in the list where there are many series: it is what is seen first. */
function drawn(series: number): number {
  return Math.max(4, Math.min(listed, Math.floor(20_000 / Math.max(1, series))));
}

/** JSON that cannot end the script it stands in. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
