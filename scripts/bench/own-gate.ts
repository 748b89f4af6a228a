/**
 * What our own pull requests are measured by: `node scripts/bench/own-gate.ts` runs the bundles of the checkout that it lies in, and prints a round as
 * `[{name, unit, value}]`. It needs Node and git alone, so that it runs on the base's checkout too, before anything is installed there.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const dist = resolve(import.meta.dirname, "..", "..", "dist");
const folder = mkdtempSync(join(tmpdir(), "forge-own-gate-"));
const repeats = 5;

/** Milliseconds of a whole process; the median of some runs, after one that warms the file caches. */
function timed(action: string, inputs: Readonly<Record<string, string>>, allowed: readonly number[]): number {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GITHUB|INPUT|ACTIONS|RUNNER|FORGE)_/.test(name)));
  for (const [name, value] of Object.entries(inputs)) env[`INPUT_${name.toUpperCase()}`] = value;
  const times: number[] = [];
  for (let run = 0; run <= repeats; run++) {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, [join(dist, action, "index.js")], { cwd: folder, env, stdio: "ignore" });
    if (run > 0) times.push(performance.now() - started);
    if (status === null || !allowed.includes(status)) throw new Error(`${action} ended with ${status}, not with ${allowed.join(" or ")}`);
  }
  return times.sort((one, other) => one - other)[Math.floor(repeats / 2)] ?? 0;
}

function lcov(files: number, lines: number): string {
  const rows = Array.from({ length: lines }, (_, line) => `DA:${line + 1},${line % 3}`).join("\n");
  return Array.from({ length: files }, (_, file) => `SF:src/file-${file}.js\n${rows}\nend_of_record\n`).join("");
}

/** Sources without a secret, which take the scanner through every prefilter. */
function sources(count: number): void {
  mkdirSync(join(folder, "src"));
  const text = Array.from(
    { length: 800 },
    (_, line) => `const value${line} = compute("${line}", { token: options.token, key: ${line} });`,
  ).join("\n");
  for (let file = 0; file < count; file++) writeFileSync(join(folder, "src", `file-${file}.js`), `// ${file}\n${text}\n`);
}

try {
  sources(100);
  writeFileSync(join(folder, "lcov.info"), lcov(100, 5000));
  const starts = readdirSync(dist).filter((name) => name !== "shared" && name !== "forge");
  const results = [
    ...starts.map((action) => ({ name: `start of ${action}`, value: timed(action, { "working-directory": "absent" }, [2]) })),
    { name: "coverage-gate: 5 MB of lcov", value: timed("coverage-gate", { reports: "lcov.info", minimum: "0" }, [0]) },
    { name: "secret-scan: 6 MB of sources", value: timed("secret-scan", { scope: "worktree", paths: "src" }, [0]) },
    { name: "bundle-size: 6 MB of sources", value: timed("bundle-size", { files: "src/*.js", compression: "gzip" }, [0]) },
  ];
  console.log(JSON.stringify(results.map(({ name, value }) => ({ name, unit: "ms", value: Number(value.toFixed(2)) }))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
