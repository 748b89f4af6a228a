import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { proposed, pushed, queued } from "../events.ts";
import { cleanUp } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { ended, gate, lcov, notes, project, rule, share } from "./gate.ts";

afterAll(cleanUp);

const inputs = { ratchet: "kept/ratchet.json", minimum: "0" };
let folder = "";
let commit = "";
let path = "";
beforeEach(() => {
  ({ folder, commit } = project({ "src/a.js": share(8, 10) }));
  path = join(folder, "kept", "ratchet.json");
});

function cover(covered: number, total = 10): void {
  edit(folder, { "coverage/lcov.info": lcov({ "src/a.js": share(covered, total) }) });
}

function best(): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

describe("ratchet", () => {
  it("is created outside pull requests, raised in place, never lowered, and breaks on a fall", async () => {
    const created = await gate(folder, inputs, pushed(commit));
    expect([created.exitCode, rule(created, "ratchet").verdict]).toEqual([0, "neutral"]);
    expect(best()).toMatchObject({ covered: 8, total: 10, metric: "lines" });
    cover(9);
    const raised = await gate(folder, inputs, pushed(commit));
    expect(ended(raised), raised.log).toEqual([0, "pass"]);
    expect(best()).toMatchObject({ covered: 9, total: 10 });
    expect(notes(raised)).toMatch(/raised from 80\.00% to 90\.00%.*Commit it/);
    cover(8);
    const fallen = await gate(folder, inputs, pushed(commit));
    expect(ended(fallen), fallen.log).toEqual([1, "fail"]);
    expect(fallen.outputs["summary"]).toMatch(/80\.00% is below ratchet 90\.00%/);
    expect(best()).toMatchObject({ covered: 9 });
  });

  it("holds the fraction and not its display", async () => {
    cover(19999, 20000);
    await gate(folder, inputs, pushed(commit));
    cover(19998, 20000);
    const run = await gate(folder, inputs, pushed(commit));
    expect(ended(run), run.log).toEqual([1, "fail"]);
  });

  it.each([
    ["a pull request", () => proposed({ base: commit, head: commit, tested: commit })],
    ["the merge queue", () => queued(commit, commit)],
  ])("%s judges by it and writes nothing", async (_, happening) => {
    const first = await gate(folder, inputs, happening());
    expect([first.exitCode, rule(first, "ratchet").verdict]).toEqual([0, "neutral"]);
    expect(existsSync(path)).toBe(false);
    await gate(folder, inputs, pushed(commit));
    cover(10);
    expect((await gate(folder, inputs, happening())).exitCode).toBe(0);
    expect(best()).toMatchObject({ covered: 8 });
    cover(7);
    expect((await gate(folder, inputs, happening())).exitCode).toBe(1);
  });

  it.each([
    ["no JSON", "best: 80\n", /not JSON/],
    ["another file", '{"name": "app"}', /not a ratchet file/],
    ["impossible numbers", '{"schema":"forge-ratchet/1","metric":"lines","partial-lines":"hit","covered":5,"total":3}', /covered/],
    ["another metric", '{"schema":"forge-ratchet/1","metric":"branches","partial-lines":"hit","covered":1,"total":3}', /branches/],
  ])("%s in its place is wrong, and stays as it is", async (_, text, message) => {
    edit(folder, { "kept/ratchet.json": text });
    const run = await gate(folder, inputs, pushed(commit));
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toMatch(message);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("a path outside the workspace is not written", async () => {
    const run = await gate(folder, { ...inputs, ratchet: "../ratchet.json" }, pushed(commit));
    expect(run.exitCode).toBe(2);
    expect(existsSync(join(folder, "..", "ratchet.json"))).toBe(false);
  });
});
