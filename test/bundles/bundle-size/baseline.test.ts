import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { pushed, queued } from "../events.ts";
import { cleanUp } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { code, compared, debugged, ended, gate, noise, notes, project, rows, rule, stored } from "./gate.ts";

afterAll(cleanUp);

const grows = "- name: app\n  files: dist/*.js\n  compression: none\n  max-increase: 0";
const both = `${grows}\n  max: 1 MB`;

describe("what this build is compared with", () => {
  it("counts matched, renamed, added and removed files, and the growth in the first compression", async () => {
    const before = { "dist/a.js": code("cart", 30), "dist/i-BqqDzcUh.js": code("login", 30), "dist/gone.js": code("gone", 5) };
    const after = { "dist/a.js": code("cart", 30), "dist/i-C7Nn66Gy.js": code("login", 31), "dist/new.js": code("fresh", 8) };
    const run = await compared(before, after, { compression: "none,gzip" });
    const { matched, renamed, added, removed } = run.outputs;
    expect({ matched, renamed, added, removed }).toEqual({ matched: "2", renamed: "1", added: "1", removed: "1" });
    const sum = (files: Readonly<Record<string, string>>): number => Object.values(files).reduce((bytes, text) => bytes + text.length, 0);
    expect(Number(run.outputs["delta-bytes"])).toBe(sum(after) - sum(before));
    const fresh = code("fresh", 8).length;
    expect(run.outputs["largest-increase"]).toBe(`dist/new.js +${fresh}`);
    expect(rows(run).find(({ path }) => path === "dist/gone.js")).not.toHaveProperty("sizes");
    expect(rows(run).find(({ path }) => path === "dist/new.js")).not.toHaveProperty("previousSizes");
  });

  it("without one, growth is neutral and absolute limits hold", async () => {
    const { folder, proposal } = project();
    edit(folder, { "dist/app.js": "x" });
    const only = await gate(folder, { ...stored, budgets: grows }, proposal);
    expect(ended(only)).toEqual([0, "neutral"]);
    const mixed = await gate(folder, { ...stored, budgets: both }, proposal);
    expect(ended(mixed)).toEqual([0, "pass"]);
    expect(rule(mixed, "app: max-increase").verdict).toBe("neutral");
    expect(mixed.outputs["delta-bytes"]).toBe("");
    expect(rows(mixed)[0]).not.toHaveProperty("status");
  });

  it("a torn one is never a pass", async () => {
    const made = project();
    edit(made.folder, { "dist/app.js": "x" });
    await gate(made.folder, { ...stored, budgets: both }, made.push);
    const path = join(made.folder, "kept", "sizes.json");
    const whole = readFileSync(path, "utf8");
    for (const text of [whole.slice(0, 90), whole.replace('"format":1', '"format":9'), whole.replace(/"files":\[\[/, '"files":[[7,')]) {
      writeFileSync(path, text);
      const run = await gate(made.folder, { ...stored, budgets: both }, made.proposal);
      expect(ended(run), text.slice(0, 100)).toEqual([3, "unknown"]);
    }
    writeFileSync(path, whole.slice(0, 90));
    await gate(made.folder, { ...stored, budgets: both }, made.push);
    expect(ended(await gate(made.folder, { ...stored, budgets: both }, made.proposal))).toEqual([0, "pass"]);
  });

  it("only pushes to the default branch write it, over budget too", async () => {
    const made = project();
    edit(made.folder, { "dist/app.js": "x".repeat(10) });
    const path = join(made.folder, "kept", "sizes.json");
    const budgets = "- name: app\n  compression: none\n  max: 9";
    for (const happening of [made.proposal, queued(made.base, made.head), pushed(made.head, { branch: "topic" })]) {
      expect((await gate(made.folder, { ...stored, budgets }, happening)).exitCode).toBe(1);
      expect(existsSync(path)).toBe(false);
    }
    expect((await gate(made.folder, { ...stored, budgets }, made.push)).exitCode).toBe(1);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ action: "bundle-size", commit: made.base });
  });

  it("sizes of another compressor's version are not compared silently", async () => {
    const made = project();
    edit(made.folder, { "dist/app.js": noise(3000) });
    const budgets = "- name: app\n  compression: gzip\n  max-increase: 0\n- name: raw\n  compression: none\n  max-increase: 0";
    await gate(made.folder, { ...stored, budgets }, made.push);
    const path = join(made.folder, "kept", "sizes.json");
    writeFileSync(path, readFileSync(path, "utf8").replace(/"zlib":"[^"]*"/, '"zlib":"0.0.1"'));
    edit(made.folder, { "dist/app.js": noise(4000) });
    const run = await gate(made.folder, { ...stored, budgets }, made.proposal);
    expect(rule(run, "app: max-increase")).toMatchObject({ verdict: "neutral" });
    expect(rule(run, "raw: max-increase")).toMatchObject({ verdict: "fail", actual: 1000 });
    expect(notes(run)).toContain("were made by version 0.0.1");
    expect(run.outputs["delta-bytes"]).toBe("");
  });

  it("without git it is neutral, and without a budget too", async () => {
    const made = project();
    edit(made.folder, { "dist/app.js": "x" });
    const run = await gate(made.folder, stored, made.proposal);
    expect(ended(run)).toEqual([0, "neutral"]);
    expect(run.outputs["summary"]).toContain("there are no budgets");
  });
});

describe("sizes are remembered", () => {
  it("a second run compresses nothing again", async () => {
    const made = project();
    edit(made.folder, { "dist/app.js": noise(600_000), "dist/b.js": noise(40_000, 3) });
    const inputs = { ...stored, compression: "gzip" };
    const first = await gate(made.folder, inputs, made.proposal);
    expect(debugged(first)).toContain("2 sizes to compute");
    const second = await gate(made.folder, inputs, made.proposal);
    expect(debugged(second)).not.toContain("sizes to compute");
    expect(second.outputs["gzip-bytes"]).toBe(first.outputs["gzip-bytes"]);
  });

  it("what a pull request remembers is not read by a push", async () => {
    const made = project();
    edit(made.folder, { "dist/app.js": noise(600_000) });
    const inputs = { ...stored, compression: "gzip" };
    const truth = await gate(made.folder, inputs, made.proposal);
    const path = join(made.folder, "kept", "sizes.json.memory", "proposed-sizes.json");
    const poisoned = readFileSync(path, "utf8").replace(/(gzip [^"]*",)\d+/, "$11");
    expect(poisoned).not.toBe(readFileSync(path, "utf8"));
    writeFileSync(path, poisoned);
    const push = await gate(made.folder, inputs, made.push);
    expect(push.outputs["gzip-bytes"]).toBe(truth.outputs["gzip-bytes"]);
  });

  it("a torn memory is no memory", async () => {
    const made = project();
    edit(made.folder, { "dist/app.js": noise(600_000), "kept/sizes.json.memory/proposed-sizes.json": '[["' });
    const run = await gate(made.folder, { ...stored, compression: "gzip" }, made.proposal);
    expect(debugged(run)).toContain("1 sizes to compute");
  });
});
