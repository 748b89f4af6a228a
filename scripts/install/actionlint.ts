/** actionlint checks workflow files: `node scripts/install/actionlint.ts` prints where it is. */
import { runnable } from "./command.ts";
import { installGoTool } from "./go-tool.ts";

export function install(): Promise<string> {
  return installGoTool("actionlint", "github.com/rhysd/actionlint/cmd/actionlint", "1.7.12");
}

await runnable(import.meta.url, install);
