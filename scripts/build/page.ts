/** The code of benchmark-compare's trend page: bundled for a browser, with uPlot, and put as text into the bundle that writes the page. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const sources = join("actions", "benchmark-compare", "page");

/** Puts the page's parts in for the names that stand for them in the compiled adapter. */
export async function embedPage(folder: string, compiled: string): Promise<void> {
  const page = join(folder, sources);
  const library = join(folder, "node_modules", "uplot");
  const parts = {
    style: style(join(library, "dist", "uPlot.min.css")) + style(join(page, "page.css")),
    list: await script(join(page, "list.ts")),
    // A page is a copy of the library, and copies carry its notice.
    chart: `/*! uPlot\n${licence(library)}*/${await script(join(page, "chart.ts"))}`,
  };
  const adapter = join(compiled, "actions", "benchmark-compare", "adapters", "page.js");
  let text = readFileSync(adapter, "utf8");
  for (const [name, part] of Object.entries(parts)) {
    if (/<\/(script|style)|<!--/i.test(part)) throw new Error(`the page's ${name} would end the element that holds it`);
    if (!text.includes(`"forge-page:${name}"`)) throw new Error(`${adapter} has no place for the page's ${name}`);
    text = text.replace(`"forge-page:${name}"`, () => JSON.stringify(part));
  }
  writeFileSync(adapter, text);
}

/** ncc lists the packages that it has bundled itself; this one is in a text. The same form: name, licence, text. */
export function nameLibrary(folder: string, bundle: string): void {
  const path = join(bundle, "licenses.txt");
  const others = existsSync(path) ? `${readFileSync(path, "utf8")}\n` : "";
  writeFileSync(path, `${others}uplot\nMIT\n${licence(join(folder, "node_modules", "uplot"))}`);
}

function licence(library: string): string {
  return readFileSync(join(library, "LICENSE"), "utf8");
}

async function script(input: string): Promise<string> {
  const build = await rolldown({ input, platform: "browser", tsconfig: false });
  try {
    const { output } = await build.generate({ format: "iife", minify: true, comments: false });
    if (output.length !== 1) throw new Error(`${input} became ${output.length} files`);
    return output[0].code.trim();
  } finally {
    await build.close();
  }
}

/** Comments and blanks go; that is all there is to win in so few rules. */
function style(path: string): string {
  return readFileSync(path, "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([{};,]) ?/g, "$1")
    .replaceAll(/: /g, ":")
    .replaceAll(";}", "}")
    .trim();
}
