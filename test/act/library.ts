import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withoutSelfReferences } from "../../packages/cli/self-references.ts";

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

/** The same in the form that act understands, as `forge act --prepare` writes it, but of this working tree: what is not committed yet is tested too. */
export function prepareLibrary(target: string): string {
  stageLibrary(target);
  for (const path of readdirSync(target, { recursive: true, encoding: "utf8" })) {
    if (!/^(composite|\.github[/\\]workflows)[/\\].*\.yml$/.test(path)) continue;
    const file = join(target, path);
    writeFileSync(file, withoutSelfReferences(readFileSync(file, "utf8"), "org/forge@v1"));
  }
  return target;
}
