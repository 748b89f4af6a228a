import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openBranch } from "../../../packages/baseline/adapters/branch.ts";
import { openBaseline } from "../../../packages/baseline/index.ts";
import { openStore } from "../../../packages/baseline/store.ts";
import type { Pace } from "../../../packages/github/client.ts";
import type { Fault } from "../../fake-github/faults.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Repository } from "../../fake-github/state.ts";
import { arrangeRepository, freePace, jobToken, memoryLog } from "../github/arrange.ts";
import { commit, contextAt, lineOfCommits, newFolder, pullRequest, removeFolders } from "./arrange.ts";

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

type More = Parameters<typeof contextAt>[1] & { pace?: Partial<Pace>; name?: string };

async function at(n: number, { pace, name = "forge-data", ...more }: More = {}) {
  const context = await contextAt(n, { url: fake.url, token: jobToken, folder, ...more });
  return openStore(context, () => openBranch({ ...context, pace: pace ?? freePace() }, name));
}

const stored = () => repository.git.filesOf("forge-data");
const commitsOnBranch = () => repository.git.history(repository.git.refs.get("refs/heads/forge-data") ?? "").size;

describe("the data branch", () => {
  test("is made by the first write, without any history in common with the project", async () => {
    expect(await (await at(1)).save({ covered: 80 }, [{ name: "badge.svg", content: "<svg/>" }])).toEqual({
      saved: `baseline/coverage-gate/${commit(1)}.json on the branch forge-data`,
    });
    expect([...stored().keys()]).toEqual([
      "README.md",
      "baseline/coverage-gate/badge.svg",
      `baseline/coverage-gate/${commit(1)}.json`,
      "baseline/coverage-gate/history.json",
    ]);
    expect(commitsOnBranch()).toBe(1);
    expect(JSON.parse(stored().get(`baseline/coverage-gate/${commit(1)}.json`) ?? "")).toMatchObject({
      schema: "forge-baseline/1",
      action: "coverage-gate",
      commit: commit(1),
      branch: "main",
      data: { covered: 80 },
    });
  });

  test("gives back the nearest ancestor in three requests, and the trend from the same index", async () => {
    for (const n of [1, 2, 3]) await (await at(n)).save({ covered: 80 + n, files: Array.from({ length: 100 }, () => "src/a.ts") });
    const before = fake.requests.length;
    const reader = await at(9, { event: pullRequest });
    const found = await reader.find(commit(5));
    expect(found).toMatchObject({ distance: 2, record: { commit: commit(3), data: { covered: 83 } } });
    expect("record" in found && (found.record.data as { files: unknown[] }).files).toHaveLength(100);
    expect((await reader.history(2)).map(({ data }) => data)).toEqual([{ covered: 82 }, { covered: 83 }]);
    expect(fake.requests.length - before).toBe(3);
  });

  test("is read and written in six requests by a push", async () => {
    await (await at(1)).save({ covered: 80 });
    const before = fake.requests.length;
    const push = await at(2);
    await push.find(commit(1));
    await push.save({ covered: 81 });
    expect(fake.requests.slice(before).map(({ method }) => method)).toEqual(["GET", "GET", "GET", "POST", "POST", "PATCH"]);
    expect(new Set(fake.requests.flatMap(({ needs }) => needs))).toEqual(new Set(["contents=read", "contents=write"]));
  });

  test("takes a second measurement of a commit in place of the first", async () => {
    await (await at(1)).save({ run: 1 });
    await (await at(1, { clock: { now: () => Date.UTC(2027, 0, 1) } })).save({ run: 2 });
    expect(await (await at(1)).find(commit(1))).toMatchObject({ record: { data: { run: 2 } } });
    expect(await (await at(1)).history(9)).toHaveLength(1);
  });

  test("keeps ids and actions apart, and nothing leaves its folder", async () => {
    await (await at(1, { id: "../web/é" })).save({}, [
      { name: "../../evil.sh", content: "x" },
      { name: "history.json", content: "x" },
      { name: "badge.json", content: "{}" },
    ]);
    const paths = [...stored().keys()].filter((path) => path !== "README.md");
    expect(paths.every((path) => path.startsWith("baseline/coverage-gate...%2fweb%2f%c3%a9/"))).toBe(true);
    expect(paths.map((path) => path.split("/").at(-1))).toEqual(["badge.json", `${commit(1)}.json`, "history.json"]);
  });

  test("may have a name of its own", async () => {
    await (await at(1, { name: "data/coverage" })).save({ covered: 1 });
    expect(await (await at(2, { name: "data/coverage" })).find(commit(2))).toMatchObject({ distance: 1 });
    expect(repository.git.refs.has("refs/heads/data/coverage")).toBe(true);
  });

  test.each([
    ["there is no branch yet", () => {}, "there is no branch forge-data yet"],
    [
      "its newest is no ancestor",
      () => store(`${commit(9)}.json`, "{}", [{ commit: commit(9), branch: "main", created: "2026-01-01T00:00:00Z", data: {} }]),
      `what is stored is of ${commit(9).slice(0, 7)}, which is not among the 2 commits looked at`,
    ],
    [
      "a record is torn",
      () =>
        store(`${commit(1)}.json`, '{"schema":"forge-ba', [
          { commit: commit(1), branch: "main", created: "2026-01-01T00:00:00Z", data: {} },
        ]),
      "what is stored there is torn or not JSON",
    ],
    [
      "a record is foreign",
      () =>
        store(`${commit(1)}.json`, JSON.stringify({ schema: "forge-baseline/1", action: "bundle-size", id: "" }), [
          { commit: commit(1), branch: "main", created: "2026-01-01T00:00:00Z", data: {} },
        ]),
      "what is stored there belongs to bundle-size",
    ],
    ["the index is torn", () => store("x.json", "{}", "torn"), "nothing is stored yet"],
  ])("is missing where %s", async (_, arrange, missing) => {
    arrange();
    expect(await (await at(2)).find(commit(2))).toMatchObject({ missing });
  });

  test("with a torn index is mended by the next write", async () => {
    store("x.json", "{}", "torn");
    await (await at(2)).save({ covered: 2 });
    expect(await (await at(3)).find(commit(3))).toMatchObject({ distance: 1, record: { data: { covered: 2 } } });
  });

  test("with a token that may only read says which permission is needed", async () => {
    fake.state.addActionsToken("ghs_reader", repository, { contents: "read" });
    expect(await (await at(1, { token: "ghs_reader" })).save({})).toEqual({
      skipped: "the token may not write the branch forge-data: the job needs `permissions: contents: write`",
    });
  });

  test("is not written by a pull request, not even with a token that could", async () => {
    expect(await (await at(1, { event: pullRequest })).save({})).toEqual({
      skipped: "pull requests and merge queues only read baselines",
    });
    expect(fake.requests).toEqual([]);
  });
});

function store(name: string, content: string, index: unknown): void {
  const history =
    index === "torn" ? "{" : JSON.stringify({ schema: "forge-baseline-history/1", action: "coverage-gate", id: "", history: index });
  repository.git.commitFiles("forge-data", { [`baseline/coverage-gate/${name}`]: content, "baseline/coverage-gate/history.json": history });
}

describe("a local clone", () => {
  const record = {
    schema: "forge-baseline/1",
    action: "coverage-gate",
    id: "",
    commit: commit(3),
    branch: "main",
    created: "2026-01-01T00:00:00Z",
    data: { n: 3 },
  };
  const history = { schema: "forge-baseline-history/1", action: "coverage-gate", id: "", history: [record] };
  const shown = {
    "origin/forge-data:baseline/coverage-gate/history.json": JSON.stringify(history),
    [`origin/forge-data:baseline/coverage-gate/${commit(3)}.json`]: JSON.stringify(record),
  };
  const laptop = { terminal: true, event: { name: "local", repository: "" } };

  test("gives what was appended, put together or not", async () => {
    const files = "origin/forge-data:baseline/coverage-gate";
    const month = { schema: "forge-baseline-journal/1", action: "coverage-gate", id: "", entries: [{ name: "2026-11/a", data: 1 }] };
    const diff = lineOfCommits({
      [`${files}/months/2026-11.json`]: JSON.stringify(month),
      [`${files}/runs/2026-11/a.json`]: "1",
      [`${files}/runs/2026-11/b.json`]: "2",
    });
    expect(await openBaseline("branch", await contextAt(5, { ...laptop, folder, diff })).entries?.()).toEqual([1, 2]);
  });

  test.each(["auto", "branch"])("is what %s reads on a laptop, without network", async (choice) => {
    const baseline = openBaseline(choice, await contextAt(5, { ...laptop, folder, diff: lineOfCommits(shown) }));
    expect(await baseline.find(commit(5))).toMatchObject({ distance: 2, record: { data: { n: 3 } } });
    expect(await baseline.history(5)).toHaveLength(1);
    expect(await baseline.save({})).toEqual({ skipped: "only pushes write baselines, and this is not a run on a server" });
  });

  test("without the branch says how to get it", async () => {
    const diff = {
      ...lineOfCommits(),
      show: async () => {
        throw new Error("no such commit");
      },
    };
    expect(await openBaseline("auto", await contextAt(5, { ...laptop, folder, diff })).find(commit(5))).toEqual({
      missing: "this clone has no origin/forge-data: fetch it with `git fetch origin forge-data`",
    });
  });
});

const faults: readonly (readonly [string, Fault])[] = [
  ["500", { kind: "status", status: 500 }],
  ["502 before", { kind: "status", status: 502 }],
  ["502 after", { kind: "status", status: 502, after: true }],
  ["503", { kind: "status", status: 503 }],
  ["a secondary limit", { kind: "secondary-limit", retryAfter: 5 }],
  ["429", { kind: "rate-limit", resetIn: 3 }],
  ["a stall", { kind: "stall" }],
  ["a stall after the deed", { kind: "stall", after: true }],
  ["a reset in the body", { kind: "reset-mid-body" }],
  ["a reset after the deed", { kind: "reset-mid-body", after: true }],
  ["half an answer", { kind: "truncated-json" }],
  ["half an answer after the deed", { kind: "truncated-json", after: true }],
];

describe.each(faults)("one fault, %s", (_, fault) => {
  test.each(["/branches/", "/contents/baseline/coverage-gate/history", "/git/trees", "/git/commits", "/git/refs"])(
    "at %s loses nothing",
    async (path) => {
      await (await at(1)).save({ n: 1 });
      // An answer in the raw form is not JSON that could break off.
      const harmless = fault.kind === "truncated-json" && path.startsWith("/contents");
      if (!harmless) fake.fault({ path }, fault);
      expect(await (await at(2)).save({ n: 2 })).toHaveProperty("saved");
      const found = await (await at(3)).find(commit(3));
      expect(found).toMatchObject({ distance: 1, record: { data: { n: 2 } } });
      expect((await (await at(3)).history(9)).map(({ data }) => data)).toEqual([{ n: 1 }, { n: 2 }]);
    },
  );

  test("at the first write loses nothing", async () => {
    fake.fault({ method: "POST", path: "/git/refs" }, fault);
    expect(await (await at(1)).save({ n: 1 })).toHaveProperty("saved");
    expect(await (await at(1)).find(commit(1))).toMatchObject({ distance: 0 });
  });
});

describe("a service that stays down", () => {
  test.each([
    [{ kind: "status", status: 503 }, "the branch forge-data: GitHub answered 503"],
    [{ kind: "answer", status: 401, message: "Bad credentials" }, "the branch forge-data: the token is not valid (401)"],
    [{ kind: "secondary-limit", retryAfter: 600 }, "the branch forge-data: GitHub's rate limit is used up for another 10 minutes"],
  ] as const)("%o is told", async (fault, words) => {
    fake.fault({ times: Number.POSITIVE_INFINITY }, fault);
    expect(await (await at(2)).find(commit(2))).toEqual({ missing: words });
    expect(await (await at(2)).save({})).toEqual({ skipped: words });
    expect(await (await at(2)).history(3)).toEqual([]);
  });

  test("a protected branch is told in GitHub's words", async () => {
    fake.fault({ path: "/git/refs" }, { kind: "answer", status: 422, message: "Repository rule violations found" });
    expect(await (await at(1)).save({})).toEqual({
      skipped: "the branch forge-data: GitHub refused it (422: Repository rule violations found)",
    });
  });

  test("a branch that is always overtaken is given up after twenty tries", async () => {
    await (await at(1)).save({});
    fake.fault(
      { method: "PATCH", times: Number.POSITIVE_INFINITY },
      { kind: "answer", status: 422, message: "Update is not a fast forward" },
    );
    expect(await (await at(2)).save({})).toEqual({
      skipped: "other runs kept writing to forge-data at the same time, 20 times over",
    });
    expect(fake.requests.filter(({ method }) => method === "PATCH")).toHaveLength(20);
  });
});

describe("what a run remembers on the branch", () => {
  test("is there for the next one, beside the measurements and without touching them", async () => {
    expect(await (await at(1)).recall?.("sizes")).toBeUndefined();
    await (await at(1)).save({ covered: 80 });
    expect(await (await at(2)).remember?.("sizes", { n: 2 })).toEqual({
      saved: "baseline/coverage-gate/memory/trusted-sizes.json on the branch forge-data",
    });
    expect(await (await at(3)).recall?.("sizes")).toEqual({ n: 2 });
    expect(await (await at(3)).recall?.("other")).toBeUndefined();
    expect(await (await at(3)).history(9)).toHaveLength(1);
  });

  test("makes the branch where there is none", async () => {
    expect(await (await at(1)).remember?.("sizes", 1)).toHaveProperty("saved");
    expect([...stored().keys()]).toEqual(["README.md", "baseline/coverage-gate/memory/trusted-sizes.json"]);
  });

  test("is not written by a pull request, which may read it", async () => {
    await (await at(1)).remember?.("sizes", 1);
    const proposed = await at(2, { event: pullRequest });
    expect(await proposed.remember?.("sizes", 2)).toEqual({ skipped: "a pull request does not write to the branch forge-data" });
    expect(await proposed.recall?.("sizes")).toBe(1);
  });
});

describe("many writers at once", () => {
  /** One second of the real schedule is twenty milliseconds here. */
  const hurried = (): Partial<Pace> => ({
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 50)),
    random: Math.random,
    requestTimeout: 2000,
  });

  test("fifty, with faults thrown in, lose nothing", async () => {
    const writers = 50;
    fake.state.rate.remaining = 100_000;
    const always = { times: Number.POSITIVE_INFINITY, chance: 0.02 };
    fake.fault(always, { kind: "status", status: 502, after: true });
    fake.fault(always, { kind: "status", status: 500 });
    fake.fault(always, { kind: "reset-mid-body", after: true });
    fake.fault(always, { kind: "secondary-limit", retryAfter: 1 });
    const log = memoryLog();
    const answers = await Promise.all(
      Array.from({ length: writers }, async (_, index) => {
        const id = index % 2 === 0 ? "" : `package-${index}`;
        return (await at(index + 1, { id, log, pace: hurried() })).save({ index });
      }),
    );
    expect(answers.filter((answer) => "skipped" in answer)).toEqual([]);
    const files = stored();
    const records = [...files].filter(([path]) => /\/[0-9a-f]{40}\.json$/.test(path)).map(([, text]) => JSON.parse(text).data.index);
    expect(records.sort((a, b) => a - b)).toEqual(Array.from({ length: writers }, (_, index) => index));
    const index = JSON.parse(files.get("baseline/coverage-gate/history.json") ?? "").history;
    expect(index).toHaveLength(writers / 2);
  });
});
