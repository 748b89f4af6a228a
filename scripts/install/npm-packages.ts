/** npm packages that benches compare with or measure: installed into the cache, never into this repository. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { command } from "./command.ts";

/** The folder that holds `node_modules` with exactly these packages, given as `name@version`; `file` is one that must be in it. */
export async function installPackages(name: string, packages: readonly string[], file: string): Promise<string> {
  const found = await cached(name, file, async (folder) => {
    writeFileSync(join(folder, "package.json"), '{"private":true}\n');
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--save-exact"];
    await command("npm", ["install", "--prefix", folder, ...options, ...packages], { missing: "npm is not installed here" });
  });
  return found.slice(0, -file.length - 1);
}
