/** act runs workflows on this machine: `node scripts/install/act.ts` prints where it is. */
import { runnable } from "./command.ts";
import { installGoTool } from "./go-tool.ts";

export function install(): Promise<string> {
  return installGoTool("act", "github.com/nektos/act", "0.2.87");
}

await runnable(import.meta.url, install);
