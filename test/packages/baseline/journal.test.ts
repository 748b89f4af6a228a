import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openBranch } from "../../../packages/baseline/adapters/branch.ts";
import { openStore } from "../../../packages/baseline/store.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Repository } from "../../fake-github/state.ts";
import { arrangeRepository, freePace, jobToken } from "../github/arrange.ts";
import { contextAt, newFolder, pullRequest, removeFolders } from "./arrange.ts";

let fake: FakeGitHub;
let repository: Repository;
let folder: string;
beforeAll(async () => {
  fake = await startFakeGitHub();
  folder = await newFolder();
});
beforeEach(() => {
  fake.reset();
  repository = arrangeRepository(fake);
});
afterEach(() => fake.verify());
afterAll(async () => {
  await fake.close();
  await removeFolders();
});

type More = Parameters<typeof contextAt>[1];

/** One run: it reads what is there, and appends. */
async function at(n: number, more: More = {}) {
  const context = await contextAt(n, { url: fake.url, token: jobToken, folder, ...more });
  return openStore(context, () => openBranch({ ...context, pace: freePace() }, "forge-data"));
}

async function reader(n = 9, more: More = {}) {
  const run = await at(n, more);
  await run.entries?.();
  return run;
}

const root = "baseline/coverage-gate";
const owner = { action: "coverage-gate", id: "" };
const name = (n: number, month = "2026-11"): string => `${month}/run-${String(n).padStart(4, "0")}`;
const stored = () => repository.git.filesOf("forge-data");
const months = () => [...stored().keys()].filter((path) => path.startsWith(`${root}/months/`)).map((path) => path.slice(root.length + 8));
const namesIn = (file: string): string[] =>
  (JSON.parse(stored().get(`${root}/months/${file}`) ?? "{}").entries as { name: string }[]).map((entry) => entry.name);
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const methods = (from: number): string[] => fake.requests.slice(from).map(({ method }) => method);

/** Entries as they stand on a branch that nobody has put together yet. */
function loose(from: number, to: number, month = "2026-11"): void {
  const files = numbers(from, to).map((n) => [`${root}/runs/${name(n, month)}.json`, JSON.stringify({ n })] as const);
  repository.git.commitFiles("forge-data", Object.fromEntries(files));
}

function monthFile(file: string, from: number, to: number): void {
  const entries = numbers(from, to).map((n) => ({ name: name(n, file.slice(0, 7)), data: { n } }));
  const text = JSON.stringify({ schema: "forge-baseline-journal/1", ...owner, entries });
  repository.git.commitFiles("forge-data", { [`${root}/months/${file}`]: text });
}

const read = async (): Promise<unknown> => (await at(99, { event: pullRequest })).entries?.();
const data = (from: number, to: number) => numbers(from, to).map((n) => ({ n }));

describe("what is kept beside each other", () => {
  test("has a file each, and is added in three requests", async () => {
    loose(1, 3);
    const run = await reader();
    const before = fake.requests.length;
    expect(await run.append?.(name(4), { n: 4 })).toEqual({ saved: `${root}/runs/${name(4)}.json on the branch forge-data` });
    expect(methods(before)).toEqual(["POST", "POST", "PATCH"]);
    expect(JSON.parse(stored().get(`${root}/runs/${name(4)}.json`) ?? "")).toEqual({ n: 4 });
    expect(months()).toEqual([]);
    expect(await read()).toEqual(data(1, 4));
  });

  test("makes the branch where there is none", async () => {
    const run = await at(1);
    expect(await run.entries?.()).toEqual({ missing: "there is no branch forge-data yet" });
    expect(await run.append?.(name(1), { n: 1 })).toHaveProperty("saved");
    expect([...stored().keys()]).toEqual(["README.md", `${root}/runs/${name(1)}.json`]);
    expect(await read()).toEqual(data(1, 1));
  });

  test("is added without having been read, and by one that was overtaken, without reading more than the head", async () => {
    loose(1, 20);
    const before = fake.requests.length;
    await (await at(1)).append?.(name(21), { n: 21 });
    expect(methods(before)).toEqual(["GET", "POST", "POST", "PATCH"]);
    const slow = await at(2);
    await slow.history(1);
    loose(22, 22);
    const from = fake.requests.length;
    await slow.append?.(name(23), { n: 23 });
    expect(methods(from)).toEqual(["POST", "POST", "PATCH", "GET", "POST", "POST", "PATCH"]);
    expect(await read()).toEqual(data(1, 23));
  });

  test("is written by pushes only, under proper names", async () => {
    expect(await (await at(1, { event: pullRequest })).append?.(name(1), 1)).toHaveProperty("skipped");
    for (const bad of ["../x", "2026-11/../x", "x", "2026-11/a/b"]) expect(await (await at(1)).append?.(bad, 1)).toHaveProperty("skipped");
    expect(await (await at(1)).entries?.()).toEqual({ missing: "there is no branch forge-data yet" });
  });

  test("twice under one name is there once", async () => {
    for (const n of [1, 2]) await (await reader(n)).append?.(name(1), { n: 1 });
    expect(await read()).toEqual(data(1, 1));
  });

  test("leaves out a file that is torn, and does not take it for one that wants putting together", async () => {
    loose(1, 2);
    for (const n of numbers(3, 20)) repository.git.commitFiles("forge-data", { [`${root}/runs/${name(n)}.json`]: '{"n":' });
    const run = await reader();
    await run.append?.(name(21), { n: 21 });
    expect(months()).toEqual([]);
    expect(await read()).toEqual([{ n: 1 }, { n: 2 }, { n: 21 }]);
  });
});

describe("entries are put together", () => {
  test("by the writer that has seen sixteen loose ones, and are read in few requests then", async () => {
    for (const n of numbers(1, 17)) {
      expect(months()).toEqual([]);
      await (await reader(n)).append?.(name(n), { n });
    }
    expect(namesIn("2026-11.json")).toEqual(numbers(1, 17).map((n) => name(n)));
    const before = fake.requests.length;
    expect(await read()).toEqual(data(1, 17));
    // The head, the two folders, the part, and the names of its month.
    expect(fake.requests.length - before).toBe(5);
    for (const n of numbers(1, 17)) expect(stored().get(`${root}/runs/${name(n)}.json`)).toBe(`{"n":${n}}\n`);
  });

  test("with those of an older version's month", async () => {
    monthFile("2026-11.json", 1, 30);
    loose(1, 46);
    await (await reader()).append?.(name(47), { n: 47 });
    expect(months()).toEqual(["2026-11.json"]);
    expect(namesIn("2026-11.json")).toHaveLength(47);
    expect(await read()).toEqual(data(1, 47));
  });

  test("beside a part that is full", async () => {
    const long = { n: 0, text: "x".repeat(2 * 1024 * 1024) };
    const full = JSON.stringify({ schema: "forge-baseline-journal/1", ...owner, entries: [{ name: name(0), data: long }] });
    repository.git.commitFiles("forge-data", { [`${root}/months/2026-11.json`]: full });
    loose(1, 16);
    await (await reader()).append?.(name(17), { n: 17 });
    expect(stored().get(`${root}/months/2026-11.json`)).toBe(full);
    expect(namesIn("2026-11.1.json")).toHaveLength(17);
    expect(await read()).toEqual([long, ...data(1, 17)]);
    loose(18, 33);
    await (await reader()).append?.(name(34), { n: 34 });
    expect(months()).toEqual(["2026-11.1.json", "2026-11.json"]);
    expect(await read()).toEqual([long, ...data(1, 34)]);
  });

  test("when a month ends, so that only the newest two have loose ones", async () => {
    loose(1, 3, "2026-11");
    await (await reader()).append?.(name(4, "2026-12"), { n: 4 });
    expect(months()).toEqual(["2026-11.json", "2026-12.json"]);
    await (await reader()).append?.(name(5, "2026-12"), { n: 5 });
    await (await reader()).append?.(name(6, "2027-01"), { n: 6 });
    expect(namesIn("2026-12.json")).toEqual([name(4, "2026-12"), name(5, "2026-12")]);
    expect(await read()).toEqual(data(1, 6));
  });

  test("also of a month that was left behind", async () => {
    loose(1, 2, "2026-08");
    loose(3, 4, "2026-11");
    loose(5, 6, "2026-12");
    expect(await read()).toEqual(data(1, 6));
    await (await reader()).append?.(name(7, "2027-01"), { n: 7 });
    expect(months()).toEqual(["2026-08.json", "2026-11.json", "2026-12.json", "2027-01.json"]);
    expect(await read()).toEqual(data(1, 7));
  });

  test("anew by a writer that was overtaken, with the overtaker's", async () => {
    loose(1, 16);
    const slow = await reader();
    await (await at(1)).append?.(name(17), { n: 17 });
    await slow.append?.(name(18), { n: 18 });
    expect(namesIn("2026-11.json")).toEqual(numbers(1, 18).map((n) => name(n)));
    expect(await read()).toEqual(data(1, 18));
  });

  test("by one of two writers where both have seen the need", async () => {
    loose(1, 16);
    const [one, other] = [await reader(1), await reader(2)];
    await one.append?.(name(17), { n: 17 });
    const part = stored().get(`${root}/months/2026-11.json`);
    await other.append?.(name(18), { n: 18 });
    expect(stored().get(`${root}/months/2026-11.json`)).toBe(part);
    expect(await read()).toEqual(data(1, 18));
  });

  test("from beyond the thousand names that GitHub lists of a folder", async () => {
    monthFile("2026-11.json", 1, 1190);
    loose(1, 1210);
    expect(await read()).toEqual(data(1, 1210));
    const run = await reader();
    await run.append?.(name(1211), { n: 1211 });
    expect(namesIn("2026-11.json")).toHaveLength(1211);
    const next = await reader();
    const before = fake.requests.length;
    await next.append?.(name(1212), { n: 1212 });
    expect(methods(before)).toEqual(["POST", "POST", "PATCH"]);
    expect(await read()).toEqual(data(1, 1212));
  });
});

describe("a part that is torn", () => {
  const elsewhere = JSON.stringify({ schema: "forge-baseline-journal/1", action: "other", id: "", entries: [] });

  test.each([
    ["half a text", "{"],
    ["another action's", elsewhere],
  ])("%s, is made again of its entries", async (_, torn) => {
    loose(1, 2, "2026-08");
    for (const month of ["2026-10", "2026-11"]) loose(3, 3, month);
    monthFile("2026-10.json", 3, 3);
    repository.git.commitFiles("forge-data", { [`${root}/months/2026-08.json`]: torn });
    expect(await read()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 3 }]);
    await (await reader()).append?.(name(4), { n: 4 });
    expect(namesIn("2026-08.json")).toEqual([name(1, "2026-08"), name(2, "2026-08")]);
    expect(await read()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 3 }, { n: 4 }]);
  });

  test("and two of one month, are mended together", async () => {
    loose(1, 3);
    repository.git.commitFiles("forge-data", { [`${root}/months/2026-11.json`]: "{", [`${root}/months/2026-11.2.json`]: "" });
    await (await reader()).append?.(name(4), { n: 4 });
    expect([namesIn("2026-11.json"), namesIn("2026-11.2.json")]).toEqual([numbers(1, 4).map((n) => name(n)), []]);
    expect(await read()).toEqual(data(1, 4));
  });

  test("with more entries than are read at once is mended by several writers", async () => {
    loose(1, 450);
    repository.git.commitFiles("forge-data", { [`${root}/months/2026-11.json`]: "{" });
    expect(await read()).toEqual(data(251, 450));
    for (const n of [451, 452, 453]) await (await reader()).append?.(name(n), { n });
    expect(await read()).toEqual(data(1, 453));
    const run = await reader();
    const before = fake.requests.length;
    await run.append?.(name(454), { n: 454 });
    expect(
      fake.requests
        .slice(before)
        .flatMap(({ body }) => (body as { tree?: unknown[] }).tree ?? [])
        .filter((each) => typeof each === "object"),
    ).toHaveLength(1);
  });
});

describe("what entries have in common", () => {
  const series = numbers(1, 60).map((n) => `benchmark/with a name/${n}`);
  const entry = (n: number) => ({ lists: [{ series }], values: [n, n / 3], "odd key": { __proto__: null, deep: [[[[[n]]]]] } });

  test("stands in a part once, and is given back whole", async () => {
    for (const n of numbers(1, 17)) await (await reader(n)).append?.(name(n), entry(n));
    const part = stored().get(`${root}/months/2026-11.json`) ?? "";
    expect(part.split("benchmark/with a name/60")).toHaveLength(2);
    expect(await read()).toEqual(numbers(1, 17).map((n) => JSON.parse(JSON.stringify(entry(n)))));
  });

  test("is not taken for something else where data looks like a reference", async () => {
    const odd = { $shared: 0, series };
    for (const n of numbers(1, 17)) await (await reader(n)).append?.(name(n), n % 2 === 0 ? odd : { series });
    expect(months()).toEqual(["2026-11.json"]);
    expect(await read()).toEqual(numbers(1, 17).map((n) => (n % 2 === 0 ? odd : { series })));
  });
});
