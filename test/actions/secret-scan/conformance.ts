import { commitAll, writeFiles } from "../../bundles/repository.ts";

/** A clean repository; the configuration at hand looks for what is in it. */
export default {
  prepare(folder: string): Record<string, string> {
    writeFiles(folder, {
      "src/a.js": "export const answer = 42;\n// ticket FORGE-1234-TEST\n",
      "strict.toml":
        "title = 'strict'\n[[rules]]\nid = 'ticket'\ndescription = 'Ticket number'\nregex = '''FORGE-[0-9]{4}-TEST'''\nkeywords = ['forge-']\n",
    });
    commitAll(folder, "first");
    return {};
  },
  failing: { config: "strict.toml" },
};
