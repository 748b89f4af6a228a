import { readdir } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openBaseline } from "../../../packages/baseline/index.ts";
import { cacheKey } from "../../../packages/baseline/layout.ts";
import { type FakeCache, startFakeCache } from "../../fake-github/cache-service.ts";
import { commit, contextAt, newFolder, pullRequest, removeFolders } from "./arrange.ts";

const { PATH = "" } = process.env;

describe.each([1, 2] as const)("the cache service, version %i", (protocol) => {
  let cache: FakeCache;
  let temporary: string;
  let workspace: string;
  beforeAll(async () => {
    cache = await startFakeCache(protocol);
  });
  beforeEach(async () => {
    cache.reset();
    temporary = await newFolder();
    workspace = await newFolder();
  });
  afterEach(async () => {
    // Nothing is left behind, and nothing was ever in the workspace.
    expect(await readdir(temporary)).toEqual([]);
    expect(await readdir(workspace)).toEqual([]);
    await removeFolders();
  });
  afterAll(() => cache.close());

  // Both versions keep the same promises; what does not depend on the version is tried with the newer one.
  const whole = (name: string, run: () => Promise<void>): void => {
    if (protocol === 2) test(name, run);
  };

  const at = async (n: number, more: Parameters<typeof contextAt>[1] = {}) => {
    const environment = { PATH, RUNNER_TEMP: temporary, ...cache.environment };
    return openBaseline("cache", await contextAt(n, { environment, folder: workspace, ...more }));
  };

  test("gives back what an ancestor saved, with its distance and the trend, by one restore", async () => {
    expect(await (await at(1)).save({ covered: 80 })).toEqual({ saved: `forge-baseline-coverage-gate--${commit(1)} in the cache` });
    expect(await (await at(2)).save({ covered: 82 })).toHaveProperty("saved");
    const before = cache.requests.length;
    const reader = await at(9, { event: pullRequest });
    expect(await reader.find(commit(4))).toMatchObject({
      distance: 2,
      record: { commit: commit(2), branch: "main", data: { covered: 82 } },
    });
    expect((await reader.history(10)).map(({ data }) => data)).toEqual([{ covered: 80 }, { covered: 82 }]);
    expect(cache.requests.slice(before).filter((request) => /cache$|URL$/i.test(request))).toHaveLength(1);
  });

  whole("is not confused by other ids whose names begin alike", async () => {
    await (await at(1, { id: "web" })).save({ of: "web" });
    await (await at(2, { id: "web-api" })).save({ of: "web-api" });
    expect(await (await at(3, { id: "web" })).find(commit(3))).toMatchObject({ distance: 2, record: { data: { of: "web" } } });
    expect(await (await at(3)).find(commit(3))).toEqual({ missing: "nothing is in the cache yet" });
  });

  whole("finds an ancestor further away than the newest that is none", async () => {
    await (await at(10)).save({ n: 10 });
    await (await at(40)).save({ n: 40 });
    expect(await (await at(50, { event: pullRequest })).find(commit(30))).toMatchObject({ distance: 20, record: { data: { n: 10 } } });
  });

  whole("does not take the newest for a baseline when it is no ancestor", async () => {
    await (await at(40)).save({ n: 40 });
    expect(await (await at(50, { event: pullRequest })).find(commit(30))).toEqual({
      missing: `what is stored is of ${commit(40).slice(0, 7)}, which is not among the 30 commits looked at`,
    });
  });

  test("keeps the first of two for a commit, and says so", async () => {
    await (await at(1)).save({ run: 1 });
    expect(await (await at(1)).save({ run: 2 })).toEqual({
      skipped: "a baseline of this commit is in the cache already, and entries of the cache cannot be replaced",
    });
    expect(await (await at(1)).find(commit(1))).toMatchObject({ record: { data: { run: 1 } } });
  });

  test("with a token that may only read", async () => {
    cache.mode = "denied";
    expect(await (await at(1)).save({})).toEqual({ skipped: "this run may only read the cache" });
  });

  whole("that is torn is missing", async () => {
    await (await at(1)).save({});
    cache.spoil(Buffer.from("not an archive"));
    expect(await (await at(2)).find(commit(2))).toHaveProperty("missing");
  });

  whole("that refuses everything is missing, and nothing throws", async () => {
    cache.mode = "down";
    expect(await (await at(2)).find(commit(2))).toEqual({ missing: "nothing is in the cache yet" });
    expect(await (await at(2)).save({})).toEqual({ skipped: expect.stringContaining("the cache service did not take it") });
  });

  whole("prints nothing itself; secrets of its addresses are masked", async () => {
    const { log, lines, secrets } = rememberingLog();
    await (await at(1, { log })).save({});
    expect(lines.some((line) => line.startsWith("cache: "))).toBe(true);
    expect(lines.join("\n")).not.toMatch(/add-mask|sig=/);
    expect(secrets.join(" ")).toContain("secret");
  });

  whole("ends its process when the step ends", async () => {
    cache.mode = "hanging";
    const listeners = process.listenerCount("exit");
    const finding = (await at(2)).find(commit(1));
    await expect.poll(() => cache.requests.length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(process.listenerCount("exit")).toBe(listeners + 2);
    const ending = process.listeners("exit").at(-1);
    ending?.call(process, 0);
    expect(await finding).toEqual({ missing: "the cache did not work (its process ended early)" });
  });
});

describe("without a cache service", () => {
  afterEach(removeFolders);
  test.each(["cache", "auto"])("%s is missing in words", async (choice) => {
    const baseline = openBaseline(choice, await contextAt(1));
    expect(await baseline.find(commit(1))).toEqual({ missing: "there is no cache service here" });
    expect(await baseline.save({})).toEqual({ skipped: "there is no cache service here" });
    expect(await baseline.history(5)).toEqual([]);
  });
});

test("keys hold nothing that the service refuses", () => {
  expect(cacheKey({ action: "coverage-gate", id: "a,b c/é" }, commit(1))).toBe(
    `forge-baseline-coverage-gate-a%2cb%20c%2f%c3%a9-${commit(1)}`,
  );
});

function rememberingLog() {
  const lines: string[] = [];
  const secrets: string[] = [];
  const keep = (text: string): void => {
    lines.push(text);
  };
  const secret = (value: string): void => {
    secrets.push(value);
  };
  return { lines, secrets, log: { debug: keep, info: keep, notice: keep, warning: keep, secret } };
}
