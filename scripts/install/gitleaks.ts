/** gitleaks is the peer that secret-scan is measured beside: `node scripts/install/gitleaks.ts` prints where it is. */
import { runnable } from "./command.ts";
import { installGoTool } from "./go-tool.ts";

export function install(): Promise<string> {
  return installGoTool("gitleaks", "github.com/zricethezav/gitleaks/v8", "8.30.0");
}

await runnable(import.meta.url, install);
