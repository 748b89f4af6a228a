import { describe, expect, it } from "vitest";
import manifest from "../../../actions/bundle-size/src/manifest.ts";
import type { Algorithm, BaseBuilder, Job, Sizer, Stats, StatsReader } from "../../../actions/bundle-size/src/model.ts";
import { run } from "../../../actions/bundle-size/src/run.ts";
import { toStored } from "../../../actions/bundle-size/src/stored.ts";
import { type MemoryWorld, memoryHost } from "../../../packages/frame/adapters/memory.ts";
import { runAction } from "../../../packages/frame/frame.ts";
import { globMatcher } from "../../../packages/frame/glob.ts";

const versions = { node: "24.0.0", zlib: "1.3", brotli: "1.2", zstd: "1.5" };
const commit = "b".repeat(40);

interface World extends MemoryWorld {
  /** Bytes by path; compressed ones are tenths of them. */
  readonly built: Readonly<Record<string, number>>;
  readonly stored?: Readonly<Record<string, number>>;
  readonly stats?: readonly Stats[];
  readonly base?: Readonly<Record<string, number>>;
}

const sha = (path: string, bytes: number): string => `${path.replaceAll(/\W/g, "_")}${bytes}`.padEnd(43, "x").slice(0, 43);
const tenth = (algorithm: Algorithm, bytes: number): number => (algorithm === "none" ? bytes : Math.ceil(bytes / 10));

function sizerOf(built: Readonly<Record<string, number>>, base: Readonly<Record<string, number>> | undefined, jobs: Job[]): Sizer {
  const at = (folder: string): Readonly<Record<string, number>> => (folder === "/base" ? (base ?? {}) : built);
  return {
    find: async (folder, _, patterns) => ({ paths: Object.keys(at(folder)).filter(globMatcher(patterns)).sort(), unmatched: [] }),
    read: async (folder, paths) => paths.map((path) => ({ path, sha256: sha(path, at(folder)[path] ?? 0), bytes: at(folder)[path] ?? 0 })),
    compress: async (_, given) => {
      jobs.push(...given);
      return given.map(({ algorithm, bytes }) => tenth(algorithm, bytes));
    },
    versions: async () => versions,
  };
}

async function play(world: World) {
  const jobs: Job[] = [];
  const past = Object.entries(world.stored ?? {}).map(([path, bytes]) => ({
    path,
    sha256: sha(path, bytes),
    sizes: { none: bytes, gzip: tenth("gzip", bytes), brotli: tenth("brotli", bytes) },
  }));
  const record = {
    schema: "forge-baseline/1",
    action: "bundle-size",
    id: "",
    commit,
    branch: "main",
    created: "2026-11-20T00:00:00Z",
    data: JSON.parse(JSON.stringify(toStored({ versions, files: past }, undefined))),
  } as const;
  const host = memoryHost({
    change: { base: commit, head: "a".repeat(40), rule: "merge base of main and HEAD", files: [] },
    ...(world.stored === undefined ? {} : { baseline: { record, distance: 0 } }),
    ...world,
  });
  const stats: StatsReader = { read: async () => world.stats ?? [] };
  const builder: BaseBuilder = {
    build: async (_, __, use) =>
      world.base === undefined ? { failed: "it ended with exit code 1" } : { built: await use("/base", "/base") },
  };
  const finished = await runAction(
    { manifest, run, bind: () => ({ sizes: sizerOf(world.built, world.base, jobs), stats, builder }) },
    host,
  );
  return { ...finished, jobs, host };
}

const proposal = {
  event: { name: "pull_request", pullRequest: { number: 7, headSha: "e".repeat(40), baseSha: commit, baseRef: "main", fork: false } },
} as const;

describe("the gate in a world of values", () => {
  it("compresses only what the baseline does not hold", async () => {
    const { jobs } = await play({
      built: { "dist/a.js": 100, "dist/b.js": 200 },
      stored: { "dist/a.js": 100, "dist/b.js": 150 },
      ...proposal,
    });
    expect(jobs.map(({ path, algorithm }) => `${path} ${algorithm}`)).toEqual(["dist/b.js gzip", "dist/b.js brotli"]);
  });

  it("a rule that is accepted for a while is taken out for its files", async () => {
    const config = "accept:\n  - rule: 'app: max'\n    path: dist/legacy.js\n    reason: goes in spring\n    until: 2027-03-01\n";
    const world = {
      built: { "dist/app.js": 10, "dist/legacy.js": 900 },
      inputs: { budgets: "- name: app\n  compression: none\n  max: 10" },
      now: Date.UTC(2026, 10, 21),
    };
    expect((await play(world)).report.verdict).toBe("fail");
    const accepted = await play({ ...world, config });
    expect([accepted.report.verdict, accepted.exitCode]).toEqual(["pass", 0]);
    expect(accepted.report.notes?.join(" ")).toContain("goes in spring");
    expect((await play({ ...world, config, now: Date.UTC(2027, 5, 1) })).report.verdict).toBe("fail");
  });

  it("a fail is a fail, whatever else is not known", async () => {
    const budgets = "- name: app\n  compression: none\n  max: 5\n  max-increase: 1";
    const { report } = await play({
      built: { "dist/app.js": 10 },
      inputs: { budgets },
      baseline: { missing: "it is torn", torn: true },
      ...proposal,
    });
    expect(report.verdict).toBe("fail");
    expect(report.rules.map(({ verdict }) => verdict)).toEqual(["unknown", "fail", "unknown"]);
  });

  it("the base's build takes the place of a record that is not there", async () => {
    const inputs = { budgets: "- name: app\n  compression: none\n  max-increase: 5", "base-build": "make" };
    const built = await play({ built: { "dist/app.js": 20 }, base: { "dist/app.js": 10 }, inputs, ...proposal });
    expect(built.report.rules[0]).toMatchObject({ verdict: "fail", actual: 10, limit: 5 });
    const failed = await play({ built: { "dist/app.js": 20 }, inputs, ...proposal });
    expect([failed.report.verdict, failed.exitCode]).toEqual(["neutral", 0]);
  });

  it("only pushes save, proposals and laptops never ask to", async () => {
    expect((await play({ built: { "dist/a.js": 1 } })).host.saved).toHaveLength(1);
    expect((await play({ built: { "dist/a.js": 1 }, ...proposal })).host.saved).toEqual([]);
    expect((await play({ built: { "dist/a.js": 1 }, terminal: true })).host.saved).toEqual([]);
  });

  it("an initial load that the baseline does not know is neutral in growth", async () => {
    const stats: Stats[] = [
      { source: "meta.json", format: "esbuild", outputs: [{ path: "dist/a.js", entry: true, imports: [] }], modules: [] },
    ];
    const inputs = { stats: "meta.json", budgets: "- name: first\n  scope: initial\n  compression: none\n  max: 5\n  max-increase: 0" };
    const { report } = await play({ built: { "dist/a.js": 5, "dist/b.js": 7 }, stored: { "dist/a.js": 1 }, stats, inputs, ...proposal });
    expect(report.rules).toMatchObject([
      { name: "first: max", verdict: "pass", actual: 5 },
      { name: "first: max-increase", verdict: "neutral" },
    ]);
  });

  it("percentages are exact where floats are not", async () => {
    const inputs = { budgets: "- name: app\n  compression: none\n  max-increase-percent: 0.07" };
    const at = async (now: number) =>
      (await play({ built: { "dist/a.js": now }, stored: { "dist/a.js": 1_000_000 }, inputs, ...proposal })).report.verdict;
    expect([await at(1_000_700), await at(1_000_701)]).toEqual(["pass", "fail"]);
  });
});
