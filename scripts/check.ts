/**
 * `npm run check`: types, lint and format, generated files, every workflow and action file, and our own secret scan. Prints what is wrong and exits with 1. A
 * linter that cannot be had is told and left out on a laptop; in CI (`CI` is set and not `false`) that is a failure.
 */
import { spawnSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkDocuments } from "./check/documents.ts";
import { checkDownloadSize } from "./check/download-size.ts";
import { type Linted, lintWorkflows } from "./check/linters.ts";
import { checkWorkflowFiles } from "./check/workflow-files.ts";
import { generate } from "./generate.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const inCi = !["", "0", "false"].includes(process.env.CI ?? "");

const checks: Readonly<Record<string, () => readonly string[] | Linted | Promise<readonly string[] | Linted>>> = {
  types: () => [
    ...run("node_modules/typescript/bin/tsc", "--noEmit"),
    ...run("node_modules/typescript/bin/tsc", "-p", "actions/benchmark-compare/page"),
  ],
  "lint, format and import direction": () => run("node_modules/@biomejs/biome/bin/biome", "ci", "--diagnostic-level=warn", "."),
  "generated files": () =>
    generate(root, { write: false }).map((path) => `${path} is not what its source says: run \`npm run generate\` and commit it.`),
  "workflows and actions": () => checkWorkflowFiles(root),
  "actionlint, ShellCheck and zizmor": () => lintWorkflows(root),
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
  const found = await check();
  const { problems, leftOut } = "problems" in found ? found : { problems: found, leftOut: [] };
  const wrong = problems.length > 0 || (inCi && leftOut.length > 0);
  console.log(`${wrong ? "FAIL" : leftOut.length > 0 ? "part" : "ok  "} ${name}`);
  for (const problem of problems) console.log(problem);
  for (const reason of leftOut) console.log(`left out${inCi ? ", which CI does not allow" : ""}: ${reason}`);
  failed ||= wrong;
}
process.exitCode = failed ? 1 : 0;
