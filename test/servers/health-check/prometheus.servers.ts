/** Prometheus itself, with the last quarter of an hour of an application put into its store beforehand. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install } from "../../../scripts/install/prometheus.ts";
import { one, verdict } from "../../packages/probe/arrange.ts";
import { refusedPort } from "../../packages/probe/fault-server.ts";
import { ready } from "../../packages/probe/ready-targets.ts";
import { Programs, patient } from "./programs.ts";

const found = await install().then(
  (path) => ({ path, why: "" }),
  (error: unknown) => ({ path: "", why: `: left out, ${String(error).slice(0, 200)}` }),
);
const programs = new Programs();
afterAll(() => programs.close());

interface App {
  /** Requests of each 15 s, of these with 500 and with 502 at the proxy, and those slower than 2 s, by how many seconds ago that was. */
  readonly errors: (ago: number) => number;
  readonly gone: (ago: number) => number;
  readonly slow: (ago: number) => number;
}

const always = (count: number) => () => count;
const lately = (count: number) => (ago: number) => (ago < 120 ? count : 0);
const apps: Readonly<Record<string, App>> = {
  good: { errors: always(0), gone: always(0), slow: always(0) },
  bad: { errors: always(30), gone: always(20), slow: always(30) },
  lately: { errors: lately(30), gone: lately(20), slow: lately(30) },
};
const step = 15;
const requests = 100;

/** Counters over the last 15 minutes, as OpenMetrics. */
function metrics(now: number): string {
  const lines = new Map<string, string[]>();
  const add = (family: string, line: string): void => void lines.set(family, [...(lines.get(family) ?? []), line]);
  for (const [app, { errors, gone, slow }] of Object.entries(apps)) {
    const sum = { ok: 0, errors: 0, gone: 0, slow: 0 };
    for (let ago = 900; ago >= 0; ago -= step) {
      const at = now - ago;
      sum.errors += errors(ago);
      sum.ok += requests - errors(ago);
      sum.gone += gone(ago);
      sum.slow += slow(ago);
      const all = sum.ok + sum.errors;
      add("http_requests", `http_requests_total{app="${app}",status="200"} ${sum.ok} ${at}`);
      if (app !== "good") add("http_requests", `http_requests_total{app="${app}",status="500"} ${sum.errors} ${at}`);
      add("nginx_http_requests", `nginx_http_requests_total{app="${app}",status="200"} ${all} ${at}`);
      if (app !== "good") add("nginx_http_requests", `nginx_http_requests_total{app="${app}",status="502"} ${sum.gone} ${at}`);
      const bucket = (le: string, count: number) =>
        add("http_request_duration_seconds", `http_request_duration_seconds_bucket{app="${app}",le="${le}"} ${count} ${at}`);
      bucket("0.5", all - sum.slow);
      bucket("2.0", all - sum.slow);
      bucket("5.0", all);
      bucket("+Inf", all);
    }
  }
  const typeOf = (family: string): string => (family.endsWith("seconds") ? "histogram" : "counter");
  // One series after the other, as the format asks.
  const sorted = (list: readonly string[]): string => list.toSorted((a, b) => seriesOf(a).localeCompare(seriesOf(b))).join("\n");
  return `${[...lines].map(([family, list]) => `# TYPE ${family} ${typeOf(family)}\n${sorted(list)}`).join("\n")}\n# EOF\n`;
}

function seriesOf(line: string): string {
  return line.slice(0, line.indexOf("}"));
}

describe.skipIf(found.path === "")(`Prometheus${found.why}`, () => {
  let url = "";
  beforeAll(async () => {
    const folder = programs.folderOf("prometheus");
    const port = await refusedPort();
    url = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, "metrics"), metrics(Math.floor(Date.now() / 1000)));
    execFileSync(
      join(dirname(found.path), "promtool"),
      ["tsdb", "create-blocks-from", "openmetrics", join(folder, "metrics"), join(folder, "data")],
      {
        stdio: "ignore",
      },
    );
    const config = join(folder, "prometheus.yml");
    writeFileSync(config, `scrape_configs: [{job_name: self, scrape_interval: 1s, static_configs: [{targets: ["127.0.0.1:${port}"]}]}]`);
    programs.start(found.path, [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`]);
    expect(verdict(await one({ url: `${url}/-/ready`, interval: "100ms" }, patient))).toEqual(["healthy", "ok"]);
  });

  const ask = (query: string, more: object = {}, asked: object = {}) =>
    one({ kind: "prometheus", query, conditions: ["[VALUE] < 0.05"], interval: "200ms", ...more }, { prometheus: url, ...asked });

  it.each([
    ["vector(1)", {}, "down", "prom.assert"],
    ["scalar(vector(0))", {}, "healthy", "ok"],
    ["no_such_metric", {}, "unknown", "prom.empty"],
    ["vector(0) / vector(0)", {}, "unknown", "prom.nan"],
    ["vector(1) / vector(0)", {}, "unknown", "prom.inf"],
    ["sum(", {}, "unknown", "prom.query"],
    ["http_requests_total[1m]", {}, "unknown", "prom.shape"],
    ["http_requests_total", {}, "unknown", "prom.series"],
    ['"text"', {}, "unknown", "prom.shape"],
    ["no_such_metric", { total: "vector(20)" }, "healthy", "ok"],
    ["vector(1)", { total: "vector(0)" }, "unknown", "prom.no_total"],
    ["vector(1)", { total: "no_such_metric" }, "unknown", "prom.no_total"],
    ["vector(1)", { for: "1m" }, "down", "prom.assert"],
    ["vector(0)", { for: "1m" }, "healthy", "ok"],
    ["no_such_metric", { for: "1m" }, "unknown", "prom.empty"],
  ])("%s %o is %s: %s", async (query, more, status, reason) => {
    expect(verdict(await ask(query, more))).toEqual([status, reason]);
  });

  it("is asked for what it scrapes by itself", async () => {
    expect(verdict(await ask('up{job="self"} - 1', {}, patient))).toEqual(["healthy", "ok"]);
  });

  /** The ready target, of one of the applications. */
  function of(app: string, name: string): Readonly<Record<string, unknown>> {
    const entry = ready(name);
    const narrowed = (query: unknown): string =>
      String(query).replace(/(_total|_bucket)(\{?)/g, (_, end: string, open: string) => `${end}{app="${app}"${open === "{" ? "," : "}"}`);
    return { ...entry, query: narrowed(entry["query"]), ...(entry["total"] === undefined ? {} : { total: narrowed(entry["total"]) }) };
  }

  it.each([
    ["error rate over 5 % for 5 minutes", "good", "healthy"],
    ["error rate over 5 % for 5 minutes", "bad", "down"],
    ["error rate over 5 % for 5 minutes", "lately", "degraded"],
    ["p95 over 2 s for 10 minutes", "good", "healthy"],
    ["p95 over 2 s for 10 minutes", "bad", "down"],
    ["p95 over 2 s for 10 minutes", "lately", "degraded"],
    ["502s at the proxy", "good", "healthy"],
    ["502s at the proxy", "bad", "down"],
    ["502s at the proxy", "lately", "down"],
    ["error rate over 5 % for 5 minutes", "of nobody", "unknown"],
    ["502s at the proxy", "of nobody", "unknown"],
  ])("%s: %s is %s", async (name, app, status) => {
    const result = await one(of(app, name), { prometheus: url });
    expect([result.status, result.evidence]).toEqual([status, result.evidence]);
  });
});
