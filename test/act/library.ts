import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const checkout = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * What `org/forge@v1` is to a user: the action files and bundles of this checkout. act copies the folder that it is given for each job, so it
 * must not be the checkout itself with all of node_modules in it.
 */
export function stageLibrary(target: string): string {
  if (!existsSync(join(checkout, "dist", "coverage-gate", "index.js"))) {
    throw new Error("There is no dist/coverage-gate/index.js: run `npm run build` first");
  }
  const actions = readdirSync(join(checkout, "actions")).map((name) => join("actions", name, "action.yml"));
  for (const path of ["package.json", "dist", "composite", join(".github", "workflows"), ...actions]) {
    if (!existsSync(join(checkout, path))) continue;
    mkdirSync(dirname(join(target, path)), { recursive: true });
    cpSync(join(checkout, path), join(target, path), { recursive: true });
  }
  return target;
}
