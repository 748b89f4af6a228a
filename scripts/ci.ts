/** What `.ci/run` runs after `npm ci`: the tests, every check, the bundles built anew, and act. Ends with one line of counts. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { idlePermissions } from "./check/permissions.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const results = mkdtempSync(join(tmpdir(), "forge-ci-"));
const permissions = join(results, "permissions");

interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

/** Runs an npm script; one that runs tests leaves its counts in a file. */
function step(name: string, ...args: readonly string[]): { ok: boolean; counts: Counts | undefined } {
  const file = join(results, `${name.replaceAll(":", "-")}.json`);
  const started = Date.now();
  const { status } = spawnSync("npm", ["run", name, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, FORGE_TEST_RESULTS: file, FORGE_RECORDED_PERMISSIONS: permissions },
  });
  console.log(`${status === 0 ? "ok  " : "FAIL"} npm run ${name} (${Math.round((Date.now() - started) / 1000)} s)\n`);
  return { ok: status === 0, counts: countsIn(file) };
}

function countsIn(file: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Counts;
  } catch {
    return undefined;
  }
}

/** What the tests asked of GitHub must be all that the READMEs grant; the tests themselves refuse what goes beyond. */
function permissionsStep(): { ok: boolean; counts: undefined } {
  const idle = idlePermissions(root, permissions);
  for (const problem of idle) console.log(problem);
  console.log(`${idle.length === 0 ? "ok  " : "FAIL"} permissions that are documented are needed\n`);
  return { ok: idle.length === 0, counts: undefined };
}

const steps = [
  step("test"),
  step("test:long"),
  step("check"),
  step("check:dist"),
  step("test:act"),
  step("test:servers"),
  permissionsStep(),
];
rmSync(results, { recursive: true });
const sum = (field: keyof Counts): number => steps.reduce((total, { counts }) => total + (counts?.[field] ?? 0), 0);
const broken = steps.filter(({ ok, counts }) => !ok && (counts?.numFailedTests ?? 0) === 0).length;
console.log(`${sum("numPassedTests")} passed, ${sum("numFailedTests") + broken} failed, ${sum("numPendingTests")} skipped`);
process.exitCode = steps.every(({ ok }) => ok) && sum("numPassedTests") > 0 ? 0 : 1;
