import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commitAll } from "../../bundles/repository.ts";

/** Nine of ten lines covered. */
export default {
  prepare(folder: string): Record<string, string> {
    mkdirSync(join(folder, "src"));
    mkdirSync(join(folder, "coverage"));
    writeFileSync(join(folder, "src", "a.js"), "line\n".repeat(10));
    const lines = Array.from({ length: 10 }, (_, index) => `DA:${index + 1},${index === 9 ? 0 : 1}`);
    writeFileSync(join(folder, "coverage", "lcov.info"), `TN:\nSF:src/a.js\n${lines.join("\n")}\nend_of_record\n`);
    writeFileSync(join(folder, ".gitignore"), "coverage/\n");
    commitAll(folder, "first");
    return {};
  },
  failing: { minimum: "95" },
};
