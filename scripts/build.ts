/** `npm run build`: TypeScript to JavaScript, then one bundle for each action, the command line and each lazy adapter, byte for byte the same everywhere. */
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./build/bundle.ts";
import { embedPage, nameLibrary } from "./build/page.ts";
import { linkSharedAdapters, onDemand } from "./build/shared.ts";
import { generate } from "./generate.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Compiles and bundles the repository at `folder`, which must be where this process was started (ncc numbers modules by their path from
 * there); gives the folder of the fresh bundles, `build/dist`.
 */
export async function compile(folder: string): Promise<string> {
  const compiled = join(folder, "build");
  const fresh = join(compiled, "dist");
  rmSync(compiled, { recursive: true, force: true });
  const compiler = join(folder, "node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: folder, stdio: "inherit" });
  const actions = readdirSync(join(folder, "actions"));
  for (const action of actions) cpSync(join(folder, "actions", action, "package.json"), join(compiled, "actions", action, "package.json"));
  await embedPage(folder, compiled);
  const shared = linkSharedAdapters(compiled);
  for (const { name, entry } of onDemand) shared.set(name, join(folder, entry));
  for (const action of actions) await bundle(join(compiled, "actions", action, "src", "main.js"), join(fresh, action), "../shared/");
  await bundle(join(compiled, "packages", "cli", "main.js"), join(fresh, "forge"), "../shared/");
  for (const [name, entry] of shared) await bundle(entry, join(fresh, "shared", name), "../");
  nameLibrary(folder, join(fresh, "shared", "benchmark-compare-page"));
  return fresh;
}

/** Builds into `dist/`; the old bundles stay until the new ones are whole. */
async function build(folder: string): Promise<void> {
  const fresh = await compile(folder);
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  renameSync(fresh, join(folder, "dist"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  generate(root, { write: true });
  await build(root);
  generate(root, { write: true });
}
