/** `npm run bench [part …]`: whole-process figures beside a peer's, taken in turn on this machine. Prints; asserts nothing. */
import { cpus, totalmem } from "node:os";
import { benchRollback } from "./bench/auto-rollback.ts";
import { benchBenchmarkCompare } from "./bench/benchmark-compare.ts";
import { benchBundleSize } from "./bench/bundle-size.ts";
import { benchCoverage, benchStart, type Row } from "./bench/coverage-gate.ts";
import { benchHealthCheck } from "./bench/health-check.ts";
import { benchRecovery } from "./bench/recovery.ts";
import { benchReport } from "./bench/report.ts";
import { benchSecrets } from "./bench/secret-scan.ts";
import { benchTargets, type Target } from "./bench/targets.ts";

const parts: Readonly<Record<string, () => AsyncGenerator<Row | Target>>> = {
  targets: () => benchTargets(),
  start: () => benchStart(20),
  "coverage-gate": () => benchCoverage(5),
  "bundle-size": () => benchBundleSize(3),
  "auto-rollback": () => benchRollback(5),
  recovery: () => benchRecovery(),
  "secret-scan": () => benchSecrets(3),
  report: () => benchReport(10),
  "benchmark-compare": () => benchBenchmarkCompare(10),
  "health-check": () => benchHealthCheck(5),
};

function line(row: Row | Target): string {
  return "target" in row ? `${row.what}\n  ${row.measured}\n  target: ${row.target}\n` : comparison(row);
}

function comparison({ what, ours, peer, peerName, promise }: Row): string {
  const wall = `${ours.wall.median.toFixed(0)} ms (${ours.wall.min.toFixed(0)}–${ours.wall.max.toFixed(0)})`;
  const other = `${peerName} ${peer.wall.median.toFixed(0)} ms (${peer.wall.min.toFixed(0)}–${peer.wall.max.toFixed(0)})`;
  const memory = `memory ${megabytes(ours)} against ${megabytes(peer)}, ratio ${ratio(ours.maxRssBytes, peer.maxRssBytes)}`;
  return `${what}\n  ${wall}, ${other}; ratio ${ratio(ours.wall.median, peer.wall.median)}, difference ${(ours.wall.median - peer.wall.median).toFixed(0)} ms\n  ${memory}\n  promised: ${promise}\n`;
}

function megabytes({ maxRssBytes }: Row["ours"]): string {
  return maxRssBytes === undefined ? "unknown" : `${(maxRssBytes / 1e6).toFixed(0)} MB`;
}

function ratio(ours: number | undefined, peer: number | undefined): string {
  return ours === undefined || peer === undefined ? "unknown" : (ours / peer).toFixed(3);
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.log(`There is no part "${unknown.join(", ")}". Parts: ${Object.keys(parts).join(", ")}.`);
  process.exitCode = 2;
} else {
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 1e9).toFixed(0)} GB\n`);
  for (const [name, run] of Object.entries(parts)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    for await (const row of run()) console.log(line(row));
  }
}
