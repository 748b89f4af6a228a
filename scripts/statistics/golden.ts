/**
 * `node scripts/statistics/golden.ts [seed]`: our rank tests against SciPy's on 500 random cases each, ties among them, and against benchstat's p and
 * medians on Go benchmarks made for it. Installs both from their registries (Python and Go needed); ends with 1 where anything differs.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "../../actions/benchmark-compare/src/statistics/order.ts";
import { normalDraws, seeded } from "../../actions/benchmark-compare/src/statistics/random.ts";
import { rankSumTest } from "../../actions/benchmark-compare/src/statistics/rank-sum.ts";
import { signedRankTest } from "../../actions/benchmark-compare/src/statistics/signed-rank.ts";
import { tQuantile } from "../../actions/benchmark-compare/src/statistics/student.ts";
import { cached, executable } from "../install/cache.ts";
import { command } from "../install/command.ts";
import { installGoTool } from "../install/go-tool.ts";

const packages = ["numpy==2.4.1", "scipy==1.17.1"];
const benchstatVersion = "0.0.0-20260908200009-22c9c6c9d4da";
const programs = process.platform === "win32" ? "Scripts" : "bin";

const scipyScript = `
import json, sys
from scipy import stats
cases = json.load(open(sys.argv[1]))
def ranks(x, y):
    ties = len(set(x + y)) < len(x) + len(y)
    exact = not ties and min(len(x), len(y)) <= 8
    return stats.mannwhitneyu(x, y, alternative="two-sided", method="exact" if exact else "asymptotic").pvalue
def signed(d):
    plain = len(set(map(abs, d))) == len(d) and 0 not in d and len(d) <= 50
    return stats.wilcoxon(d, method="exact" if plain else "asymptotic", correction=False).pvalue
json.dump({"rankSum": [float(ranks(x, y)) for x, y in cases["rankSum"]], "signedRank": [float(signed(d)) for d in cases["signedRank"]],
  "t": [float(stats.t.ppf(p, n)) for p, n in cases["t"]]}, sys.stdout)
`;

interface Told {
  readonly rankSum: readonly number[];
  readonly signedRank: readonly number[];
  readonly t: readonly number[];
}

const random = seeded(Number(process.argv[2] ?? "1"));
const normal = normalDraws(random);
const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
/** Every third case is rounded, so that it has ties. */
const sample = (size: number, shift: number, place: number): number[] =>
  Array.from({ length: size }, () => (place % 3 === 0 ? Math.round(3 * (normal() + shift)) : normal() + shift));

const folder = mkdtempSync(join(tmpdir(), "forge-golden-"));
const worst: Record<string, number> = {};
const note = (what: string, difference: number): void => {
  worst[what] = Math.max(worst[what] ?? 0, difference);
};

async function againstScipy(): Promise<void> {
  const name = `scipy-${createHash("sha256").update(packages.join("\n")).digest("hex").slice(0, 12)}`;
  const python = await cached(name, join(programs, executable("python")), async (place) => {
    await command("python3", ["-m", "venv", place], { missing: "SciPy needs Python 3.11 or newer, which is not installed here" });
    await command(join(place, programs, executable("python")), ["-m", "pip", "install", "--quiet", "--no-input", ...packages]);
  });
  const cases = {
    rankSum: Array.from({ length: 500 }, (_, place) => {
      const shift = normal();
      return [sample(between(3, 20), 0, place), sample(between(3, 20), shift, place)] as const;
    }).filter(([x, y]) => new Set([...x, ...y]).size > 1),
    signedRank: Array.from({ length: 500 }, (_, place) => sample(between(5, 30), normal() / 2, place)).filter((each) => each.some(Boolean)),
    t: Array.from({ length: 500 }, () => [0.5 + 0.4999 * random(), between(1, 60)] as const),
  };
  const [script, given] = [join(folder, "told.py"), join(folder, "cases.json")];
  writeFileSync(script, scipyScript);
  writeFileSync(given, JSON.stringify(cases));
  const told = JSON.parse(await command(python, ["-W", "ignore", script, given])) as Told;
  for (const [place, [x, y]] of cases.rankSum.entries()) note("U test, SciPy", Math.abs(rankSumTest(x, y).p - (told.rankSum[place] ?? 9)));
  for (const [place, each] of cases.signedRank.entries())
    note("signed-rank test, SciPy", Math.abs(signedRankTest(each).p - (told.signedRank[place] ?? 9)));
  for (const [place, [share, freedom]] of cases.t.entries()) {
    const value = told.t[place] ?? Number.NaN;
    note("t quantile, SciPy (relative)", Math.abs(tQuantile(share, freedom) - value) / Math.max(1, Math.abs(value)));
  }
}

/** benchstat prints p with three digits and medians with four. */
async function againstBenchstat(): Promise<void> {
  const benchstat = await installGoTool("benchstat", "golang.org/x/perf/cmd/benchstat", benchstatVersion);
  const cases = Array.from({ length: 100 }, (_, place) => {
    const draw = (shift: number): number[] =>
      Array.from({ length: between(4, 20) }, () => Number((1e6 * Math.exp(0.02 * normal() + shift)).toFixed(3)));
    return { name: `Case${place}`, old: draw(0), now: draw(0.02 * normal()) };
  });
  const text = (side: "old" | "now"): string =>
    cases.flatMap((each) => each[side].map((value) => `Benchmark${each.name} 100 ${value} ns/op`)).join("\n");
  const [before, after] = [join(folder, "old.txt"), join(folder, "new.txt")];
  writeFileSync(before, `${text("old")}\n`);
  writeFileSync(after, `${text("now")}\n`);
  const table = await command(benchstat, ["-format", "csv", before, after]);
  for (const { name, old, now } of cases) {
    const line = table.split("\n").find((each) => each.startsWith(`${name},`)) ?? "";
    const [, oldMedian, , newMedian] = line.split(",");
    const p = Number(/p=([\d.]+)/.exec(line)?.[1]);
    note("p, benchstat", Math.abs(rankSumTest(old, now, true).p - p));
    for (const [shown, values] of [
      [oldMedian, old],
      [newMedian, now],
    ] as const)
      note("median, benchstat (relative)", Math.abs(Number(shown) * 1e9 - median(values)) / median(values));
  }
}

const limits: Readonly<Record<string, number>> = {
  "U test, SciPy": 1e-9,
  "signed-rank test, SciPy": 1e-9,
  "t quantile, SciPy (relative)": 1e-6,
  "p, benchstat": 0.000_501,
  "median, benchstat (relative)": 1e-6,
};
try {
  await againstScipy();
  await againstBenchstat();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const [what, limit] of Object.entries(limits)) {
  const difference = worst[what] ?? Number.NaN;
  const good = difference <= limit;
  process.stdout.write(
    `${good ? "ok  " : "BAD "} ${what.padEnd(32)} differs by at most ${difference.toExponential(1)}, allowed ${limit}\n`,
  );
  if (!good) process.exitCode = 1;
}
