/** `npm run check`: types, lint and format, generated files, every workflow and action file, and our own secret scan. Prints what is wrong and exits with 1. */
import { spawnSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkDocuments } from "./check/documents.ts";
import { checkDownloadSize } from "./check/download-size.ts";
import { checkWorkflowFiles } from "./check/workflow-files.ts";
import { generate } from "./generate.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const checks: Readonly<Record<string, () => string[] | Promise<string[]>>> = {
  types: () => run("node_modules/typescript/bin/tsc", "--noEmit"),
  "lint, format and import direction": () => run("node_modules/@biomejs/biome/bin/biome", "ci", "--diagnostic-level=warn", "."),
  "generated files": () =>
    generate(root, { write: false }).map((path) => `${path} is not what its source says: run \`npm run generate\` and commit it.`),
  "workflows and actions": () => checkWorkflowFiles(root),
  "snippets and links in documents": () => checkDocuments(root),
  "download size": () => checkDownloadSize(root),
  "no secret in the tree, by our own scan": () => run("dist/forge/index.js", "run", "secret-scan", "--scope", "worktree"),
};

function run(program: string, ...args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, program), ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return status === 0 ? [] : [`${stdout}${stderr}`.trimEnd()];
}

let failed = false;
for (const [name, check] of Object.entries(checks)) {
  const problems = await check();
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const problem of problems) console.log(problem);
  failed ||= problems.length > 0;
}
process.exitCode = failed ? 1 : 0;
