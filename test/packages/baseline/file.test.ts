import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openBaseline } from "../../../packages/baseline/index.ts";
import { memoryLog } from "../github/arrange.ts";
import { commit, contextAt, lineOfCommits, newFolder, pullRequest, removeFolders } from "./arrange.ts";

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(removeFolders);

const at = async (n: number, more: Parameters<typeof contextAt>[1] = {}) =>
  openBaseline("data/base.json", await contextAt(n, { folder, ...more }));
const text = () => readFile(join(folder, "data/base.json"), "utf8");

async function put(content: string): Promise<void> {
  await (await at(1)).save({});
  await writeFile(join(folder, "data/base.json"), content);
}

describe("a file", () => {
  test("is written by a push to the default branch and read by a pull request", async () => {
    expect(await (await at(3)).save({ covered: 80 })).toEqual({ saved: "data/base.json" });
    expect(await (await at(9, { event: pullRequest })).find(commit(5))).toMatchObject({ distance: 2, record: { data: { covered: 80 } } });
  });

  test("is one envelope that a person can read", async () => {
    await (await at(3)).save({ covered: 80 });
    expect(JSON.parse(await text())).toEqual({
      schema: "forge-baseline/1",
      action: "coverage-gate",
      id: "",
      commit: commit(3),
      branch: "main",
      created: "2026-11-21T00:00:03.000Z",
      data: { covered: 80 },
      history: [],
    });
  });

  test("remembers older measurements, for the trend and for changes that started from them", async () => {
    for (const n of [1, 2, 3]) await (await at(n)).save({ n });
    const reader = await at(9, { event: pullRequest });
    expect((await reader.history(10)).map(({ data }) => data)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect((await reader.history(2)).map(({ data }) => data)).toEqual([{ n: 2 }, { n: 3 }]);
    expect(await reader.find(commit(2))).toMatchObject({ distance: 0, record: { data: { n: 2 } } });
  });

  test("keeps twenty whole; of those before them only what a trend needs, and they are no baselines", async () => {
    const files = Array.from({ length: 100 }, () => "src/file.ts");
    for (let n = 1; n <= 25; n++) await (await at(n)).save({ n, files });
    const reader = await at(60, { event: pullRequest });
    const all = await reader.history(100);
    expect(all).toHaveLength(25);
    expect(all[0]?.data).toEqual({ n: 1 });
    expect(all.at(-1)?.data).toEqual({ n: 25, files });
    expect(await reader.find(commit(1))).toHaveProperty("missing");
    expect(await reader.find(commit(5))).toMatchObject({ distance: 0 });
  });

  test("holds a commit once", async () => {
    await (await at(1)).save({ run: 1 });
    await (await at(1)).save({ run: 2 });
    expect((await (await at(2)).history(9)).map(({ data }) => data)).toEqual([{ run: 2 }]);
  });

  test.each([
    ["does not exist", undefined, "data/base.json does not exist yet"],
    ["is empty", "", "data/base.json does not exist yet"],
    ["is torn", '{"schema":"forge-baseline/1","action":"cov', "what is stored there is torn or not JSON"],
    ["is something else", '{"name":"app"}', "what is stored there is not of the schema forge-baseline/1"],
    [
      "is another action's",
      '{"schema":"forge-baseline/1","action":"bundle-size","id":"web"}',
      "what is stored there belongs to bundle-size with the id web",
    ],
    [
      "lacks its data",
      `{"schema":"forge-baseline/1","action":"coverage-gate","id":"","commit":"${commit(1)}","branch":"main","created":"2026-01-01T00:00:00Z"}`,
      "what is stored there is incomplete",
    ],
    [
      "is of another line of history",
      `{"schema":"forge-baseline/1","action":"coverage-gate","id":"","commit":"${"f".repeat(40)}","branch":"main","created":"2026-01-01T00:00:00Z","data":1}`,
      "what is stored is of fffffff, which is not among the 9 commits looked at",
    ],
  ])("that %s is missing", async (_, content, missing) => {
    if (content !== undefined) await put(content);
    expect(await (await at(9)).find(commit(9))).toMatchObject({ missing });
  });

  test("that is not ours is not overwritten", async () => {
    await put('{"name":"app"}');
    expect(await (await at(2)).save({})).toEqual({
      skipped: "data/base.json is not overwritten: what is stored there is not of the schema forge-baseline/1",
    });
    expect(await text()).toBe('{"name":"app"}');
  });

  test.each(["", '{"schema":"forge-baseline/1","action":"cov'])("that broke off (%j) is written anew", async (content) => {
    await put(content);
    expect(await (await at(2)).save({ n: 2 })).toEqual({ saved: "data/base.json" });
    expect(await (await at(2)).find(commit(2))).toMatchObject({ distance: 0 });
  });

  test("is whole whenever it is looked at while many write it, and nothing is left beside it", async () => {
    await (await at(1)).save({ n: 1 });
    let looking = true;
    const looks = (async () => {
      let count = 0;
      for (; looking; count++) expect(JSON.parse(await text())).toHaveProperty("data");
      return count;
    })();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => (await at(n + 2)).save({ n, filler: "x".repeat(50_000) })),
    );
    looking = false;
    expect(await looks).toBeGreaterThan(0);
    expect(answers.every((answer) => "saved" in answer)).toBe(true);
    expect(await readdir(join(folder, "data"))).toEqual(["base.json"]);
  });

  test("outside the workspace is not written", async () => {
    const baseline = openBaseline("../../../../etc/forge.json", await contextAt(1, { folder }));
    expect(await baseline.save({})).toEqual({ skipped: expect.stringContaining("outside the workspace") });
  });
});

describe("a file that is committed", () => {
  const envelope = (n: number, covered: number) =>
    JSON.stringify({
      schema: "forge-baseline/1",
      action: "coverage-gate",
      id: "",
      commit: commit(n),
      branch: "main",
      created: "2026-01-01T00:00:00Z",
      data: { covered },
    });

  test("counts as the base has it, whatever the pull request made of it", async () => {
    await put(envelope(4, 1));
    const diff = lineOfCommits(
      { [`${commit(5)}:data/base.json`]: envelope(4, 80), [`${commit(9)}:data/base.json`]: envelope(4, 1) },
      folder,
    );
    expect(await (await at(9, { event: pullRequest, diff })).find(commit(5))).toMatchObject({ record: { data: { covered: 80 } } });
  });

  test("is pointed out where the pull request itself adds it", async () => {
    await put(envelope(4, 1));
    const log = memoryLog();
    const diff = lineOfCommits({ [`${commit(9)}:data/base.json`]: envelope(4, 1) }, folder);
    await (await at(9, { event: pullRequest, diff, log })).find(commit(5));
    expect(log.lines).toEqual(["The baseline data/base.json was added by this pull request itself."]);
  });
});

test("`none` gives nothing and takes nothing", async () => {
  const baseline = openBaseline("none", await contextAt(1, { folder }));
  expect(await baseline.find(commit(1))).toEqual({ missing: "baselines are switched off (baseline: none)" });
  expect(await baseline.save({})).toEqual({ skipped: "baselines are switched off (baseline: none)" });
});
