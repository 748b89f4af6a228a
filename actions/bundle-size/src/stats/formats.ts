import type { Stats, StatsModule, StatsOutput } from "../model.ts";
import { count, isJson, type Json, listOf, texts } from "./json.ts";
import type { Gatherer, Pick } from "./pick.ts";
import { statsOfVisualizer, visualizerPicks } from "./visualizer.ts";
import { isCompilation, modulesOfWebpack, outputsOfWebpack, webpackPicks } from "./webpack.ts";

/** Bytes of each input of an output. */
class InputSizes implements Gatherer {
  readonly sizes: { path: string; size: number }[] = [];

  add(part: unknown, path: string): void {
    const size = isJson(part) ? count(part["bytesInOutput"]) : 0;
    if (size > 0) this.sizes.push({ path, size });
  }

  get kept(): number {
    return this.sizes.length;
  }
}

const output: Pick = {
  keys: {
    bytes: true,
    entryPoint: true,
    cssBundle: true,
    inputs: { others: { keys: { bytesInOutput: true } }, gather: () => new InputSizes() },
    imports: { items: { keys: { path: true, kind: true, external: true } } },
  },
};

/** Everything that any of the formats needs; the rest of the file is never built. */
export const wanted: Pick = {
  keys: {
    outputs: { others: output },
    ...webpackPicks,
    children: { items: { keys: webpackPicks } },
    version: true,
    file: true,
    sources: true,
    sourceRoot: true,
    mappings: true,
    sections: true,
    ...visualizerPicks,
  },
  others: { keys: { file: true, isEntry: true, imports: true, css: true, src: true } },
};

/** Tells the format from what was picked; `undefined` for none of them. Source maps are left to `source-map.ts`: they need the generated file. */
export function statsOf(source: string, picked: unknown): Stats | undefined {
  if (!isJson(picked)) return undefined;
  const visualized = statsOfVisualizer(source, picked["nodeParts"], picked["nodeMetas"]);
  if (visualized !== undefined) return visualized;
  if (isJson(picked["outputs"])) return esbuild(source, picked["outputs"]);
  if (isCompilation(picked) || Array.isArray(picked["children"])) return webpack(source, picked);
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
    if (told["inputs"] instanceof InputSizes)
      for (const { path: input, size } of told["inputs"].sizes) modules.push({ path: input, size, output: path });
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

function webpack(source: string, top: Json): Stats | undefined {
  const compilations = [top, ...listOf(top["children"]).filter(isJson)].filter(isCompilation);
  if (compilations.length === 0) return undefined;
  const modules = compilations.flatMap(modulesOfWebpack);
  const outputs = compilations.flatMap(outputsOfWebpack);
  const code = outputs.filter(({ path }) => !/\.(map|html|txt)$/.test(path));
  return { source, format: "webpack", outputs, modules, total: code.reduce((sum, { bytes = 0 }) => sum + bytes, 0) };
}
