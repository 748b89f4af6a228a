/** `npm run build`: TypeScript to JavaScript, then one bundle for each action, the command line and each lazy adapter, byte for byte the same everywhere. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./build/bundle.ts";
import { linkSharedAdapters } from "./build/shared.ts";
import { generate } from "./generate.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Builds the repository at `folder` into `<folder>/dist`; the old bundles stay until the new ones are whole. */
export async function build(folder: string): Promise<void> {
  const compiled = join(folder, "build");
  const fresh = join(folder, "build", "dist");
  rmSync(compiled, { recursive: true, force: true });
  execFileSync(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"], {
    cwd: folder,
    stdio: "inherit",
  });
  for (const action of readdirSync(join(folder, "actions"))) {
    cpSync(join(folder, "actions", action, "package.json"), join(compiled, "actions", action, "package.json"));
  }
  const shared = linkSharedAdapters(compiled);
  for (const action of readdirSync(join(folder, "actions"))) {
    await bundle(join(compiled, "actions", action, "src", "main.js"), join(fresh, action), "../shared/");
  }
  await bundle(join(compiled, "packages", "cli", "main.js"), join(fresh, "forge"), "../shared/");
  for (const [name, entry] of shared) await bundle(entry, join(fresh, "shared", name), "../");
  const dist = join(folder, "dist");
  if (existsSync(dist)) rmSync(dist, { recursive: true });
  mkdirSync(dirname(dist), { recursive: true });
  renameSync(fresh, dist);
  writeFileSync(join(dist, "package.json"), '{\n  "type": "module"\n}\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  generate(root, { write: true });
  await build(root);
  generate(root, { write: true });
}
