import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../install/cache.ts";
import { installPackages } from "../install/npm-packages.ts";
import type { Row } from "./coverage-gate.ts";
import { measureInterleaved, type Program } from "./whole-process.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "bundle-size", "index.js");
const build = "monaco-editor@0.52.2";
const peers = ["size-limit@13.1.1", "@size-limit/file@13.1.1"];

/** The runner's contract, without a server and without this machine's own variables. */
function gate(folder: string, inputs: Readonly<Record<string, string>>): Program {
  const temp = mkdtempSync(join(tmpdir(), "forge-bench-"));
  for (const name of ["output", "summary"]) writeFileSync(join(temp, name), "");
  return {
    command: process.execPath,
    args: [bundle],
    cwd: folder,
    env: {
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: folder,
      GITHUB_OUTPUT: join(temp, "output"),
      GITHUB_STEP_SUMMARY: join(temp, "summary"),
      GITHUB_EVENT_NAME: "workflow_dispatch",
    },
  };
}

/** One file after the other in one thread, as a loop over the folder would. */
const serial = `
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
let sum = 0;
for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true }))
  if (entry.isFile()) sum += brotliCompressSync(readFileSync(join(entry.parentPath, entry.name))).length;
console.log(sum);
`;

/** A real build of 15 MB in a folder of its own, with what size-limit needs to know. */
async function prepare(): Promise<{ folder: string; sizeLimit: string }> {
  const from = await installPackages(
    "bench-bundle-size",
    [...peers, build],
    join("node_modules", "monaco-editor", "min", "vs", "loader.js"),
  );
  const folder = join(cacheFolder(), "bench", "bundle-size");
  if (!existsSync(join(folder, "dist"))) {
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    cpSync(join(from, "node_modules", "monaco-editor", "min"), join(fresh, "dist"), { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  }
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ private: true, devDependencies: { "@size-limit/file": "*", "size-limit": "*" } }),
  );
  writeFileSync(join(folder, ".size-limit.json"), JSON.stringify([{ path: "dist/**", limit: "1 GB" }]));
  writeFileSync(join(folder, "serial.mjs"), serial);
  const modules = join(folder, "node_modules");
  if (!existsSync(modules))
    cpSync(join(from, "node_modules"), modules, { recursive: true, filter: (path) => !path.includes("monaco-editor") });
  return { folder, sizeLimit: join(modules, "size-limit", "bin.js") };
}

/** Brotli at level 11 of a large build: on all cores against one, against size-limit, and again when the sizes are remembered. */
export async function* benchBundleSize(runs: number): AsyncGenerator<Row> {
  const { folder, sizeLimit } = await prepare();
  const inputs = { files: "dist/**", compression: "brotli" };
  const memory = join("kept", "sizes.json");
  const programs = {
    cold: gate(folder, { ...inputs, baseline: "none" }),
    warm: gate(folder, { ...inputs, baseline: memory }),
    serial: { command: process.execPath, args: ["serial.mjs"], cwd: folder },
    sizeLimit: { command: process.execPath, args: [sizeLimit, "--json"], cwd: folder },
  };
  const cost = await measureInterleaved(programs, { runs, exitCodes: [0] });
  yield {
    what: "brotli 11 of 15 MB",
    ours: cost.cold,
    peer: cost.serial,
    peerName: "one thread",
    promise: "at most 1/1.7 on two idle cores",
  };
  yield { what: "brotli 11 of 15 MB", ours: cost.cold, peer: cost.sizeLimit, peerName: "size-limit", promise: "less" };
  yield { what: "the same again, remembered", ours: cost.warm, peer: cost.cold, peerName: "the first time", promise: "at most 0.2" };
}
