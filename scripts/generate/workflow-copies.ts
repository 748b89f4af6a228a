import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** GitHub lets callers use only `.github/workflows/`, so what is authored in `reusable-workflows/` is copied there, byte for byte. */
export function* workflowCopies(root: string): Generator<readonly [path: string, text: string]> {
  const folder = join(root, "reusable-workflows");
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith(".yml")) yield [`.github/workflows/${name}`, readFileSync(join(folder, name), "utf8")];
  }
}
