import { algorithmNames, bytesText, deltaText } from "./bytes.ts";
import type { Told } from "./data.ts";
import { growthOf } from "./modules.ts";
import { byIncrease, increaseOf } from "./rows.ts";
import { type Node, squarify, type Tile, treeOf } from "./treemap.ts";

const mostTiles = 4000;
const mostRows = 3000;
/** Rectangles of less than this share of the whole are too small to be seen. */
const smallestShare = 1 / 20_000;

/** The result as one page that loads nothing: treemaps of files and modules, and all rows. Texts of the build are escaped; there is no script. */
export function drawPage(told: Told, headline: string): string {
  const first = told.found.compression[0] ?? "gzip";
  const compared = !("missing" in told.found.baseline);
  const present = told.rows.filter(({ sizes }) => sizes !== undefined);
  const files = treeOf(
    present.map((row) => ({ path: row.path, size: row.sizes?.[first] ?? 0, ...(compared ? { growth: increaseOf(row, first) } : {}) })),
  );
  const modules = told.modules?.filter(({ size }) => size > 0) ?? [];
  const inside = treeOf(
    modules.map((module) => ({
      path: module.path,
      size: module.size,
      ...(module.previousSize === undefined ? {} : { growth: growthOf(module) }),
    })),
  );
  const parts = [
    map(`Files, ${algorithmNames[first]}`, files),
    ...(modules.length === 0 ? [] : [map("Modules", inside)]),
    table(told, compared),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Bundle size</title><style>${style}</style></head>
<body><h1>Bundle size</h1><p>${escaped(headline)}</p>
${parts.join("\n")}
</body></html>
`;
}

const style = `body{font:14px system-ui,sans-serif;margin:16px;color:#1f2328;background:#fff}h1{font-size:20px}h2{font-size:16px}
.map{position:relative;width:100%;height:60vh;min-height:320px;border:1px solid #8c959f}
.t{position:absolute;box-sizing:border-box;border:1px solid #fff;overflow:hidden;background:#d0d7de}
.t>b{display:block;font-weight:400;font-size:11px;line-height:14px;height:14px;padding:0 3px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.t>i{position:absolute;inset:14px 0 0 0;display:block;font-style:normal}
.f{background:#eaeef2;border-color:#8c959f}.g{background:#ffc1ba}.s{background:#aceebb}
table{border-collapse:collapse}td,th{padding:2px 10px;border-bottom:1px solid #d0d7de;text-align:left}td.n{text-align:right;font-variant-numeric:tabular-nums}
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}.t{color:#1f2328}}`;

function map(title: string, root: Node): string {
  const budget = { left: mostTiles };
  const nodes = root.children.length === 0 ? [root] : root.children;
  const tiles = drawTiles(nodes, 2, root.size * smallestShare, budget);
  const name = `${title}: ${bytesText(root.size)}`;
  return `<h2>${escaped(name)}</h2><div class="map" role="img" aria-label="${escaped(`Treemap, ${name}`)}">${tiles}</div>`;
}

function drawTiles(nodes: readonly Node[], aspect: number, smallest: number, budget: { left: number }): string {
  const seen = nodes.filter(({ size }) => size >= smallest);
  return squarify(seen, aspect)
    .map((tile) => drawTile(tile, aspect, smallest, budget))
    .join("");
}

function drawTile(tile: Tile, aspect: number, smallest: number, budget: { left: number }): string {
  if (budget.left-- <= 0) return "";
  const { node, left, top, width, height } = tile;
  const place = [left, top, width, height].map((value) => value.toFixed(3));
  const grown = node.growth === undefined ? "" : `, ${deltaText(node.growth)}`;
  const text = escaped(`${node.name} ${bytesText(node.size)}${grown}`);
  const inner =
    node.children.length === 0 ? "" : `<i>${drawTiles(node.children, Math.max(0.1, (aspect * width) / height), smallest, budget)}</i>`;
  return `<div class="${kindOf(node)}" style="left:${place[0]}%;top:${place[1]}%;width:${place[2]}%;height:${place[3]}%" title="${text}"><b>${text}</b>${inner}</div>`;
}

function kindOf({ children, growth = 0 }: Node): string {
  if (children.length > 0) return "t f";
  return growth > 0 ? "t g" : growth < 0 ? "t s" : "t";
}

function table({ found, rows }: Told, compared: boolean): string {
  const first = found.compression[0] ?? "gzip";
  const columns = ["none" as const, ...found.compression.filter((algorithm) => algorithm !== "none")];
  const head = ["File", ...columns.map((algorithm) => algorithmNames[algorithm]), ...(compared ? ["Change", ""] : [])];
  const shown = byIncrease(rows, first).slice(0, mostRows);
  const lines = shown.map((row) => {
    const sizes = columns.map((algorithm) => `<td class="n">${row.sizes?.[algorithm] ?? "–"}</td>`);
    const change = compared
      ? `<td class="n">${increaseOf(row, first)}</td><td>${escaped(row.previous === undefined ? (row.status ?? "") : `was ${row.previous}`)}</td>`
      : "";
    return `<tr><td>${escaped(row.path)}</td>${sizes.join("")}${change}</tr>`;
  });
  const more = rows.length > shown.length ? `<p>${rows.length - shown.length} more files are in the JSON report.</p>` : "";
  return `<h2>All files</h2><table><tr>${head.map((title) => `<th>${escaped(title)}</th>`).join("")}</tr>${lines.join("")}</table>${more}`;
}

/** For text and for values in double quotes; what cannot be seen is shown as its code. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
