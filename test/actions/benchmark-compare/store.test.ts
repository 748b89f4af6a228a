import { expect, it } from "vitest";
import type { StoredRun } from "../../../actions/benchmark-compare/src/model.ts";
import { keepRuns, loadHistory } from "../../../actions/benchmark-compare/src/store.ts";
import { memoryHost } from "../../../packages/frame/adapters/memory.ts";
import type { Context } from "../../../packages/frame/context.ts";
import type { BaselineRecord } from "../../../packages/frame/ports.ts";

const settings = { id: "", workingDirectory: ".", token: undefined, baseline: "cache", baselineBranches: [] };

const run = (n: number): StoredRun => ({
  commit: n.toString(16).padStart(40, "0"),
  date: new Date(Date.UTC(2026, 0, 1, n)).toISOString(),
  suite: "",
  host: "x64/4/AMD EPYC 7763 64-Core Processor",
  benchmarks: Array.from({ length: 300 }, (_, index) => {
    const name = `BenchmarkDecode/corpus=${index % 20}/size=${index}KB/parallel`;
    return { name, metric: "time", unit: "ns", direction: "lower", value: 1e6 / (index + n + 7) };
  }),
});

it("where each commit has a copy of the history, it is kept to 4 MB of the newest runs", async () => {
  const host = memoryHost();
  const ports = await host.openPorts(settings);
  const runs = Array.from({ length: 2000 }, (_, n) => run(n));
  const whole = { schema: "forge-benchmark-history/1", runs } as const;
  const context: Context = { event: host.event, id: "", terminal: false, waivers: { accepts: () => false, paths: () => undefined } };
  expect(await keepRuns("cache", runs.slice(-1), whole, ports, context)).toBe("History saved: in memory.");
  const text = JSON.stringify(host.saved[0]);
  expect(text.length).toBeLessThan(4.1 * 2 ** 20);
  const record = { data: JSON.parse(text) } as BaselineRecord;
  const reading = await memoryHost({ baseline: { record, distance: 0 } }).openPorts(settings);
  const { history, notes } = await loadHistory("cache", reading, "");
  expect(notes).toEqual([]);
  expect(history.runs.length).toBeGreaterThan(600);
  expect(history.runs).toEqual(runs.slice(-history.runs.length));
});
