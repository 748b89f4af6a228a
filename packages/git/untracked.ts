import { copyFile, lstat, mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { codeOf } from "../frame/errors.ts";
import type { Log } from "../frame/ports.ts";
import { gitError } from "./command.ts";
import type { Repository } from "./repository.ts";

/** GitHub refuses larger files, so nobody means to commit one. */
const largest = 100 * 1024 * 1024;

/**
 * Runs `use` with the environment in which git takes new files for part of the working tree, so that their lines and renames are found as they
 * will be once they are committed. That is noted in a copy of the index; the repository itself is not changed.
 */
export async function withUntracked<T>(repository: Repository, log: Log, use: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const paths = await untrackedFiles(repository, log);
  if (paths === "") return use({});
  const folder = await mkdtemp(join(tmpdir(), "forge-index-"));
  try {
    const env = { GIT_INDEX_FILE: join(folder, "index") };
    await copyIndex(repository, env.GIT_INDEX_FILE);
    const args = ["add", "--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul"];
    const added = await repository.git.run(args, { env, input: paths });
    if (added.exitCode !== 0) throw gitError(args, added.stderr);
    return await use(env);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** New files that are not ignored, each ended by NUL. */
async function untrackedFiles({ git, root }: Repository, log: Log): Promise<string> {
  const listed = await git.text(["ls-files", "-z", "--others", "--exclude-standard"]);
  const kept: string[] = [];
  for (const path of listed.split("\0")) {
    // A folder is a repository of its own; a name that is not UTF-8 cannot be handed on.
    if (path === "" || path.endsWith("/") || path.includes("\ufffd")) continue;
    const found = await lstat(join(root, path)).catch(() => undefined);
    if (found === undefined) continue;
    if (found.size <= largest) kept.push(`${path}\0`);
    else log.notice(`${path} is new and larger than 100 MiB, which GitHub does not take; it is left out of the change.`);
  }
  return kept.join("");
}

async function copyIndex({ git, root }: Repository, target: string): Promise<void> {
  const index = resolve(root, (await git.text(["rev-parse", "--git-path", "index"])).trimEnd());
  try {
    await copyFile(index, target);
    // By its date git tells entries that may have changed since; a later date would hide changes.
    const { mtime } = await lstat(index);
    const date = new Date(Math.floor(mtime.getTime() / 1000) * 1000);
    await utimes(target, date, date);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}
