import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { seeded } from "../../../actions/benchmark-compare/src/statistics/random.ts";
import { onDefaultBranch, proposed, pushed } from "../events.ts";
import { type BundleRun, cleanUp } from "../harness.ts";
import { bench, custom, ended, notes, row, sides } from "./bench.ts";

afterAll(cleanUp);

const sha = (digit: string): string => digit.repeat(40);
const proposal = proposed({ base: sha("b"), head: sha("c"), tested: sha("d") });
const kept = { baseline: "kept", results: "bench/head*.json", ruler: "none" };

/** The class that this machine's own runs get is learnt from a run that is kept. */
async function classHere(): Promise<string> {
  const folder = sides("[]", custom({ a: 1 }));
  await bench(folder, kept, pushed(sha("a")));
  return (stored(folder)[0]?.runs[0]?.host ?? "") as string;
}

function stored(
  folder: string,
): { schema: string; runs: { host: string; commit: string; suite: string; benchmarks: { name: string; value: number }[] }[] }[] {
  const runs = join(folder, "kept", "runs");
  if (!existsSync(runs)) return [];
  const paths = readdirSync(runs, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".json"));
  return paths.sort().map((path) => JSON.parse(readFileSync(join(runs, path), "utf8")));
}

/** A folder with so many runs of `a` at about 1000 ns and two percent of noise, made on such a machine. */
function remembered(count: number, host: string, level: (index: number) => number = () => 1000): string {
  const folder = sides("[]", custom({ a: 1000 }));
  const random = seeded(7);
  const runs = Array.from({ length: count }, (_, index) => ({
    commit: sha((index % 10).toString()),
    date: new Date(Date.UTC(2026, 0, 1 + index)).toISOString(),
    suite: "",
    host,
    benchmarks: [
      { name: "a", metric: "value", unit: "ns", direction: "lower", value: level(index) * (1 + 0.04 * (random() - 0.5)) },
      { name: "size", metric: "value", unit: "B", direction: "lower", value: 64 },
    ],
  }));
  mkdirSync(join(folder, "kept", "runs", "2026-01"), { recursive: true });
  writeFileSync(join(folder, "kept", "runs", "2026-01", "old.json"), JSON.stringify({ schema: "forge-benchmark-history/1", runs }));
  return folder;
}

const now = (folder: string, values: readonly number[]): void => {
  for (const [index, value] of values.entries())
    writeFileSync(join(folder, "bench", index === 0 ? "head.json" : `head-${index}.json`), custom({ a: value }));
};

const against = (folder: string, more: Readonly<Record<string, string>> = {}): Promise<BundleRun> =>
  bench(folder, { ...kept, ...more }, proposal);

describe("one side against the history", () => {
  it("is written by pushes, schedules and dispatches of the default branch only", async () => {
    const folder = sides("[]", custom({ a: 1 }));
    const events = [pushed(sha("a")), onDefaultBranch("schedule", sha("b")), onDefaultBranch("workflow_dispatch", sha("c"))];
    for (const [index, event] of events.entries()) {
      await bench(folder, kept, event);
      expect(stored(folder)).toHaveLength(index + 1);
    }
    await bench(folder, kept, proposal);
    await bench(folder, kept, pushed(sha("e"), { branch: "topic" }));
    expect(stored(folder).map(({ schema, runs }) => [schema, runs.length])).toEqual(
      Array.from({ length: 3 }, () => ["forge-benchmark-history/1", 1]),
    );
  });

  it("one run that stands out is not enough; a second that agrees is", async () => {
    const folder = remembered(20, await classHere());
    now(folder, [1350]);
    expect(row(await against(folder), "a")).toMatchObject({ verdict: "inconclusive", moreRounds: 1 });
    now(folder, [1350, 1340]);
    const run = await against(folder);
    expect(row(run, "a").verdict).toBe("alert");
    expect(row(run, "a").change).toBeCloseTo(0.345, 1);
    expect(run.report?.data["mode"]).toBe("history");
    now(folder, [1350, 1005]);
    expect(row(await against(folder), "a").verdict).not.toBe("alert");
  });

  it("what lies where runs lie is ok", async () => {
    const folder = remembered(20, await classHere());
    now(folder, [1010]);
    expect(row(await against(folder), "a")).toMatchObject({ verdict: "ok", base: { n: 20 } });
  });

  it("seven runs are no history, and neither are those of other machines", async () => {
    for (const folder of [remembered(7, await classHere()), remembered(20, "another machine")]) {
      now(folder, [2000, 2000]);
      const run = await against(folder);
      expect(row(run, "a").verdict).toBe("inconclusive");
      expect(row(run, "a").why).toMatch(/the history has [07] of 8 runs/);
      expect(run.exitCode).toBe(0);
    }
  });

  it("bytes are decided at once, on any machine", async () => {
    const folder = remembered(20, "another machine");
    writeFileSync(join(folder, "bench", "head.json"), custom({ size: 96 }, "bytes"));
    const run = await against(folder);
    expect(row(run, "size")).toMatchObject({ verdict: "fail", change: 0.5 });
  });

  it("steps of the default branch are found with their commit", async () => {
    const folder = remembered(40, await classHere(), (index) => (index < 25 ? 1000 : 1200));
    now(folder, [1200]);
    const run = await against(folder);
    const steps = run.report?.data["changePoints"] as { name: string; commit: string; change: number }[];
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({ name: "a", commit: sha("5") });
    expect(steps[0]?.change).toBeCloseTo(0.2, 1);
    expect(row(run, "a").verdict).toBe("ok");
  });

  it("a torn file is named and left out", async () => {
    const folder = remembered(20, await classHere());
    writeFileSync(join(folder, "kept", "runs", "torn.json"), '{"schema": "forge-bench');
    now(folder, [1000]);
    const run = await against(folder);
    expect(notes(run)).toContain("kept/runs/torn.json is torn");
    expect(row(run, "a").verdict).toBe("ok");
  });

  it("without any, everything is new and nothing judged", async () => {
    const folder = sides("[]", custom({ a: 1 }));
    expect(ended(await bench(folder, { results: "bench/head.json" }, proposal))).toEqual([0, "neutral"]);
  });

  it("a data.js is imported once, texts and all", async () => {
    const entry = (id: string, value: unknown) => ({
      commit: { id },
      date: 1_700_000_000_000 + Number(`0x${id.slice(0, 1)}`),
      tool: "customBiggerIsBetter",
      benches: [
        { name: "a", value, unit: "ms" },
        { name: "b", value: "5", unit: "points" },
      ],
    });
    const folder = sides("[]", custom({ a: 1 }), {
      "data.js": `window.BENCHMARK_DATA = ${JSON.stringify({ lastUpdate: 1, entries: { S: [entry(sha("1"), "1.5"), entry(sha("2"), 2)] } })}`,
    });
    for (const commit of ["a", "b"]) await bench(folder, { ...kept, import: "data.js" }, pushed(sha(commit)));
    const all = stored(folder).flatMap(({ runs }) => runs);
    expect(all.filter(({ suite }) => suite === "S")).toHaveLength(2);
    expect(all.find(({ commit }) => commit === sha("1"))?.benchmarks).toEqual([
      { name: "a", metric: "value", unit: "ns", direction: "lower", value: 1_500_000 },
      { name: "b", metric: "value", unit: "points", direction: "higher", value: 5 },
    ]);
  });
});

describe("the trend page", () => {
  it("is one file that loads nothing", async () => {
    const folder = remembered(30, await classHere());
    writeFileSync(join(folder, "bench", "head.json"), custom({ "</script><img src=x onerror=alert(1)>": 5 }));
    const run = await bench(folder, { ...kept, dashboard: "out/page.html" }, pushed(sha("a")));
    expect(run.outputs["dashboard"]).toBe("out/page.html");
    const page = readFileSync(join(folder, "out", "page.html"), "utf8");
    expect(page.match(/<\/script>/g)).toHaveLength(4);
    expect(page).not.toMatch(/https?:|<img|eval\(|new Function/);
    const history = JSON.parse(readFileSync(run.outputs["history"] ?? "", "utf8")) as { runs: unknown[] };
    expect(history.runs).toHaveLength(31);
  });

  it("has its data in pieces where a folder is named", async () => {
    const folder = remembered(30, await classHere());
    await bench(folder, { ...kept, dashboard: "out" }, pushed(sha("a")));
    expect(readFileSync(join(folder, "out", "data", "0.js"), "utf8")).toMatch(/^forgeShard\(0,\[\[0,\[/);
    expect(readFileSync(join(folder, "out", "index.html"), "utf8").length).toBeLessThan(20_000);
  });
});
