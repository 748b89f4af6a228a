import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../install/cache.ts";
import { install as installPythonTools } from "../install/python-tools.ts";
import { ensureReport, type ReportName } from "./coverage-reports.ts";
import { ensureRepository } from "./coverage-repository.ts";
import { type Cost, measureInterleaved, type Program } from "./whole-process.ts";

/** One comparison: what ours cost, what the peer's cost, and what we promise of the ratio. */
export interface Row {
  readonly what: string;
  readonly ours: Cost;
  readonly peer: Cost;
  readonly peerName: string;
  readonly promise: string;
}

const bundle = join(import.meta.dirname, "..", "..", "dist", "coverage-gate", "index.js");

/** The runner's contract, without a server and without this machine's own variables. */
function gate(folder: string, inputs: Readonly<Record<string, string>>): Program {
  const temp = mkdtempSync(join(tmpdir(), "forge-bench-"));
  for (const name of ["output", "summary"]) writeFileSync(join(temp, name), "");
  const env = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  return {
    command: process.execPath,
    args: [bundle],
    cwd: folder,
    env: {
      ...env,
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: folder,
      GITHUB_OUTPUT: join(temp, "output"),
      GITHUB_STEP_SUMMARY: join(temp, "summary"),
      GITHUB_EVENT_NAME: "workflow_dispatch",
    },
  };
}

const large: readonly { name: ReportName; extension: string; promise: string }[] = [
  { name: "lcov-96mb", extension: "js", promise: "wall at most 1/5, memory at most 0.6" },
  { name: "cobertura-134mb", extension: "py", promise: "wall at most 1/8, memory at most 1/3" },
  { name: "clover-86mb", extension: "js", promise: "wall at most 1/12" },
];

/** Large reports against diff-cover on the same repository, report and change, run by run in turn. */
export async function* benchCoverage(runs: number): AsyncGenerator<Row> {
  const cache = join(cacheFolder(), "bench");
  const tools = await installPythonTools();
  for (const { name, extension, promise } of large) {
    const report = await ensureReport(cache, name);
    const folder = ensureRepository(cache, name, extension);
    const programs = {
      ours: gate(folder, { reports: report, base: "main", minimum: "0", "minimum-patch": "0" }),
      peer: { command: join(tools, "diff-cover"), args: [report, "--compare-branch=main"], cwd: folder },
    };
    const cost = await measureInterleaved(programs, { runs, exitCodes: [0] });
    yield { what: name, ours: cost.ours, peer: cost.peer, peerName: "diff-cover", promise };
  }
}

/** What a gate costs over a process that does nothing: with nothing to read, and with a report of 1 MB. */
export async function* benchStart(runs: number): AsyncGenerator<Row> {
  const cache = join(cacheFolder(), "bench");
  const report = await ensureReport(cache, "lcov-1mb");
  const folder = ensureRepository(cache, "lcov-1mb", "js");
  const empty = mkdtempSync(join(tmpdir(), "forge-bench-empty-"));
  const programs = {
    bare: { command: process.execPath, args: ["-e", "0"], cwd: folder },
    nothing: gate(empty, {}),
    small: gate(folder, { reports: report, base: "main", minimum: "0", "minimum-patch": "0" }),
  };
  const cost = await measureInterleaved(programs, { runs, exitCodes: [0, 2] });
  const bare = { peer: cost.bare, peerName: "bare node" };
  yield {
    ...bare,
    what: "start: nothing to read",
    ours: cost.nothing,
    promise: "at most 25 ms more, or 0.9 of bare node where that is more",
  };
  yield { ...bare, what: "start to end: a report of 1 MB", ours: cost.small, promise: "at most 250 ms more" };
}
