/** A tree of sizes, drawn as nested rectangles. */
export interface Node {
  readonly name: string;
  readonly size: number;
  /** Growth against the baseline; `undefined` where nothing tells. */
  readonly growth?: number;
  readonly children: readonly Node[];
}

/** In percent of the parent's rectangle. */
export interface Tile {
  readonly node: Node;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Leaf {
  readonly path: string;
  readonly size: number;
  readonly growth?: number;
}

interface Draft {
  size: number;
  growth: number | undefined;
  readonly children: Map<string, Draft>;
}

/** Folders from the paths; a folder with one thing in it is joined with it. */
export function treeOf(leaves: readonly Leaf[]): Node {
  const root: Draft = { size: 0, growth: undefined, children: new Map() };
  for (const { path, size, growth } of leaves) {
    let at = root;
    for (const name of path.split("/").slice(0, 64)) {
      const next = at.children.get(name) ?? { size: 0, growth: undefined, children: new Map() };
      at.children.set(name, next);
      at = next;
    }
    at.size += size;
    if (growth !== undefined) at.growth = (at.growth ?? 0) + growth;
  }
  return finish("", root);
}

function finish(name: string, draft: Draft): Node {
  const children = [...draft.children].map(([child, inner]) => finish(child, inner)).filter(({ size }) => size > 0);
  if (children.length === 0) return { name, size: draft.size, children, ...(draft.growth === undefined ? {} : { growth: draft.growth }) };
  const [only] = children;
  if (children.length === 1 && only !== undefined && draft.size === 0)
    return { ...only, name: name === "" ? only.name : `${name}/${only.name}` };
  const size = draft.size + children.reduce((sum, child) => sum + child.size, 0);
  const grown = children.flatMap(({ growth }) => (growth === undefined ? [] : [growth]));
  const growth = grown.length === 0 ? undefined : grown.reduce((sum, each) => sum + each, 0);
  return {
    name,
    size,
    children: children.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1)),
    ...(growth === undefined ? {} : { growth }),
  };
}

/** Rectangles whose areas are the sizes, as nearly square as rows allow; `aspect` is the parent's width over its height. */
export function squarify(nodes: readonly Node[], aspect: number): Tile[] {
  const total = nodes.reduce((sum, { size }) => sum + size, 0);
  if (total === 0) return [];
  const tiles: Tile[] = [];
  let [left, top, width, height] = [0, 0, aspect, 1];
  let rest = nodes;
  let open = total;
  while (rest.length > 0) {
    const short = Math.min(width, height);
    const scale = (width * height) / open;
    const count = rowLength(rest, short, scale);
    const row = rest.slice(0, count);
    const sum = row.reduce((all, { size }) => all + size, 0);
    const thick = (sum * scale) / short;
    let along = 0;
    for (const node of row) {
      const long = (node.size * scale) / thick;
      const box =
        width >= height ? { left, top: top + along, width: thick, height: long } : { left: left + along, top, width: long, height: thick };
      tiles.push({
        node,
        left: (box.left / aspect) * 100,
        top: box.top * 100,
        width: (box.width / aspect) * 100,
        height: box.height * 100,
      });
      along += long;
    }
    if (width >= height) [left, width] = [left + thick, width - thick];
    else [top, height] = [top + thick, height - thick];
    open -= sum;
    rest = rest.slice(count);
  }
  return tiles;
}

/** How many of the first nodes make a row whose worst rectangle is best. */
function rowLength(nodes: readonly Node[], short: number, scale: number): number {
  let sum = 0;
  let best = Number.POSITIVE_INFINITY;
  const largest = (nodes[0]?.size ?? 0) * scale;
  for (const [index, { size }] of nodes.entries()) {
    sum += size * scale;
    const smallest = size * scale;
    const worst = Math.max((short * short * largest) / (sum * sum), (sum * sum) / (short * short * smallest));
    if (worst > best) return index;
    best = worst;
  }
  return nodes.length;
}
