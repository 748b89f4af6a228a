import { describe, expect, test } from "vitest";
import { batchesOf, environmentFor, refusalIn } from "../../../packages/baseline/cache-task.ts";
import { parseChoice } from "../../../packages/baseline/choice.ts";
import { parseEnvelope, pointOf, renderEnvelope, withPast } from "../../../packages/baseline/envelope.ts";
import { mayWrite } from "../../../packages/baseline/policy.ts";
import type { Event } from "../../../packages/frame/event.ts";
import type { BaselineRecord } from "../../../packages/frame/ports.ts";
import { pushEvent } from "../github/arrange.ts";
import { commit, pullRequest } from "./arrange.ts";

const event = (more: Partial<Event> = {}): Event => pushEvent({ url: "" }, more);
const pull = pullRequest.pullRequest;

describe("who may write", () => {
  test.each<[string, Partial<Event>, string[], string | undefined]>([
    ["a push to the default branch", {}, [], "main"],
    ["a default branch of another name", { ref: "refs/heads/trunk", defaultBranch: "trunk" }, [], "trunk"],
    ["main where another is the default", { defaultBranch: "trunk" }, [], undefined],
    ["master where nothing names the default", { ref: "refs/heads/master", defaultBranch: undefined }, [], "master"],
    ["another branch where nothing names it", { ref: "refs/heads/dev", defaultBranch: undefined }, [], undefined],
    ["a release branch that is named", { ref: "refs/heads/release/1.x" }, ["release/*"], "release/1.x"],
    ["a release branch that is not", { ref: "refs/heads/release/1.x" }, ["releases/*"], undefined],
    ["a tag", { ref: "refs/tags/main" }, ["**"], undefined],
    ["a pull request", pullRequest, ["**"], undefined],
    ["a pull request with a writing token", { ...pullRequest, name: "pull_request_target", ref: "refs/heads/main" }, ["**"], undefined],
    ["a push that somehow names a pull request", { pullRequest: pull }, ["**"], undefined],
    ["the merge queue", { name: "merge_group", ref: "refs/heads/gh-readonly-queue/main/pr-7" }, ["**"], undefined],
    ["a schedule", { name: "schedule" }, ["**"], undefined],
    ["a laptop", { name: "local" }, ["**"], undefined],
    ["a deleted branch", { sha: "0".repeat(40) }, [], undefined],
  ])("%s", (_, more, branches, branch) => {
    const permission = mayWrite(event(more), branches);
    if (branch === undefined) expect(permission).toHaveProperty("refused");
    else expect(permission).toEqual({ branch });
  });
});

describe("the input", () => {
  test.each([
    ["", { kind: "auto" }],
    ["auto", { kind: "auto" }],
    ["none", { kind: "none" }],
    ["cache", { kind: "cache" }],
    ["branch", { kind: "branch", name: "forge-data" }],
    ["branch:data/web", { kind: "branch", name: "data/web" }],
    ["base.json", { kind: "file", path: "base.json" }],
    ["C:\\base.json", { kind: "file", path: "C:\\base.json" }],
  ])("%j", (text, choice) => {
    expect(parseChoice(text, "main")).toEqual(choice);
  });

  test.each([
    "branch:",
    "branch:main",
    "branch:-x",
    "branch:a..b",
    "branch:a b",
    "branch:a/",
    "branch:/a",
    "branch:a.lock",
    "branch:HEAD",
    "folder/",
    "a\0b",
  ])("%j is refused", (text) => {
    expect(() => parseChoice(text, "main")).toThrow(expect.objectContaining({ name: "UserError", exitCode: 2 }));
  });
});

const record = (n: number, data: unknown): BaselineRecord => ({
  schema: "forge-baseline/1",
  action: "a",
  id: "i",
  commit: commit(n),
  branch: "main",
  created: "2026-11-21T00:00:00.000Z",
  data,
});
const owner = { action: "a", id: "i" };

describe("the envelope", () => {
  test("comes back as it went in", () => {
    const envelope = { record: record(3, { x: [1, "<>"] }), history: [{ ...record(1, 1), point: true as const }, record(2, null)] };
    expect(parseEnvelope(renderEnvelope(envelope), owner)).toEqual(envelope);
  });

  test.each([
    ['{"schema":"forge-baseline/1","__proto__":{"action":"a"}}'],
    ["[]"],
    ["null"],
    [`${"[".repeat(100_000)}`],
    [JSON.stringify({ ...record(1, 1), commit: "main" })],
    [JSON.stringify({ ...record(1, 1), commit: "../../../etc" })],
    [JSON.stringify({ ...record(1, 1), created: "yesterday" })],
    [JSON.stringify({ ...record(1, 1), branch: 7 })],
    [JSON.stringify({ ...record(1, 1), id: "other" })],
    [" ".repeat(16 * 1024 * 1024 + 1)],
  ])("that is wrong is missing (%#)", (text) => {
    expect(parseEnvelope(text, owner)).toMatchObject({ missing: expect.any(String) });
  });

  test("drops what is wrong in a history, and keeps the rest", () => {
    const text = JSON.stringify({ ...record(3, 3), history: [record(1, 1), { commit: "x" }, null, record(2, 2)] });
    expect(parseEnvelope(text, owner)).toMatchObject({ history: [{ data: 1 }, { data: 2 }] });
  });
});

describe("what stays of a measurement", () => {
  test("numbers and short things stay, long lists and texts go", () => {
    const flags = [{ flag: "unit", totals: { lines: [8, 10] }, files: Array.from({ length: 65 }, () => ["a", 1, 2]) }];
    expect(pointOf(record(1, { covered: 8, note: "x".repeat(201), flags }))?.data).toEqual({
      covered: 8,
      flags: [{ flag: "unit", totals: { lines: [8, 10] } }],
    });
  });

  test("a list with something too long in it goes as a whole, so that nothing moves", () => {
    expect(pointOf(record(1, { files: [["a.ts", 1, 2, "x".repeat(300)]], n: 1 }))?.data).toEqual({ n: 1 });
  });

  test("nothing stays where too much would", () => {
    expect(pointOf(record(1, Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`key${n}`, n]))))).toBeUndefined();
  });

  test("the oldest go first", () => {
    const history = [1, 2, 3].map((n) => record(n, n));
    expect(withPast(history, record(4, 4), { entries: 3, bytes: 10_000 }).map(({ data }) => data)).toEqual([2, 3, 4]);
    expect(withPast(history, record(2, 5), { entries: 9, bytes: 10_000 }).map(({ data }) => data)).toEqual([1, 3, 5]);
    expect(withPast(history, undefined, { entries: 9, bytes: 10 })).toEqual([]);
  });
});

describe("what the cache is asked for", () => {
  test("ten keys at a time, whatever is newest last among the first ten", () => {
    const keys = Array.from({ length: 51 }, (_, n) => `k-${n}`);
    const batches = batchesOf(keys, "k-");
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 10, 10, 10, 2]);
    expect(batches[0]?.at(-1)).toBe("k-");
    expect(batches.flat().filter((key) => key !== "k-")).toEqual(keys);
  });

  test("its process gets what it needs and no secret of the step", () => {
    const given = {
      PATH: "/bin",
      INPUT_TOKEN: "ghs_x",
      GITHUB_TOKEN: "y",
      ACTIONS_RUNTIME_TOKEN: "z",
      https_proxy: "p",
      NODE_OPTIONS: "--x",
    };
    expect(environmentFor(given, "/tmp/f")).toEqual({
      PATH: "/bin",
      ACTIONS_RUNTIME_TOKEN: "z",
      https_proxy: "p",
      GITHUB_WORKSPACE: "/tmp/f",
      RUNNER_TEMP: "/tmp/f",
    });
  });

  test("a refusal without words of its own is told all the same", () => {
    expect(refusalIn([])).toBe("the cache service did not take it");
    expect(refusalIn(["info", "Failed to save: no room"])).toBe("the cache service did not take it (Failed to save: no room)");
  });
});
