import { existsSync, realpathSync, rmSync, type Stats, statSync } from "node:fs";
import { lstat, mkdir, open, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { codeOf, messageOf, UserError } from "../errors.ts";
import { globBase, globMatcher, hasGlob, normalizeGlob } from "../glob.ts";
import type { Files } from "../ports.ts";

const longestText = 16 * 1024 * 1024;
const mostFolders = 200_000;

/** Files below a checkout. `scratch` folders (the temporary one) may be written to as well. */
export function openFiles(workspace: string, workingDirectory: string, scratch: readonly string[] = []): Files {
  const root = realFolder(workspace, "the workspace");
  const here = realFolder(resolve(root, workingDirectory), "working-directory");
  if (!isInside(root, here)) throw new UserError(`working-directory: "${workingDirectory}" is outside the workspace ${root}.`);
  const writable = [root, ...scratch.filter((folder) => existsSync(folder)).map((folder) => realpathSync(folder))];
  return {
    workingDirectory: here,
    workspace: root,
    read: (path) => readBytes(resolve(here, path), path),
    readText: async (path, maxBytes = longestText) => {
      const found = await stat(resolve(here, path)).catch((error: unknown) => refuse(path, error));
      if (found.size > maxBytes) throw new UserError(`${path} has ${found.size} bytes. Allowed: at most ${maxBytes}.`);
      return textOf(await readBytes(resolve(here, path), path));
    },
    write: (path, content) => writeWhole(resolve(here, path), path, content, writable),
    stat: async (path) => {
      const found = await stat(resolve(here, path)).catch(() => undefined);
      if (found === undefined) return undefined;
      return { size: found.size, kind: found.isFile() ? "file" : found.isDirectory() ? "folder" : "other" };
    },
    glob: (patterns) => glob(here, patterns),
  };
}

/** UTF-8, or UTF-16 with its mark, as PowerShell 5 writes what `>` sends to a file. */
function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

function realFolder(path: string, what: string): string {
  const found = lookAt(path, what);
  if (found === undefined) throw new UserError(`${what}: the folder ${path} does not exist.`);
  if (!found.isDirectory()) throw new UserError(`${what}: ${path} is not a folder.`);
  return realpathSync(path);
}

function lookAt(path: string, what: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new UserError(`${what}: the folder ${path.slice(0, 200)} cannot be looked at: ${codeOf(cause) ?? messageOf(cause)}.`, { cause });
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function refuse(path: string, error: unknown): never {
  const words: Readonly<Record<string, string>> = {
    ENOENT: "does not exist",
    EACCES: "may not be read",
    EPERM: "may not be read",
    EISDIR: "is a folder, not a file",
    ELOOP: "is a link that leads to itself",
  };
  throw new UserError(`${path} ${words[codeOf(error) ?? ""] ?? `cannot be read: ${messageOf(error)}`}.`, { cause: error });
}

async function readBytes(absolute: string, path: string): Promise<Uint8Array> {
  const found = await stat(absolute).catch((error: unknown) => refuse(path, error));
  if (!found.isFile()) throw new UserError(`${path} is not a file.`);
  return readFile(absolute).catch((error: unknown) => refuse(path, error));
}

let written = 0;
const unfinished = new Set<string>();
process.on("exit", () => {
  for (const path of unfinished) rmSync(path, { force: true });
});

/** Writes beside the target and renames, so that a reader sees the old file or the new one, and a killed run leaves neither half. */
async function writeWhole(
  absolute: string,
  path: string,
  content: string | Uint8Array | Iterable<string>,
  writable: readonly string[],
): Promise<void> {
  const folder = dirname(absolute);
  await refuseOutside(folder, path, writable);
  const temporary = join(folder, `.${process.pid}-${++written}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    await refuseOutside(folder, path, writable);
    unfinished.add(temporary);
    const file = await open(temporary, "wx");
    try {
      await writeFile(file, typeof content === "string" || content instanceof Uint8Array ? content : inPortions(content));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, absolute);
  } catch (error) {
    // Below something that is no folder even the removal fails, and the first error is the telling one.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new UserError(`${path} cannot be written: ${messageOf(error)}.`, { cause: error });
  } finally {
    unfinished.delete(temporary);
  }
}

/** Many small pieces as few large ones. */
function* inPortions(pieces: Iterable<string>): Generator<string> {
  let waiting = "";
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < 65_536) continue;
    yield waiting;
    waiting = "";
  }
  yield waiting;
}

/** The nearest folder that exists must lie, links resolved, where writing is allowed. */
async function refuseOutside(folder: string, path: string, writable: readonly string[]): Promise<void> {
  let existing = folder;
  while ((await lstat(existing).catch(() => undefined)) === undefined && dirname(existing) !== existing) existing = dirname(existing);
  const real = await realpath(existing).catch(() => existing);
  if (writable.some((root) => isInside(root, real))) return;
  throw new UserError(`${path} is outside the workspace, so it is not written.`);
}

async function glob(root: string, patterns: readonly string[]): Promise<string[]> {
  const outside = patterns.filter((pattern) => !pattern.startsWith("!") && isOutside(root, pattern));
  const inside = patterns.filter((pattern) => !outside.includes(pattern)).map((pattern) => relativePattern(root, pattern));
  const found = new Set<string>();
  const matches = globMatcher(inside);
  const named = inside.some((pattern) => pattern.includes("node_modules"));
  for (const base of outermost(inside.filter((pattern) => !pattern.startsWith("!")))) {
    for await (const path of walk(root, base, named)) if (matches(path)) found.add(path);
  }
  for (const pattern of outside) for (const path of await globOutside(pattern)) found.add(path);
  return [...found].sort();
}

/** Files given by absolute paths or through `..` keep the path they were given by. */
async function globOutside(pattern: string): Promise<string[]> {
  if (!hasGlob(pattern)) return (await lstat(pattern).catch(() => undefined)) === undefined ? [] : [pattern];
  const base = globBase(pattern);
  const matches = globMatcher([pattern.slice(base.length + 1)]);
  const found: string[] = [];
  for await (const path of walk(base === "" ? sep : base, "", pattern.includes("node_modules")))
    if (matches(path)) found.push(`${base}/${path}`);
  return found;
}

function isOutside(root: string, pattern: string): boolean {
  const base = hasGlob(pattern) ? globBase(pattern) : pattern;
  return !isInside(root, resolve(root, base === "" ? "." : base));
}

function relativePattern(root: string, pattern: string): string {
  const negated = pattern.startsWith("!");
  const plain = normalizeGlob((negated ? pattern.slice(1) : pattern).replaceAll(sep === "\\" ? "\\" : "/", "/"));
  const local = isAbsolute(plain) ? relative(root, plain).replaceAll(sep, "/") : plain;
  return negated ? `!${local}` : local;
}

/** The folders or files to start from, without those below another. */
function outermost(patterns: readonly string[]): string[] {
  const bases = [...new Set(patterns.map((pattern) => (hasGlob(pattern) ? globBase(pattern) : pattern)))].sort();
  return bases.filter((base) => !bases.some((other) => other !== base && (other === "" || base.startsWith(`${other}/`))));
}

/** Files below `base`, without following links to folders; `.git` and (unless named) `node_modules` are not entered. */
async function* walk(root: string, base: string, named: boolean): AsyncGenerator<string> {
  const start = statSync(join(root, base), { throwIfNoEntry: false });
  if (start?.isFile()) yield base;
  const pending = start?.isDirectory() ? [base] : [];
  let folders = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    if (++folders > mostFolders) throw new UserError(`Below "${base || "."}" are more than ${mostFolders} folders. Give narrower globs.`);
    const inside = await contents(root, folder);
    pending.push(...inside.folders.filter((path) => named || !path.endsWith("node_modules")));
    yield* inside.files;
  }
}

async function contents(root: string, folder: string): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== ".git") folders.push(path);
    if (entry.isFile() || (entry.isSymbolicLink() && (await isFileLink(join(root, path))))) files.push(path);
  }
  return { files, folders };
}

async function isFileLink(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
