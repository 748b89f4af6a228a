import { writeFileSync } from "node:fs";
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

describe("the trend page on a branch", () => {
  const dashboard = "branch:gh-pages:benchmarks";
  const page = (): Map<string, string> => repository.git.filesOf("gh-pages");

  it("is published beside what is there, by pushes only", async () => {
    const folder = sides("[]", custom({ a: 1000 }, "bytes"));
    await bench(folder, { ...onBranch, dashboard }, at(proposed({ base: sha("a"), head: sha("c"), tested: sha("d") })));
    expect([...page().keys()].sort()).toEqual(["benchmarks/old.html", "index.html"]);
    const run = await bench(folder, { ...onBranch, dashboard }, at(pushed(sha("a"))));
    expect(run.outputs["dashboard"]).toBe("benchmarks/index.html");
    expect([...page().keys()].sort()).toEqual(["benchmarks/data/0.js", "benchmarks/index.html", "benchmarks/old.html", "index.html"]);
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
