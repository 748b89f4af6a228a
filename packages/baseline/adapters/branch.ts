import { isProposal } from "../../frame/event.ts";
import type { BaselineRecord } from "../../frame/ports.ts";
import type { Client, Pace, Reply } from "../../github/client.ts";
import { inWords } from "../../github/failures.ts";
import { type Missing, type Past, parseHistory, pointOf, renderEnvelope, renderHistory, withPast } from "../envelope.ts";
import { type Entry, isEntryName, monthOf, monthsIn, parseJson, parseMonth, renderMonth, withEntry } from "../journal.ts";
import { allowedExtra, entryPath, historyPath, memoryPath, monthPath, monthsPath, readme, recordPath } from "../layout.ts";
import { isCommit } from "../policy.ts";
import { type BaselineContext, type Extra, ownerOf, type Saved, type Shelf } from "../store.ts";
import { nearestIn, openLocalBranch, recordFrom } from "./local-branch.ts";

/** How much of the past the index of an action holds. */
const keep = { entries: 500, bytes: 1024 * 1024 };

/**
 * How often a write is tried when others write at the same time. With pauses drawn from a range that doubles from one second to thirty,
 * fifty that start at once and need a second each all get through within twelve tries; the rest is for those that meet faults besides.
 */
const mostTries = 20;
const firstPause = 1000;
const longestPause = 30_000;

/** How many entries are read one by one where their month is torn. */
const mostMended = 200;

/** How many tries in a row may end because GitHub is down, each after the client's own. */
const mostOutages = 16;

/** Writers wait for each other, so this takes longer than one request's patience. */
const writingPace: Partial<Pace> = { deadline: 300_000 };

export interface BranchContext extends BaselineContext {
  readonly pace?: Partial<Pace>;
}

/** An orphan branch of the repository, read and written through GitHub's Git Data API; without a token, the local clone of it. */
export async function openBranch(context: BranchContext, name: string): Promise<Shelf> {
  return (await openRemote(context, name)) ?? openLocalBranch(context, name);
}

/** Puts files onto a branch beside what is there, in one commit; makes the branch where it is missing. */
export async function publishFiles(context: BranchContext, name: string, files: readonly Extra[]): Promise<Saved> {
  const shelf = await openRemote(context, name);
  return shelf?.publish(files) ?? { skipped: "there is no token to write with" };
}

async function openRemote(context: BranchContext, name: string): Promise<BranchShelf | undefined> {
  const [owner, repo] = context.event.repository.split("/");
  const { token } = context;
  if (token === undefined || token === "" || owner === undefined || repo === undefined) return undefined;
  const { openClient } = await import("../../github/adapters/client.ts");
  const pace = { ...writingPace, now: () => context.clock.now(), ...context.pace };
  const client = (): Client => openClient({ token, apiUrl: context.event.apiUrl, log: context.log, pace });
  return new BranchShelf(context, { owner, repo }, name, client);
}

interface Refused {
  readonly skipped: string;
  /** It may go better later. */
  readonly down?: true;
}

/** One change of the branch. */
interface Change {
  readonly message: string;
  readonly path: string;
  files(head: Head, client: Client): readonly Extra[] | Promise<readonly Extra[] | Refused>;
  /** Whether the branch has it: an answer may have been lost after the deed. */
  isIn(head: Head): boolean;
}

/** The branch at one moment. */
interface Head {
  /** Empty where the branch does not exist yet. */
  readonly commit: string;
  readonly tree: string;
  readonly index: readonly Past[];
}

class BranchShelf implements Shelf {
  readonly #context: BranchContext;
  readonly #at: { readonly owner: string; readonly repo: string };
  readonly #name: string;
  readonly #open: () => Client;
  /** As it was last read; the first try of a write starts from it, and finds out if it is old. */
  #head: Head | undefined;

  constructor(context: BranchContext, at: { readonly owner: string; readonly repo: string }, name: string, open: () => Client) {
    this.#context = context;
    this.#at = at;
    this.#name = name;
    this.#open = open;
  }

  async nearest(commits: readonly string[]): Promise<BaselineRecord | Missing> {
    const client = this.#open();
    const head = await this.#readHead(client);
    if ("skipped" in head) return { missing: head.skipped };
    if (head.commit === "") return { missing: `there is no branch ${this.#name} yet` };
    const chosen = nearestIn(head.index, commits);
    if ("missing" in chosen) return chosen;
    const owner = ownerOf(this.#context);
    const text = await this.#readFile(client, recordPath(owner, chosen.commit), head.commit);
    return typeof text === "object" ? { missing: text.skipped } : recordFrom(text, owner, chosen.commit);
  }

  async history(): Promise<readonly BaselineRecord[]> {
    this.#head ??= await this.#freshHead();
    return this.#head?.index ?? [];
  }

  put(record: BaselineRecord, extra: readonly Extra[]): Promise<Saved> {
    return this.#write({
      message: `${record.action}${record.id === "" ? "" : ` ${record.id}`} at ${record.commit}\n`,
      path: recordPath(ownerOf(this.#context), record.commit),
      files: (head) => this.#files(head, record, extra),
      isIn: ({ index }) => index.some(({ commit, created }) => commit === record.commit && created === record.created),
    });
  }

  /** The entry's own file and its month, in one commit: a writer that was overtaken adds itself to the month that is there then. */
  append(entry: Entry): Promise<Saved> {
    const owner = ownerOf(this.#context);
    const month = monthOf(entry.name);
    return this.#write({
      message: `${owner.action}${owner.id === "" ? "" : ` ${owner.id}`}: ${entry.name}\n`,
      path: entryPath(owner, entry.name),
      files: async (head, client) => {
        const before = head.commit === "" ? [] : await this.#readMonth(client, month, head.commit);
        if ("skipped" in before) return before;
        return [
          ...(head.commit === "" ? [{ name: "README.md", content: readme }] : []),
          { name: entryPath(owner, entry.name), content: `${JSON.stringify(entry.data)}\n` },
          { name: monthPath(owner, month), content: renderMonth(owner, withEntry(before, entry)) },
        ];
      },
      isIn: () => false,
    });
  }

  async entries(): Promise<readonly Entry[] | Missing> {
    const client = this.#open();
    const head = await this.#readHead(client);
    if ("skipped" in head) return { missing: head.skipped };
    if (head.commit === "") return { missing: `there is no branch ${this.#name} yet` };
    const names = await this.#namesIn(client, monthsPath(ownerOf(this.#context)), head.commit);
    if ("skipped" in names) return { missing: names.skipped };
    const found: Entry[] = [];
    for (const month of monthsIn(names)) {
      const entries = await this.#readMonth(client, month, head.commit);
      if ("skipped" in entries) return { missing: entries.skipped };
      found.push(...entries);
    }
    return found;
  }

  /** A month that is torn is made again of its entries' own files, the newest ones where there are many. */
  async #readMonth(client: Client, month: string, commit: string): Promise<readonly Entry[] | Refused> {
    const owner = ownerOf(this.#context);
    const text = await this.#readFile(client, monthPath(owner, month), commit);
    if (typeof text === "object") return text;
    const known = text === undefined ? undefined : parseMonth(text, owner);
    if (known !== undefined) return known;
    const folder = entryPath(owner, month).replace(/\.json$/, "");
    const names = await this.#namesIn(client, folder, commit);
    if ("skipped" in names) return names;
    const entries: Entry[] = [];
    for (const name of names.filter((each) => each.endsWith(".json")).slice(-mostMended)) {
      const entry = await this.#readFile(client, `${folder}/${name}`, commit);
      if (typeof entry === "object") return entry;
      entries.push({ name: `${month}/${name.replace(/\.json$/, "")}`, data: parseJson(entry ?? "") });
    }
    return entries.filter(({ name, data }) => isEntryName(name) && data !== undefined);
  }

  /** Names of what stands in a folder, ascending; none where there is no such folder. */
  async #namesIn(client: Client, path: string, ref: string): Promise<readonly string[] | Refused> {
    const reply = await client.request("GET /repos/{owner}/{repo}/contents/{path}", { ...this.#at, path, ref });
    if (!reply.ok) return reply.failure.kind === "missing" ? [] : this.#refusal("read", reply);
    const names = Array.isArray(reply.data) ? reply.data.map((each: unknown) => textAt(each, "name")) : [];
    return names.filter((name) => typeof name === "string").sort();
  }

  publish(files: readonly Extra[]): Promise<Saved> {
    const message = `${this.#context.action} at ${this.#context.event.sha}\n`;
    return this.#write({ message, path: files[0]?.name ?? "nothing", files: () => files, isIn: () => false });
  }

  async recall(name: string): Promise<string | undefined> {
    const text = await this.#readFile(this.#open(), memoryPath(ownerOf(this.#context), name), this.#name);
    if (typeof text === "object") throw new Error(text.skipped);
    return text;
  }

  async remember(name: string, content: string): Promise<Saved> {
    if (isProposal(this.#context.event)) return { skipped: `a pull request does not write to the branch ${this.#name}` };
    const path = memoryPath(ownerOf(this.#context), name);
    const readMe = (head: Head): Extra[] => (head.commit === "" ? [{ name: "README.md", content: readme }] : []);
    const message = `${this.#context.action} remembers ${name}\n`;
    return this.#write({ message, path, files: (head) => [...readMe(head), { name: path, content }], isIn: () => false });
  }

  async #write(change: Change): Promise<Saved> {
    const client = this.#open();
    const { wait, random } = { wait: sleep, random: Math.random, ...this.#context.pace };
    let overtaken = 0;
    let outages = 0;
    while (overtaken < mostTries) {
      const outcome = await this.#try(client, change, overtaken + outages === 0);
      this.#head = undefined;
      if (outcome === "done") return { saved: `${change.path} on the branch ${this.#name}` };
      if (outcome === "overtaken") {
        overtaken += 1;
        outages = 0;
        this.#context.log.debug(`Another run wrote to ${this.#name} first (try ${overtaken} of ${mostTries}).`);
      } else {
        outages += 1;
        if (outcome.down !== true || outages > mostOutages) return { skipped: outcome.skipped };
      }
      if (overtaken < mostTries) await wait(random() * Math.min(longestPause, firstPause * 2 ** (overtaken + outages - 1)));
    }
    return { skipped: `other runs kept writing to ${this.#name} at the same time, ${mostTries} times over` };
  }

  async #try(client: Client, change: Change, first: boolean): Promise<"done" | "overtaken" | Refused> {
    const head = (first ? this.#head : undefined) ?? (await this.#readHead(client));
    if ("skipped" in head) return head;
    return !first && change.isIn(head) ? "done" : this.#commit(client, head, change);
  }

  async #freshHead(): Promise<Head | undefined> {
    const head = await this.#readHead(this.#open());
    return "skipped" in head ? undefined : head;
  }

  async #readHead(client: Client): Promise<Head | Refused> {
    const reply = await client.request("GET /repos/{owner}/{repo}/branches/{branch}", { ...this.#at, branch: this.#name });
    if (!reply.ok && reply.failure.kind === "missing") return this.#remember({ commit: "", tree: "", index: [] });
    if (!reply.ok) return this.#refusal("read", reply);
    const commit = textAt(reply.data, "commit", "sha");
    const tree = textAt(reply.data, "commit", "commit", "tree", "sha");
    if (!isCommit(commit) || !isCommit(tree)) return { skipped: `GitHub's answer about the branch ${this.#name} makes no sense` };
    const index = await this.#readIndex(client, commit);
    return "skipped" in index ? index : this.#remember({ commit, tree, index });
  }

  /** An index that is torn is read once more, in case the answer was; then it is started anew: the records themselves are still there. */
  async #readIndex(client: Client, commit: string): Promise<readonly Past[] | Refused> {
    const owner = ownerOf(this.#context);
    for (let looks = 1; looks <= 2; looks++) {
      const text = await this.#readFile(client, historyPath(owner), commit);
      if (typeof text === "object") return text;
      const index = text === undefined ? [] : parseHistory(text, owner);
      if (index !== undefined) return index;
    }
    return [];
  }

  #remember(head: Head): Head {
    this.#head = head;
    return head;
  }

  async #readFile(client: Client, path: string, ref: string): Promise<string | undefined | Refused> {
    const reply = await client.request("GET /repos/{owner}/{repo}/contents/{path}", { ...this.#at, path, ref }, { raw: true });
    if (!reply.ok) return reply.failure.kind === "missing" ? undefined : this.#refusal("read", reply);
    return reply.data instanceof ArrayBuffer ? new TextDecoder().decode(reply.data) : String(reply.data);
  }

  /** One commit on top of `head`, put in place only if the branch still stands there. */
  async #commit(client: Client, head: Head, change: Change): Promise<"done" | "overtaken" | Refused> {
    const first = head.commit === "";
    const files = await change.files(head, client);
    if ("skipped" in files) return files;
    const tree = await this.#post(client, "POST /repos/{owner}/{repo}/git/trees", {
      ...(first ? {} : { base_tree: head.tree }),
      tree: files.map(({ name, content }) => ({ path: name, mode: "100644", type: "blob", content })),
    });
    if (typeof tree === "object") return tree;
    const commit = await this.#post(client, "POST /repos/{owner}/{repo}/git/commits", {
      message: change.message,
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

  #files(head: Head, record: BaselineRecord, extra: readonly Extra[]): Extra[] {
    const owner = ownerOf(this.#context);
    const folder = historyPath(owner).slice(0, -"history.json".length);
    return [
      ...(head.commit === "" ? [{ name: "README.md", content: readme }] : []),
      { name: recordPath(owner, record.commit), content: renderEnvelope({ record, history: [] }) },
      { name: historyPath(owner), content: renderHistory(owner, withPast(head.index, pointOf(record) ?? bare(record), keep)) },
      ...allowedExtra(extra).map(({ name, content }) => ({ name: `${folder}${name}`, content })),
    ];
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

/** An index must name every record, also one whose data has nothing short. */
function bare(record: BaselineRecord): Past {
  return { ...record, data: null, point: true };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function textAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === "object" && at !== null ? (at as Readonly<Record<string, unknown>>)[name] : undefined),
    value,
  );
}
