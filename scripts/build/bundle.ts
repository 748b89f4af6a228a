import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { minifySync } from "rolldown/utils";
import { onDemand, sharedReference } from "./shared.ts";

interface NccResult {
  readonly code: string;
  readonly assets: Readonly<Record<string, { readonly source: string | Uint8Array }>>;
}
type Ncc = (entry: string, options: Readonly<Record<string, unknown>>) => Promise<NccResult>;

const ncc: Ncc = createRequire(import.meta.url)("@vercel/ncc");

/** Optional imports that may stay unresolved; ncc turns any other missing module into a silent `eval("require")`. */
const mayBeMissing = new Set(["supports-color"]);

/** Bundles one entry into `folder/index.js` with its licences. `sharedPath` leads from there to `dist/shared/`. */
export async function bundle(entry: string, folder: string, sharedPath: string): Promise<void> {
  const { code, assets } = await ncc(entry, {
    minify: true,
    license: "licenses.txt",
    cache: false,
    quiet: true,
    esm: true,
    target: "es2023",
  });
  refuseUnresolved(entry, code);
  write(join(folder, "index.js"), ascii(link(minified(entry, lateBuiltins(code)), sharedPath)));
  write(join(folder, "package.json"), '{\n  "type": "module"\n}\n');
  for (const [name, { source }] of Object.entries(assets)) {
    if (name === "package.json") continue;
    const text = typeof source === "string" ? source : new TextDecoder().decode(source);
    if (name.endsWith(".js")) refuseUnresolved(name, text);
    write(join(folder, name), name.endsWith(".js") ? link(text, sharedPath) : text);
  }
}

/** Puts the places of shared bundles in for the names that stand for them; minifiers choose the quotes. */
function link(code: string, sharedPath: string): string {
  const place = (name: string): string => `"${sharedPath}${name}/index.js"`;
  const linked = code.replace(sharedReference, (_, _quote, name: string) => place(name));
  return onDemand.reduce(
    (text, { text: named, name }) => ['"', "'", "`"].reduce((all, quote) => all.replaceAll(`${quote}${named}${quote}`, place(name)), text),
    linked,
  );
}

const required = /\bconst (\w+)\s*=\s*(\w+\(import\.meta\.url\))\("((?:node:)?[a-z_/]+)"\)/g;

/**
 * Parts of Node whose name nothing uses are dropped, and `node:crypto` is loaded by its first use: it takes 4 ms, a fifth of what Node
 * itself needs, and most runs never ask for it.
 */
function lateBuiltins(code: string): string {
  const late = code.replace(required, (_, name: string, require: string, builtin: string) =>
    /crypto$/.test(builtin)
      ? `const ${name}=/*#__PURE__*/loadLate(()=>${require}("${builtin}"))`
      : `const ${name}=/*#__PURE__*/${require}("${builtin}")`,
  );
  return `${late}\nfunction loadLate(load) { return new Proxy({}, { get: (_, name) => load()[name] }); }\n`;
}

/** Smaller than what ncc's own minifier leaves, chunks included, and module functions keep the parentheses that let V8 compile them in one go. */
function minified(entry: string, code: string): string {
  const result = minifySync(entry, code, {
    module: true,
    compress: { target: "es2022" },
    mangle: { toplevel: true },
    codegen: { legalComments: "none" },
  });
  if (result.errors.length > 0) throw new Error(`${entry}: ${result.errors.map(({ message }) => message).join("; ")}`);
  return result.code;
}

/**
 * One character beyond Latin-1 makes V8 keep and scan the whole file in two bytes a character. Minified code has such characters in
 * literals only, where an escape means the same.
 */
function ascii(code: string): string {
  return code.replace(/[^\n\r\t\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function refuseUnresolved(entry: string, code: string): void {
  for (const [, name = ""] of code.matchAll(/eval\("require"\)\("([^"]+)"\)/g)) {
    if (!mayBeMissing.has(name)) throw new Error(`${entry}: "${name}" could not be resolved, so the bundle would fail when it runs.`);
  }
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content.endsWith("\n") ? content : `${content}\n`);
}
