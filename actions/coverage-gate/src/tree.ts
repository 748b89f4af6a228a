import type { ChangedFile, Diff, Files } from "../../../packages/frame/ports.ts";
import { below, joinInside, withSlashes } from "./path-text.ts";

/** The files that report paths can mean. */
export interface Tree {
  /** Sorted, relative to `root`. */
  readonly paths: readonly string[];
  readonly has: (path: string) => boolean;
  /** Absolute, with `/`; the working directory outside a repository. */
  readonly root: string;
  /** The working directory, relative to `root`; an empty text for the root itself. */
  readonly workingDirectory: string;
  /** Git says what belongs to the repository; the disk only says what is there. */
  readonly authority: "git" | "disk";
}

/** `changed` are paths that a given diff names; they count as known even where no file is checked out. */
export async function readTree(ports: { files: Files; diff: Diff }, changed: readonly ChangedFile[]): Promise<Tree> {
  const here = withSlashes(ports.files.workingDirectory);
  const root = await ports.diff.root();
  const known = root === undefined ? await ports.files.glob(["**"]) : await ports.diff.paths();
  const named = changed.filter((file) => file.status !== "removed").map((file) => file.path);
  const set = new Set(known);
  const extra = named.filter((path) => !set.has(path));
  for (const path of extra) set.add(path);
  return {
    paths: extra.length === 0 ? known : [...set].sort(),
    has: (path) => set.has(path),
    root: root === undefined ? here : withSlashes(root),
    workingDirectory: root === undefined ? "" : (below(withSlashes(root), here) ?? ""),
    authority: root === undefined ? "disk" : "git",
  };
}

/** A path that is relative to the working directory, as the tree names it; `undefined` outside the tree. */
export function inTree(tree: Tree, path: string): string | undefined {
  const plain = withSlashes(path);
  const absolute = below(tree.root, plain);
  if (absolute !== undefined) return absolute;
  return plain.startsWith("/") || /^[A-Za-z]:/.test(plain) ? undefined : joinInside(tree.workingDirectory, plain);
}

/** A path of the tree in a form that the Files port understands. */
export function onDisk(tree: Tree, path: string): string {
  return `${tree.root}/${path}`;
}
