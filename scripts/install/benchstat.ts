/** benchstat is the peer that benchmark-compare is measured beside: `node scripts/install/benchstat.ts` prints where it is. */
import { runnable } from "./command.ts";
import { installGoTool } from "./go-tool.ts";

export function install(): Promise<string> {
  return installGoTool("benchstat", "golang.org/x/perf/cmd/benchstat", "0.0.0-20260908200009-22c9c6c9d4da");
}

await runnable(import.meta.url, install);
