import { createHash } from "node:crypto";

export interface TreeEntry {
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
}

export type Tree = ReadonlyMap<string, TreeEntry>;

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
}

/** Git's objects and refs in memory, named by the hashes that git itself would give them. */
export class GitStore {
  readonly blobs = new Map<string, Buffer>();
  readonly trees = new Map<string, Tree>();
  readonly commits = new Map<string, Commit>();
  /** Full name (`refs/heads/main`) to commit. */
  readonly refs = new Map<string, string>();

  addBlob(content: Buffer): string {
    const sha = objectName("blob", content);
    this.blobs.set(sha, content);
    return sha;
  }

  addTree(entries: Tree): string {
    const sorted = [...entries].sort(([a, left], [b, right]) => compareNames(a, left, b, right));
    const body = sorted.map(([name, { mode, sha }]) =>
      Buffer.concat([Buffer.from(`${mode.replace(/^0/, "")} ${name}\0`), Buffer.from(sha, "hex")]),
    );
    const sha = objectName("tree", Buffer.concat(body));
    this.trees.set(sha, new Map(sorted));
    return sha;
  }

  addCommit(commit: Commit): string {
    const person = ({ name, email, date }: Person): string => `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
    const lines = [
      `tree ${commit.tree}`,
      ...commit.parents.map((parent) => `parent ${parent}`),
      `author ${person(commit.author)}`,
      `committer ${person(commit.committer)}`,
    ];
    const sha = objectName("commit", Buffer.from(`${lines.join("\n")}\n\n${commit.message}`));
    this.commits.set(sha, commit);
    return sha;
  }

  /** A tree with one path set, or removed where `entry` is undefined. */
  withPath(tree: string | undefined, path: readonly string[], entry: TreeEntry | undefined): string | undefined {
    const entries = new Map(tree === undefined ? [] : this.trees.get(tree));
    const [name = "", ...rest] = path;
    const old = entries.get(name);
    const sha = rest.length === 0 ? entry?.sha : this.withPath(old?.type === "tree" ? old.sha : undefined, rest, entry);
    if (sha === undefined) entries.delete(name);
    else entries.set(name, rest.length === 0 && entry !== undefined ? entry : { mode: "040000", type: "tree", sha });
    return entries.size === 0 ? undefined : this.addTree(entries);
  }

  at(tree: string, path: readonly string[]): TreeEntry | undefined {
    let entry: TreeEntry | undefined = { mode: "040000", type: "tree", sha: tree };
    for (const name of path) entry = entry?.type === "tree" ? this.trees.get(entry.sha)?.get(name) : undefined;
    return entry;
  }

  /** Every file below a tree, by path. */
  files(tree: string, prefix = ""): Map<string, TreeEntry> {
    const found = new Map<string, TreeEntry>();
    for (const [name, entry] of this.trees.get(tree) ?? []) {
      if (entry.type !== "tree") found.set(`${prefix}${name}`, entry);
      else for (const [path, file] of this.files(entry.sha, `${prefix}${name}/`)) found.set(path, file);
    }
    return found;
  }

  /** `commit` and everything that it descends from. */
  history(commit: string): Set<string> {
    const seen = new Set<string>();
    const pending = [commit];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      pending.push(...(this.commits.get(next)?.parents ?? []));
    }
    return seen;
  }

  /** A commit by branch, tag, full ref or hash. */
  resolve(name: string): string | undefined {
    for (const candidate of [name, `refs/${name}`, `refs/heads/${name}`, `refs/tags/${name}`]) {
      const sha = this.refs.get(candidate);
      if (sha !== undefined) return sha;
    }
    return this.commits.has(name) ? name : undefined;
  }

  /** For arranging tests: a commit of whole files on a branch. */
  commitFiles(branch: string, files: Readonly<Record<string, string>>, message = "Arrange"): string {
    const parent = this.refs.get(`refs/heads/${branch}`);
    let tree = parent === undefined ? undefined : this.commits.get(parent)?.tree;
    for (const [path, content] of Object.entries(files)) {
      tree = this.withPath(tree, path.split("/"), { mode: "100644", type: "blob", sha: this.addBlob(Buffer.from(content)) });
    }
    const person: Person = { name: "Octocat", email: "octocat@example.com", date: "2026-11-20T00:00:00Z" };
    const sha = this.addCommit({
      tree: tree ?? this.addTree(new Map()),
      parents: parent === undefined ? [] : [parent],
      message,
      author: person,
      committer: person,
    });
    this.refs.set(`refs/heads/${branch}`, sha);
    return sha;
  }

  /** For looking at results: the files of a branch as text. */
  filesOf(branch: string): Map<string, string> {
    const commit = this.commits.get(this.refs.get(`refs/heads/${branch}`) ?? "");
    const files = commit === undefined ? new Map<string, TreeEntry>() : this.files(commit.tree);
    return new Map([...files].map(([path, { sha }]) => [path, (this.blobs.get(sha) ?? Buffer.alloc(0)).toString("utf8")]));
  }
}

function objectName(type: string, content: Buffer): string {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");
}

/** Git sorts a folder as if its name ended in a slash, by bytes. */
function compareNames(a: string, left: TreeEntry, b: string, right: TreeEntry): number {
  return Buffer.compare(Buffer.from(left.type === "tree" ? `${a}/` : a), Buffer.from(right.type === "tree" ? `${b}/` : b));
}
