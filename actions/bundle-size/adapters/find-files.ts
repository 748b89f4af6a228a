import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { codeOf, UserError } from "../../../packages/frame/errors.ts";
import { compileGlob, globBase, globMatcher, hasGlob, normalizeGlob } from "../../../packages/frame/glob.ts";
import type { FoundFiles } from "../src/model.ts";

const mostFolders = 200_000;

interface Entry {
  readonly path: string;
  readonly link: boolean;
  readonly file: boolean;
}

/**
 * Files below `folder` that the globs name. Links to folders are not followed; what a glob names and is no readable file inside `root` is an
 * error with its name, because a size that is silently left out is a wrong sum.
 */
export async function findFiles(folder: string, root: string, patterns: readonly string[]): Promise<FoundFiles> {
  const local = patterns.map((pattern) => localPattern(folder, root, pattern));
  const wanted = local.filter((pattern) => !pattern.startsWith("!"));
  for (const pattern of wanted.filter((each) => !hasGlob(each))) await refuseFolder(folder, pattern);
  const matches = globMatcher(local);
  const globs = wanted.map((pattern) => ({ pattern, matches: compileGlob(pattern), used: false }));
  const paths: string[] = [];
  const named = wanted.some((pattern) => pattern.includes("node_modules"));
  for await (const entry of entriesOf(folder, root, wanted, named)) {
    for (const glob of globs) if (!glob.used && glob.matches(entry.path)) glob.used = true;
    if (!matches(entry.path)) continue;
    await checkEntry(folder, root, entry);
    paths.push(entry.path);
  }
  const unmatched = globs.filter(({ used }) => !used).map(({ pattern }) => pattern);
  return { paths: [...new Set(paths)].sort(), unmatched };
}

/** Relative to the folder, with `/`; refuses what leads out of the workspace. */
function localPattern(folder: string, root: string, pattern: string): string {
  const negated = pattern.startsWith("!");
  const plain = normalizeGlob(negated ? pattern.slice(1) : pattern);
  const base = resolve(folder, hasGlob(plain) ? globBase(plain) : plain);
  if (!inside(root, base)) throw new UserError(`files: ${JSON.stringify(pattern.slice(0, 200))} lies outside the workspace.`);
  const from = isAbsolute(plain) ? relative(folder, plain) : plain;
  const local = from.split(sep).join("/");
  return negated ? `!${local}` : local;
}

function inside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

async function refuseFolder(folder: string, pattern: string): Promise<void> {
  const found = await stat(join(folder, pattern)).catch(() => undefined);
  if (found?.isDirectory() !== true) return;
  throw new UserError(`files: ${pattern} is a folder. To measure all files in it, write ${pattern.replace(/\/+$/, "")}/**.`);
}

async function* entriesOf(folder: string, root: string, patterns: readonly string[], named: boolean): AsyncGenerator<Entry> {
  const bases = [...new Set(patterns.map((pattern) => (hasGlob(pattern) ? globBase(pattern) : pattern)))].sort();
  const outer = bases.filter((base) => !bases.some((other) => other !== base && (other === "" || base.startsWith(`${other}/`))));
  const count = { folders: 0 };
  for (const base of outer) {
    const found = await lstat(join(folder, base)).catch(() => undefined);
    if (found === undefined) continue;
    const real = await realpath(join(folder, base)).catch(() => undefined);
    if (real !== undefined && !inside(root, real)) throw new UserError(`files: ${base || "."} leads out of the workspace.`);
    const isFolder =
      found.isDirectory() || (found.isSymbolicLink() && (await stat(join(folder, base)).catch(() => undefined))?.isDirectory() === true);
    if (isFolder) yield* below(folder, base, named, count);
    else yield { path: base, link: found.isSymbolicLink(), file: found.isFile() };
  }
}

async function* below(folder: string, base: string, named: boolean, count: { folders: number }): AsyncGenerator<Entry> {
  const pending = [base];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (++count.folders > mostFolders)
      throw new UserError(`files: below "${base || "."}" are more than ${mostFolders} folders. Give narrower globs.`);
    for (const entry of await listFolder(folder, at)) {
      await refuseUnreadableName(folder, at, entry.name);
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      if (!entry.isDirectory()) yield { path, link: entry.isSymbolicLink(), file: entry.isFile() };
      else if (entry.name !== ".git" && (named || entry.name !== "node_modules")) pending.push(path);
    }
  }
}

/** Bytes that are no UTF-8 arrive as replacement characters, and two such names as one: no path leads back to either file. */
async function refuseUnreadableName(folder: string, at: string, name: string): Promise<void> {
  if (!name.includes("\uFFFD")) return;
  const path = at === "" ? name : `${at}/${name}`;
  const found = await lstat(join(folder, path)).catch(() => undefined);
  if (found === undefined) throw new UserError(`files: ${path} has a name that is no UTF-8, so it cannot be named. Rename it.`);
}

async function listFolder(folder: string, path: string): Promise<import("node:fs").Dirent[]> {
  return readdir(join(folder, path), { withFileTypes: true }).catch((error: unknown) => {
    const why = codeOf(error) === "EACCES" ? "may not be read" : `cannot be read (${codeOf(error) ?? "unknown error"})`;
    throw new UserError(`files: the folder ${path || "."} ${why}.`, { cause: error });
  });
}

async function checkEntry(folder: string, root: string, { path, link, file }: Entry): Promise<void> {
  if (file) return;
  if (!link) throw new UserError(`files: ${path} is no regular file.`);
  const real = await realpath(join(folder, path)).catch(() => undefined);
  if (real === undefined) throw new UserError(`files: ${path} is a link that leads nowhere.`);
  if (!inside(root, real)) throw new UserError(`files: ${path} is a link that leads out of the workspace.`);
  const target = await stat(real);
  if (target.isDirectory())
    throw new UserError(`files: ${path} is a link to a folder. Name the folder itself, or exclude the link with !${path}.`);
  if (!target.isFile()) throw new UserError(`files: ${path} is no regular file.`);
}
