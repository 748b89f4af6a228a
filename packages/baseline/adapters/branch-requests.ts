import type { Client, Reply } from "../../github/client.ts";
import { inWords } from "../../github/failures.ts";
import { isCommit } from "../policy.ts";
import type { Extra } from "../store.ts";

export interface Refused {
  readonly skipped: string;
  /** It may go better later. */
  readonly down?: true;
}

/** The branch at one moment. */
export interface Head {
  /** Empty where the branch does not exist yet. */
  readonly commit: string;
  readonly tree: string;
}

export interface At {
  readonly owner: string;
  readonly repo: string;
  readonly branch: string;
}

/** GitHub names no more of a folder than this when asked for contents. */
const mostListed = 1000;

/** What is asked of GitHub about one branch. */
export class BranchRequests {
  readonly #at: { readonly owner: string; readonly repo: string };
  readonly #name: string;

  constructor({ branch, ...at }: At) {
    this.#at = at;
    this.#name = branch;
  }

  async readHead(client: Client): Promise<Head | Refused> {
    const reply = await client.request("GET /repos/{owner}/{repo}/branches/{branch}", { ...this.#at, branch: this.#name });
    if (!reply.ok && reply.failure.kind === "missing") return { commit: "", tree: "" };
    if (!reply.ok) return this.#refusal("read", reply);
    const commit = textAt(reply.data, "commit", "sha");
    const tree = textAt(reply.data, "commit", "commit", "tree", "sha");
    if (!isCommit(commit) || !isCommit(tree)) return { skipped: `GitHub's answer about the branch ${this.#name} makes no sense` };
    return { commit, tree };
  }

  async readFile(client: Client, path: string, ref: string): Promise<string | undefined | Refused> {
    const reply = await client.request("GET /repos/{owner}/{repo}/contents/{path}", { ...this.#at, path, ref }, { raw: true });
    if (!reply.ok) return reply.failure.kind === "missing" ? undefined : this.#refusal("read", reply);
    return reply.data instanceof ArrayBuffer ? new TextDecoder().decode(reply.data) : String(reply.data);
  }

  /** Names of what stands in a folder, ascending; none where there is no such folder. */
  async namesIn(client: Client, path: string, ref: string): Promise<readonly string[] | Refused> {
    const listed = await this.#contents(client, path, ref);
    if (!Array.isArray(listed)) return listed;
    const names = listed.length < mostListed ? namesAt(listed, "name") : await this.#namesInTree(client, path, ref);
    return Array.isArray(names) ? names.sort() : names;
  }

  /** A tree is listed whole; its hash is what the folder above says of it. */
  async #namesInTree(client: Client, path: string, ref: string): Promise<string[] | Refused> {
    const above = await this.#contents(client, path.replace(/\/[^/]*$/, ""), ref);
    if (!Array.isArray(above)) return above;
    const tree = textAt(
      above.find((each) => textAt(each, "path") === path),
      "sha",
    );
    const reply = await client.request("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", { ...this.#at, tree_sha: tree });
    if (!reply.ok) return this.#refusal("read", reply);
    const entries = (reply.data as { readonly tree?: unknown } | null)?.tree;
    return Array.isArray(entries) ? namesAt(entries, "path") : { skipped: "GitHub's answer about a git tree makes no sense" };
  }

  async #contents(client: Client, path: string, ref: string): Promise<unknown[] | Refused> {
    const reply = await client.request("GET /repos/{owner}/{repo}/contents/{path}", { ...this.#at, path, ref });
    if (!reply.ok) return reply.failure.kind === "missing" ? [] : this.#refusal("read", reply);
    return Array.isArray(reply.data) ? reply.data : [];
  }

  /** One commit on top of `head`, put in place only if the branch still stands there. */
  async commit(client: Client, head: Head, message: string, files: readonly Extra[]): Promise<"done" | "overtaken" | Refused> {
    const first = head.commit === "";
    const tree = await this.#post(client, "POST /repos/{owner}/{repo}/git/trees", {
      ...(first ? {} : { base_tree: head.tree }),
      tree: files.map(({ name, content }) => ({ path: name, mode: "100644", type: "blob", content })),
    });
    if (typeof tree === "object") return tree;
    const commit = await this.#post(client, "POST /repos/{owner}/{repo}/git/commits", {
      message,
      tree,
      parents: first ? [] : [head.commit],
    });
    if (typeof commit === "object") return commit;
    const reply = first
      ? await client.request(
          "POST /repos/{owner}/{repo}/git/refs",
          { ...this.#at, ref: `refs/heads/${this.#name}`, sha: commit },
          { repeatable: true },
        )
      : await client.request("PATCH /repos/{owner}/{repo}/git/refs/{ref}", {
          ...this.#at,
          ref: `heads/${this.#name}`,
          sha: commit,
          force: false,
        });
    if (reply.ok) return "done";
    const overtaken = /not a fast.forward|already exists|does not exist/i.test(reply.failure.message);
    return overtaken ? "overtaken" : this.#refusal("write", reply);
  }

  /** Objects are named by their content, so making one twice makes one. Gives its hash. */
  async #post(client: Client, route: string, parameters: Readonly<Record<string, unknown>>): Promise<string | Refused> {
    const reply = await client.request(route, { ...this.#at, ...parameters }, { repeatable: true });
    if (!reply.ok) return this.#refusal("write", reply);
    const sha = textAt(reply.data, "sha");
    return isCommit(sha) ? sha : { skipped: "GitHub's answer about a git object makes no sense" };
  }

  #refusal(verb: "read" | "write", { failure }: Reply & { ok: false }): Refused {
    if (failure.kind === "rights" && failure.message.startsWith("Resource not accessible")) {
      return { skipped: `the token may not ${verb} the branch ${this.#name}: the job needs \`permissions: contents: ${verb}\`` };
    }
    return { skipped: `the branch ${this.#name}: ${inWords(failure)}`, ...(failure.kind === "down" ? { down: true } : {}) };
  }
}

function namesAt(list: readonly unknown[], key: string): string[] {
  return list.map((each) => textAt(each, key)).filter((name) => typeof name === "string");
}

function textAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === "object" && at !== null ? (at as Readonly<Record<string, unknown>>)[name] : undefined),
    value,
  );
}
