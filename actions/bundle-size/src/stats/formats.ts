import type { Stats, StatsModule, StatsOutput } from "../model.ts";
import { count, isJson, type Json, listOf, texts } from "./json.ts";
import type { Pick } from "./pick.ts";
import { modulesOfWebpack, outputsOfWebpack } from "./webpack.ts";

const output: Pick = {
  keys: {
    bytes: true,
    entryPoint: true,
    cssBundle: true,
    inputs: { others: { keys: { bytesInOutput: true } } },
    imports: { items: { keys: { path: true, kind: true, external: true } } },
  },
};

const module: Pick = { keys: { name: true, nameForCondition: true, size: true, chunks: true, moduleType: true, type: true } };
const nested: Pick = { keys: { ...module.keys, modules: { items: { keys: { ...module.keys, modules: { items: module } } } } } };
const compilation = {
  assets: { items: { keys: { name: true, size: true, type: true } } },
  chunks: { items: { keys: { id: true, initial: true, entry: true, files: true, modules: { items: nested } } } },
  entrypoints: { others: { keys: { assets: { items: true }, chunks: true } } },
  modules: { items: nested },
  outputPath: true,
} as const satisfies Record<string, Pick>;

/** Everything that any of the formats needs; the rest of the file is never built. */
export const wanted: Pick = {
  keys: {
    outputs: { others: output },
    ...compilation,
    children: { items: { keys: compilation } },
    version: true,
    file: true,
    sources: true,
    sourceRoot: true,
    mappings: true,
    sections: true,
    nodeParts: { others: { keys: { renderedLength: true, metaUid: true } } },
    nodeMetas: {
      others: { keys: { id: true, moduleParts: true, isEntry: true, imported: { items: { keys: { uid: true, dynamic: true } } } } },
    },
  },
  others: { keys: { file: true, isEntry: true, imports: true, css: true, src: true } },
};

/** Tells the format from what was picked; `undefined` for none of them. Source maps are left to `source-map.ts`: they need the generated file. */
export function statsOf(source: string, picked: unknown): Stats | undefined {
  if (!isJson(picked)) return undefined;
  if (isJson(picked["nodeParts"]) && isJson(picked["nodeMetas"])) return visualizer(source, picked["nodeParts"], picked["nodeMetas"]);
  if (isJson(picked["outputs"])) return esbuild(source, picked["outputs"]);
  if (Array.isArray(picked["assets"]) || Array.isArray(picked["modules"]) || Array.isArray(picked["children"]))
    return webpack(source, picked);
  return vite(source, picked);
}

function esbuild(source: string, written: Json): Stats | undefined {
  const modules: StatsModule[] = [];
  const outputs: StatsOutput[] = [];
  const imported = Object.values(written).flatMap((told) => (isJson(told) ? listOf(told["imports"]).filter(isJson) : []));
  // What is imported only when somebody asks has an entry point of its own, too.
  const lazy = new Set(imported.filter(({ kind }) => kind === "dynamic-import").map(({ path }) => path));
  let total = 0;
  for (const [path, told] of Object.entries(written)) {
    if (!isJson(told)) return undefined;
    const imports = listOf(told["imports"])
      .filter(isJson)
      .filter(isStatic)
      .map(({ path: to }) => String(to));
    const css = typeof told["cssBundle"] === "string" ? [told["cssBundle"]] : [];
    outputs.push({
      path,
      bytes: count(told["bytes"]),
      entry: typeof told["entryPoint"] === "string" && !lazy.has(path),
      imports: [...imports, ...css],
    });
    if (path.endsWith(".map")) continue;
    total += count(told["bytes"]);
    for (const [input, part] of isJson(told["inputs"]) ? Object.entries(told["inputs"]) : []) {
      const bytes = isJson(part) ? count(part["bytesInOutput"]) : 0;
      if (bytes > 0) modules.push({ path: input, size: bytes, output: path });
    }
  }
  return { source, format: "esbuild", outputs, modules, total };
}

function isStatic({ kind, external, path }: Json): boolean {
  return (
    typeof path === "string" && external !== true && (kind === "import-statement" || kind === "import-rule" || kind === "require-call")
  );
}

function vite(source: string, chunks: Json): Stats | undefined {
  const entries = Object.entries(chunks).filter(
    (entry): entry is [string, Json] => isJson(entry[1]) && typeof entry[1]["file"] === "string",
  );
  if (entries.length === 0 || entries.length !== Object.keys(chunks).length) return undefined;
  const fileOf = (key: string): string | undefined => {
    const chunk = chunks[key];
    return isJson(chunk) && typeof chunk["file"] === "string" ? chunk["file"] : undefined;
  };
  const outputs = entries.map(([, chunk]): StatsOutput => {
    const imports = texts(chunk["imports"])
      .map(fileOf)
      .filter((file) => file !== undefined);
    return { path: String(chunk["file"]), entry: chunk["isEntry"] === true, imports: [...imports, ...texts(chunk["css"])] };
  });
  const css = new Set(entries.flatMap(([, chunk]) => texts(chunk["css"])));
  return { source, format: "vite", outputs: [...outputs, ...[...css].map((path) => ({ path, entry: false, imports: [] }))], modules: [] };
}

function visualizer(source: string, parts: Json, metas: Json): Stats {
  const modules: StatsModule[] = [];
  const entries = new Set<string>();
  const bundles = new Map<string, readonly string[]>();
  for (const [uid, meta] of Object.entries(metas)) {
    if (!isJson(meta) || !isJson(meta["moduleParts"])) continue;
    const own = Object.keys(meta["moduleParts"]);
    bundles.set(uid, own);
    const path = String(meta["id"]).replaceAll("\0", "");
    for (const [output, part] of Object.entries(meta["moduleParts"])) {
      const told = typeof part === "string" ? parts[part] : undefined;
      const size = isJson(told) ? count(told["renderedLength"]) : 0;
      if (size > 0) modules.push({ path, size, output });
    }
    if (meta["isEntry"] === true) for (const bundle of own) entries.add(bundle);
  }
  const outputs = [...importsBetween(metas, bundles)].map(([path, own]) => ({ path, entry: entries.has(path), imports: [...own] }));
  return { source, format: "visualizer", outputs, modules };
}

/** Which bundle needs which at once, from the static imports of its modules. */
function importsBetween(metas: Json, bundles: ReadonlyMap<string, readonly string[]>): Map<string, Set<string>> {
  const imports = new Map<string, Set<string>>();
  for (const [uid, own] of bundles) {
    const meta = metas[uid];
    const targets = isJson(meta) ? listOf(meta["imported"]).filter(isJson) : [];
    const needed = targets.filter(({ dynamic }) => dynamic !== true).flatMap((target) => bundles.get(String(target["uid"])) ?? []);
    for (const bundle of own) {
      const all = imports.get(bundle) ?? new Set();
      for (const other of needed) if (other !== bundle) all.add(other);
      imports.set(bundle, all);
    }
  }
  return imports;
}

function webpack(source: string, top: Json): Stats | undefined {
  const compilations = [top, ...listOf(top["children"]).filter(isJson)].filter(
    (each) => Array.isArray(each["assets"]) || Array.isArray(each["modules"]),
  );
  if (compilations.length === 0) return undefined;
  const modules = compilations.flatMap(modulesOfWebpack);
  const outputs = compilations.flatMap(outputsOfWebpack);
  const code = outputs.filter(({ path }) => !/\.(map|html|txt)$/.test(path));
  return { source, format: "webpack", outputs, modules, total: code.reduce((sum, { bytes = 0 }) => sum + bytes, 0) };
}
