/**
 * Measures real packages with size-limit and with bundle-size, both by the same `.size-limit.json`: `node scripts/trial/sizes.ts`. Exit code 1
 * where a size differs by a byte or a verdict does.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { installPackages } from "../install/npm-packages.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "bundle-size", "index.js");
const peers = ["size-limit@13.1.1", "@size-limit/file@13.1.1"];
const packages = [
  "react-dom@19.1.0",
  "vue@3.5.13",
  "lodash@4.17.21",
  "d3@7.9.0",
  "jquery@3.7.1",
  "preact@10.26.5",
  "bootstrap@5.3.5",
  "three@0.175.0",
];
const mostFiles = 25;

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly limit: string;
  readonly gzip?: true;
  readonly brotli?: false;
}

/** Each file by gzip, brotli and as it is, with limits that some keep and some break. */
function entriesOf(folder: string): Entry[] {
  const files = readdirSync(join(folder, "built"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:[cm]?js|css)$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !/[[\](){}!*?]/.test(path))
    .sort()
    .slice(0, mostFiles);
  return files.flatMap((path, index): Entry[] => {
    const limit = index % 3 === 0 ? "2 KiB" : "1 MB";
    return [
      { name: `${path} gzip`, path, limit, gzip: true },
      { name: `${path} brotli`, path, limit },
      { name: `${path} plain`, path, limit, brotli: false },
    ];
  });
}

interface Measured {
  readonly name: string;
  readonly size: number;
  readonly passed: boolean;
}

function bySizeLimit(folder: string): Measured[] {
  const { stdout, stderr } = spawnSync(process.execPath, [join("node_modules", "size-limit", "bin.js"), "--json"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (!stdout.startsWith("[")) throw new Error(`size-limit said: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Measured[];
}

function byForge(folder: string): Measured[] {
  const temp = mkdtempSync(join(tmpdir(), "forge-trial-"));
  const env = {
    ...process.env,
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: folder,
    GITHUB_OUTPUT: join(temp, "output"),
    GITHUB_STEP_SUMMARY: "",
    RUNNER_TEMP: temp,
  };
  writeFileSync(env.GITHUB_OUTPUT, "");
  const inputs = { INPUT_BASELINE: "none", INPUT_ENFORCE: "false", INPUT_FILES: "built/**", INPUT_COMPRESSION: "none,gzip,brotli" };
  spawnSync(process.execPath, [bundle], { cwd: folder, env: { ...env, ...inputs }, encoding: "utf8" });
  const report = JSON.parse(readFileSync(join(temp, "forge-reports", "bundle-size.json"), "utf8")) as {
    readonly rules: readonly { readonly name: string; readonly verdict: string; readonly actual: number }[];
  };
  rmSync(temp, { recursive: true });
  return report.rules.map(({ name, verdict, actual }) => ({ name, size: actual, passed: verdict === "pass" }));
}

function trial(modules: string, name: string): { compared: number; differences: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "forge-trial-"));
  try {
    const source = join(modules, name);
    mkdirSync(join(folder, "built"));
    cpSync(source, join(folder, "built"), { recursive: true, filter: (path) => !path.slice(source.length).includes("node_modules") });
    symlinkSync(modules, join(folder, "node_modules"), "junction");
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ private: true, devDependencies: { "@size-limit/file": "*", "size-limit": "*" } }),
    );
    writeFileSync(join(folder, ".size-limit.json"), JSON.stringify(entriesOf(folder)));
    const ours = byForge(folder);
    const theirs = bySizeLimit(folder);
    const differences = theirs.flatMap((their) => {
      const our = ours.find((rule) => rule.name.startsWith(their.name));
      const same = our?.size === their.size && our.passed === their.passed;
      return same ? [] : [`${name}/${their.name}: size-limit ${their.size} ${their.passed}, ours ${our?.size} ${our?.passed}`];
    });
    return { compared: theirs.length, differences };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const installed = await installPackages("trial-sizes", [...peers, ...packages], join("node_modules", "size-limit", "bin.js"));
const modules = join(installed, "node_modules");
let broken = false;
for (const name of packages.map((each) => each.slice(0, each.lastIndexOf("@")))) {
  if (!statSync(join(modules, name)).isDirectory()) continue;
  const { compared, differences } = trial(modules, name);
  console.log(`${name}: ${compared} sizes and verdicts compared, ${differences.length} differ`);
  for (const difference of differences.slice(0, 5)) console.log(`  ${difference}`);
  broken ||= differences.length > 0 || compared === 0;
}
process.exitCode = broken ? 1 : 0;
