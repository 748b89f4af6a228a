import type { Changes, Snapshot, Store } from "../store.ts";
import { isLedgerPath } from "../store.ts";
import { type Access, type Answered, at, textAt } from "./access.ts";

export const usualBranch = "forge-ops";

const readme = `# What operations remember

Records of incidents, deployments and rollbacks, written by machines: one state file each, and a journal per environment that is only appended to.
This branch has nothing in common with the others. Deleting it makes Forge forget which incidents are open.
`;

interface Head {
  /** Empty where the branch does not exist. */
  readonly commit: string;
  readonly tree: string;
  /** Path to blob. */
  readonly blobs: ReadonlyMap<string, string>;
  /** What is known already of the blobs' texts. */
  readonly texts: Map<string, string>;
}

/** Files on an orphan branch, through GitHub's Git Data API. A write is one commit, put in place only as a fast-forward of what was read. */
export class BranchStore implements Store {
  readonly #access: Access;
  readonly #name: string;
  readonly #heads = new WeakMap<Snapshot, Head>();

  constructor(access: Access, name: string = usualBranch) {
    this.#access = access;
    this.#name = name;
  }

  async read(): Promise<Snapshot> {
    const reply = await this.#access.ask("contents", "GET /repos/{owner}/{repo}/branches/{branch}", { branch: this.#name });
    if ("failure" in reply) {
      if (reply.failure.kind !== "missing") throw this.#access.unexpected(`the branch ${this.#name}`, reply.failure);
      return this.#snapshot({ commit: "", tree: "", blobs: new Map(), texts: new Map() });
    }
    const commit = textAt(reply.data, "commit", "sha");
    const tree = textAt(reply.data, "commit", "commit", "tree", "sha");
    const listed = data(
      this.#access,
      await this.#access.ask("contents", "GET /repos/{owner}/{repo}/git/trees/{tree_sha}", { tree_sha: tree, recursive: "1" }),
    );
    const entries = at(listed, "tree");
    const blobs = new Map<string, string>();
    for (const entry of Array.isArray(entries) ? entries : []) {
      const path = textAt(entry, "path");
      if (textAt(entry, "type") === "blob" && isLedgerPath(path)) blobs.set(path, textAt(entry, "sha"));
    }
    return this.#snapshot({ commit, tree, blobs, texts: new Map() });
  }

  async write(from: Snapshot, changes: Changes, message: string): Promise<Snapshot | "overtaken"> {
    const head = this.#heads.get(from);
    if (head === undefined) throw new Error("A snapshot of another store was given.");
    const first = head.commit === "";
    const files = Object.entries(changes).filter(([path, text]) => text !== null || head.blobs.has(path));
    const tree = await this.#post("POST /repos/{owner}/{repo}/git/trees", {
      ...(first ? {} : { base_tree: head.tree }),
      tree: [...(first ? ([["README.md", readme]] as const) : []), ...files].map(([path, text]) => {
        const entry = { path, mode: "100644", type: "blob" };
        return text === null ? { ...entry, sha: null } : { ...entry, content: text };
      }),
    });
    const commit = await this.#post("POST /repos/{owner}/{repo}/git/commits", { message, tree, parents: first ? [] : [head.commit] });
    const moved = first
      ? await this.#access.ask(
          "contents",
          "POST /repos/{owner}/{repo}/git/refs",
          { ref: `refs/heads/${this.#name}`, sha: commit },
          { repeatable: true },
        )
      : await this.#access.ask("contents", "PATCH /repos/{owner}/{repo}/git/refs/{ref}", {
          ref: `heads/${this.#name}`,
          sha: commit,
          force: false,
        });
    if ("failure" in moved) return this.#refused(moved, commit);
    return this.#snapshot(after(head, commit, tree, changes));
  }

  pause(milliseconds: number): Promise<boolean> {
    return this.#access.pause(milliseconds);
  }

  /** Somebody was first; or it was we, and the answer to an earlier try was lost. */
  async #refused(moved: Answered & { failure: unknown }, commit: string): Promise<Snapshot | "overtaken"> {
    const failure = (moved as Extract<Answered, { failure: unknown }>).failure;
    if (!/not a fast.forward|already exists|does not exist/i.test(failure.message)) {
      throw this.#access.unexpected(`the branch ${this.#name}`, failure);
    }
    const now = await this.read();
    return this.#heads.get(now)?.commit === commit ? now : "overtaken";
  }

  #snapshot(head: Head): Snapshot {
    const snapshot: Snapshot = { version: head.commit, paths: [...head.blobs.keys()].sort(), read: (path) => this.#text(head, path) };
    this.#heads.set(snapshot, head);
    return snapshot;
  }

  async #text(head: Head, path: string): Promise<string | undefined> {
    const blob = head.blobs.get(path);
    if (blob === undefined) return undefined;
    const known = head.texts.get(path);
    if (known !== undefined) return known;
    const reply = await this.#access.ask("contents", "GET /repos/{owner}/{repo}/git/blobs/{file_sha}", { file_sha: blob }, { raw: true });
    const found = data(this.#access, reply);
    const text = found instanceof ArrayBuffer ? new TextDecoder().decode(found) : String(found);
    head.texts.set(path, text);
    return text;
  }

  /** Objects are named by their content, so making one twice makes one. */
  async #post(route: string, parameters: Readonly<Record<string, unknown>>): Promise<string> {
    const sha = textAt(data(this.#access, await this.#access.ask("contents", route, parameters, { repeatable: true })), "sha");
    if (!/^[0-9a-f]{40}$/.test(sha)) throw this.#access.unexpected("GitHub's answer about a git object makes no sense");
    return sha;
  }
}

function after(head: Head, commit: string, tree: string, changes: Changes): Head {
  const blobs = new Map(head.blobs);
  const texts = new Map(head.texts);
  for (const [path, text] of Object.entries(changes)) {
    texts.delete(path);
    blobs.delete(path);
    if (text === null) continue;
    // Its name is not known and not needed: the text is at hand.
    blobs.set(path, "");
    texts.set(path, text);
  }
  return { commit, tree, blobs, texts };
}

function data(access: Access, reply: Answered): unknown {
  if ("failure" in reply) throw access.unexpected("the ledger", reply.failure);
  return reply.data;
}
