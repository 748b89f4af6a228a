import { execFileSync } from "node:child_process";
import { afterAll, describe, expect, it } from "vitest";
import { cleanUp } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { code, compared, ended, gate, noise, notes, project, rows, rule } from "./gate.ts";

afterAll(cleanUp);

const built = { "dist/app.js": noise(2000), "dist/vendor.js": noise(1000, 5), "lib/index.js": noise(300, 7) };

/** Runs with another tool's configuration, whatever its file is. */
async function configured(files: Readonly<Record<string, unknown>>) {
  const made = project();
  const texts = Object.entries(files).map(([path, value]) => [path, typeof value === "string" ? value : JSON.stringify(value)]);
  edit(made.folder, { ...built, ...Object.fromEntries(texts) });
  return gate(made.folder, {}, made.push);
}

describe("names that are made to hide or to hurt", () => {
  it("a line end in a name takes no file out of a glob, and the first line stays one", async () => {
    const made = project();
    edit(made.folder, { "dist/ok.js": "x", "dist/we\nird.js": "yy", "dist/li\u2028ne.js": "z" });
    const budgets = "- name: all\n  files: dist/**\n  compression: none\n  max: 1";
    const run = await gate(made.folder, { files: "dist/**", budgets }, made.push);
    expect(ended(run)).toEqual([1, "fail"]);
    expect(run.outputs["total-bytes"]).toBe("4");
    expect(rule(run, "all: max")).toMatchObject({ actual: 2, path: "dist/we\nird.js" });
    expect(run.outputs["summary"]).not.toMatch(/[\n\r\u2028]/);
  });

  it.each([
    ["file", 'printf a > "dist/$(printf "\\377").js"; printf b > "dist/$(printf "\\376").js"'],
    ["folder", 'mkdir "dist/$(printf "\\377")"; printf a > "dist/$(printf "\\377")/a.js"'],
  ])("a %s whose name is no UTF-8 is an error with its name", async (_, line) => {
    const made = project();
    edit(made.folder, { "dist/ok.js": "x" });
    execFileSync("sh", ["-c", line], { cwd: made.folder });
    const run = await gate(made.folder, { files: "dist/**" }, made.push);
    expect(ended(run)).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toMatch(/dist\/\uFFFD.* has a name that is no UTF-8/);
  });

  it("a replacement character that is really there is a name like any other", async () => {
    const made = project();
    edit(made.folder, { "dist/\uFFFD.js": "x" });
    expect(rows(await gate(made.folder, { files: "dist/**" }, made.push))).toMatchObject([{ path: "dist/\uFFFD.js" }]);
  });

  it("names with glob characters, backslashes and leading dashes are names", async () => {
    const made = project();
    const names = [
      "dist/%0A.js",
      "dist/*.js",
      "dist/-rf.js",
      "dist/[x].js",
      "dist/a|b`c.js",
      "dist/back\\slash.js",
      `dist/${"l".repeat(250)}.js`,
    ];
    edit(made.folder, Object.fromEntries(names.map((name) => [name, "x"])));
    const run = await gate(made.folder, { files: "dist/**" }, made.push);
    expect(rows(run).map(({ path }) => path)).toEqual([...names].sort());
  });

  it("two chunks that have swapped their hashes are found again by their content", async () => {
    const [cart, login] = [code("cart", 30), code("login", 40)];
    const run = await compared(
      { "dist/a-BqqDzcUh.js": cart, "dist/a-C7Nn66Gy.js": login },
      { "dist/a-BqqDzcUh.js": login, "dist/a-C7Nn66Gy.js": cart },
    );
    expect(rows(run)).toMatchObject([
      { path: "dist/a-BqqDzcUh.js", previous: "dist/a-C7Nn66Gy.js", status: "renamed" },
      { path: "dist/a-C7Nn66Gy.js", previous: "dist/a-BqqDzcUh.js", status: "renamed" },
    ]);
    expect(run.outputs["delta-bytes"]).toBe("0");
  });

  it("one empty file among others is a file of no bytes", async () => {
    const made = project();
    edit(made.folder, { "dist/a.js": "x", "dist/empty.js": "" });
    const run = await gate(made.folder, {}, made.push);
    expect(rows(run).map(({ path, sizes }) => [path, sizes?.["none"]])).toEqual([
      ["dist/a.js", 1],
      ["dist/empty.js", 0],
    ]);
  });
});

describe("configurations as others have them", () => {
  it("size-limit looks into package.json first", async () => {
    const run = await configured({
      "package.json": { "size-limit": [{ path: "dist/app.js", limit: "1 kB", name: "first" }] },
      ".size-limit.json": [{ path: "dist/app.js", limit: "9 kB", name: "second" }],
    });
    expect(run.report?.rules.map(({ name }) => name)).toEqual(["first: max"]);
    expect(run.exitCode).toBe(1);
  });

  it("`.size-limit` without an ending is JSON too", async () => {
    const run = await configured({ ".size-limit": [{ path: "dist/app.js", limit: "1 B" }] });
    expect(ended(run)).toEqual([1, "fail"]);
    expect(notes(run)).toContain("Limits are those of .size-limit,");
  });

  it("what a preset would bundle is said, and not where bundling is off", async () => {
    const dependencies = { devDependencies: { "@size-limit/preset-small-lib": "11" } };
    const bundled = await configured({ "package.json": { ...dependencies, "size-limit": [{ path: "lib/index.js", limit: "1 kB" }] } });
    expect(notes(bundled)).toContain("@size-limit/preset-small-lib would bundle");
    const off = await configured({
      "package.json": { ...dependencies, "size-limit": [{ path: "lib/index.js", limit: "1 kB", esbuild: false }] },
    });
    expect(notes(off)).not.toContain("would bundle");
    expect(ended(off)).toEqual([0, "pass"]);
  });

  it("names of their entries fit on a line", async () => {
    const run = await configured({
      ".size-limit.json": [
        { name: "::error::x\n|<b>`", path: "dist/app.js", limit: "1 B" },
        { name: " ", path: "dist/app.js", limit: "1 B" },
        { name: "n".repeat(5000), path: "dist/app.js", limit: "1 B" },
      ],
    });
    expect(run.report?.rules.map(({ name }) => name)).toEqual(["::error::x |<b>`: max", "dist/app.js: max", `${"n".repeat(199)}…: max`]);
    expect(run.outputs["summary"]).not.toContain("\n");
  });

  it("what is no size is said with the reason, and the rest is taken over", async () => {
    const run = await configured({
      ".size-limit.json": [
        { path: "dist/app.js", limit: "1.5 s", name: "time" },
        { path: "dist/app.js", limit: "2 K", name: "letters" },
        { path: ["dist/*.js", "!dist/vendor.js"], limit: "10 KB", gzip: false, name: "list" },
        { path: "dist/app.js", name: "none" },
      ],
    });
    expect(notes(run)).toContain('("time") is only measured: its limit "1.5 s" is a time, for which it would have to be run');
    expect(notes(run)).toContain('("letters") is only measured: its limit "2 K" is no size in bytes');
    expect(notes(run)).toContain('("none") is only measured: it has no limit');
    expect(run.report?.rules).toMatchObject([{ name: "list: max", verdict: "pass", limit: 10_000 }]);
  });

  it("BundleMon's odd values are said, and a list that is none is an error", async () => {
    const odd = { path: "dist/app.js", maxSize: "9kb", maxPercentIncrease: -5, compression: "zip" };
    const run = await configured({ ".bundlemonrc": { files: [odd], pathLabels: { hash: "[a]" } } });
    expect(notes(run)).toContain("maxPercentIncrease -5 is no percentage");
    expect(notes(run)).toContain('compression "zip" is none of none, gzip and brotli');
    expect(notes(run)).toContain("pathLabels of .bundlemonrc was not taken over");
    expect(run.report?.rules.map(({ name }) => name)).toEqual(["dist/app.js: max"]);
    const torn = await configured({ ".bundlemonrc": { files: { path: "dist/app.js", maxSize: "1kb" } } });
    expect(ended(torn)).toEqual([2, "unknown"]);
    expect(torn.outputs["summary"]).toContain(".bundlemonrc: files is no list");
  });

  it("a BundleMon configuration in YAML is not taken over, and that is said", async () => {
    const run = await configured({ ".bundlemonrc": "baseDir: dist\nfiles:\n  - path: '*.js'\n    maxSize: 1kb\n" });
    expect(ended(run)).toEqual([0, "neutral"]);
    expect(notes(run)).toContain(".bundlemonrc is no JSON and was not taken over");
  });

  it("a BundleMon entry whose files earlier ones have is not judged", async () => {
    const files = [
      { path: "*.js", maxSize: "10kb" },
      { path: "app.js", maxSize: "1b", friendlyName: "late" },
    ];
    const run = await configured({ ".bundlemonrc.json": { baseDir: "./dist", files } });
    expect(ended(run)).toEqual([0, "pass"]);
    expect(rule(run, "late: max")).toMatchObject({ verdict: "neutral", why: "earlier entries have all of its files" });
    const nothing = await configured({ ".bundlemonrc.json": { baseDir: "dist", files: [{ path: "app.<hash>.js", maxSize: "1kb" }] } });
    expect(ended(nothing)).toEqual([2, "unknown"]);
  });
});
