import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { documentedPermissions } from "./bundles/permissions.ts";

const root = resolve(import.meta.dirname, "..");
/** What the runner and git use, without a request that a fake could see. */
const unseen = new Set(["contents: read"]);

/** Before all tests: where `permissions.ts` writes. After a whole run: whatever is documented must have been needed by some test. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "forge-permissions-"));
  const file = join(folder, "recorded");
  process.env["FORGE_RECORDED_PERMISSIONS"] = file;
  return () => {
    const recorded = existsSync(file) ? new Set(readFileSync(file, "utf8").split("\n")) : new Set<string>();
    rmSync(folder, { recursive: true });
    if (!isWholeRun()) return;
    const idle = readdirSync(join(root, "actions")).flatMap((action) =>
      [...documentedPermissions(action)]
        .map(([permission, access]) => `${permission}: ${access}`)
        .filter((grant) => !unseen.has(grant) && !recorded.has(`${action} ${grant}`))
        .map((grant) => `${action}: ${grant}`),
    );
    if (idle.length === 0) return;
    console.error(`Documented permissions that no test has needed: ${idle.join(", ")}.`);
    process.exitCode = 1;
  };
}

/** `vitest run` without a name of a file or a test. */
function isWholeRun(): boolean {
  const given = process.argv.slice(2);
  return given[0] === "run" && given.slice(1).every((argument) => /^--(?:maxWorkers|reporter)/.test(argument));
}
