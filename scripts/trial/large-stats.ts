/**
 * `node scripts/trial/large-stats.ts [megabytes [at most]] [webpack | esbuild | rollup …]`: writes statistics of several shapes and of that size (1000 by default)
 * into a temporary folder, lets the built gate read each, and prints time and the most memory that its process had. Ends with 1 where that is
 * more than the second number (600 by default), or where the sums of what was read are wrong. Not part of `npm test`: it writes gigabytes.
 */
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bundle = join(import.meta.dirname, "..", "..", "dist", "bundle-size", "index.js");
const moduleBytes = 120;

interface Shape {
  readonly what: string;
  readonly head: string;
  readonly item: (index: number) => string;
  readonly tail: string;
  /** Bytes of modules in each item. */
  readonly each: number;
}

const reason = (index: number): string =>
  JSON.stringify({ moduleName: `./src/feature-${index % 97}/index.js`, type: "harmony import", loc: "1:0-40" });
const reasons = Array.from({ length: 60 }, (_, index) => reason(index)).join(",");
const source = JSON.stringify(`import x from "y";\n${"export const value = call(x, 1);\n".repeat(40)}`);
const name = (index: number): string => `./node_modules/package-${index % 1999}/lib/part-${index}.js`;

const shapes: readonly Shape[] = [
  {
    what: "webpack: modules with their reasons and sources",
    head: '{"assets":[{"name":"app.js","size":1}],"chunks":[{"id":1,"initial":true,"files":["app.js"]}],"modules":[',
    item: (index) =>
      `{"type":"module","moduleType":"javascript/esm","size":${moduleBytes},"name":"${name(index)}","nameForCondition":"/home/app/${name(index).slice(2)}","chunks":[1],"reasons":[${reasons}],"source":${source}}`,
    tail: "]}",
    each: moduleBytes,
  },
  {
    what: "webpack: the same modules in every chunk, without sources",
    head: '{"assets":[{"name":"app.js","size":1}],"chunks":[',
    item: (index) =>
      `{"id":${index},"initial":true,"files":["app.js"],"modules":[${Array.from({ length: 40 }, (_, at) => `{"type":"module","moduleType":"javascript/esm","size":${moduleBytes},"name":"${name(at + (index % 500) * 40)}","chunks":[${index}],"reasons":[]}`).join(",")}]}`,
    tail: "]}",
    each: 40 * moduleBytes,
  },
  {
    what: "esbuild: inputs with many imports, and an output that holds them",
    head: `{"outputs":{"dist/app.js":{"bytes":1,"entryPoint":"src/a.js","imports":[],"exports":[],"inputs":{${Array.from({ length: 50_000 }, (_, index) => `"${name(index).slice(2)}":{"bytesInOutput":${moduleBytes}}`).join(",")}}}},"inputs":{`,
    item: (index) => `"${name(index).slice(2)}":{"bytes":900,"imports":[${reasons}],"format":"esm"}`,
    tail: "}}",
    each: 0,
  },
  {
    what: "rollup-plugin-visualizer: a module a line",
    head: '{"version":2,"tree":{},"nodeParts":{"p":{"renderedLength":120,"metaUid":"m"}},"nodeMetas":{',
    item: (index) =>
      `"m${index}":{"id":"/${name(index).slice(2)}","moduleParts":{"dist/app.js":"p"},"imported":[${Array.from({ length: 30 }, (_, at) => `{"uid":"m${(index + at) % 5000}"}`).join(",")}],"importedBy":[${Array.from({ length: 200 }, (_, at) => `{"uid":"m${at}"}`).join(",")}]}`,
    tail: "}}",
    each: 0,
  },
];

/** Gives how many items were written. */
function writeShape(path: string, shape: Shape, bytes: number): number {
  const file = openSync(path, "w");
  let written = writeSync(file, shape.head);
  let count = 0;
  let block = "";
  while (written < bytes) {
    block += `${count === 0 ? "" : ","}${shape.item(count)}`;
    count += 1;
    if (block.length < 2 ** 22) continue;
    written += writeSync(file, block);
    block = "";
  }
  writeSync(file, block + shape.tail);
  closeSync(file);
  return count;
}

/** The process's own peak, as it says itself when it ends: no program of the system is needed. */
const witness = 'process.on("exit", () => process._rawDebug("peak " + process.resourceUsage().maxRSS));';

function read(folder: string): { exitCode: number | null; seconds: number; megabytes: number; text: string } {
  writeFileSync(join(folder, "witness.mjs"), witness);
  const temp = join(folder, "temp");
  // A job of its own: in one job two reports need two ids.
  rmSync(temp, { recursive: true, force: true });
  mkdirSync(temp, { recursive: true });
  for (const file of ["output", "summary"]) writeFileSync(join(temp, file), "");
  const started = process.hrtime.bigint();
  const run = spawnSync(process.execPath, ["--import", join(folder, "witness.mjs"), bundle], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: folder,
      GITHUB_EVENT_NAME: "workflow_dispatch",
      GITHUB_OUTPUT: join(temp, "output"),
      GITHUB_STEP_SUMMARY: join(temp, "summary"),
      RUNNER_TEMP: temp,
      INPUT_FILES: "dist/**",
      INPUT_STATS: "stats.json",
      INPUT_COMPRESSION: "none",
      INPUT_BASELINE: "none",
    },
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const peak = Number(/peak (\d+)/.exec(run.stderr)?.[1] ?? Number.NaN);
  return { exitCode: run.status, seconds, megabytes: (peak * 1024) / 1e6, text: `${run.stdout}${run.stderr}` };
}

/** Bytes of all modules, from the report. */
function modulesIn(folder: string): number | undefined {
  const outputs = readFileSync(join(folder, "temp", "output"), "utf8");
  const path = /report<<(\S+)\n(.*)\n\1/.exec(outputs)?.[2];
  if (path === undefined || !existsSync(path)) return undefined;
  const { data } = JSON.parse(readFileSync(path, "utf8")) as { data: { overhead?: { size: number } } };
  return data.overhead === undefined ? undefined : 1 - data.overhead.size;
}

const asked = process.argv.slice(2).filter((argument) => /^[a-z]/.test(argument));
const numbers = process.argv.slice(2).filter((argument) => /^\d+$/.test(argument));
const megabytes = Number(numbers[0] ?? 1000);
const limit = Number(numbers[1] ?? 600);
const folder = mkdtempSync(join(tmpdir(), "forge-large-stats-"));
try {
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist", "app.js"), "x");
  for (const shape of shapes.filter(({ what }) => asked.length === 0 || asked.some((word) => what.startsWith(word)))) {
    const count = writeShape(join(folder, "stats.json"), shape, megabytes * 1e6);
    const run = read(folder);
    const wanted = shape.each === 0 ? undefined : count * shape.each;
    const found = modulesIn(folder);
    const right = run.exitCode === 0 && (wanted === undefined || found === wanted);
    const good = right && run.megabytes <= limit;
    console.log(
      `${good ? "ok  " : "FAIL"} ${shape.what}: ${megabytes} MB in ${run.seconds.toFixed(1)} s, ${run.megabytes.toFixed(0)} MB of memory`,
    );
    if (!right) console.log(`     exit code ${run.exitCode}, modules ${found} B instead of ${wanted} B\n${run.text.slice(0, 2000)}`);
    if (!good) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
