import type { Place } from "./discover.ts";

const inPackages = "/node_modules/";

/**
 * Gives modules names that do not depend on where the project lies: paths relative to the working directory, also where the bundler wrote
 * absolute ones or schemes of source maps. Two copies of a package keep two names.
 */
export function moduleNames(all: Iterable<string>, place: Place): (path: string) => string {
  const absolute = [...all].map(plain).filter(isAbsolute);
  const elsewhere = projectOf(absolute.filter((path) => below(place.root, path) === undefined));
  const known = new Map<string, string>();
  return (told) => {
    const name = known.get(told) ?? nameOf(plain(told), place, elsewhere);
    known.set(told, name);
    return name;
  };
}

function nameOf(path: string, place: Place, elsewhere: string | undefined): string {
  if (!isAbsolute(path)) return joined(path);
  const here = fromFolder(path, place);
  if (here !== undefined) return here;
  const at = path.indexOf(inPackages);
  // Whether packages are there at all must not change what the project's own modules are called.
  if (at === -1) return path;
  return (elsewhere === undefined ? undefined : below(elsewhere, path)) ?? path.slice(at + 1);
}

function plain(path: string): string {
  return path
    .replaceAll("\\", "/")
    .replace(/^(?:webpack|turbopack|rspack|vite):\/\/\/?(?:(?!\.{1,2}\/)[^/]*\/)?(?=\.{1,2}\/|node_modules\/|src\/)/, "");
}

function isAbsolute(path: string): boolean {
  return /^(?:[A-Za-z]:)?\//.test(path);
}

function below(folder: string, path: string): string | undefined {
  const base = folder.replaceAll("\\", "/").replace(/\/$/, "");
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : undefined;
}

function fromFolder(path: string, { folder, root }: Place): string | undefined {
  const inside = below(folder, path);
  if (inside !== undefined) return inside;
  const inRoot = below(root, path);
  if (inRoot === undefined) return undefined;
  const depth = (below(root, folder) ?? "").split("/").filter((part) => part !== "").length;
  return `${"../".repeat(depth)}${inRoot}`;
}

/** Of a project that was built elsewhere: the folder that holds all folders of packages. */
function projectOf(absolute: readonly string[]): string | undefined {
  const holders = [
    ...new Set(absolute.filter((path) => path.includes(inPackages)).map((path) => path.slice(0, path.indexOf(inPackages)))),
  ].sort((a, b) => a.length - b.length);
  const [shortest] = holders;
  return shortest !== undefined && holders.every((holder) => holder === shortest || holder.startsWith(`${shortest}/`))
    ? shortest
    : undefined;
}

/** Without `.` and without steps that are taken back. */
function joined(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/** `lodash`, `@babel/runtime`: what follows the last `node_modules/`, also behind pnpm's and Yarn's own folders; empty for the project's own. */
export function packageOf(path: string): string {
  const at = path.lastIndexOf("node_modules/");
  const inside = at === -1 ? undefined : path.slice(at + "node_modules/".length);
  if (inside === undefined) return yarnPackage(path) ?? "";
  const [first = "", second = ""] = inside.split("/");
  return first.startsWith("@") && second !== "" ? `${first}/${second}` : first;
}

/** `.yarn/cache/lodash-npm-4.17.21-….zip/node_modules/` has the usual segment; virtual and unplugged paths of other layouts have only the folder. */
function yarnPackage(path: string): string | undefined {
  const name = /\.yarn\/(?:cache|unplugged)\/((?:@[^/-]+-)?[^/]+?)-(?:npm|virtual|patch|file)-/.exec(path)?.[1];
  return name?.replace(/^(@[^-]+)-/, "$1/");
}

/** Where a copy of a package lies: what stands before its name. Two copies are two places. */
export function placeOf(path: string, name: string): string {
  const at = path.lastIndexOf(`node_modules/${name}`);
  return at === -1 ? path.slice(0, path.lastIndexOf("/") + 1) : path.slice(0, at);
}

/** The version that the folders of pnpm, Bun and Yarn carry: `node_modules/.pnpm/x@1.2.3/node_modules/x`. */
export function versionIn(place: string): string | undefined {
  return (
    /(?:^|\/)node_modules\/\.(?:pnpm|bun|store)\/(?:@[^/@]*)?[^/@]*@(?:npm[+@])?(\d[0-9A-Za-z.-]*)/.exec(place)?.[1] ??
    /-npm-(\d[\w.-]*?)-[0-9a-f]{10}/.exec(place)?.[1]
  );
}

/** What tells a module of a package apart wherever the package lies; `undefined` for the project's own. */
export function tailOf(path: string): string | undefined {
  const at = path.lastIndexOf("node_modules/");
  return at === -1 ? undefined : path.slice(at);
}
