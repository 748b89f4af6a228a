import type { Place } from "./discover.ts";
import type { Module, Stats } from "./model.ts";
import { moduleNames, packageOf, placeOf, tailOf, versionIn } from "./module-paths.ts";

/** Beyond this many modules the smaller ones are told together, by package. */
const mostNamed = 50_000;

interface Named {
  readonly modules: readonly Module[];
  /** What a module that a bundler tells is called in `modules`. */
  readonly nameOf: (path: string) => string;
}

/** All modules of all stats, biggest first; a module that several outputs hold is added up. */
export function modulesOf(stats: readonly Stats[], place: Place): Named {
  const told = stats.flatMap(({ modules }) => modules);
  const clean = moduleNames(
    told.map(({ path }) => path),
    place,
  );
  const sizes = new Map<string, number>();
  for (const { path, size } of told) sizes.set(clean(path), (sizes.get(clean(path)) ?? 0) + size);
  const modules = sorted(sizes);
  if (modules.length <= mostNamed) return { modules, nameOf: clean };
  const kept = new Set(modules.slice(0, mostNamed).map(({ path }) => path));
  const nameOf = (path: string): string => (kept.has(clean(path)) ? clean(path) : together(packageOf(clean(path))));
  const folded = new Map<string, number>();
  for (const { path, size } of told) folded.set(nameOf(path), (folded.get(nameOf(path)) ?? 0) + size);
  return { modules: sorted(folded), nameOf };
}

function together(name: string): string {
  return name === "" ? "(smaller modules)" : `node_modules/${name}/(smaller modules)`;
}

function sorted(sizes: ReadonlyMap<string, number>): Module[] {
  return [...sizes]
    .map(([path, size]) => ({ path, package: packageOf(path), size }))
    .sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1));
}

export interface ModuleRow extends Module {
  readonly previousSize?: number;
}

/** Modules of both sides, largest growth first. */
export function compareModules(now: readonly Module[], before: readonly Module[] | undefined): ModuleRow[] {
  if (before === undefined) return [...now];
  const old = new Map(before.map((module) => [module.path, module]));
  const moved = movedModules(now, before);
  const rows: ModuleRow[] = now.map((module) => {
    const previous = old.get(module.path) ?? moved.get(module.path);
    return { ...module, previousSize: previous?.size ?? 0 };
  });
  const known = new Set([...now.map(({ path }) => path), ...[...moved.values()].map(({ path }) => path)]);
  for (const module of before) if (!known.has(module.path)) rows.push({ ...module, size: 0, previousSize: module.size });
  return rows.sort((a, b) => growthOf(b) - growthOf(a) || b.size - a.size || (a.path < b.path ? -1 : 1));
}

/** By their paths now, those that lay elsewhere before: an install can put a package one folder up, or under another version. */
export function movedModules(now: readonly Module[], before: readonly Module[]): Map<string, Module> {
  const here = new Set(now.map(({ path }) => path));
  const there = new Set(before.map(({ path }) => path));
  const gone = byTail(before.filter(({ path }) => !here.has(path)));
  const moved = new Map<string, Module>();
  for (const [tail, came] of byTail(now.filter(({ path }) => !there.has(path)))) {
    const [left, ...others] = gone.get(tail) ?? [];
    const [one, ...more] = came;
    if (one !== undefined && left !== undefined && others.length + more.length === 0) moved.set(one.path, left);
  }
  return moved;
}

function byTail(modules: readonly Module[]): Map<string, Module[]> {
  const tails = new Map<string, Module[]>();
  for (const module of modules) {
    const tail = tailOf(module.path);
    if (tail === undefined) continue;
    const same = tails.get(tail);
    if (same === undefined) tails.set(tail, [module]);
    else same.push(module);
  }
  return tails;
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

export interface Duplicate {
  readonly package: string;
  /** Folders of its copies, sorted. */
  readonly places: readonly string[];
  /** In the order of `places`; absent where one of them is not known. */
  readonly versions?: readonly string[];
  readonly size: number;
}

/** Packages that are in the output more than once, biggest first. */
export function duplicatesOf(modules: readonly Module[]): Duplicate[] {
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
    .map(([name, { places, size }]) => {
      const sortedPlaces = [...places].sort();
      const versions = sortedPlaces.map(versionIn).filter((version) => version !== undefined);
      return { package: name, places: sortedPlaces, ...(versions.length === places.size ? { versions } : {}), size };
    })
    .sort((a, b) => b.size - a.size || (a.package < b.package ? -1 : 1));
}
