import { openReader } from "../../actions/coverage-gate/adapters/reader.ts";

/** Times the reader alone: `node scripts/bench/coverage-reader.ts <report> …` prints what was read, the wall time and the process's peak memory. */
const paths = process.argv.slice(2);
const start = performance.now();
const reader = openReader({ workingDirectory: process.cwd() }, { debug: () => undefined });
const reports = await reader.read(paths, { format: "auto", counts: process.env.COUNTS === "1" });
const milliseconds = performance.now() - start;
for (const { source, format, files, notes } of reports) {
  let [lines, hit, branches] = [0, 0, 0];
  for (const file of files) {
    lines += file.lines.line.length;
    for (const state of file.lines.state) if (state === 2) hit++;
    branches += file.branches?.line.length ?? 0;
  }
  process.stdout.write(`${source}: ${format}, ${files.length} files, ${hit}/${lines} lines, ${branches} branches\n${notes.join("\n")}`);
}
const peak = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  `read in ${milliseconds.toFixed(0)} ms, process ${(process.uptime() * 1000).toFixed(0)} ms, peak ${peak.toFixed(0)} MB\n`,
);
