/** gitleaks is the peer of the secret scanner's benchmark: `node scripts/install/gitleaks.ts` prints where it is. */

import { runnable } from "./command.ts";
import { installGoTool } from "./go-tool.ts";

export function install(): Promise<string> {
  return installGoTool("gitleaks", "github.com/zricethezav/gitleaks/v8", "8.30.1");
}

await runnable(import.meta.url, install);
