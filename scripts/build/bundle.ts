import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { sharedScheme, undici } from "./shared.ts";

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
  write(join(folder, "index.js"), link(code, sharedPath));
  write(join(folder, "package.json"), '{\n  "type": "module"\n}\n');
  for (const [name, { source }] of Object.entries(assets)) {
    if (name === "package.json") continue;
    const text = typeof source === "string" ? source : new TextDecoder().decode(source);
    if (name.endsWith(".js")) refuseUnresolved(name, text);
    write(join(folder, name), name.endsWith(".js") ? link(text, sharedPath) : text);
  }
}

function link(code: string, sharedPath: string): string {
  const place = (name: string): string => `"${sharedPath}${name}/index.js"`;
  return code
    .replaceAll(new RegExp(`(["'])${sharedScheme}([a-z0-9-]+)\\1`, "g"), (_, _quote, name: string) => place(name))
    .replaceAll(`"${undici.text}"`, place(undici.name));
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
