import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { bench, globs, sides } from "./bench.ts";

afterAll(cleanUp);

/** Some 10 MB of Google Benchmark's JSON. */
function googleJson(scale: number): string {
  const benchmarks = Array.from({ length: 36_000 }, (_, index) => ({
    name: `BM_Parse/${index}`,
    run_name: `BM_Parse/${index}`,
    run_type: "iteration",
    repetitions: 1,
    threads: 1,
    iterations: 1000,
    real_time: scale * (index + 1),
    cpu_time: scale * (index + 1),
    time_unit: "ns",
  }));
  return JSON.stringify({ context: { num_cpus: 4 }, benchmarks }, undefined, 2);
}

it("two files of 10 MB are compared in 300 MB", async () => {
  const told = join(temporaryFolder(), "peak");
  const hook = join(temporaryFolder(), "hook.cjs");
  writeFileSync(
    hook,
    `process.on("exit",()=>require("node:fs").writeFileSync(${JSON.stringify(told)},String(process.resourceUsage().maxRSS)))`,
  );
  const run = await bench(sides(googleJson(1), googleJson(1.01)), globs, { nodeArgs: ["--require", hook], timeoutMs: 60_000 });
  expect(run.outputs["compared"], run.log).toBe("72000");
  expect(Number(readFileSync(told, "utf8")) / 1024).toBeLessThan(300);
}, 90_000);
