/** Paths as text: reports come from other machines, so nothing here may depend on the one that judges them. */

/** With `/`; a Windows path loses its `\`. A `\` in any other path is a character of a name. */
export function withSlashes(path: string): string {
  const windows = /^([A-Za-z]:)?\\/.test(path) || (path.includes("\\") && !path.includes("/"));
  return windows ? path.replaceAll("\\", "/") : path;
}

/** A path, a drive, a share or an URL that starts at a root of its own. */
export function isRooted(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:\//.test(path) || /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(path);
}

/** Without `.`, empty parts and whatever `..` takes back; leading `..` of a relative path stay. */
export function segmentsOf(path: string): string[] {
  const kept: string[] = [];
  const rooted = isRooted(path);
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push(segment);
  }
  return kept;
}

/** `folder` and `path` as one normal path; `undefined` when `..` leads out of the top. */
export function joinInside(folder: string, path: string): string | undefined {
  const segments = segmentsOf(`${folder}/${path}`.replace(/^\/+/, ""));
  return segments[0] === ".." ? undefined : segments.join("/");
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** With its dot, in lower case; empty for a name without one. */
export function extensionOf(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot).toLowerCase();
}

/** The rest of `path` below the absolute folder `root`, with `/`; `undefined` when it lies elsewhere. Drive letters match in either case. */
export function below(root: string, path: string): string | undefined {
  const top = drive(withSlashes(root).replace(/\/+$/, ""));
  const full = drive(path);
  if (full === top) return "";
  return full.startsWith(`${top}/`) ? full.slice(top.length + 1) : undefined;
}

function drive(path: string): string {
  return /^[A-Z]:/.test(path) ? `${path.charAt(0).toLowerCase()}${path.slice(1)}` : path;
}

/** The folder itself, then each one above it, nearest first; the top is an empty text. */
export function foldersAbove(folder: string): string[] {
  const found: string[] = [];
  for (let here = folder; here !== ""; here = folderOf(here)) found.push(here);
  return [...found, ""];
}
