import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prepareForAct } from "../../../packages/cli/adapters/act.ts";
import { parseCommand } from "../../../packages/cli/arguments.ts";
import { withoutSelfReferences } from "../../../packages/cli/self-references.ts";

const library = new URL("../../../", import.meta.url);
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "forge-act-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("turns references to itself into references that act knows, and nothing else", () => {
  const text = 'a: $/b\n  - uses: $/actions/x # why\n    uses: "$/composite/y"\n  run: echo uses: $/z\n';
  expect(withoutSelfReferences(text, "org/forge@v1")).toBe(
    'a: $/b\n  - uses: org/forge/actions/x@v1 # why\n    uses: "org/forge/composite/y@v1"\n  run: echo uses: $/z\n',
  );
});

test("writes what a download ships, and the flag that points there", () => {
  expect(prepareForAct(folder, library)).toBe(`--local-repository org/forge@v1=${folder}`);
  expect(existsSync(join(folder, "dist/coverage-gate/index.js"))).toBe(true);
  expect(existsSync(join(folder, "packages"))).toBe(false);
  const workflow = readFileSync(join(folder, ".github/workflows/quality-gate.yml"), "utf8");
  expect(workflow).toContain("uses: org/forge/actions/coverage-gate@v1");
  expect(workflow).not.toContain("$/");
});

test("leaves a folder alone that holds something", () => {
  writeFileSync(join(folder, "mine"), "");
  expect(() => prepareForAct(folder, library)).toThrow("is not empty");
  expect(readdirSync(folder)).toEqual(["mine"]);
});

test("needs a checkout of the library", () => {
  expect(() => prepareForAct(join(folder, "to"), pathToFileURL(`${folder}/`))).toThrow("needs a git checkout");
});

test.each([[["act"]], [["act", "--prepare"]], [["act", "--prepare", "x", "y"]]])("refuses %j", (args) => {
  expect(() => parseCommand(args, [])).toThrow("forge act takes --prepare");
});
