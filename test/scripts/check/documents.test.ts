import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import { checkDocuments } from "../../../scripts/check/documents.ts";

const root = resolve(import.meta.dirname, "..", "..", "..");
const folder = mkdtempSync(join(tmpdir(), "forge-documents-"));
afterAll(() => rmSync(folder, { recursive: true }));

execFileSync("git", ["init", "-q"], { cwd: folder });
mkdirSync(join(folder, "actions", "coverage-gate"), { recursive: true });
for (const path of ["forge.schema.json", "actions/coverage-gate/action.yml"]) cpSync(join(root, path), join(folder, path));

async function problems(markdown: string): Promise<string[]> {
  writeFileSync(join(folder, "README.md"), markdown);
  return checkDocuments(folder);
}

const fenced = (text: string, info = "yaml"): string => `Text.\n\n\`\`\`${info}\n${text}\n\`\`\`\n`;

it.each([
  [
    "an input that does not exist",
    "- uses: org/forge/actions/coverage-gate@v1\n  with:\n    minimun: 80",
    "README.md:3: job job, step 1: actions/coverage-gate has no input minimun.",
  ],
  ["an action that does not exist", "- uses: org/forge/actions/coverage@v1", "README.md:3: job job, step 1: there is no actions/coverage."],
  [
    "a workflow without permissions",
    "on: push\njobs:\n  a:\n    runs-on: x\n    timeout-minutes: 1\n    steps:\n      - run: a",
    "README.md:3: a workflow begins with `permissions: {}`; jobs are granted what they need.",
  ],
  [
    "another's action by a tag",
    "- uses: actions/cache@v4",
    "README.md:3: job job, step 1: `uses: actions/cache@v4` is not pinned to 40 hex digits with its version in a comment.",
  ],
  [
    "a setting that does not exist",
    "coverage-gate:\n  minimun: 80",
    "README.md:3: .forge.yml/coverage-gate must NOT have additional properties",
  ],
])("finds %s", async (_, yaml, problem) => {
  expect(await problems(fenced(yaml))).toContain(problem);
});

it("finds broken YAML", async () => {
  expect(await problems(fenced("a: ["))).toEqual([expect.stringMatching(/^README\.md:3: Flow sequence .* at line 2, column 1/)]);
});

it("finds a link that leads nowhere, but not in code", async () => {
  expect(await problems("See [a](docs/a.md), `[b](b.md)` and [c](https://example.com/c.md).")).toEqual([
    "README.md: the link to docs/a.md leads nowhere.",
  ]);
});

it("accepts what can be pasted, and what belongs to another tool", async () => {
  const good = fenced("- uses: org/forge/actions/coverage-gate@v1\n  with:\n    minimum: 80");
  expect(
    await problems(good + fenced("coverage-gate:\n  minimum: 80") + fenced("- uses: codecov/codecov-action@v5", "yaml before")),
  ).toEqual([]);
});
