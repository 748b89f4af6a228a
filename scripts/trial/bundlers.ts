import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { command } from "../install/command.ts";
import type { App } from "./made-up-app.ts";

/** What is installed for the trial, outside this repository. */
export const packages = [
  "vite@7.1.0",
  "esbuild@0.25.9",
  "rollup@4.50.0",
  "@rollup/plugin-node-resolve@16.0.1",
  "@rollup/plugin-terser@0.4.4",
  "webpack@5.101.3",
  "webpack-cli@6.0.1",
  "@rspack/core@1.5.2",
  "@rspack/cli@1.5.2",
  "rolldown@1.2.19",
  "parcel@2.15.4",
  "bun@1.2.21",
  "lodash-es@4.17.21",
];
export const nextPackages = ["next@16.4.6", "react@19.2.0", "react-dom@19.2.0", "lodash-es@4.17.21"];

export interface Bundler {
  readonly name: string;
  /** Which of the two installations it is in. */
  readonly needs: "bundlers" | "next";
  /** Where its output is, below the project. */
  readonly out: string;
  readonly write: (folder: string, app: App) => void;
  /** The program below `node_modules`, run by node unless it says otherwise, and its arguments. */
  readonly run: readonly string[];
  readonly native?: boolean;
}

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function sources(folder: string, app: App, where = "src"): void {
  writeAll(folder, Object.fromEntries([...app.modules].map(([path, text]) => [`${where}/${path}`, text])));
}

function withConfig(name: string, text: string): Bundler["write"] {
  return (folder, app) => {
    sources(folder, app);
    writeAll(folder, { [name]: text });
  };
}

const rollupConfig = (output: string): string => `
import resolve from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
export default { input: "src/main.js", plugins: [resolve(), terser()], output: { dir: "dist", entryFileNames: "[name]-[hash].js", ${output} } };`;

const webpackConfig = (output: string): string =>
  `module.exports = { mode: "production", entry: "./src/main.js", output: { path: __dirname + "/dist", ${output} } };`;

/** A Next project whose pages are client components. */
function nextProject(folder: string, app: App): void {
  // `pages` beside or in `src` would be Next's own.
  sources(folder, app, "code");
  const layout = "export default function Layout({ children }) { return <html lang='en'><body>{children}</body></html>; }";
  writeAll(folder, { "app/layout.jsx": layout, "app/page.jsx": "export default function Page() { return <p>home</p>; }" });
  for (const [at, page] of app.pages.entries()) {
    const shown = page.replace(/(?:\/index)?\.js$/, "").replace("pages/", "");
    const text = `"use client";\nimport render from "../../code/${page}";\nexport default function Page() { return <p onClick={() => render({})}>${at}</p>; }`;
    writeAll(folder, { [`app/${shown}/page.jsx`]: text.replace(`>${at}<`, `>${shown}<`) });
  }
  writeAll(folder, { "next.config.mjs": "export default { productionBrowserSourceMaps: false };" });
}

/** Chunks that are called nothing but their hash. */
const anonymous: readonly Bundler[] = [
  {
    name: "vite [hash]",
    needs: "bundlers",
    out: "dist",
    write: withConfig(
      "vite.config.mjs",
      `const names = "assets/[hash].js"; export default { build: { rollupOptions: { input: "src/main.js", output: { entryFileNames: names, chunkFileNames: names } } }, logLevel: "error" };`,
    ),
    run: ["vite/bin/vite.js", "build"],
  },
  ...(["base64", "base36", "hex"] as const).map(
    (alphabet): Bundler => ({
      name: `rollup ${alphabet} [hash]`,
      needs: "bundlers",
      out: "dist",
      write: withConfig("rollup.config.mjs", rollupConfig(`hashCharacters: "${alphabet}", chunkFileNames: "chunks/[hash].js"`)),
      run: ["rollup/dist/bin/rollup", "-c", "--silent"],
    }),
  ),
  {
    name: "rolldown [hash]",
    needs: "bundlers",
    out: "dist",
    write: withConfig(
      "rolldown.config.mjs",
      `export default { input: "src/main.js", output: { dir: "dist", minify: true, entryFileNames: "[hash].js", chunkFileNames: "[hash].js" } };`,
    ),
    run: ["rolldown/bin/cli.mjs", "-c"],
  },
  {
    name: "esbuild [hash]",
    needs: "bundlers",
    out: "dist",
    write: sources,
    run: [
      "esbuild/bin/esbuild",
      ..."src/main.js --bundle --splitting --format=esm --minify --outdir=dist --entry-names=[hash] --chunk-names=[hash]".split(" "),
    ],
  },
  {
    name: "webpack [hash]",
    needs: "bundlers",
    out: "dist",
    write: withConfig("webpack.config.cjs", webpackConfig(`filename: "[contenthash].js", chunkFilename: "[contenthash].js"`)),
    run: ["webpack-cli/bin/cli.js", "build", "-c", "webpack.config.cjs"],
  },
  {
    name: "rspack [hash]",
    needs: "bundlers",
    out: "dist",
    write: withConfig("rspack.config.cjs", webpackConfig(`filename: "[contenthash:12].js", chunkFilename: "[contenthash:12].js"`)),
    run: ["@rspack/cli/bin/rspack.js", "build", "-c", "rspack.config.cjs"],
  },
  {
    name: "bun [hash]",
    needs: "bundlers",
    out: "dist",
    write: sources,
    native: true,
    run: [
      `@oven/bun-${process.platform}-${process.arch}/bin/bun`,
      ..."build src/main.js --splitting --minify --outdir dist --entry-naming [hash].[ext] --chunk-naming [hash].[ext]".split(" "),
    ],
  },
];

const hashed = "[name].[contenthash].js";
const short = "static/js/[name].[contenthash:8].chunk.js";

export const bundlers: readonly Bundler[] = [
  {
    name: "vite",
    needs: "bundlers",
    out: "dist",
    write: withConfig("vite.config.mjs", `export default { build: { rollupOptions: { input: "src/main.js" } }, logLevel: "error" };`),
    run: ["vite/bin/vite.js", "build"],
  },
  ...(["base64", "base36", "hex"] as const).map(
    (alphabet): Bundler => ({
      name: `rollup ${alphabet}`,
      needs: "bundlers",
      out: "dist",
      write: withConfig("rollup.config.mjs", rollupConfig(`hashCharacters: "${alphabet}"`)),
      run: ["rollup/dist/bin/rollup", "-c", "--silent"],
    }),
  ),
  {
    name: "rolldown",
    needs: "bundlers",
    out: "dist",
    write: withConfig(
      "rolldown.config.mjs",
      `export default { input: "src/main.js", output: { dir: "dist", minify: true, entryFileNames: "[name]-[hash].js" } };`,
    ),
    run: ["rolldown/bin/cli.mjs", "-c"],
  },
  {
    name: "esbuild",
    needs: "bundlers",
    out: "dist",
    write: sources,
    run: [
      "esbuild/bin/esbuild",
      ..."src/main.js --bundle --splitting --format=esm --minify --outdir=dist --entry-names=[name]-[hash]".split(" "),
    ],
  },
  {
    name: "webpack",
    needs: "bundlers",
    out: "dist",
    write: withConfig("webpack.config.cjs", webpackConfig(`filename: "${hashed}", chunkFilename: "${hashed}"`)),
    run: ["webpack-cli/bin/cli.js", "build", "-c", "webpack.config.cjs"],
  },
  {
    name: "webpack :8",
    needs: "bundlers",
    out: "dist",
    write: withConfig("webpack.config.cjs", webpackConfig(`filename: "${short}", chunkFilename: "${short}"`)),
    run: ["webpack-cli/bin/cli.js", "build", "-c", "webpack.config.cjs"],
  },
  {
    name: "rspack",
    needs: "bundlers",
    out: "dist",
    write: withConfig("rspack.config.cjs", webpackConfig(`filename: "${hashed}", chunkFilename: "${hashed}"`)),
    run: ["@rspack/cli/bin/rspack.js", "build", "-c", "rspack.config.cjs"],
  },
  {
    name: "parcel",
    needs: "bundlers",
    out: "dist",
    write: withConfig("src/index.html", `<!doctype html><title>app</title><script type="module" src="./main.js"></script>`),
    run: ["parcel/lib/bin.js", "build", "src/index.html", "--no-cache", "--no-source-maps", "--dist-dir", "dist"],
  },
  {
    name: "bun",
    needs: "bundlers",
    out: "dist",
    write: sources,
    native: true,
    run: [
      `@oven/bun-${process.platform}-${process.arch}/bin/bun`,
      ..."build src/main.js --splitting --minify --outdir dist --entry-naming [name]-[hash].[ext] --chunk-naming [name]-[hash].[ext]".split(
        " ",
      ),
    ],
  },
  ...anonymous,
  { name: "next turbopack", needs: "next", out: ".next/static", write: nextProject, run: ["next/dist/bin/next", "build"] },
  { name: "next webpack", needs: "next", out: ".next/static", write: nextProject, run: ["next/dist/bin/next", "build", "--webpack"] },
];

/** Builds one version in a folder of its own. `modules` is the installation's `node_modules`. */
export async function build(bundler: Bundler, app: App, folder: string, modules: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  writeAll(folder, { "package.json": `{"name":"trial","private":true${bundler.name === "parcel" ? "" : ',"sideEffects":true'}}` });
  bundler.write(folder, app);
  // Turbopack refuses links that lead out of its root.
  if (bundler.needs === "next") cpSync(modules, join(folder, "node_modules"), { recursive: true, mode: 2, verbatimSymlinks: true });
  else symlinkSync(modules, join(folder, "node_modules"), "junction");
  const [program = "", ...args] = bundler.run;
  const path = join(folder, "node_modules", program);
  const native = bundler.native === true || program.startsWith("esbuild/");
  const options = { cwd: folder, env: { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" } };
  await command(native ? path : process.execPath, native ? args : [path, ...args], options);
  const out = join(folder, bundler.out);
  if (!existsSync(out)) throw new Error(`${bundler.name} wrote no ${bundler.out}`);
  return out;
}
