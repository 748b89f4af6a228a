/**
 * `node scripts/ghes.ts <folder> <owner/name@ref>`: the variant for GitHub Enterprise Server, which does not know `uses: $/path`. Writes to the
 * folder what a download ships, every reference to ourselves made explicit; commit and push that to the server under that name.
 */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { prepareForAct } from "../packages/cli/adapters/act.ts";
import { isUserError, messageOf } from "../packages/frame/errors.ts";

const [folder, reference = ""] = process.argv.slice(2);
try {
  if (folder === undefined || !/^[\w.-]+\/[\w.-]+@[\w./-]+$/.test(reference)) {
    console.error("Given is no folder and reference. Example: node scripts/ghes.ts ../forge-ghes platform/forge@v1");
    process.exitCode = 2;
  } else {
    prepareForAct(folder, pathToFileURL(`${resolve(import.meta.dirname, "..")}/`), reference);
    console.log(
      `Wrote ${resolve(folder)}: commit it to ${reference.slice(0, reference.indexOf("@"))} and tag it ${reference.slice(reference.indexOf("@") + 1)}.`,
    );
  }
} catch (error) {
  if (!isUserError(error)) throw error;
  console.error(messageOf(error));
  process.exitCode = 2;
}
