/**
 * Prints wall time and peak memory on what breaks scanners: `node scripts/secret-scan/endurance.ts [gigabytes of the sparse tree]`. One line of 1 GB, 100,000
 * findings and none, and a tree of sparse files of 10 GB. Needs Linux's /proc and the bundle of `node scripts/build.ts`.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogue } from "../../actions/secret-scan/src/rules/catalogue.ts";
import { Dice, sampleOf } from "../../test/actions/secret-scan/samples.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "forge", "index.js");
const gigabyte = 1_000_000_000;

function write(path: string, piece: Buffer, size: number): void {
  const file = openSync(path, "w");
  for (let written = 0; written < size; written += piece.length) writeSync(file, piece);
  closeSync(file);
}

/** A file of many fresh tokens, or of as many lines without any. */
function lines(folder: string, count: number, secret: boolean): void {
  const dice = new Dice(99);
  const rule = catalogue.find(({ id }) => id === "github-pat");
  for (let file = 0; file * 1_000 < count; file++) {
    const text = Array.from({ length: 1_000 }, () => (secret && rule !== undefined ? sampleOf(rule, dice) : "x".repeat(40)));
    writeFileSync(join(folder, `file-${file}.txt`), `${text.join("\n")}\n`);
  }
}

/** Seconds and the most kilobytes that were in memory at once, asked of the kernel until the end. */
async function measure(folder: string): Promise<{ seconds: number; peak: number; code: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, [bundle, "run", "secret-scan", "--scope=worktree", "--workers=2"], {
    cwd: folder,
    stdio: "ignore",
  });
  let peak = 0;
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0));
    } catch {
      // It has just ended.
    }
  }, 20);
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
  clearInterval(watch);
  return { seconds: (performance.now() - began) / 1_000, peak: peak / 1_024, code };
}

const cases: readonly (readonly [name: string, promise: number, prepare: (folder: string) => void])[] = [
  ["one line of 1 GB", 300, (folder) => write(join(folder, "line.txt"), Buffer.from("lorem ipsum key dolor ".repeat(50_000)), gigabyte)],
  ["100,000 lines without findings", 220, (folder) => lines(folder, 100_000, false)],
  ["100,000 findings", 220, (folder) => lines(folder, 100_000, true)],
  [
    "sparse tree",
    300,
    (folder) => {
      for (let file = 0; file < 10; file++) {
        writeFileSync(join(folder, `sparse-${file}.bin`), "");
        truncateSync(join(folder, `sparse-${file}.bin`), (Number(process.argv[2] ?? 10) * gigabyte) / 10);
      }
    },
  ],
];

for (const [name, promise, prepare] of cases) {
  const folder = mkdtempSync(join(tmpdir(), "forge-endurance-"));
  mkdirSync(folder, { recursive: true });
  prepare(folder);
  const { seconds, peak, code } = await measure(folder);
  process.stdout.write(`${name}: ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MB (promised ${promise}), exit ${code}\n`);
  rmSync(folder, { recursive: true });
}
