/** Paths that share an ending; the longer ending is looked at only when somebody asks for it, so that an index of 100,000 paths costs one pass. */
interface Node {
  readonly paths: number[];
  /** Characters of the ending that all of them share. */
  readonly length: number;
  children?: Map<string, Node>;
}

export interface SuffixMatch {
  /** How many whole segments at the end agree. */
  readonly segments: number;
  /** The paths that agree so far, as positions in the list; at least one. */
  readonly candidates: readonly number[];
  /** One of the candidates that agrees from its first segment on. */
  readonly whole: number | undefined;
}

/** Finds the paths with the longest common ending, in whole segments. */
export class SuffixIndex {
  readonly #paths: readonly string[];
  readonly #top: Node;

  constructor(paths: readonly string[]) {
    this.#paths = paths;
    this.#top = { paths: paths.map((_, index) => index), length: 0 };
  }

  longest(segments: readonly string[]): SuffixMatch | undefined {
    let node = this.#top;
    let agreed = 0;
    while (agreed < segments.length) {
      const child = this.#children(node).get(segments[segments.length - 1 - agreed] ?? "");
      if (child === undefined) break;
      node = child;
      agreed++;
    }
    if (agreed === 0) return undefined;
    return { segments: agreed, candidates: node.paths, whole: this.#whole(node) };
  }

  #whole(node: Node): number | undefined {
    const shortest = node.paths.length === 1 ? node.paths[0] : this.#children(node).get("")?.paths[0];
    return shortest !== undefined && this.#paths[shortest]?.length === node.length ? shortest : undefined;
  }

  /** By the segment before the shared ending; a path that ends there stands under an empty name. */
  #children(node: Node): Map<string, Node> {
    if (node.children !== undefined) return node.children;
    const children = new Map<string, Node>();
    for (const index of node.paths) {
      const path = this.#paths[index] ?? "";
      const end = node.length === 0 ? path.length : path.length - node.length - 1;
      const start = end <= 0 ? 0 : path.lastIndexOf("/", end - 1) + 1;
      const name = end <= 0 ? "" : path.slice(start, end);
      const child = children.get(name);
      if (child === undefined) children.set(name, { paths: [index], length: end <= 0 ? path.length : path.length - start });
      else child.paths.push(index);
    }
    node.children = children;
    return children;
  }
}
