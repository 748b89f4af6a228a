import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install as installBenchstat } from "../install/benchstat.ts";
import type { Row } from "./coverage-gate.ts";
import { measureInterleaved, type Program } from "./whole-process.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "benchmark-compare", "index.js");

/** About 10 MB of Google Benchmark's JSON. */
function googleJson(benchmarks: number, scale: number): string {
  const item = (index: number) => ({
    name: `BM_Parse/${index}`,
    run_name: `BM_Parse/${index}`,
    run_type: "iteration",
    repetition_index: 0,
    repetitions: 1,
    threads: 1,
    iterations: 1_000,
    real_time: scale * (index + 1),
    cpu_time: scale * (index + 1),
    time_unit: "ns",
  });
  return JSON.stringify(
    { context: { num_cpus: 4 }, benchmarks: Array.from({ length: benchmarks }, (_, index) => item(index)) },
    undefined,
    2,
  );
}

/** `go test -bench . -benchmem -count 10` of so many benchmarks, with one percent of noise that is the same in every run of this script. */
function goText(benchmarks: number, scale: number): string {
  const lines = ["goos: linux", "goarch: amd64", "pkg: example.com/app", "cpu: Example 3 GHz"];
  let state = 1;
  for (let index = 0; index < benchmarks; index++)
    for (let count = 0; count < 10; count++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const time = scale * (index + 100) * (1 + (0.01 * state) / 2 ** 32);
      lines.push(`BenchmarkParse/size=${index}-8 \t 1000\t ${time.toFixed(2)} ns/op\t ${index} B/op\t 2 allocs/op`);
    }
  return `${lines.join("\n")}\nPASS\n`;
}

function compare(folder: string, peer: boolean): Program {
  for (const name of ["output", "summary"]) writeFileSync(join(folder, name), "");
  const inputs: Readonly<Record<string, string>> = {
    results: "bench/head.*",
    "base-results": "bench/base.*",
    baseline: "none",
    ruler: "none",
  };
  return {
    command: process.execPath,
    args: peer ? ["-e", "0"] : [bundle],
    cwd: folder,
    env: {
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: folder,
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      GITHUB_REPOSITORY: "octo/app",
      GITHUB_EVENT_NAME: "push",
    },
  };
}

/**
 * What reading and comparing costs over a process that does nothing, and beside benchstat, which reads the same and tests the same way.
 * github-action-benchmark is no peer here: it is in no package registry, and a copy of its repository is not what this project downloads.
 */
export async function* benchBenchmarkCompare(runs: number): AsyncGenerator<Row> {
  for (const [what, benchmarks, promise] of [
    ["two files of 10 MB compared", 32_000, "at most 1.5 s and 300 MB"],
    ["two small files compared", 10, "at most 250 ms"],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), "forge-bench-compare-"));
    try {
      mkdirSync(join(folder, "bench"));
      writeFileSync(join(folder, "bench", "base.json"), googleJson(benchmarks, 1));
      writeFileSync(join(folder, "bench", "head.json"), googleJson(benchmarks, 1.01));
      const { ours, peer } = await measureInterleaved(
        { ours: compare(folder, false), peer: compare(folder, true) },
        { runs, exitCodes: [0] },
      );
      yield { what, ours, peer, peerName: "bare node", promise };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  yield* beside(await installBenchstat(), runs);
}

async function* beside(benchstat: string, runs: number): AsyncGenerator<Row> {
  const folder = mkdtempSync(join(tmpdir(), "forge-bench-compare-"));
  try {
    mkdirSync(join(folder, "bench"));
    writeFileSync(join(folder, "bench", "base.txt"), goText(500, 1));
    writeFileSync(join(folder, "bench", "head.txt"), goText(500, 1.01));
    const peer: Program = { command: benchstat, args: ["bench/base.txt", "bench/head.txt"], cwd: folder };
    const cost = await measureInterleaved({ ours: compare(folder, false), peer }, { runs, exitCodes: [0] });
    yield {
      what: "500 Go benchmarks, ten times a side",
      ...cost,
      peerName: "benchstat",
      promise: "none: benchstat tests one benchmark after the other, ours all of them together",
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
