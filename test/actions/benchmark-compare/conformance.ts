import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commitAll } from "../../bundles/repository.ts";

/** An exact metric that grew by a tenth: noted, and below both thresholds. */
export default {
  prepare(folder: string): Record<string, string> {
    mkdirSync(join(folder, "bench"));
    for (const [side, value] of [
      ["base", 1000],
      ["head", 1100],
    ]) {
      writeFileSync(join(folder, "bench", `${side}.json`), JSON.stringify([{ name: "parse", unit: "bytes", value }]));
    }
    writeFileSync(join(folder, ".gitignore"), "bench/\n");
    commitAll(folder, "first");
    return { results: "bench/head.json", "base-results": "bench/base.json", baseline: "none", ruler: "none" };
  },
  failing: { "fail-threshold": "5%" },
};
