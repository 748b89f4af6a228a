/**
 * Builds two versions of made-up applications with real bundlers and counts how many files of both are paired rightly.
 * `node scripts/trial/bundle-matching.ts [--seeds 4] [--first 1] [--only vite,parcel]`: exit code 1 where the promise of bundle-size is broken.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { sampleOf } from "../../actions/bundle-size/src/features.ts";
import { match } from "../../actions/bundle-size/src/match.ts";
import type { MeasuredFile } from "../../actions/bundle-size/src/model.ts";
import { stemsOf } from "../../actions/bundle-size/src/names.ts";
import { installPackages } from "../install/npm-packages.ts";
import { type Bundler, build, bundlers, nextPackages, packages } from "./bundlers.ts";
import { madeUpApp, marker } from "./made-up-app.ts";

interface Built extends MeasuredFile {
  /** The application's modules that are in the file. */
  readonly holds: ReadonlySet<string>;
}

const looksBuilt = /\.(?:m?js|cjs|css)$/;

function filesIn(folder: string): Built[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && looksBuilt.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      const text = bytes.toString("latin1");
      const plain = Buffer.from(text.replace(marker, "@@"), "latin1");
      return {
        path: relative(folder, path).replaceAll("\\", "/"),
        sha256: createHash("sha256").update(bytes).digest("base64url"),
        sizes: { none: bytes.length },
        sample: sampleOf(plain),
        holds: ownModules(text.match(marker) ?? []),
      };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A chunk is its page's, whatever shared modules were put into it. */
function ownModules(all: readonly string[]): ReadonlySet<string> {
  const pages = all.filter((each) => !each.startsWith("@@lib/"));
  return new Set(pages.length > 0 ? pages : all);
}

function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((each) => b.has(each)).length;
  return both === 0 ? 0 : both / (a.size + b.size - both);
}

function bestOf(file: Built, others: readonly Built[]): Built | undefined {
  const scores = others.map((other) => ({ other, score: alike(file.holds, other.holds) })).sort((a, b) => b.score - a.score);
  const [best, second] = scores;
  return best !== undefined && best.score > 0.4 && best.score > (second?.score ?? 0) ? best.other : undefined;
}

interface Count {
  known: number;
  /** Of the known pairs, those that neither the name nor the bytes give away. */
  hard: number;
  right: number;
  wrong: number;
  missed: number;
  fresh: number;
  freshPaired: number;
}

function nothing(): Count {
  return { known: 0, hard: 0, right: 0, wrong: 0, missed: 0, fresh: 0, freshPaired: 0 };
}

function judge(before: readonly Built[], now: readonly Built[], tell: (line: string) => void): Count {
  const count = nothing();
  const paired = new Map(match(before, now).pairs.map((pair) => [pair.now.path, pair.before.path]));
  const stems = stemsOf([...before, ...now].map(({ path }) => path));
  const old = new Set(before.flatMap(({ holds }) => [...holds]));
  for (const file of now.filter(({ holds }) => holds.size > 0)) {
    const truth = bestOf(file, before);
    const found = paired.get(file.path);
    if (truth !== undefined && bestOf(truth, now) === file) {
      countKnown(count, truth, file, found);
      const why = stems.get(truth.path) === stems.get(file.path) ? "" : ` (stems ${stems.get(truth.path)} and ${stems.get(file.path)})`;
      if (found !== truth.path) tell(`${truth.path} became ${file.path}, not ${found ?? "nothing"}${why}`);
    } else if ([...file.holds].every((each) => !old.has(each))) {
      count.fresh++;
      if (found !== undefined) count.freshPaired++;
    }
  }
  return count;
}

function countKnown(count: Count, truth: Built, file: Built, found: string | undefined): void {
  count.known++;
  if (truth.path !== file.path && truth.sha256 !== file.sha256) count.hard++;
  if (found === undefined) count.missed++;
  else if (found === truth.path) count.right++;
  else count.wrong++;
}

function line(name: string, count: Count): string {
  const { known, hard, right, wrong, missed, fresh, freshPaired } = count;
  const share = known === 0 ? "" : `${((100 * right) / known).toFixed(1)} %`;
  return [name.padEnd(20), known, hard, right, wrong, missed, share, fresh, freshPaired].map((each) => String(each).padStart(8)).join("");
}

async function trial(bundler: Bundler, seed: number, root: string, modules: string): Promise<Count> {
  const before = filesIn(await build(bundler, madeUpApp(seed, 1), join(root, "project"), modules));
  const now = filesIn(await build(bundler, madeUpApp(seed, 2), join(root, "project"), modules));
  return judge(before, now, (text) => process.stdout.write(`  ${bundler.name}, seed ${seed}: ${text}\n`));
}

function add(sum: Count, count: Count): void {
  for (const key of Object.keys(sum) as (keyof Count)[]) sum[key] += count[key];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seeds: { type: "string", default: "4" }, first: { type: "string", default: "1" }, only: { type: "string" } },
  });
  const first = Number(values.first);
  const chosen = bundlers.filter(({ name }) => values.only === undefined || values.only.split(",").some((only) => name.includes(only)));
  const root = mkdtempSync(join(tmpdir(), "forge-trial-"));
  const all = nothing();
  const lines: string[] = [];
  try {
    for (const bundler of chosen) {
      const next = bundler.needs === "next";
      const file = join("node_modules", next ? "next" : "vite", "package.json");
      const modules = join(
        await installPackages(next ? "trial-next" : "trial-bundlers", next ? nextPackages : packages, file),
        "node_modules",
      );
      const sum = nothing();
      for (let seed = first; seed < first + (next ? 1 : Number(values.seeds)); seed++) add(sum, await trial(bundler, seed, root, modules));
      lines.push(line(bundler.name, sum));
      add(all, sum);
    }
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
  const head = ["", "known", "hard", "right", "wrong", "missed", "", "new", "paired"].map((each) => each.padStart(8)).join("");
  process.stdout.write(`${[head.padStart(head.length + 12), ...lines, line("all", all)].join("\n")}\n`);
  const kept = all.right >= 0.96 * all.known && all.wrong <= 0.01 * all.known && all.freshPaired <= 0.1 * all.fresh;
  if (!kept) process.exitCode = 1;
}

await main();
