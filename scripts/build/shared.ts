import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

/** Stands in built code for the path of a shared bundle, until the bundle that holds it is written and its own place is known. */
const sharedScheme = "forge-shared:";
export const sharedReference = /(["'`])forge-shared:([a-z0-9-]+)\1/g;

const lazyImport = /\bimport\("(\.[^"]*\/adapters\/[^"]+\.js|\.\/[^"]+\.js)"\)/g;
const workerEntry = /new URL\("(\.[^"]+)\.(?:ts|js)", here\)/g;

/**
 * What stand-ins for npm packages load on their first use. Their code reaches bundles through node_modules, untouched by `tsc`, so the
 * text by which they name the real package is replaced in the bundle.
 */
export const onDemand = [
  { text: "./adapters/undici.js", name: "undici", entry: "packages/undici-on-demand/adapters/undici.js" },
  { text: "./adapters/exec.js", name: "exec", entry: "packages/exec-on-demand/adapters/exec.js" },
  { text: "./adapters/http-client.js", name: "http-client", entry: "packages/http-client-on-demand/adapters/http-client.js" },
] as const;

/**
 * Adapters that are imported lazily, or started as workers, become bundles of their own in `dist/shared/`, so that eight actions
 * carry one copy between them. Rewrites the compiled files to point there, and gives the bundles' names and entries.
 */
export function linkSharedAdapters(compiled: string): Map<string, string> {
  const shared = new Map<string, string>();
  for (const path of javascriptFiles(compiled)) {
    const text = readFileSync(path, "utf8");
    const point = (specifier: string): string => {
      const entry = resolve(dirname(path), specifier);
      if (basename(dirname(entry)) !== "adapters")
        throw new Error(`${path}: only a file in an adapters/ folder may be loaded lazily, not ${specifier}`);
      const name = nameOf(compiled, entry);
      shared.set(name, entry);
      return `${sharedScheme}${name}`;
    };
    const linked = text
      .replace(lazyImport, (_, specifier: string) => `import(/* webpackIgnore: true */ "${point(specifier)}")`)
      .replace(workerEntry, (_, specifier: string) => `new URL("${point(`${specifier}.js`)}", here)`);
    if (linked !== text) writeFileSync(path, linked);
  }
  return new Map([...shared].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `packages/git/adapters/diff.js` is `git-diff`. */
function nameOf(compiled: string, entry: string): string {
  const owner = relative(compiled, dirname(dirname(entry)))
    .split(sep)
    .at(-1);
  return `${owner}-${basename(entry, ".js")}`;
}

function javascriptFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
