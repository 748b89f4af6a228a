import { describe, expect, it } from "vitest";
import manifest from "../../../actions/benchmark-compare/src/manifest.ts";
import type { ComparePorts, Ended, Pressure, Tree } from "../../../actions/benchmark-compare/src/ports.ts";
import { run } from "../../../actions/benchmark-compare/src/run.ts";
import { seeded } from "../../../actions/benchmark-compare/src/statistics/random.ts";
import { memoryHost } from "../../../packages/frame/adapters/memory.ts";
import { runAction } from "../../../packages/frame/frame.ts";

interface World {
  readonly inputs?: Readonly<Record<string, string>>;
  /** Before the first round and after the last. */
  readonly pressures?: readonly Pressure[];
  /** What a run of a side in a round does; rounds from 0. */
  readonly play: (side: "base" | "head", round: number) => Partial<Ended> & { readonly files?: Readonly<Record<string, string>> };
}

const idle: Pressure = { stolen: 0, total: 1_000, load: 0.1 };
const random = seeded(7);
const noisy = (value: number): number => value * (1 + 0.004 * (random() - 0.5));
const printed = (values: Readonly<Record<string, number>>, unit = "ns"): string =>
  JSON.stringify(Object.entries(values).map(([name, value]) => ({ name, unit, value })));

/** Runs the action on trees that do as they are told. */
async function compare({ inputs = {}, pressures = [idle, { ...idle, total: 2_000 }], play }: World) {
  const host = memoryHost({
    inputs: { command: "bench", baseline: "none", ruler: "none", rounds: "8", ...inputs },
    change: { base: "b".repeat(40), head: "c".repeat(40), rule: "a test's", files: [] },
  });
  const asked = [...pressures];
  const tree = (side: "base" | "head"): Tree => {
    let round = -1;
    return {
      run: async () => {
        round += 1;
        return { exitCode: 0, stdout: "", lastWords: "", ...play(side, round) };
      },
      clear: async () => {},
      read: async () => Object.entries(play(side, round).files ?? {}).map(([path, text]) => ({ path, text })),
    };
  };
  const machine: ComparePorts["machine"] = {
    facts: async () => ({ cpu: "C", cores: 4, class: "C, 4" }),
    ruler: async () => 1,
    spareMemory: async () => {},
    pressure: async () => asked.shift() ?? idle,
  };
  const trees: ComparePorts["trees"] = { within: async (_base, _head, work) => ({ done: await work(tree("base"), tree("head")) }) };
  const page: ComparePorts["page"] = { code: () => Promise.reject(new Error("no dashboard is asked for")) };
  const { report, exitCode } = await runAction({ manifest, run, bind: () => ({ machine, trees, page }) }, host);
  const results = (report.data["benchmarks"] ?? []) as readonly {
    name: string;
    verdict: string;
    why?: string;
    head: { n: number; median: number };
  }[];
  return { report, exitCode, of: (name: string) => results.find((each) => each.name === name), notes: (report.notes ?? []).join("\n") };
}

describe("a machine under pressure", () => {
  const play = (side: "base" | "head") => ({
    stdout: `${printed({ time: noisy(side === "base" ? 1_000 : 1_700) })}\n${printed({ size: side === "base" ? 100 : 160 }, "B")}`,
  });

  it("times fail where it is idle", async () => {
    const { of, report, exitCode } = await compare({ play });
    expect([of("time")?.verdict, of("size")?.verdict, report.data["guards"], exitCode]).toEqual(["fail", "fail", [], 1]);
  });

  it.each([
    ["stolen time", [idle, { ...idle, stolen: 300, total: 2_000 }], "the host gave 30 % of this machine's time to others"],
    [
      "a crowd",
      [
        { ...idle, load: 12 },
        { ...idle, total: 2_000 },
      ],
      "12 processes wanted the 4 cores before the first round",
    ],
  ])("%s makes times inconclusive and leaves sizes alone", async (_, pressures, guard) => {
    const { of, report, notes } = await compare({ play, pressures });
    expect(report.data["guards"]).toEqual([guard]);
    expect(of("time")).toMatchObject({ verdict: "inconclusive", why: guard });
    expect(of("size")?.verdict).toBe("fail");
    expect(notes).toContain(guard);
  });

  it("what is usual on a shared host is no guard", async () => {
    const { report } = await compare({
      play,
      pressures: [
        { ...idle, load: 7.9 },
        { ...idle, stolen: 99, total: 2_000 },
      ],
    });
    expect(report.data["guards"]).toEqual([]);
  });
});

describe("what the sides do", () => {
  const same = () => ({ stdout: printed({ a: noisy(1_000) }) });

  it.each([
    ["base", "command: on the base it ended with exit code 9: boom."],
    ["head", "command: on the tested tree it ended with exit code 9: boom."],
  ] as const)("a crash of the %s in a later round is unknown", async (broken, why) => {
    const { report, exitCode } = await compare({
      play: (side, round) => (side === broken && round === 3 ? { exitCode: 9, lastWords: "boom." } : same()),
    });
    expect([report.verdict, exitCode, report.headline]).toEqual(["unknown", 3, why]);
  });

  it("a run that is stopped in the first round leaves nothing to compare", async () => {
    const { report, exitCode } = await compare({
      inputs: { budget: "90s" },
      play: (side) => (side === "head" ? { exitCode: 124, late: true } : same()),
    });
    expect([report.verdict, exitCode]).toEqual(["unknown", 3]);
    expect(report.headline).toBe("command: on the tested tree it was stopped after 90 s, the time that it has.");
  });

  it("a run that is stopped later gives up its round, on both sides", async () => {
    const { report, of, notes } = await compare({
      play: (side, round) => (side === "head" && round === 6 ? { exitCode: 124, late: true } : same()),
    });
    expect([report.data["rounds"], of("a")?.head.n, of("a")?.verdict]).toEqual([6, 6, "ok"]);
    expect(notes).toContain("Round 7 was left out: command: on the tested tree it was stopped");
  });

  it("criterion's files of a round are one result, and a benchmark in two files has both values", async () => {
    const criterion = (value: number) => ({
      "target/criterion/fib/new/benchmark.json": JSON.stringify({ group_id: "fib", full_id: "fib/20", directory_name: "fib" }),
      "target/criterion/fib/new/estimates.json": JSON.stringify({ mean: { point_estimate: value }, std_dev: { point_estimate: 1 } }),
      "target/criterion/fib/new/sample.json": JSON.stringify({ iters: [1], times: [value] }),
    });
    const { of } = await compare({
      inputs: { results: "**/*.json" },
      play: () => ({ files: { ...criterion(noisy(500)), "out/1.json": printed({ a: 1_000 }), "out/2.json": printed({ a: 3_000 }) } }),
    });
    expect(of("fib/20")).toMatchObject({ verdict: "ok", head: { n: 8 } });
    expect(of("a")?.head).toEqual({ n: 16, median: 2_000 });
  });

  it("a torn file of a round is named, with its line", async () => {
    const { report, exitCode } = await compare({
      inputs: { results: "out/*.json" },
      play: () => ({ files: { "out/1.json": '[\n{"name": "a"' } }),
    });
    expect(exitCode).toBe(2);
    expect(report.headline).toMatch(
      /^command, in round 1 of the (base|tested tree): out\/1\.json:2 is no JSON, or only the beginning of it\.$/,
    );
  });
});
