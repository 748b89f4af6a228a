import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { hostileStrings } from "../../fixtures/hostile.ts";
import { cleanUp } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { bench, custom, ended, globs, notes, rounds, row, rows, sides } from "./bench.ts";

afterAll(cleanUp);

async function exact(
  base: number | string | null,
  head: number | string | null,
  inputs: Readonly<Record<string, string>> = {},
  unit = "bytes",
) {
  return bench(sides(custom({ a: base }, unit), custom({ a: head }, unit)), { ...globs, ...inputs });
}

describe("values that do not vary by chance are decided at once", () => {
  it.each([
    [1000, 1000, "ok", 0],
    [1000, 1005, "ok", 0.005],
    [1000, 1010, "notice", 0.01],
    [1000, 1100, "notice", 0.1],
    [1000, 1200, "alert", 0.2],
    [1000, 1500, "fail", 0.5],
    [1000, 900, "improved", -0.1],
    [0, 5, "alert", null],
    [0, 0, "ok", 0],
    ["1000", "1600", "fail", 0.6],
  ])("%s to %s bytes is %s", async (base, head, verdict, change) => {
    const run = await exact(base, head);
    expect(row(run, "a").verdict).toBe(verdict);
    const told = row(run, "a").change;
    if (change === null) expect(told).toBeNull();
    else expect(told).toBeCloseTo(change, 9);
    expect(run.exitCode).toBe(verdict === "fail" ? 1 : 0);
    expect(run.outputs["regressions"]).toBe(["notice", "alert", "fail"].includes(verdict) ? "1" : "0");
  });

  it.each([
    [1000, null],
    [1000, "NaN"],
    [1000, -5],
  ])("%s to %s is failed, and no pass", async (base, head) => {
    const run = await exact(base, head);
    expect(row(run, "a")).toMatchObject({ verdict: "failed", change: null });
    expect(ended(run)).toEqual([3, "unknown"]);
  });

  it("the first line says which benchmark, by how much, and the limit", async () => {
    expect((await exact(1000, 1600)).outputs["summary"]).toBe("a changed by +60 %, and fail-threshold is +50 %");
  });

  it("what is new or removed is said, and decides nothing", async () => {
    const run = await bench(sides(custom({ old: 1 }, "bytes"), custom({ fresh: 1 }, "bytes")), globs);
    expect([row(run, "old").verdict, row(run, "fresh").verdict]).toEqual(["removed", "new"]);
    expect(ended(run)).toEqual([0, "neutral"]);
  });

  it("two units under one name are not compared", async () => {
    const run = await bench(sides(custom({ a: 5 }, "bytes"), custom({ a: 5 }, "allocs")), globs);
    expect(row(run, "a").verdict).toBe("inconclusive");
    expect(row(run, "a").why).toContain("measured in B on the base");
  });
});

const twelve = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`b${index}`, 1000 * (index + 1)]));

describe("rounds of both sides", () => {
  it("find a true slowdown among noise, and nothing else", async () => {
    const head = { ...twelve, b3: 4000 * 1.1, b7: 8000 * 1.9 };
    const run = await bench(sides(rounds(10, twelve, 1), rounds(10, head, 2)), globs);
    expect(run.report?.data).toMatchObject({ mode: "paired", rounds: 10 });
    expect([row(run, "b3").verdict, row(run, "b7").verdict]).toEqual(["notice", "fail"]);
    expect(rows(run).filter(({ verdict }) => verdict !== "ok")).toHaveLength(2);
    const [low = 0, high = 0] = row(run, "b3").interval ?? [];
    expect(low).toBeLessThan(0.1);
    expect(high).toBeGreaterThan(0.1);
    expect([run.outputs["regressions"], run.outputs["compared"], run.exitCode]).toEqual(["2", "12", 1]);
    expect(run.outputs["worst"]).toMatch(/^b7 \+(8|9)\d/);
  });

  it("say the same every time", async () => {
    const folder = sides(rounds(14, twelve, 3), rounds(14, { ...twelve, b3: 4200 }, 4));
    const first = await bench(folder, globs);
    expect(rows(await bench(folder, globs))).toEqual(rows(first));
  });

  it("natural order makes the pairs: round 2 before round 10", async () => {
    const drift = Array.from({ length: 11 }, (_, index) => custom({ a: 1000 * 1.3 ** index }));
    const run = await bench(sides(drift, drift), globs);
    expect(row(run, "a")).toMatchObject({ verdict: "ok", change: 0 });
  });

  it("five are too few, and it says so", async () => {
    const run = await bench(sides(rounds(5, { a: 100 }, 1), rounds(5, { a: 200 }, 2)), globs);
    expect(row(run, "a")).toMatchObject({ verdict: "inconclusive", moreRounds: 5 });
    expect(ended(run)).toEqual([0, "neutral"]);
    expect(run.outputs["inconclusive"]).toBe("1");
  });

  it("more is better for rates, whatever the tool is called", async () => {
    const side = (value: number, seed: number) => rounds(8, { a: value }, seed).map((text) => text.replaceAll('"ns"', '"ops/s"'));
    const run = await bench(sides(side(100, 1), side(70, 2)), { ...globs, tool: "customSmallerIsBetter" });
    expect(row(run, "a").verdict).toBe("alert");
    expect(row(run, "a").change).toBeCloseTo(-0.3, 1);
  });

  it("one file a side is compared by its repetitions", async () => {
    const go = (values: readonly number[]) => values.map((value) => `BenchmarkX-4 100 ${value} ns/op`).join("\n");
    const run = await bench(sides(go([10, 11, 10.5, 10.2, 10.8, 10.4, 10.6]), go([15, 16, 15.5, 15.2, 15.8, 15.4, 15.6])), globs);
    expect(run.report?.data).toMatchObject({ mode: "unpaired", rounds: 1 });
    expect(row(run, "BenchmarkX")).toMatchObject({ base: { n: 7, median: 10.5 }, head: { n: 7, median: 15.5 }, verdict: "alert" });
  });

  it("different machines tell nothing about times, and all about bytes", async () => {
    const go = (cpu: string, time: number, bytes: number) => `cpu: ${cpu}\n${`BenchmarkX-4 100 ${time} ns/op ${bytes} B/op\n`.repeat(8)}`;
    const run = await bench(sides(go("A", 10, 100), go("B", 30, 110)), globs);
    expect(rows(run).map(({ metric, verdict }) => [metric, verdict])).toEqual([
      ["bytes", "notice"],
      ["time", "inconclusive"],
    ]);
    expect(rows(run)[1]?.why).toBe("different hosts: the base ran on A, this on B");
  });
});

describe("rules", () => {
  const both = sides(
    custom({ "parse/a": 1000, "parse/b": 1000, other: 1000 }, "bytes"),
    custom({ "parse/a": 1060, "parse/b": 1060, other: 1060 }, "bytes"),
  );

  it("give some benchmarks limits of their own; later ones win", async () => {
    const run = await bench(both, { ...globs, rules: "- benchmark: parse/**\n  fail: 5%\n- benchmark: parse/b\n  fail: 10%" });
    expect([row(run, "parse/a").verdict, row(run, "parse/b").verdict, row(run, "other").verdict]).toEqual(["fail", "notice", "notice"]);
  });

  it("ignore with a reason until a day, and no longer", async () => {
    const rule = (until: string) => `- benchmark: "**"\n  fail: 5%\n  ignore: { reason: new disks, until: ${until} }`;
    const living = await bench(both, { ...globs, rules: rule("2999-01-31") });
    expect([living.exitCode, living.outputs["regressions"]]).toEqual([0, "0"]);
    expect(notes(living)).toContain("is ignored until 2999-01-31: new disks");
    const dead = await bench(both, { ...globs, rules: rule("2020-01-31") });
    expect(dead.exitCode).toBe(1);
    expect(notes(dead)).toContain("no longer ignored since 2020-01-31");
  });

  it("hold values to budgets in any unit of their kind", async () => {
    const run = await bench(both, {
      ...globs,
      rules: '- benchmark: other\n  budget: "< 1.05 kB"\n- benchmark: parse/a\n  budget: "<= 1060 B"',
    });
    expect(run.report?.rules.filter(({ name }) => name.startsWith("budget")).toSorted((a, b) => (a.name < b.name ? 1 : -1))).toEqual([
      { name: "budget: parse/a", verdict: "pass", actual: "1.06 kB", limit: "<= 1060 B" },
      { name: "budget: other", verdict: "fail", actual: "1.06 kB", limit: "< 1.05 kB" },
    ]);
    expect(run.exitCode).toBe(1);
  });

  it("that match nothing are named", async () => {
    expect(notes(await bench(both, { ...globs, rules: "- benchmark: gone" }))).toContain('the rule for "gone" matches no benchmark');
  });

  it.each([
    ["- benchmark: a\n  alerts: 5%", 'alerts" is no key of a rule'],
    ["- metric: time", "`benchmark` is missing"],
    ["- benchmark: a\n  fail: 150%", '"+150%" for that much more, or "1.5 times"'],
    ["- benchmark: a\n  budget: fast", "is no budget"],
    ["- benchmark: a\n  ignore: { reason: x }", "needs a reason and a last day"],
    ["- benchmark: a\n  direction: up", "is no direction"],
  ])("%j is refused with its place", async (rules, why) => {
    const run = await bench(both, { ...globs, rules });
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toContain(why);
  });
});

describe("files that cannot be read", () => {
  it.each([
    ["", "bench/head.json is empty"],
    ['[{"name": "a",\n "value"', "bench/head.json:2 is no JSON, or only the beginning of it"],
    ["<!doctype html><p>502", "bench/head.json is a web page"],
    ["[]", "bench/head.json holds no benchmark"],
    ["\u0000\u0001", "in no format that is known"],
  ])("%j", async (text, why) => {
    const run = await bench(sides(custom({ a: 1 }), text), globs);
    expect(ended(run)).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toContain(why);
  });

  it.each(["UTF-16 LE", "UTF-16 BE"])("are none for being in %s, as PowerShell 5 writes them", async (encoding) => {
    const go = (time: number): Uint8Array => {
      const bytes = Buffer.from(
        `\ufeffgoos: windows\r\npkg: example.com/x\r\n${`BenchmarkX/\u00fc-4 100 ${time} ns/op 64 B/op\r\n`.repeat(8)}PASS\r\n`,
        "utf16le",
      );
      return encoding === "UTF-16 LE" ? bytes : bytes.swap16();
    };
    const folder = sides("", "", {
      "bench/base.txt": go(100),
      "bench/head.txt": go(200),
    });
    const run = await bench(folder, { "base-results": "bench/base.txt", results: "bench/head.txt" });
    expect(rows(run).map(({ name, metric, base, head }) => [name, metric, base.n, base.median, head.median])).toEqual([
      ["BenchmarkX/\u00fc", "time", 8, 100, 200],
      ["BenchmarkX/\u00fc", "bytes", 8, 64, 64],
    ]);
  });

  it("none at all is named", async () => {
    const run = await bench(sides("[]", "[]"), { ...globs, results: "nothing/*.json" });
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toContain("no file matches `nothing/*.json`");
  });

  it("hostile names stay text in every medium", async () => {
    const values = Object.fromEntries(hostileStrings.map(({ text }, index) => [`${index} ${text.slice(0, 400)}`, 1000]));
    const grown = Object.fromEntries(Object.keys(values).map((name) => [name, 1600]));
    const run = await bench(sides(custom(values, "bytes"), custom(grown, "bytes")), globs);
    expect(run.exitCode).toBe(1);
    expect(run.commands.filter(({ name }) => !["error", "warning", "notice"].includes(name))).toEqual([]);
  });

  it("five thousand benchmarks fit the summary", async () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`benchmark number ${index}`, 1000]));
    const grown = Object.fromEntries(Object.keys(many).map((name) => [name, 1300]));
    const run = await bench(sides(custom(many, "bytes"), custom(grown, "bytes")), globs);
    expect(run.outputs["regressions"]).toBe("5000");
    expect(Buffer.byteLength(run.summary)).toBeLessThan(1024 * 1024);
  });
});

describe("criterion's folders", () => {
  const estimates = (median: number) =>
    JSON.stringify({
      mean: { point_estimate: median * 2 },
      median: { point_estimate: median },
      std_dev: { point_estimate: 1 },
      slope: null,
    });
  const about = JSON.stringify({ full_id: "group/parse", directory_name: "group/parse", throughput: { Bytes: 1000 } });
  const round = (root: string, run: string, median: number) => ({
    [`${root}/group/parse/${run}/estimates.json`]: estimates(median),
    [`${root}/group/parse/${run}/benchmark.json`]: about,
    [`${root}/group/parse/${run}/sample.json`]: JSON.stringify({ sampling_mode: "Flat", iters: [1, 2], times: [9, 18] }),
    [`${root}/group/parse/change/estimates.json`]: estimates(0.1),
  });

  it("are one round a root, by the median, and ratios are no times", async () => {
    const files = Object.assign(
      {},
      ...Array.from({ length: 10 }, (_, index) => ({
        ...round(`bench/head-${index}`, "new", 1300 + index),
        ...round(`bench/base-${index}`, "new", 1000 + index),
      })),
    );
    const run = await bench(sides("[]", "[]", files), {
      ...globs,
      results: "bench/head-*/**/*.json",
      "base-results": "bench/base-*/**/*.json",
    });
    expect(rows(run).map(({ name, metric, unit, verdict }) => [name, metric, unit, verdict])).toEqual([
      ["group/parse", "time", "ns", "alert"],
      ["group/parse", "throughput", "B/s", "alert"],
    ]);
    expect(row(run, "group/parse")).toMatchObject({ base: { n: 10, median: 1004.5 }, head: { n: 10, median: 1304.5 } });
  });

  it("a saved baseline is the other side", async () => {
    const files = { ...round("bench/c", "new", 1300), ...round("bench/c", "main", 1000) };
    const run = await bench(sides("[]", "[]", files), {
      ...globs,
      results: "bench/c/**/new/*.json",
      "base-results": "bench/c/**/main/*.json",
    });
    expect(row(run, "group/parse")).toMatchObject({ base: { n: 1, median: 1000 }, head: { n: 1, median: 1300 }, verdict: "inconclusive" });
  });
});

describe("the words of github-action-benchmark", () => {
  const folder = sides(custom({ a: 1000 }, "bytes"), custom({ a: 1600 }, "bytes"));
  const old = { "output-file-path": "bench/head.json", name: "My suite", "base-results": "bench/base.json", tool: "customSmallerIsBetter" };

  it("are taken, and told in our words", async () => {
    const run = await bench(folder, { ...old, "alert-threshold": "150%", "fail-on-alert": "true" });
    expect(row(run, "a")).toMatchObject({ suite: "My suite", verdict: "fail" });
    expect(notes(run)).toContain('results: bench/head.json, suite: My suite, alert-threshold: "1.5 times", fail-threshold: "1.5 times"');
  });

  const without = {
    ...{
      "auto-push": "true",
      "comment-on-alert": "true",
      "comment-always": "true",
      "summary-always": "true",
      "skip-fetch-gh-pages": "true",
    },
    ...{ "gh-repository": "octo/data", ref: "main", "gh-pages-branch": "gh-pages", "benchmark-data-dir-path": "dev/bench" },
    ...{ "alert-comment-cc-users": "@octo", "max-items-in-chart": "50", "github-token": "ghs_old_0123456789" },
  };

  it("that do nothing here say so, each of them, and say what does", async () => {
    const run = await bench(folder, { ...old, ...without });
    for (const name of Object.keys(without)) expect(notes(run)).toContain(`\`${name}\` has no effect here: `);
    expect(notes(run)).toContain("`auto-push` has no effect here: `baseline` says where the history is kept.");
    expect(run.exitCode).toBe(0);
  });

  it("that ask for nothing are taken without a word", async () => {
    const run = await bench(folder, { ...old, "auto-push": "false", "comment-always": "false", "save-data-file": "true" });
    expect(notes(run)).not.toContain("no effect");
  });

  it("an external history is read, and need not be there in the first run", async () => {
    const first = await bench(folder, { ...old, "external-data-json-path": "cache/data.json" });
    expect(first.exitCode, first.log).toBe(0);
    expect(notes(first)).toContain("`external-data-json-path` is read, as by `import`, and not written");
    edit(folder, {
      "cache/data.json": JSON.stringify({
        lastUpdate: 1,
        entries: {
          "My suite": [{ commit: { id: "c".repeat(40) }, date: 1e12, tool: "go", benches: [{ name: "a", value: "5", unit: "ns/op" }] }],
        },
      }),
    });
    const second = await bench(folder, { ...old, "external-data-json-path": "cache/data.json" });
    const history = JSON.parse(readFileSync(second.outputs["history"] ?? "", "utf8"));
    expect(history.runs).toHaveLength(1);
    expect(history.runs[0].benchmarks).toEqual([{ name: "a", metric: "time", unit: "ns", direction: "lower", value: 5 }]);
    expect((await bench(folder, { ...old, import: "cache/none.json" })).exitCode).toBe(2);
  });

  it("never fail where nothing says so, and alert at twice the time by default", async () => {
    expect(row(await bench(folder, old), "a").verdict).toBe("notice");
    const run = await bench(folder, { ...old, "alert-threshold": "150%" });
    expect([row(run, "a").verdict, run.exitCode]).toEqual(["alert", 0]);
  });

  it("a percentage that means two things is refused in ours", async () => {
    const run = await bench(folder, { ...globs, "alert-threshold": "150%" });
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toContain('Write "+150%" for that much more, or "1.5 times" for 1.5 times the base');
    expect((await bench(folder, { ...globs, "fail-threshold": "1.5 times" })).exitCode).toBe(1);
    expect((await bench(folder, { ...globs, "fail-threshold": "+150%" })).exitCode).toBe(0);
  });
});

describe("files with the names of criterion's", () => {
  it("are read for what they hold", async () => {
    const folder = sides("[]", "[]", {
      "old/benchmark.json": custom({ a: 1000 }, "bytes"),
      "old/raw.json": custom({ b: 1000 }, "bytes"),
      "now/benchmark.json": custom({ a: 1600 }, "bytes"),
      "now/raw.json": custom({ b: 1000 }, "bytes"),
    });
    const run = await bench(folder, { results: "now/*.json", "base-results": "old/*.json" });
    expect([row(run, "a").verdict, row(run, "b").verdict], run.log).toEqual(["fail", "ok"]);
  });

  it("that hold no measurement are refused", async () => {
    const folder = sides("[]", "[]", { "c/fib/change/estimates.json": JSON.stringify({ mean: {}, median: {} }) });
    const run = await bench(folder, { results: "c/**/*.json", "base-results": "c/**/*.json" });
    expect([run.exitCode, run.outputs["summary"]]).toEqual([2, expect.stringContaining("of criterion's files, none holds a measurement")]);
  });
});
