import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openBaseline } from "../../../packages/baseline/index.ts";
import { type FakeCache, startFakeCache } from "../../fake-github/cache-service.ts";
import { contextAt, newFolder, pullRequest, removeFolders } from "./arrange.ts";

const { PATH = "" } = process.env;

describe.each(["cache", "file", "branch"] as const)("what a run remembers: %s", (kind) => {
  let cache: FakeCache;
  let folder: string;
  let temporary: string;
  beforeAll(async () => {
    cache = await startFakeCache(2);
  });
  beforeEach(async () => {
    cache.reset();
    folder = await newFolder();
    temporary = await newFolder();
  });
  afterEach(async () => {
    expect(await readdir(temporary)).toEqual([]);
    await removeFolders();
  });
  afterAll(() => cache.close());

  const at = async (n: number, more: Parameters<typeof contextAt>[1] = {}) => {
    const environment = { PATH, RUNNER_TEMP: temporary, ...cache.environment };
    return openBaseline(kind === "file" ? "kept/data.json" : kind, await contextAt(n, { environment, folder, ...more }));
  };

  test("is there for the next run, newest first, each name by itself", async () => {
    const store = await at(1);
    expect(await store.recall?.("sizes")).toBeUndefined();
    expect(await store.remember?.("sizes", { n: 1 })).toHaveProperty("saved");
    expect(await store.remember?.("sizes-of", [2])).toHaveProperty("saved");
    expect(await (await at(2)).recall?.("sizes")).toEqual({ n: 1 });
    await (await at(3)).remember?.("sizes", { n: 3 });
    expect(await (await at(4)).recall?.("sizes")).toEqual({ n: 3 });
    expect(await (await at(4)).recall?.("sizes-of")).toEqual([2]);
  });

  test("a proposal may remember, but only proposals read that", async () => {
    const proposed = await at(1, { event: pullRequest });
    expect(await proposed.remember?.("sizes", "proposed")).toHaveProperty("saved");
    expect(await (await at(2, { event: pullRequest })).recall?.("sizes")).toBe("proposed");
    expect(await (await at(3)).recall?.("sizes")).toBeUndefined();
    await (await at(3)).remember?.("sizes", "trusted");
    expect(await (await at(4)).recall?.("sizes")).toBe("trusted");
  });

  test("a proposal reads what others remember", async () => {
    await (await at(1)).remember?.("sizes", "trusted");
    expect(await (await at(2, { event: pullRequest })).recall?.("sizes")).toBe("trusted");
  });

  test("is no baseline", async () => {
    const store = await at(1);
    await store.remember?.("sizes", 1);
    expect(await (await at(2)).find(`${"e".repeat(39)}1`)).toHaveProperty("missing");
  });

  test("names that could lead elsewhere are refused", async () => {
    const store = await at(1);
    for (const name of ["../x", "a/b", "", "x".repeat(200), "-a"]) {
      expect(await store.remember?.(name, 1)).toHaveProperty("skipped");
      expect(await store.recall?.(name)).toBeUndefined();
    }
  });
});

describe("torn baselines", () => {
  afterEach(removeFolders);

  test("are told from those that are not there", async () => {
    const folder = await newFolder();
    const at = async () => openBaseline("data.json", await contextAt(2, { folder }));
    expect(await (await at()).find(`${"e".repeat(39)}1`)).not.toHaveProperty("torn");
    await writeFile(join(folder, "data.json"), '{"schema":"forge-baseline/1","action"');
    expect(await (await at()).find(`${"e".repeat(39)}1`)).toMatchObject({ torn: true });
    await writeFile(join(folder, "data.json"), '{"schema":"forge-baseline/1","action":"other","id":""}');
    expect(await (await at()).find(`${"e".repeat(39)}1`)).not.toHaveProperty("torn");
  });

  test("a branch store without a cache service says why it remembers nothing", async () => {
    const store = openBaseline("branch", await contextAt(1));
    expect(await store.recall?.("sizes")).toBeUndefined();
    expect(await store.remember?.("sizes", 1)).toEqual({ skipped: "there is no cache service here" });
  });

  test("what is not there is told from what cannot be read, and that from what is torn", async () => {
    const folder = await newFolder();
    const store = openBaseline("data.json", await contextAt(2, { folder }));
    expect(await store.look?.("sizes")).toEqual({ nothing: true });
    await store.remember?.("sizes", 7);
    expect(await store.look?.("sizes")).toEqual({ data: 7 });
    await writeFile(join(folder, "data.json.memory", "trusted-sizes.json"), '{"n":');
    expect(await store.look?.("sizes")).toMatchObject({ torn: true });
    expect(await store.recall?.("sizes")).toBeUndefined();
  });

  test("stores that remember nothing say so", async () => {
    const store = openBaseline("none", await contextAt(1));
    expect(await store.recall?.("sizes")).toBeUndefined();
    expect(await store.remember?.("sizes", 1)).toEqual({ skipped: "this store remembers nothing but baselines" });
  });
});
