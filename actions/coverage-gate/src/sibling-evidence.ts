/**
 * Which folder of the repository an absolute folder of a report is, told by files that can mean only one thing. One folder is one
 * folder: as soon as two files disagree, nothing is proven for it.
 */
export class SiblingEvidence {
  readonly #named: (path: string) => string | undefined;
  /** Report folder, in lower case, to repository folder; `undefined` after a contradiction. */
  readonly #folders = new Map<string, string | undefined>();

  /** `named` gives the repository's spelling of a path, if it has that path. */
  constructor(named: (path: string) => string | undefined) {
    this.#named = named;
  }

  /** Notes that the report's path is this file of the repository. */
  add(segments: readonly string[], path: string): void {
    const [from, to] = stems(segments, path);
    if (!this.#folders.has(from)) this.#folders.set(from, to);
    else if (this.#folders.get(from) !== to) this.#folders.set(from, undefined);
  }

  /** Whether the other files say that this path is elsewhere, or nothing that would support it. */
  contradicts(segments: readonly string[], path: string): boolean {
    if (this.#folders.size === 0) return false;
    const [from, to] = stems(segments, path);
    return this.#folders.get(from) !== to;
  }

  /** The file that a proven folder leads to; `undefined` when none does, or two differ. */
  place(segments: readonly string[]): string | undefined {
    const found = new Set<string>();
    for (let depth = 0; depth < segments.length; depth++) {
      const folder = this.#folders.get(segments.slice(0, depth).join("/").toLowerCase());
      if (folder === undefined) continue;
      const path = this.#named([...(folder === "" ? [] : [folder]), ...segments.slice(depth)].join("/"));
      if (path !== undefined) found.add(path);
    }
    const [only] = found;
    return found.size === 1 ? only : undefined;
  }
}

/** Both paths without their common ending. */
function stems(segments: readonly string[], path: string): [string, string] {
  const other = path.split("/");
  let from = segments.length;
  let to = other.length;
  while (from > 0 && to > 0 && segments[from - 1]?.toLowerCase() === other[to - 1]?.toLowerCase()) {
    from--;
    to--;
  }
  return [segments.slice(0, from).join("/").toLowerCase(), other.slice(0, to).join("/")];
}
