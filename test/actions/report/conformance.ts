import { writeFiles } from "../../bundles/repository.ts";
import { jsonOf } from "./sample.ts";

/** Two gates that pass, and a third that does not. */
export default {
  prepare(folder: string): Record<string, string> {
    writeFiles(folder, {
      "reports/coverage-gate.json": jsonOf(),
      "reports/bundle-size.json": jsonOf({ action: "bundle-size", headline: "All budgets hold." }),
      "failing/secret-scan.json": jsonOf({ action: "secret-scan", verdict: "fail", headline: "One secret." }),
    });
    return { reports: "reports/*.json" };
  },
  failing: { reports: "**/*.json" },
};
