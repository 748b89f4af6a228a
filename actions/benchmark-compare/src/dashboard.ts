import type { History } from "./history.ts";
import { type ChangeData, coursesOf } from "./judge-history.ts";
import { pageScript, pageStyle } from "./page-source.ts";
import type { Result } from "./verdicts.ts";

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
  readonly points: readonly (readonly [commit: string, date: string, host: number, value: number])[];
  readonly steps: readonly string[];
}

/** The trend page: one file where `target` ends in `.html`, else a folder with the page and its data in pieces. The page itself comes first. */
export function dashboardFiles(
  target: string,
  history: History,
  steps: readonly ChangeData[],
  _results: readonly Result[],
  ruler: string,
): PageFile[] {
  const hosts = [...new Set(history.runs.map(({ host }) => host))];
  const series = seriesOf(history, steps, ruler, hosts);
  if (/\.html?$/i.test(target)) return [{ path: target, text: singlePage(series, hosts) }];
  const folder = target.replace(/\/+$/, "");
  const shards: PageFile[] = [];
  for (let from = 0; from < series.length; from += shardSeries) {
    const text = `forgeShard(${from},${scriptJson(series.slice(from, from + shardSeries).map(({ points }) => points))});\n`;
    shards.push({ path: `${folder}/data/${from / shardSeries}.js`, text });
  }
  return [{ path: `${folder}/index.html`, text: page(series, hosts, `<script>const shardSize=${shardSeries};</script>`) }, ...shards];
}

function seriesOf(history: History, steps: readonly ChangeData[], ruler: string, hosts: readonly string[]): Series[] {
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
        ({ commit, date, host, value }) =>
          [commit.slice(0, 12), date.slice(0, 16), hosts.indexOf(host), Number(value.toPrecision(6))] as const,
      ),
      steps: own.map(({ commit }) => commit.slice(0, 12)),
    };
  });
}

function singlePage(series: readonly Series[], hosts: readonly string[]): string {
  for (let most = 2_000; ; most = Math.floor(most / 2)) {
    const data = series.map(({ points }) => points.slice(-most));
    const text = page(series, hosts, `<script>forgeShard(0,${scriptJson(data)})</script>`);
    if (text.length <= largestPage || most <= 1) return text;
  }
}

/** List and script stand first, so that the page is there before its data is. */
function page(series: readonly Series[], hosts: readonly string[], data: string): string {
  const heads = series.map(({ name, suite, metric, unit, points, steps }) => ({
    n: name,
    s: suite,
    m: metric,
    u: unit,
    t: steps,
    l: points.slice(-drawn(series.length)).map((point) => point[3]),
  }));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'self' file:">
<title>Benchmarks</title><style>${pageStyle}</style></head>
<body><header><h1>Benchmarks</h1><label>Search <input id="search" type="search" autocomplete="off"></label>
<label>Group <select id="group"><option value="suite">suite</option><option value="metric">metric</option><option value="none">none</option></select></label>
<label><input id="log" type="checkbox"> logarithmic</label></header>
<main><nav id="list" aria-label="Benchmarks"></nav><section id="chart" aria-live="polite" tabindex="-1"></section></main>
<script>const heads=${scriptJson(heads)};const hosts=${scriptJson(hosts)};${pageScript}</script>
${data}
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
