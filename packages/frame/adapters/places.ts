import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { configName } from "../config.ts";
import { codeOf, isUserError, messageOf, UserError } from "../errors.ts";

// Synchronous, because these few small files are on the way of every start, where a round through the thread pool costs more than the read.

/** Far more than an event or a configuration takes. */
const largestText = 64 * 1024 * 1024;

/** The text of a file; `undefined` where there is none. `shown` is what a message calls it. */
export function readText(path: string, shown: string): string | undefined {
  try {
    refuseEndless(path, shown);
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (isUserError(cause)) throw cause;
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(codeOf(cause) ?? "")) return undefined;
    throw new UserError(`${shown} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

/** A device such as /dev/zero is read without end, and a step that hangs never says why. */
function refuseEndless(path: string, shown: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isCharacterDevice() === true) throw new UserError(`${shown} is a device, not a file.`);
  if (found !== undefined && found.size > largestText)
    throw new UserError(`${shown} has ${found.size} bytes. Allowed: at most ${largestText}.`);
}

/** `.forge.yml` at the root of the repository that holds the working directory; never one outside the workspace. */
export function configPath(workspace: string, workingDirectory: string): string {
  let folder = resolve(workspace, workingDirectory);
  if (relative(workspace, folder).startsWith("..")) folder = workspace;
  while (folder !== workspace && !exists(join(folder, ".git"))) folder = dirname(folder);
  return join(folder, configName);
}

/**
 * Where a report goes: below the job's temporary folder, which the runner empties for every job, so a report that is there already is
 * of the same job. On a laptop (no such folder) below git's own, so that nothing shows up as a change; outside git in the user's cache.
 */
export function claimReport(name: string, workspace: string, temporary: string | undefined): string {
  if (temporary === undefined) return join(gitFolder(workspace) ?? cacheFolder(workspace), "forge-reports", `${name}.json`);
  const path = join(resolve(temporary), "forge-reports", `${name}.json`);
  if (!exists(path)) return path;
  throw new UserError(`id: this job already has a report named "${name}". Give each use of the action its own \`id\`, such as web or api.`);
}

/** One folder for each workspace, used again by the next run; a temporary one where the user has no home that can be written to. */
function cacheFolder(workspace: string): string {
  const folder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "forge", workspace.replace(/[^\w.-]+/g, "_").slice(-100));
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch {
    return mkdtempSync(join(tmpdir(), "forge-"));
  }
}

const piecesAtOnce = 1_000;

export function writeReport(path: string, pieces: Iterable<string>): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w");
  try {
    let waiting: string[] = [];
    for (const piece of pieces) {
      if (waiting.push(piece) < piecesAtOnce) continue;
      writeFileSync(file, waiting.join(""));
      waiting = [];
    }
    writeFileSync(file, `${waiting.join("")}\n`);
  } finally {
    closeSync(file);
  }
}

/** The branch that `origin/HEAD` points to, as `git clone` leaves it; symbolic refs are always files of their own. */
export function originHead(workspace: string): string | undefined {
  const folder = gitFolder(workspace);
  if (folder === undefined) return undefined;
  const common = readText(join(folder, "commondir"), "commondir")?.trim() ?? ".";
  const text = readText(join(resolve(folder, common), "refs", "remotes", "origin", "HEAD"), "origin/HEAD");
  return /^ref: refs\/remotes\/origin\/(.+)$/m.exec(text ?? "")?.[1];
}

/** Git's own folder; a worktree's `.git` is a file that names it. */
function gitFolder(workspace: string): string | undefined {
  const path = join(workspace, ".git");
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return path;
  const target = found?.isFile() ? /^gitdir: (.+)$/m.exec(readFileSync(path, "utf8"))?.[1] : undefined;
  return target === undefined ? undefined : isAbsolute(target) ? target : resolve(workspace, target);
}

/** What cannot be looked at, such as a name that is too long, is not there. */
function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
