import { afterAll, beforeAll, expect, test } from "vitest";
import { openBranch } from "../../../packages/baseline/adapters/branch.ts";
import { openStore } from "../../../packages/baseline/store.ts";
import type { Pace } from "../../../packages/github/client.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { arrangeRepository, jobToken } from "../github/arrange.ts";
import { contextAt, newFolder, removeFolders } from "./arrange.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  await fake.close();
  await removeFolders();
});

/** One second of the real schedule is a twentieth of one here. */
const hurried = (): Partial<Pace> => ({
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 20)),
  random: Math.random,
  requestTimeout: 5000,
});

/** The faults hold for reading too; what was read once is not asked for again. */
async function patiently(read: () => Promise<unknown> | undefined): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    const found = await read();
    if (Array.isArray(found) || tries === 30) return found;
  }
}

/** Fifty writers, all of which have read the branch before any has written. */
async function fifty(before: readonly string[]): Promise<void> {
  fake.reset();
  const repository = arrangeRepository(fake);
  const folder = await newFolder();
  const root = "baseline/coverage-gate";
  const kept = { "README.md": "kept", "other/file.txt": "kept too" };
  const early = Object.fromEntries(before.map((name) => [`${root}/runs/${name}.json`, `"${name}"`]));
  if (before.length > 0) repository.git.commitFiles("forge-data", { ...kept, ...early });
  fake.state.rate.remaining = 100_000;
  const names = Array.from({ length: 50 }, (_, index) => `2026-11/run-${index}`);
  const runs = await Promise.all(
    names.map(async () => {
      const context = await contextAt(7, { url: fake.url, token: jobToken, folder });
      const store = openStore(context, () => openBranch({ ...context, pace: hurried() }, "forge-data"));
      await store.entries?.();
      return store;
    }),
  );
  fake.fault({ times: Number.POSITIVE_INFINITY, chance: 0.15 }, { kind: "status", status: 502, after: true });
  fake.fault({ times: Number.POSITIVE_INFINITY, chance: 0.15 }, { kind: "status", status: 500 });
  const answers = await Promise.all(runs.map((run, index) => run.append?.(names[index] ?? "", names[index])));
  expect(answers.filter((answer) => answer === undefined || "skipped" in answer)).toEqual([]);
  const stored = repository.git.filesOf("forge-data");
  for (const name of names) expect(stored.get(`${root}/runs/${name}.json`)).toBe(`"${name}"\n`);
  if (before.length > 0) for (const [path, text] of Object.entries(kept)) expect(stored.get(path)).toBe(text);
  const parts = [...stored].filter(([path]) => path.startsWith(`${root}/months/`));
  expect(parts).toHaveLength(before.length === 0 ? 0 : 1);
  const together = parts.flatMap(([, text]) => (JSON.parse(text).entries as { name: string }[]).map(({ name }) => name));
  expect(new Set(together).size).toBe(together.length);
  expect(await patiently(() => runs[0]?.entries?.())).toEqual([...before, ...names].sort());
}

test("fifty that append, three answers in ten of them faults, lose nothing", () => fifty([]), 60_000);

test(
  "nor do fifty who all want to put together what is there",
  () => fifty(Array.from({ length: 20 }, (_, index) => `2026-11/early-${index}`)),
  60_000,
);

/** 300 benchmarks with names as they are. */
const series = Array.from({ length: 300 }, (_, index) => `BenchmarkDecode/corpus=${index % 20}/size=${index}KB/parallel`);
const measured = (n: number) => ({
  commit: String(n).padStart(40, "0"),
  lists: [{ series }],
  values: series.map((_, index) => 1000 / (index + n + 1)),
});

test("2,000 entries of 300 values are added to in three requests and read in few", async () => {
  fake.reset();
  const repository = arrangeRepository(fake);
  const folder = await newFolder();
  fake.state.rate.remaining = 100_000;
  const name = (n: number): string => `2026-11/${String(n).padStart(5, "0")}`;
  const run = async () => {
    const context = await contextAt(7, { url: fake.url, token: jobToken, folder });
    const store = openStore(context, () => openBranch({ ...context, pace: { ...hurried(), requestTimeout: 30_000 } }, "forge-data"));
    return { store, found: await store.entries?.() };
  };
  const put = (from: number, to: number): void => {
    const some = Array.from({ length: to - from }, (_, index) => from + index);
    const files = some.map((n) => [`baseline/coverage-gate/runs/${name(n)}.json`, JSON.stringify(measured(n))] as const);
    repository.git.commitFiles("forge-data", Object.fromEntries(files));
  };
  const sent = (from: number) => fake.requests.slice(from).map(({ method, body }) => [method, JSON.stringify(body).length] as const);
  // As many runs have written them, of which every seventeenth has put together what it found.
  let most = 0;
  for (let n = 0; n < 117 * 17; n += 17) {
    put(n, n + 16);
    const { store } = await run();
    const from = fake.requests.length;
    expect(await store.append?.(name(n + 16), measured(n + 16))).toHaveProperty("saved");
    most = Math.max(most, ...sent(from).map(([, size]) => size));
  }
  expect(most).toBeLessThan(2 * 2 ** 20);
  put(117 * 17, 2000);
  const before = fake.requests.length;
  const { store, found } = await run();
  expect(fake.requests.length - before).toBeLessThan(35);
  expect(found).toEqual(Array.from({ length: 2000 }, (_, n) => measured(n)));
  const from = fake.requests.length;
  await store.append?.(name(2000), measured(2000));
  expect(sent(from).map(([method]) => method)).toEqual(["POST", "POST", "PATCH"]);
  expect(sent(from).reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(60_000);
}, 300_000);
