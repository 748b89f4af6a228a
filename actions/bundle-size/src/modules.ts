import type { Module, Stats } from "./model.ts";

/** `lodash`, `@babel/runtime`: what follows the last `node_modules/`, also behind pnpm's and Yarn's own folders; empty for the project's own. */
export function packageOf(path: string): string {
  const plain = path.replaceAll("\\", "/");
  const at = plain.lastIndexOf("node_modules/");
  const inside = at === -1 ? undefined : plain.slice(at + "node_modules/".length);
  if (inside === undefined) return yarnPackage(plain) ?? "";
  const [first = "", second = ""] = inside.split("/");
  return first.startsWith("@") && second !== "" ? `${first}/${second}` : first;
}

/** `.yarn/cache/lodash-npm-4.17.21-….zip/node_modules/` has the usual segment; virtual and unplugged paths of other layouts have only the folder. */
function yarnPackage(path: string): string | undefined {
  const name = /\.yarn\/(?:cache|unplugged)\/((?:@[^/-]+-)?[^/]+?)-(?:npm|virtual|patch|file)-/.exec(path)?.[1];
  return name?.replace(/^(@[^-]+)-/, "$1/");
}

/** Where a copy of a package lies: what stands before its name. Two copies are two places. */
function placeOf(path: string, name: string): string {
  const plain = path.replaceAll("\\", "/");
  const end = plain.lastIndexOf(`node_modules/${name}`);
  return plain.slice(0, end);
}

/** All modules of all stats, by path; a path that several tell is added up. */
export function modulesOf(stats: readonly Stats[]): Module[] {
  const sizes = new Map<string, number>();
  for (const { modules } of stats) {
    for (const { path, size } of modules) {
      const clean = cleanPath(path);
      sizes.set(clean, (sizes.get(clean) ?? 0) + size);
    }
  }
  return [...sizes]
    .map(([path, size]) => ({ path, package: packageOf(path), size }))
    .sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1));
}

/** Without what differs between machines and builds: everything before the project's own folder, and schemes of source maps. */
function cleanPath(path: string): string {
  const plain = path
    .replaceAll("\\", "/")
    .replace(/^(?:webpack|turbopack|rspack|vite):\/\/\/?(?:[^/]*\/)?(?=\.\/|node_modules\/|src\/)/, "")
    .replace(/^(?:\.{1,2}\/)+/, "");
  const at = plain.indexOf("/node_modules/");
  return at === -1 || plain.startsWith("node_modules/") ? plain : plain.slice(at + 1);
}

export interface ModuleRow extends Module {
  readonly previousSize?: number;
}

/** Modules of both sides, largest growth first. */
export function compareModules(now: readonly Module[], before: readonly Module[] | undefined): ModuleRow[] {
  if (before === undefined) return [...now];
  const old = new Map(before.map((module) => [module.path, module]));
  const rows: ModuleRow[] = now.map((module) => ({ ...module, previousSize: old.get(module.path)?.size ?? 0 }));
  const here = new Set(now.map(({ path }) => path));
  for (const module of before) if (!here.has(module.path)) rows.push({ ...module, size: 0, previousSize: module.size });
  return rows.sort((a, b) => growthOf(b) - growthOf(a) || b.size - a.size || (a.path < b.path ? -1 : 1));
}

export function growthOf({ size, previousSize }: ModuleRow): number {
  return previousSize === undefined ? 0 : size - previousSize;
}

export interface PackageRow {
  readonly name: string;
  readonly size: number;
  readonly previousSize: number;
}

/** Packages by growth; the project's own modules have the empty name. */
export function packagesOf(rows: readonly ModuleRow[]): PackageRow[] {
  const sums = new Map<string, { size: number; previousSize: number }>();
  for (const { package: name, size, previousSize = 0 } of rows) {
    const sum = sums.get(name) ?? { size: 0, previousSize: 0 };
    sums.set(name, { size: sum.size + size, previousSize: sum.previousSize + previousSize });
  }
  const list = [...sums].map(([name, sum]) => ({ name, ...sum }));
  return list.sort((a, b) => b.size - b.previousSize - (a.size - a.previousSize) || b.size - a.size || (a.name < b.name ? -1 : 1));
}

/** Packages that are in the output more than once, with the places of their copies. */
export function duplicatesOf(
  modules: readonly Module[],
): { readonly package: string; readonly places: readonly string[]; readonly size: number }[] {
  const copies = new Map<string, { places: Set<string>; size: number }>();
  for (const { path, package: name, size } of modules) {
    if (name === "" || size === 0) continue;
    const entry = copies.get(name) ?? { places: new Set(), size: 0 };
    entry.places.add(placeOf(path, name));
    entry.size += size;
    copies.set(name, entry);
  }
  return [...copies]
    .filter(([, { places }]) => places.size > 1)
    .map(([name, { places, size }]) => ({ package: name, places: [...places].sort(), size }))
    .sort((a, b) => b.size - a.size);
}
