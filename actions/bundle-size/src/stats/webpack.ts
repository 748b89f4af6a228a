import type { StatsModule, StatsOutput } from "../model.ts";
import { count, isJson, type Json, listOf, texts } from "./json.ts";

/** Each module once for every chunk that holds it. Concatenated modules count by what they were made of. */
export function modulesOfWebpack(compilation: Json): StatsModule[] {
  const found: StatsModule[] = [];
  const chunks = listOf(compilation["chunks"]).filter(isJson);
  const files = new Map(chunks.map((chunk) => [chunk["id"], texts(chunk["files"])]));
  const add = (module: Json, held: readonly unknown[]): void => {
    const own = listOf(module["chunks"]);
    const holders = own.length > 0 ? own : held;
    const inner = listOf(module["modules"]).filter(isJson);
    for (const each of inner) add(each, holders);
    const path = inner.length > 0 ? undefined : nameOf(module);
    const size = count(module["size"]);
    if (path === undefined || size === 0) return;
    for (const id of holders) {
      const output = fileFor(module, files.get(id) ?? []);
      found.push(output === undefined ? { path, size } : { path, size, output });
    }
  };
  const modules = listOf(compilation["modules"]).filter(isJson);
  // Both lists hold the same modules where both are there.
  if (modules.length > 0) for (const module of modules) add(module, [undefined]);
  else
    for (const chunk of chunks) for (const module of listOf(chunk["modules"]).filter(isJson)) add({ ...module, chunks: [] }, [chunk["id"]]);
  return found;
}

/** A chunk can have a script and a style sheet; a module is in the one of its own kind. */
function fileFor(module: Json, files: readonly string[]): string | undefined {
  const style = String(module["moduleType"] ?? module["type"] ?? "").startsWith("css");
  return files.find((file) => (style ? /\.css$/ : /\.[cm]?js$/).test(file));
}

/** The file that a module was made of: without loaders and queries, and without webpack's own runtime. */
function nameOf(module: Json): string | undefined {
  if (module["moduleType"] === "runtime") return "webpack/runtime";
  const { name, nameForCondition } = module;
  const short = typeof name === "string" ? withoutLoaders(name) : undefined;
  // Relative names are the same wherever the project lies; the other one is absolute.
  if (short !== undefined && /^\.{1,2}\//.test(short)) return short.replace(/^\.\//, "");
  return typeof nameForCondition === "string" ? withoutLoaders(nameForCondition) : short;
}

function withoutLoaders(name: string): string {
  const last = name.slice(name.lastIndexOf("!") + 1);
  return last.replace(/ \+ \d+ modules?$/, "").replace(/\?.*$/, "");
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
