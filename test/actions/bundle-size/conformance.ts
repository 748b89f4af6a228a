import { commitAll, writeFiles } from "../../bundles/repository.ts";

/** Two built files of which the larger one has 4,000 bytes, and a limit that holds. */
export default {
  prepare(folder: string): Record<string, string> {
    writeFiles(folder, {
      ".gitignore": "dist/\n",
      "src/app.js": "app\n",
      "dist/app.js": Array.from({ length: 400 }, (_, index) => `call(${1000 + index});`)
        .join("")
        .slice(0, 4000),
      "dist/app.css": "a{color:red}\n".repeat(20),
    });
    commitAll(folder, "first");
    return { budgets: "- name: app\n  files: dist/*.js\n  compression: none\n  max: 4 kB" };
  },
  failing: { budgets: "- name: app\n  files: dist/*.js\n  compression: none\n  max: 3999" },
};
