/**
 * Passwords in configuration files that are to be found, and innocent files that are not to be flagged:
 * `node scripts/secret-scan/precision.ts [--seed 1] [--show]`. Prints both shares, beside gitleaks's on the same files, and with `--show` what we missed
 * or flagged.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { alphanumeric, Dice } from "../../test/actions/secret-scan/samples.ts";
import { install as installGitleaks } from "../install/gitleaks.ts";
import { guilty, type Sample } from "./guilty-samples.ts";
import { innocent } from "./innocent-samples.ts";
import { passwordKinds } from "./passwords.ts";

const { values } = parseArgs({ options: { seed: { type: "string", default: "1" }, show: { type: "boolean", default: false } } });
const forge = join(import.meta.dirname, "..", "..", "dist", "forge", "index.js");
const each = 8;

const dice = new Dice(Number(values.seed) * 7919 + 1);

function make(folder: string, samples: readonly Sample[], value: (turn: number) => string): Map<string, string> {
  const made = new Map<string, string>();
  for (const sample of samples) {
    for (let turn = 0; turn < each; turn++) {
      const path = sample.path.replace("{n}", `s${turn}`);
      const text = sample.lines(value(turn)).join("\n");
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${text}\n`);
      made.set(path, text);
    }
  }
  return made;
}

function flagged(folder: string): Set<string> {
  const { stdout } = spawnSync(process.execPath, [forge, "run", "secret-scan", "--scope", "worktree", "--json"], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly path: string }[] };
  return new Set(findings.map(({ path }) => path));
}

function flaggedByGitleaks(folder: string): Set<string> {
  const report = mkdtempSync(join(tmpdir(), "forge-trial-"));
  const file = join(report, "report.json");
  spawnSync(gitleaks, ["dir", folder, "--no-banner", "--log-level=fatal", "--report-format=json", `--report-path=${file}`]);
  const findings = JSON.parse(readFileSync(file, "utf8")) as readonly { readonly File: string }[];
  rmSync(report, { recursive: true });
  return new Set(findings.map(({ File }) => relative(folder, File)));
}

const gitleaks = await installGitleaks();

function trial(name: string, samples: readonly Sample[], value: (turn: number) => string, wanted: boolean): void {
  const folder = mkdtempSync(join(tmpdir(), "forge-trial-"));
  try {
    const made = make(folder, samples, value);
    const found = flagged(folder);
    const hits = [...made.keys()].filter((path) => found.has(path));
    const theirs = flaggedByGitleaks(folder);
    const share = (count: number): string => `${((100 * count) / made.size).toFixed(1)} %`;
    console.log(`${name}: ${hits.length} of ${made.size} files flagged, ${share(hits.length)}; gitleaks ${share(theirs.size)}`);
    const odd = [...made].filter(([path]) => found.has(path) !== wanted);
    if (values.show) for (const [path, text] of odd) console.log(`  ${path}: ${text.replaceAll("\n", " ⏎ ").slice(0, 200)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

trial("passwords in configuration files", guilty, (turn) => passwordKinds[turn % passwordKinds.length]?.(dice) ?? "", true);
trial("innocent files", innocent, () => dice.text(alphanumeric, 12), false);
