import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { measure } from "./whole-process.ts";

/** A figure that we set ourselves a limit for, rather than one beside a peer's. */
export interface Target {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
}

const root = resolve(import.meta.dirname, "..", "..");

/** What the plans behind Forge ask of every pipeline, beside what is measured here. */
export async function* benchTargets(): AsyncGenerator<Target> {
  yield* startUps();
  yield* sizes();
  yield testRun();
}

/** From start to exit of a run that finds nothing to judge: all of Node, the bundle and the frame. */
async function* startUps(): AsyncGenerator<Target> {
  const empty = mkdtempSync(join(tmpdir(), "forge-bench-empty-"));
  const fresh = mkdtempSync(join(tmpdir(), "forge-bench-dist-"));
  try {
    for (const action of actions()) {
      const first = join(fresh, action);
      cpSync(join(root, "dist"), join(first, "dist"), { recursive: true });
      const options = { exitCodes: [0, 1, 2, 3], cwd: empty, env: { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: empty } };
      const cold = await measure(process.execPath, [join(first, "dist", action, "index.js")], { ...options, runs: 1, warmUp: 0 });
      const warm = await measure(process.execPath, [join(root, "dist", action, "index.js")], { ...options, runs: 10 });
      yield {
        what: `start of ${action}`,
        measured: `${warm.wall.median.toFixed(0)} ms warm, ${cold.wall.median.toFixed(0)} ms from a copy that was never read`,
        target: "under 200 ms warm, under 1 s cold",
      };
    }
  } finally {
    for (const folder of [empty, fresh]) rmSync(folder, { recursive: true });
  }
}

function* sizes(): Generator<Target> {
  const sized = actions().map((action) => ({
    action,
    bytes: gzipSync(readFileSync(join(root, "dist", action, "index.js")), { level: 9 }).length,
  }));
  const [largest] = sized.sort((a, b) => b.bytes - a.bytes);
  if (largest === undefined) return;
  yield {
    what: "the largest bundle, gzipped",
    measured: `${largest.action}, ${(largest.bytes / 1000).toFixed(0)} kB`,
    target: "under 1 MB",
  };
}

function testRun(): Target {
  const began = performance.now();
  const { status } = spawnSync("npm", ["test"], { cwd: root, stdio: "ignore" });
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  return { what: "npm test", measured: `${seconds} s${status === 0 ? "" : ", and it failed"}`, target: "under 5 min" };
}

function actions(): string[] {
  return readdirSync(join(root, "actions")).filter((name) => existsSync(join(root, "dist", name, "index.js")));
}
