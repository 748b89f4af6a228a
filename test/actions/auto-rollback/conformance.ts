import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyBook, markGood, renderBook } from "../../../packages/releases/book.ts";

/** A release in a file, and a ledger that knows a good one: all of the action but the servers. */
export default {
  prepare(folder: string): Record<string, string> {
    const at = new Date().toISOString();
    const mark = { release: "1.0.0", commit: "", at, run: "1/1", deployment: "", why: "a test says so" };
    const shelf = join(folder, ".forge", "ledger", "releases", "production");
    mkdirSync(shelf, { recursive: true });
    writeFileSync(join(shelf, "default.json"), renderBook(markGood(emptyBook("production", ""), mark)));
    writeFileSync(join(folder, "current.txt"), "1.1.0\n");
    const node = JSON.stringify(process.execPath);
    const settings = [
      `current: [${node}, -p, "fs.readFileSync('current.txt', 'utf8').trim()"]`,
      `execute: [${node}, -e, "fs.writeFileSync('current.txt', process.argv[1])", "{to}"]`,
    ].join("\n");
    return { verdict: "fail", provider: "command", settings, backend: "file", deployment: "42" };
  },
  failing: { verdict: "unknown" },
  // The release is read and written by small programs of Node's.
  named: [/^program .*\bnode(\.exe)?$/],
};
