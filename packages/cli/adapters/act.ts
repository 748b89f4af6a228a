import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../frame/errors.ts";
import { withoutSelfReferences } from "../self-references.ts";

const published = "org/forge@v1";

/**
 * Writes what a `uses:` download of the library's current commit ships to `folder`, in a form that act and GitHub Enterprise Server
 * understand: `$/path` becomes `reference` (`owner/name@ref`) with the path in it. Gives the flag that makes act resolve it to the folder.
 * `library` is the folder of the library's checkout.
 */
export function prepareForAct(folder: string, library: URL, reference = published): string {
  const to = resolve(folder);
  const from = fileURLToPath(library);
  if (existsSync(to) && readdirSync(to).length > 0) {
    throw new UserError(`--prepare was given ${JSON.stringify(folder)}, which is not empty: name a new or an empty folder.`);
  }
  if (!existsSync(join(from, ".git"))) {
    throw new UserError("forge act needs a git checkout of the library, because it copies what a download of its commit holds.");
  }
  mkdirSync(to, { recursive: true });
  const archive = join(to, ".forge-archive.tar");
  execFileSync("git", ["-C", from, "archive", "--format=tar", "-o", archive, "HEAD"], { stdio: "ignore" });
  execFileSync("tar", ["-xf", ".forge-archive.tar"], { cwd: to, stdio: "ignore" });
  rmSync(archive);
  for (const path of readdirSync(to, { recursive: true, encoding: "utf8" })) {
    if (!/^(actions|composite|reusable-workflows|\.github[/\\]workflows)[/\\].*\.ya?ml$/.test(path)) continue;
    const file = join(to, path);
    writeFileSync(file, withoutSelfReferences(readFileSync(file, "utf8"), reference));
  }
  return `--local-repository ${reference}=${to}`;
}
