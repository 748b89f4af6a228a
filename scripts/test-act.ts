/**
 * `npm run test:act`: builds act (once, outside the repository) and runs the tests of `test/act` with it. Further arguments go to Vitest.
 * Where act cannot be had, a laptop is told why and goes on with 0; in CI (`CI` is set and not `false`) that is a failure.
 */
import { spawnSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "./install/act.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const inCi = !["", "0", "false"].includes(process.env.CI ?? "");

try {
  const act = await install();
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const config = join("test", "act", "vitest.config.ts");
  const tests = spawnSync(process.execPath, [vitest, "run", "--config", config, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, FORGE_ACT: act },
  });
  process.exitCode = tests.status ?? 1;
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`The act tests were left out: ${why}\n`);
  if (inCi) process.stderr.write("In CI they must run, so this is a failure.\n");
  process.exitCode = inCi ? 1 : 0;
}
