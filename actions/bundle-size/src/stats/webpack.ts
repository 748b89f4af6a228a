import type { StatsModule, StatsOutput } from "../model.ts";
import { count, isJson, type Json, listOf, texts } from "./json.ts";
import type { Gatherer, Pick } from "./pick.ts";

interface Leaf {
  readonly path: string;
  readonly size: number;
  /** Ids of the chunks that hold it; empty where nothing tells. */
  readonly chunks: readonly unknown[];
  readonly isStyle: boolean;
}

/** A module, or what a concatenated one was made of. */
function leavesIn(module: Json, around: readonly unknown[]): Leaf[] {
  const own = listOf(module["chunks"]);
  const chunks = own.length > 0 ? own : around;
  const inner = listOf(module["modules"]).filter(isJson);
  if (inner.length > 0) return inner.flatMap((each) => leavesIn(each, chunks));
  const path = nameOf(module);
  const size = count(module["size"]);
  const isStyle = String(module["moduleType"] ?? module["type"]).startsWith("css");
  return path === undefined || size === 0 ? [] : [{ path, size, chunks, isStyle }];
}

/** Bytes by path. */
type Sizes = Map<string, number>;

function add(sizes: Sizes, path: string, size: number): void {
  sizes.set(path, (sizes.get(path) ?? 0) + size);
}

/** What is in one chunk: styles are in its style sheet, the rest in its script. */
class Held implements Gatherer {
  readonly scripts: Sizes = new Map();
  readonly styles: Sizes = new Map();

  add(module: unknown): void {
    if (!isJson(module)) return;
    for (const leaf of leavesIn(module, [])) this.addLeaf(leaf);
  }

  addLeaf({ path, size, isStyle }: Leaf): void {
    add(isStyle ? this.styles : this.scripts, path, size);
  }

  get kept(): number {
    return this.scripts.size + this.styles.size;
  }
}

/** The list of all modules, by the chunks that hold them. What is in no chunk where others are was shaken out. */
class Modules implements Gatherer {
  readonly byChunk = new Map<unknown, Held>();
  readonly loose: Sizes = new Map();
  #entries = 0;

  add(module: unknown): void {
    if (!isJson(module)) return;
    for (const leaf of leavesIn(module, [])) {
      if (leaf.chunks.length === 0) add(this.loose, leaf.path, leaf.size);
      for (const id of leaf.chunks) {
        const held = this.byChunk.get(id) ?? new Held();
        this.byChunk.set(id, held);
        held.addLeaf(leaf);
      }
      this.#entries += 1 + leaf.chunks.length;
    }
  }

  get kept(): number {
    return this.#entries;
  }
}

/** Bytes by path, by the output that they are in; nobody says which of what has none. */
class Outputs {
  readonly byFile = new Map<string | undefined, Sizes>();
  kept = 0;

  addHeld({ scripts, styles }: Held, files: readonly string[]): void {
    this.#add(scripts, files.find(isScript));
    this.#add(styles, files.find(isSheet));
  }

  #add(sizes: Sizes, file: string | undefined): void {
    if (sizes.size === 0) return;
    const all = this.byFile.get(file) ?? new Map<string, number>();
    this.byFile.set(file, all);
    const before = all.size;
    for (const [path, size] of sizes) add(all, path, size);
    this.kept += all.size - before;
  }

  get modules(): StatsModule[] {
    return [...this.byFile].flatMap(([output, sizes]) =>
      [...sizes].map(([path, size]) => (output === undefined ? { path, size } : { path, size, output })),
    );
  }
}

const isScript = (name: string): boolean => /\.[cm]?js$/.test(name);
const isSheet = (name: string): boolean => name.endsWith(".css");

/** The list of chunks: their files, and what each file holds where the modules are told chunk by chunk. */
class ChunkList implements Gatherer {
  readonly files = new Map<unknown, readonly string[]>();
  readonly initial = new Set<string>();
  readonly outputs = new Outputs();

  add(chunk: unknown): void {
    if (!isJson(chunk)) return;
    const files = texts(chunk["files"]);
    this.files.set(chunk["id"], files);
    if (chunk["initial"] === true) for (const file of files) this.initial.add(file);
    if (chunk["modules"] instanceof Held) this.outputs.addHeld(chunk["modules"], files);
  }

  get kept(): number {
    return this.files.size + this.outputs.kept;
  }
}

const module: Pick = { keys: { name: true, nameForCondition: true, size: true, chunks: true, moduleType: true, type: true } };
const nested: Pick = { keys: { ...module.keys, modules: { items: { keys: { ...module.keys, modules: { items: module } } } } } };

export const webpackPicks = {
  assets: { items: { keys: { name: true, size: true } } },
  chunks: {
    items: { keys: { id: true, initial: true, files: true, modules: { items: nested, gather: () => new Held() } } },
    gather: () => new ChunkList(),
  },
  entrypoints: { others: { keys: { assets: { items: true } } } },
  modules: { items: nested, gather: () => new Modules() },
} as const satisfies Record<string, Pick>;

export function isCompilation({ assets, modules }: Json): boolean {
  return Array.isArray(assets) || modules instanceof Modules;
}

/** Each module once for every chunk that holds it. The lists of modules and of chunks hold the same modules where both do. */
export function modulesOfWebpack({ modules, chunks }: Json): StatsModule[] {
  const list = chunks instanceof ChunkList ? chunks : new ChunkList();
  if (!(modules instanceof Modules) || modules.kept === 0) return list.outputs.modules;
  const outputs = new Outputs();
  for (const [id, held] of modules.byChunk) outputs.addHeld(held, list.files.get(id) ?? []);
  return modules.byChunk.size > 0 ? outputs.modules : [...modules.loose].map(([path, size]) => ({ path, size }));
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
  const named = ofEntries(compilation);
  const initial = named.size > 0 ? named : ofInitialChunks(compilation);
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

function ofInitialChunks({ chunks }: Json): ReadonlySet<string> {
  return chunks instanceof ChunkList ? chunks.initial : new Set();
}
