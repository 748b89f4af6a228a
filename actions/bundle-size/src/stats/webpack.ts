import type { StatsOutput } from "../model.ts";
import { count, isJson, type Json, listOf, texts } from "./json.ts";

/** Adds the size of each module, once for every chunk that holds it. Concatenated modules count by what they were made of. */
export function modulesOfWebpack(compilation: Json, sizes: Map<string, number>): void {
  const add = (module: Json, copies: number): void => {
    const own = listOf(module["chunks"]).length || copies;
    const inner = listOf(module["modules"]).filter(isJson);
    for (const each of inner) add(each, own);
    const name = inner.length > 0 ? undefined : nameOf(module);
    const size = count(module["size"]) * own;
    if (name !== undefined && size > 0) sizes.set(name, (sizes.get(name) ?? 0) + size);
  };
  const modules = listOf(compilation["modules"]).filter(isJson);
  const inChunks = listOf(compilation["chunks"])
    .filter(isJson)
    .flatMap((chunk) => listOf(chunk["modules"]).filter(isJson));
  // Both lists hold the same modules where both are there.
  if (modules.length > 0) for (const module of modules) add(module, 1);
  else for (const module of inChunks) add({ ...module, chunks: [] }, 1);
}

/** The file that a module was made of: without loaders and queries, and without webpack's own runtime. */
function nameOf(module: Json): string | undefined {
  if (module["moduleType"] === "runtime") return "webpack/runtime";
  const told = typeof module["nameForCondition"] === "string" ? module["nameForCondition"] : module["name"];
  if (typeof told !== "string") return undefined;
  const last = told.split("!").at(-1) ?? told;
  return last
    .replace(/ \+ \d+ modules?$/, "")
    .replace(/\?.*$/, "")
    .replace(/^\.\//, "");
}

export function outputsOfWebpack(compilation: Json): StatsOutput[] {
  const listed = ofEntries(compilation);
  const initial = listed.size > 0 ? listed : ofInitialChunks(compilation);
  const assets = listOf(compilation["assets"]).filter(isJson);
  // What an entry point lists is everything that is loaded with it, so there is nothing to follow.
  return assets.flatMap(({ name, size }) =>
    typeof name === "string" ? [{ path: name, bytes: count(size), entry: initial.has(name), imports: [] }] : [],
  );
}

function ofEntries({ entrypoints }: Json): Set<string> {
  const assets = isJson(entrypoints) ? Object.values(entrypoints).flatMap((entry) => (isJson(entry) ? listOf(entry["assets"]) : [])) : [];
  const names = assets.map((asset) => (isJson(asset) ? asset["name"] : asset));
  return new Set(names.filter((name) => typeof name === "string"));
}

function ofInitialChunks({ chunks }: Json): Set<string> {
  const initial = listOf(chunks)
    .filter(isJson)
    .filter((chunk) => chunk["initial"] === true);
  return new Set(initial.flatMap((chunk) => texts(chunk["files"])));
}
