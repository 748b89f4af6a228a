import { openFinder } from "./initial.ts";
import type { Build, Contents, Module, Stats } from "./model.ts";
import { packageOf } from "./module-paths.ts";
import { compareModules, growthOf, type ModuleRow, movedModules, packagesOf } from "./modules.ts";
import { increaseOf, type Row } from "./rows.ts";

/** Where two tell what is in one file, the first is believed: adding both up would count every byte twice. */
export function withoutRepeats(stats: readonly Stats[], measured: readonly string[]): Stats[] {
  const find = openFinder(measured);
  const told = new Set<string>();
  return stats.map((one) => {
    const own = new Map<string, string>();
    for (const output of new Set(one.modules.map((module) => module.output))) {
      const file = output === undefined ? undefined : find(output);
      if (output !== undefined && file !== undefined) own.set(output, file);
    }
    const repeated = new Set([...own].filter(([, file]) => told.has(file)).map(([output]) => output));
    for (const file of own.values()) told.add(file);
    return repeated.size === 0 ? one : without(one, repeated);
  });
}

function without({ total, ...one }: Stats, outputs: ReadonlySet<string>): Stats {
  const modules = one.modules.filter(({ output }) => output === undefined || !outputs.has(output));
  const bytes = one.outputs.reduce((sum, output) => sum + (outputs.has(output.path) ? (output.bytes ?? 0) : 0), 0);
  return { ...one, modules, ...(total === undefined ? {} : { total: total - bytes }) };
}

/** What each measured file holds, by the names that `nameOf` gives. */
export function contentsOf(stats: readonly Stats[], measured: readonly string[], nameOf: (path: string) => string): Contents {
  const find = openFinder(measured);
  const contents = new Map<string, Map<string, number>>();
  const files = new Map<string, string | undefined>();
  for (const { path, size, output } of stats.flatMap(({ modules }) => modules)) {
    if (output === undefined) continue;
    if (!files.has(output)) files.set(output, find(output));
    const file = files.get(output);
    if (file === undefined) continue;
    const inside = contents.get(file) ?? new Map<string, number>();
    inside.set(nameOf(path), (inside.get(nameOf(path)) ?? 0) + size);
    contents.set(file, inside);
  }
  return contents;
}

/** Why one file has another size. All bytes are before compression. */
export interface Reason {
  readonly path: string;
  readonly previous?: string;
  readonly size: number;
  readonly previousSize: number;
  /** Largest growth first, without those that stayed as they were. */
  readonly modules: readonly ModuleRow[];
  /** What belongs to no module; below zero where modules are told before they are minified. */
  readonly overhead: { readonly size: number; readonly previousSize: number };
}

/** Of the files that grew, biggest growth first; only where both builds say what is in the file. */
export function reasonsOf(rows: readonly Row[], now: Build, before: Build | undefined): Reason[] {
  const { contents } = now;
  const past = before?.contents;
  if (contents === undefined || past === undefined) return [];
  const moved = new Map([...movedModules(now.modules ?? [], before?.modules ?? [])].map(([path, old]) => [old.path, path]));
  const grown = rows.filter((row) => row.sizes !== undefined && increaseOf(row, "none") > 0);
  grown.sort((a, b) => increaseOf(b, "none") - increaseOf(a, "none") || (a.path < b.path ? -1 : 1));
  return grown.flatMap((row) => {
    const inside = contents.get(row.path);
    const old = row.previousSizes === undefined ? new Map<string, number>() : past.get(row.previous ?? row.path);
    return inside === undefined || old === undefined ? [] : [reasonOf(row, inside, old, moved)];
  });
}

function reasonOf(
  row: Row,
  inside: ReadonlyMap<string, number>,
  old: ReadonlyMap<string, number>,
  moved: ReadonlyMap<string, string>,
): Reason {
  const now = listed(inside, new Map());
  const before = listed(old, moved);
  const size = row.sizes?.none ?? 0;
  const previousSize = row.previousSizes?.none ?? 0;
  return {
    path: row.path,
    ...(row.previous === undefined ? {} : { previous: row.previous }),
    size,
    previousSize,
    modules: compareModules(now, before).filter((module) => growthOf(module) !== 0),
    overhead: { size: size - sum(now), previousSize: previousSize - sum(before) },
  };
}

function listed(inside: ReadonlyMap<string, number>, renamed: ReadonlyMap<string, string>): Module[] {
  return [...inside].map(([told, size]) => {
    const path = renamed.get(told) ?? told;
    return { path, package: packageOf(path), size };
  });
}

function sum(modules: readonly Module[]): number {
  return modules.reduce((all, { size }) => all + size, 0);
}

/** A package, or a module of the project's own, that a file holds more of than before. */
export interface Cause {
  readonly name: string;
  readonly growth: number;
  /** All of it was in other files before. */
  readonly moved: boolean;
}

/** Packages as a whole and own modules one by one, most growth first. `all` are the modules of all files. */
export function causesOf({ modules }: Reason, all: ReadonlyMap<string, number>): Cause[] {
  const ofPackage = new Map<string, string[]>();
  for (const { package: name, path } of modules) {
    const paths = ofPackage.get(name);
    if (paths === undefined) ofPackage.set(name, [path]);
    else paths.push(path);
  }
  const packages = packagesOf(modules).filter(({ name }) => name !== "");
  const own = modules.filter((module) => module.package === "");
  const parts = [
    ...packages.map(({ name, size, previousSize }) => ({ name, growth: size - previousSize, paths: ofPackage.get(name) ?? [] })),
    ...own.map((module) => ({ name: module.path, growth: growthOf(module), paths: [module.path] })),
  ];
  return parts
    .filter(({ growth }) => growth > 0)
    .map(({ name, growth, paths }) => ({ name, growth, moved: paths.reduce((total, path) => total + (all.get(path) ?? 0), 0) <= 0 }))
    .sort((a, b) => b.growth - a.growth || (a.name < b.name ? -1 : 1));
}
