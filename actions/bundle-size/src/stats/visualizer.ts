import type { Stats, StatsModule } from "../model.ts";
import { count, isJson } from "./json.ts";
import type { Gatherer, Pick } from "./pick.ts";

/** Bytes of each rendered part, by its id. */
class PartSizes implements Gatherer {
  readonly sizes = new Map<string, number>();

  add(part: unknown, uid: string): void {
    this.sizes.set(uid, isJson(part) ? count(part["renderedLength"]) : 0);
  }

  get kept(): number {
    return this.sizes.size;
  }
}

/** Ids of the modules that one imports at once. */
class StaticImports implements Gatherer {
  readonly targets: string[] = [];

  add(target: unknown): void {
    if (isJson(target) && target["dynamic"] !== true && typeof target["uid"] === "string") this.targets.push(target["uid"]);
  }

  get kept(): number {
    return this.targets.length;
  }
}

interface Meta {
  readonly index: number;
  readonly id: string;
  /** Bundle and part. */
  readonly parts: readonly (readonly [string, string])[];
  readonly entry: boolean;
  /** Which of all imports are its own. */
  readonly from: number;
  readonly to: number;
}

/** Modules that are in a bundle; ids are numbered, because each is named many times. */
class Metas implements Gatherer {
  readonly metas: Meta[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #bundles = new Map<string, string>();
  /** Imports of all modules one after the other: a million small lists would take ten times as much. */
  #imports = new Uint32Array(1024);
  #count = 0;

  add(meta: unknown, uid: string): void {
    if (!isJson(meta) || !isJson(meta["moduleParts"])) return;
    const parts = Object.entries(meta["moduleParts"]).filter((part): part is [string, string] => typeof part[1] === "string");
    if (parts.length === 0) return;
    const from = this.#count;
    if (meta["imported"] instanceof StaticImports) for (const target of meta["imported"].targets) this.#import(this.#number(target));
    const id = String(meta["id"]).replaceAll("\0", "");
    const own = parts.map(([bundle, part]) => [this.#bundle(bundle), part] as const);
    this.metas.push({ index: this.#number(uid), id, parts: own, entry: meta["isEntry"] === true, from, to: this.#count });
  }

  get kept(): number {
    return this.metas.length + this.#numbers.size + this.#count / 8;
  }

  importsOf({ from, to }: Meta): Uint32Array {
    return this.#imports.subarray(from, to);
  }

  #import(target: number): void {
    if (this.#count === this.#imports.length) {
      const larger = new Uint32Array(2 * this.#count);
      larger.set(this.#imports);
      this.#imports = larger;
    }
    this.#imports[this.#count++] = target;
  }

  /** One text for each bundle, not one for each mention. */
  #bundle(path: string): string {
    const known = this.#bundles.get(path);
    if (known === undefined) this.#bundles.set(path, path);
    return known ?? path;
  }

  #number(uid: string): number {
    const known = this.#numbers.get(uid);
    if (known !== undefined) return known;
    this.#numbers.set(uid, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

export const visualizerPicks = {
  nodeParts: { others: { keys: { renderedLength: true } }, gather: () => new PartSizes() },
  nodeMetas: {
    others: {
      keys: {
        id: true,
        moduleParts: true,
        isEntry: true,
        imported: { items: { keys: { uid: true, dynamic: true } }, gather: () => new StaticImports() },
      },
    },
    gather: () => new Metas(),
  },
} as const satisfies Record<string, Pick>;

/** `undefined` where it is no raw data of the visualizer. */
export function statsOfVisualizer(source: string, parts: unknown, told: unknown): Stats | undefined {
  if (!(parts instanceof PartSizes) || !(told instanceof Metas)) return undefined;
  const { metas } = told;
  const modules: StatsModule[] = [];
  const entries = new Set<string>();
  for (const { id, parts: own, entry } of metas) {
    for (const [output, part] of own) {
      if (entry) entries.add(output);
      const size = parts.sizes.get(part) ?? 0;
      if (size > 0) modules.push({ path: id, size, output });
    }
  }
  const outputs = [...importsBetween(told)].map(([path, imports]) => ({ path, entry: entries.has(path), imports: [...imports] }));
  return { source, format: "visualizer", outputs, modules };
}

/** Which bundle needs which at once, from the static imports of its modules. */
function importsBetween(told: Metas): Map<string, Set<string>> {
  const partsOf = new Map(told.metas.map(({ index, parts }) => [index, parts]));
  const imports = new Map<string, Set<string>>();
  for (const meta of told.metas) {
    for (const [bundle] of meta.parts) {
      const all = imports.get(bundle) ?? new Set();
      imports.set(bundle, all);
      for (const target of told.importsOf(meta)) for (const [other] of partsOf.get(target) ?? []) if (other !== bundle) all.add(other);
    }
  }
  return imports;
}
