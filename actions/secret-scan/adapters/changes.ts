import { type Git, gitError } from "../../../packages/git/command.ts";

/** What a commit did to a path: its new content, and the old one of every parent; `""` where there was none. */
export interface PathChange {
  readonly commit: string;
  readonly path: string;
  readonly blob: string;
  /** One for each parent (one for a root commit). */
  readonly before: readonly string[];
}

const rawFlags = [
  "-m",
  "-r",
  "--root",
  "-z",
  "--raw",
  "--no-renames",
  "--no-abbrev",
  "--no-ext-diff",
  "--no-textconv",
  "--ignore-submodules=all",
];

/**
 * Every path that commits made different from all their parents, so also what only a merge brought. `keep` says which new contents matter. No attribute, filter
 * or setting has a say in this: it compares trees.
 */
export async function changesOf(git: Git, commits: string, keep: (blob: string) => boolean): Promise<PathChange[]> {
  const merges = await mergeParents(git, commits);
  const reader = new RawReader(merges, keep);
  const args = ["diff-tree", "--stdin", ...rawFlags];
  const result = await git.run(args, { input: commits, output: (piece) => reader.push(piece) });
  if (result.exitCode !== 0) throw gitError(args, result.stderr);
  return reader.end();
}

/** How many parents the merges among them have. */
async function mergeParents(git: Git, commits: string): Promise<ReadonlyMap<string, number>> {
  const text = await git.text(["rev-list", "--no-walk", "--stdin", "--merges", "--parents"], { input: commits });
  const parents = new Map<string, number>();
  for (const line of text.split("\n")) if (line !== "") parents.set(line.slice(0, line.indexOf(" ")), line.split(" ").length - 1);
  return parents;
}

interface Open {
  readonly blob: string;
  readonly before: string[];
}

class RawReader {
  readonly #merges: ReadonlyMap<string, number>;
  readonly #keep: (blob: string) => boolean;
  readonly #changes: PathChange[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #commit = "";
  #entry: { blob: string; old: string } | undefined;
  #paths = new Map<string, Open>();

  constructor(merges: ReadonlyMap<string, number>, keep: (blob: string) => boolean) {
    this.#merges = merges;
    this.#keep = keep;
  }

  push(piece: Uint8Array): void {
    const bytes =
      this.#rest.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength) : Buffer.concat([this.#rest, piece]);
    let start = 0;
    for (let end = bytes.indexOf(0, start); end !== -1; end = bytes.indexOf(0, start)) {
      this.#field(bytes, start, end);
      start = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(start));
  }

  end(): PathChange[] {
    this.#close();
    return this.#changes;
  }

  #field(bytes: Buffer, start: number, end: number): void {
    if (this.#entry !== undefined) {
      this.#add(bytes, start, end, this.#entry);
      this.#entry = undefined;
      return;
    }
    if (bytes[start] === 58) {
      const [, newMode = "", old = "", blob = "", status = ""] = bytes.toString("latin1", start + 1, end).split(" ");
      const file = !status.startsWith("D") && newMode !== "160000";
      this.#entry = { blob: file ? blob : "", old: /^0+$/.test(old) ? "" : old };
      return;
    }
    const commit = bytes.toString("latin1", start, end);
    if (commit === this.#commit) return;
    this.#close();
    this.#commit = commit;
  }

  #add(bytes: Buffer, start: number, end: number, { blob, old }: { blob: string; old: string }): void {
    if (blob === "" || !this.#keep(blob)) return;
    const path = bytes.toString("utf8", start, end);
    const open = this.#paths.get(path);
    if (open === undefined) this.#paths.set(path, { blob, before: [old] });
    else open.before.push(old);
  }

  #close(): void {
    const parents = this.#merges.get(this.#commit) ?? 1;
    for (const [path, { blob, before }] of this.#paths)
      if (before.length >= parents) this.#changes.push({ commit: this.#commit, path, blob, before });
    this.#paths = new Map();
  }
}
