import { UserError } from "../../../packages/frame/errors.ts";
import type { Stats } from "./model.ts";

/** Not counted as loaded: pages, maps and notices. */
const notCode = /\.(?:html?|map|txt|LICENSE)$/i;

export interface Initial {
  readonly files: ReadonlySet<string>;
  /** What is spoken of and was not measured. */
  readonly missing: readonly { readonly source: string; readonly path: string }[];
}

/**
 * What a first visit loads: entries, everything that they import statically, and their style sheets. `undefined` when no stats tell. Bundlers write
 * paths relative to one folder or another, so a path is found by its end.
 */
export function initialFiles(stats: readonly Stats[], measured: readonly string[]): Initial | undefined {
  const telling = stats.filter(({ format }) => format !== "source-map");
  if (telling.length === 0) return undefined;
  const find = openFinder(measured);
  const files = new Set<string>();
  const missing: { source: string; path: string }[] = [];
  for (const one of telling) {
    for (const path of closureOf(one)) {
      const found = find(path);
      if (found !== undefined) files.add(found);
      else missing.push({ source: one.source, path });
    }
  }
  return { files, missing };
}

/** A glob for every file that could be meant, wherever it lies. */
export function globFor(path: string): string {
  return `**/${nameOf(path).replace(/[\\*?[\]{}()!+@|]/g, "\\$&")}`;
}

/** Entries and what they pull in, in the bundler's own paths. */
function closureOf({ outputs }: Stats): string[] {
  const byPath = new Map(outputs.map((output) => [output.path, output]));
  const pending = outputs.filter(({ entry }) => entry).map(({ path }) => path);
  const seen = new Set(pending);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    for (const next of byPath.get(path)?.imports ?? []) {
      if (!seen.has(next)) pending.push(next);
      seen.add(next);
    }
  }
  return [...seen].filter((path) => !notCode.test(path));
}

export function stale({ source, path }: Initial["missing"][number]): UserError {
  return new UserError(`stats: ${source} speaks of ${path}, which is not there: it is of another build.`, { exitCode: 3 });
}

/** A path, else the one file that ends with it. */
export function openFinder(paths: readonly string[]): (path: string) => string | undefined {
  const exact = new Set(paths);
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const name = nameOf(path);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [path]);
    else same.push(path);
  }
  return (told) => {
    const path = told.replace(/^(?:\.\/|\/)+/, "").replace(/\?.*$/, "");
    if (exact.has(path)) return path;
    const same = (byName.get(nameOf(path)) ?? []).filter((each) => each.endsWith(`/${path}`) || path.endsWith(`/${each}`));
    return same.length === 1 ? same[0] : undefined;
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
