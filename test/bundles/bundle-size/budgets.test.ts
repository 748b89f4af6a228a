import { afterAll, describe, expect, it } from "vitest";
import { cleanUp } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { code, compared, ended, gate, noise, notes, project, rows, rule } from "./gate.ts";

afterAll(cleanUp);

async function measured(files: Readonly<Record<string, string>>, budgets: string, inputs: Readonly<Record<string, string>> = {}) {
  const { folder, push } = project();
  edit(folder, files);
  return gate(folder, { budgets, ...inputs }, push);
}

const plain = "files: dist/*.js\n  compression: none";

describe("absolute limits", () => {
  it.each([
    ["1000", 1000, 0],
    ["999", 999, 1],
    ["1 kB", 1000, 0],
    ["1 KiB", 1024, 0],
    ["0.9 kB", 900, 1],
    ["1 MB", 1_000_000, 0],
    ["1 MiB", 1_048_576, 0],
    ["1000 B", 1000, 0],
  ])("max: %s is %i bytes, and equal passes", async (max, limit, exitCode) => {
    const run = await measured({ "dist/app.js": "x".repeat(1000) }, `- name: app\n  ${plain}\n  max: ${max}`);
    expect(run.exitCode, run.log).toBe(exitCode);
    expect(rule(run, "app: max")).toMatchObject({ actual: 1000, limit, unit: "B" });
  });

  it("each file answers for itself, the group for all of them, and the first line names the worst", async () => {
    const files = { "dist/a.js": "x".repeat(600), "dist/b.js": "y".repeat(700) };
    const single = await measured(files, `- name: each\n  ${plain}\n  max: 650`);
    expect(ended(single)).toEqual([1, "fail"]);
    expect(single.outputs["summary"]).toContain("dist/b.js is 700 B uncompressed, more than each: max 650 B");
    const group = await measured(files, `- name: both\n  ${plain}\n  scope: group\n  max: 1299`);
    expect(rule(group, "both: max")).toMatchObject({ verdict: "fail", actual: 1300, limit: 1299 });
    expect(rows(group).map((row) => row.group)).toEqual(["both", "both"]);
  });

  it("the total is of every file, in the compression of the budget", async () => {
    const run = await measured(
      { "dist/a.js": noise(5000), "dist/b.css": "y".repeat(700) },
      "- name: all\n  scope: total\n  compression: zstd\n  max: 1",
      {
        compression: "gzip",
      },
    );
    expect(ended(run)).toEqual([1, "fail"]);
    expect(rule(run, "all: max").actual).toBe(Number(run.outputs["zstd-bytes"]));
  });

  it("what is one byte above is not told as more than itself", async () => {
    const run = await measured({ "dist/app.js": "x".repeat(170_001) }, "- name: app\n  compression: none\n  max: 170 kB");
    expect(run.outputs["summary"]).toContain("dist/app.js is 170001 B uncompressed, more than app: max 170000 B");
  });

  it("a soft limit warns and passes", async () => {
    const run = await measured({ "dist/app.js": "x".repeat(1000) }, `- name: app\n  ${plain}\n  max: 1\n  soft: true`);
    expect(ended(run)).toEqual([0, "pass"]);
    expect(rule(run, "app: max").verdict).toBe("warn");
  });

  it("a list of globs takes out what begins with an exclamation mark", async () => {
    const run = await measured(
      { "dist/app.js": "x".repeat(10), "dist/vendor.js": "x".repeat(1000) },
      "- name: own\n  files: [dist/*.js, '!dist/vendor.js']\n  compression: none\n  max: 10",
    );
    expect(ended(run)).toEqual([0, "pass"]);
  });
});

describe("growth", () => {
  const before = { "dist/app.js": "x".repeat(1000), "dist/other.js": "z".repeat(50) };
  const grown = { "dist/app.js": "x".repeat(1100), "dist/other.js": "z".repeat(50) };

  it.each([
    ["max-increase: 100", 0],
    ["max-increase: 99", 1],
    ["max-increase-percent: 10", 0],
    ["max-increase-percent: 9.99", 1],
    ["max-increase: 0\n  noise: 100", 0],
    ["max-increase: 0\n  noise: 99", 1],
    ["max-increase-percent: 0\n  noise: 100", 0],
  ])("%s", async (limit, exitCode) => {
    const run = await compared(before, grown, { budgets: `- name: app\n  ${plain}\n  ${limit}` });
    expect(run.exitCode, run.log).toBe(exitCode);
  });

  it("percentages are limits in bytes, cut down exactly", async () => {
    const run = await compared(
      { "dist/app.js": "x".repeat(999) },
      { "dist/app.js": "x".repeat(1099) },
      {
        budgets: `- name: app\n  ${plain}\n  max-increase-percent: 10.0`,
      },
    );
    expect(rule(run, "app: max-increase-percent")).toMatchObject({ verdict: "fail", actual: 100, limit: 99, unit: "B" });
  });

  it("a new file has not grown: it answers to `max` and `max-new-file`", async () => {
    const after = { ...before, "dist/new.js": "n".repeat(5000) };
    const free = await compared(before, after, { budgets: `- name: app\n  ${plain}\n  max-increase: 0` });
    expect(ended(free)).toEqual([0, "pass"]);
    const capped = await compared(before, after, { budgets: `- name: app\n  ${plain}\n  max-new-file: 4999` });
    expect(rule(capped, "app: max-new-file")).toMatchObject({ verdict: "fail", actual: 5000, limit: 4999, path: "dist/new.js" });
    const summed = await compared(before, after, { budgets: `- name: app\n  ${plain}\n  scope: group\n  max-increase: 4999` });
    expect(rule(summed, "app: max-increase")).toMatchObject({ verdict: "fail", actual: 5000 });
  });

  it("a renamed chunk is compared with what it was", async () => {
    const run = await compared(
      { "dist/app-BqqDzcUh.js": code("cart", 50) },
      { "dist/app-C7Nn66Gy.js": code("cart", 51) },
      {
        budgets: `- name: app\n  ${plain}\n  max-increase: 10`,
      },
    );
    expect(ended(run)).toEqual([1, "fail"]);
    expect(rows(run)).toMatchObject([{ path: "dist/app-C7Nn66Gy.js", previous: "dist/app-BqqDzcUh.js", status: "renamed" }]);
  });
});

describe("what stands in `budgets` is checked", () => {
  it("names all mistakes of a file at once, each with its place", async () => {
    const { folder, push } = project();
    const text = "- name: a\n  files: dist/*.js\n  max: a lot\n- name: b\n  maximum: 5 kB\n- name: c\n  scope: everything\n  max: -1\n";
    edit(folder, { "dist/app.js": "x", "budgets.yml": text });
    const run = await gate(folder, { budgets: "budgets.yml" }, push);
    expect(run.exitCode).toBe(2);
    for (const place of ["budgets.yml:3:8", "budgets.yml:5:3", "budgets.yml:7:10", "budgets.yml:8:8"])
      expect(run.outputs["summary"]).toContain(place);
  });

  it("YAML that is none", async () => {
    const { folder, push } = project();
    edit(folder, { "dist/app.js": "x", "budgets.yml": "- name: [\n" });
    const run = await gate(folder, { budgets: "budgets.yml" }, push);
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toMatch(/budgets\.yml:\d+:\d+/);
  });

  it.each([
    ["a budget that matches nothing", "- name: none\n  files: dist/*.wasm\n  max: 1", "matches none of the measured files"],
    ["an initial budget without stats", "- scope: initial\n  max: 1", "Give `stats`"],
    ["two budgets of one name", "- name: a\n  max: 1\n- name: a\n  max: 2", "two budgets are named"],
    ["a budget without a limit", "- name: a\n  files: dist/*.js", "at least one of"],
    ["an empty list", "[]", "empty"],
    ["no list", "max: 5", "a list of budgets"],
    ["a folder", "- name: all\n  files: dist\n  max: 1 MB", "For all files in the folder, write dist/**."],
    ["a name of two lines", '- name: "a\\nb"\n  max: 5', "a line of at most 200 characters"],
    ["only exclusions", "- files: '!dist/*.js'\n  max: 5", "only takes out"],
  ])("%s", async (_, budgets, words) => {
    const run = await measured({ "dist/app.js": "x" }, budgets);
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toContain(words);
  });
});

describe("configurations of other tools", () => {
  it("size-limit: brotli, sums, bare folders and names", async () => {
    const { folder, push } = project();
    const config = [
      { path: "dist", limit: "10 kB", name: "everything" },
      { path: "dist/app.js", limit: "1 B", gzip: true },
      { path: "dist/app.js", limit: "1 kB", import: "{ one }" },
    ];
    edit(folder, { "dist/app.js": noise(2000), "dist/b.js": noise(1000, 5), ".size-limit.json": JSON.stringify(config) });
    const run = await gate(folder, {}, push);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(rule(run, "everything: max")).toMatchObject({ verdict: "pass", limit: 10_000, actual: Number(run.outputs["brotli-bytes"]) });
    expect(rule(run, "dist/app.js: max")).toMatchObject({ verdict: "fail", limit: 1 });
    expect(notes(run)).toContain("import would have to bundle or run it");
  });

  it("size-limit in package.json", async () => {
    const { folder, push } = project();
    edit(folder, {
      "lib/index.js": "x".repeat(100),
      "package.json": JSON.stringify({ "size-limit": [{ path: "lib/*.js", limit: 100, brotli: false }] }),
    });
    const run = await gate(folder, {}, push);
    expect(rule(run, "lib/*.js: max")).toMatchObject({ verdict: "pass", actual: 100, limit: 100 });
  });

  it("BundleMon: kilobytes of 1024, the first pattern wins, hashes as stars", async () => {
    const { folder, push } = project();
    const config = {
      baseDir: "./dist",
      defaultCompression: "none",
      files: [
        { path: "main.<hash>.js", maxSize: "1kb", friendlyName: "main" },
        { path: "*.js", maxSize: "10b" },
      ],
      groups: [{ path: "**/*.js", maxSize: "2kb" }],
    };
    edit(folder, { "dist/main.1a2b3c4d.js": "x".repeat(1024), "dist/b.js": "y".repeat(11), ".bundlemonrc": JSON.stringify(config) });
    const run = await gate(folder, {}, push);
    expect(rule(run, "main: max")).toMatchObject({ verdict: "pass", actual: 1024, limit: 1024 });
    expect(rule(run, "*.js: max")).toMatchObject({ verdict: "fail", actual: 11, limit: 10 });
    expect(rule(run, "**/*.js: max")).toMatchObject({ verdict: "pass", actual: 1035, limit: 2048 });
  });

  it("says what it cannot read", async () => {
    const { folder, push } = project();
    edit(folder, { "dist/app.js": "x", ".size-limit.js": "module.exports = []" });
    const run = await gate(folder, {}, push);
    expect(ended(run)).toEqual([0, "neutral"]);
    expect(notes(run)).toContain(".size-limit.js is no JSON and was not taken over");
  });
});
