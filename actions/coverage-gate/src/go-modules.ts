import type { Files } from "../../../packages/frame/ports.ts";
import { folderOf, joinInside } from "./path-text.ts";
import { onDisk, type Tree } from "./tree.ts";

/** Go profiles name files by import path: the module's own name, then the folder. Only go.mod knows which folder a module is. */
export interface GoModule {
  readonly name: string;
  readonly folder: string;
}

const mostModules = 2_000;
const longestFile = 1024 * 1024;

/** Every module of the repository, nested and replaced ones included. */
export async function readGoModules(files: Files, tree: Tree): Promise<GoModule[]> {
  const found: GoModule[] = [];
  const paths = tree.paths.filter((path) => path === "go.mod" || path.endsWith("/go.mod"));
  for (const path of paths.slice(0, mostModules)) {
    if ((await files.stat(onDisk(tree, path))) === undefined) continue;
    found.push(...modulesOf(await files.readText(onDisk(tree, path), longestFile), folderOf(path)));
  }
  return found;
}

/** The module that a go.mod declares, and those it replaces by a folder. */
export function modulesOf(text: string, folder: string): GoModule[] {
  const found: GoModule[] = [];
  let block = "";
  for (const raw of text.split("\n")) {
    const words = wordsOf(raw);
    const verb = block === "" ? words.shift() : block;
    if (verb === undefined || words[0] === "(") block = words[0] === "(" ? (verb ?? "") : block;
    else if (words[0] === ")") block = "";
    else if (verb === "module" && words[0] !== undefined) found.push({ name: words[0], folder });
    else if (verb === "replace") found.push(...replaced(words, folder));
  }
  return found;
}

function wordsOf(line: string): string[] {
  const comment = line.indexOf("//");
  const code = comment === -1 ? line : line.slice(0, comment);
  return code
    .split(/\s/)
    .filter((word) => word !== "")
    .map((word) => word.replace(/^["`]|["`]$/g, ""));
}

/** `old [version] => ./folder`; a replacement by another module is somebody else's code. */
function replaced(words: readonly string[], folder: string): GoModule[] {
  const target = words[words.indexOf("=>") + 1];
  if (words[0] === undefined || target === undefined || !/^\.\.?(\/|$)/.test(target)) return [];
  const inside = joinInside(folder, target);
  return inside === undefined ? [] : [{ name: words[0], folder: inside }];
}

/** The paths of the tree that an import path can mean: the longest module name decides. `undefined` when no module has that name. */
export function inModules(modules: readonly GoModule[], tree: Tree, path: string): string[] | undefined {
  const owners = modules.filter((module) => path.startsWith(`${module.name}/`));
  if (owners.length === 0) return undefined;
  const longest = Math.max(...owners.map((module) => module.name.length));
  const rest = path.slice(longest + 1);
  const found = owners.filter((module) => module.name.length === longest).map((module) => joinInside(module.folder, rest) ?? "");
  return [...new Set(found)].filter((candidate) => tree.has(candidate));
}
