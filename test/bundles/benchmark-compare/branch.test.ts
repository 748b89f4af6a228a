import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Repository } from "../../fake-github/state.ts";
import { type Happening, proposed, pushed } from "../events.ts";
import { cleanUp } from "../harness.ts";
import { bench, custom, ended, row, sides } from "./bench.ts";

let fake: FakeGitHub;
let repository: Repository;
const token = "ghs_job";
const sha = (digit: string): string => digit.repeat(40);
const onBranch = { baseline: "branch", results: "bench/head.json", token };
const at = (happening: Happening): Happening => ({ ...happening, env: { ...happening.env, GITHUB_API_URL: fake.url } });
const files = (): Map<string, string> => repository.git.filesOf("forge-data");

beforeAll(async () => {
  fake = await startFakeGitHub();
});
beforeEach(() => {
  fake.reset();
  repository = fake.state.addRepository("octo/app");
  repository.git.commitFiles("main", { "README.md": "# App\n" });
  repository.git.commitFiles("gh-pages", { "index.html": "the project's page", "benchmarks/old.html": "old" });
  fake.state.addActionsToken(token, repository, { contents: "write" });
});
afterAll(async () => {
  await fake.close();
  cleanUp();
});

describe("the data branch", () => {
  it("gets one file from each leg of a matrix, and a pull request reads them all", async () => {
    const legs = Array.from({ length: 3 }, (_, leg) => sides("[]", custom({ [`leg-${leg}`]: 1000 }, "bytes")));
    const runs = await Promise.all(legs.map((folder) => bench(folder, onBranch, at(pushed(sha("a"))))));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 3 }, () => 0));
    const kept = [...files().keys()].filter((path) => path.startsWith("baseline/benchmark-compare/runs/"));
    expect(kept).toHaveLength(3);
    const whole = sides("[]", custom(Object.fromEntries(legs.map((_, leg) => [`leg-${leg}`, leg === 2 ? 1600 : 1000])), "bytes"));
    const read = await bench(whole, onBranch, at(proposed({ base: sha("a"), head: sha("c"), tested: sha("d") })));
    expect(ended(read), read.log).toEqual([1, "fail"]);
    for (let leg = 0; leg < 3; leg++) expect(row(read, `leg-${leg}`).verdict).toBe(leg === 2 ? "fail" : "ok");
    expect([...files().keys()].filter((path) => path.startsWith("baseline/benchmark-compare/runs/"))).toEqual(kept);
    fake.verify();
  });

  it("a file is never changed by a later run", async () => {
    const folder = sides("[]", custom({ a: 1000 }, "bytes"));
    await bench(folder, onBranch, at(pushed(sha("a"))));
    const before = [...files()].filter(([path]) => path.includes("/runs/"));
    writeFileSync(join(folder, "bench", "head.json"), custom({ a: 1001 }, "bytes"));
    await bench(folder, onBranch, at(pushed(sha("b"))));
    const after = files();
    expect(before).toHaveLength(1);
    for (const [path, text] of before) expect(after.get(path)).toBe(text);
    expect([...after.keys()].filter((path) => path.includes("/runs/"))).toHaveLength(2);
  });
});

/** Names as Go's benchmarks have them, with all the digits that a number can have. */
const many = (n: number): string =>
  custom(
    Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`BenchmarkDecode/corpus=${i % 20}/size=${i}KB/parallel`, 1e6 / (i + n)])),
  );

const written = (from: number) => fake.requests.slice(from).filter(({ method }) => method !== "GET");
const sent = (from: number): number => written(from).reduce((sum, { body }) => sum + JSON.stringify(body).length, 0);

describe("300 values", () => {
  it("are added in three requests and less than 30 KB, put together at times, and read back as they were", async () => {
    const folder = sides("[]", many(1));
    const push = async (n: number): Promise<number> => {
      writeFileSync(join(folder, "bench", "head.json"), many(n));
      const before = fake.requests.length;
      const run = await bench(folder, onBranch, at(pushed(n.toString(16).padStart(40, "0"))));
      expect(run.exitCode, run.log).toBe(0);
      expect(written(before).map(({ method }) => method)).toEqual(["POST", "POST", n === 1 ? "POST" : "PATCH"]);
      return sent(before);
    };
    expect(await push(1)).toBeLessThan(30_000);
    const [[path = "", text = ""] = []] = [...files()].filter(([each]) => each.includes("/runs/"));
    const earlier = Array.from({ length: 15 }, (_, n) => [
      path.replace(/[^/]*$/, `earlier-${n}.json`),
      text.replace(/"commit":"0+1"/, `"commit":"e${n}"`),
    ]);
    repository.git.commitFiles("forge-data", Object.fromEntries(earlier));
    expect(await push(2)).toBeGreaterThan(30_000);
    expect([...files().keys()].filter((each) => each.includes("/months/"))).toHaveLength(1);
    expect(await push(3)).toBeLessThan(30_000);
    const run = await bench(folder, onBranch, at(proposed({ base: sha("a"), head: sha("c"), tested: sha("d") })));
    const history = JSON.parse(readFileSync(run.outputs["history"] ?? "", "utf8"));
    expect(history.schema).toBe("forge-benchmark-history/1");
    const values = history.runs.slice(0, -1).map(({ benchmarks }: { benchmarks: { value: number }[] }) => benchmarks[0]?.value);
    expect(values).toEqual([...Array.from({ length: 16 }, () => 1e6), 1e6 / 2, 1e6 / 3]);
    expect(history.runs[17].benchmarks[7]).toEqual({
      name: "BenchmarkDecode/corpus=7/size=7KB/parallel",
      metric: "value",
      unit: "ns",
      direction: "lower",
      value: 1e6 / 10,
    });
    fake.verify();
  });

  it("are read from where an older version has kept them", async () => {
    const runs = Array.from({ length: 3 }, (_, n) => ({
      commit: sha("a"),
      date: `2026-11-0${n + 1}T00:00:00.000Z`,
      suite: "",
      host: "",
      benchmarks: [{ name: "a", metric: "value", unit: "B", direction: "lower", value: 1000 }],
    }));
    const entries = runs.map((run, n) => ({ name: `2026-11/${n}`, data: { schema: "forge-benchmark-history/1", runs: [run] } }));
    const month = { schema: "forge-baseline-journal/1", action: "benchmark-compare", id: "", entries };
    repository.git.commitFiles("forge-data", {
      "baseline/benchmark-compare/months/2026-11.json": JSON.stringify(month),
      ...Object.fromEntries(entries.map(({ name, data }) => [`baseline/benchmark-compare/runs/${name}.json`, JSON.stringify(data)])),
    });
    const run = await bench(
      sides("[]", custom({ a: 1600 }, "bytes")),
      onBranch,
      at(proposed({ base: sha("a"), head: sha("c"), tested: sha("d") })),
    );
    expect(row(run, "a")).toMatchObject({ verdict: "fail", base: { median: 1000 } });
  });
});

describe("the trend page on a branch", () => {
  const dashboard = "branch:gh-pages:benchmarks";
  const page = (): Map<string, string> => repository.git.filesOf("gh-pages");

  it("is published beside what is there, by pushes only", async () => {
    const folder = sides("[]", custom({ a: 1000 }, "bytes"));
    await bench(folder, { ...onBranch, dashboard }, at(proposed({ base: sha("a"), head: sha("c"), tested: sha("d") })));
    expect([...page().keys()].sort()).toEqual(["benchmarks/old.html", "index.html"]);
    const run = await bench(folder, { ...onBranch, dashboard }, at(pushed(sha("a"))));
    expect(run.outputs["dashboard"]).toBe("benchmarks/index.html");
    expect([...page().keys()].sort()).toEqual([
      "benchmarks/data/0.js",
      "benchmarks/data/chart.js",
      "benchmarks/index.html",
      "benchmarks/old.html",
      "index.html",
    ]);
    expect(page().get("index.html")).toBe("the project's page");
  });

  it.each(["branch:gh-pages", "branch:gh-pages:..", "branch:gh-pages:a/../../b", "branch::x"])(
    "%s is refused before anything is measured",
    async (given) => {
      const run = await bench(sides("[]", "[]"), { ...onBranch, dashboard: given }, at(pushed(sha("a"))));
      expect(run.exitCode, run.log).toBe(2);
      expect(fake.requests).toEqual([]);
    },
  );

  it("the project's own branch is left alone", async () => {
    const before = repository.git.filesOf("main");
    await bench(sides("[]", custom({ a: 1 })), { ...onBranch, dashboard: "branch:main:x" }, at(pushed(sha("a"))));
    expect(repository.git.filesOf("main")).toEqual(before);
  });
});
