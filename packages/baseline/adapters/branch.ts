import { isProposal } from "../../frame/event.ts";
import type { BaselineRecord } from "../../frame/ports.ts";
import type { Client, Pace } from "../../github/client.ts";
import { compacted, isDue, type Journal, readJournal } from "../compaction.ts";
import { type Missing, type Past, parseHistory, pointOf, renderEnvelope, renderHistory, withPast } from "../envelope.ts";
import type { Entry } from "../journal.ts";
import { allowedExtra, entryPath, historyPath, memoryPath, readme, recordPath, runsPath } from "../layout.ts";
import { type BaselineContext, type Extra, ownerOf, type Saved, type Shelf } from "../store.ts";
import { type At, BranchRequests, type Head, type Refused } from "./branch-requests.ts";
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
  return new BranchShelf(context, { owner, repo, branch: name }, client);
}

/** One change of the branch. */
interface Change {
  readonly message: string;
  readonly path: string;
  files(head: Head, client: Client): readonly Extra[] | Promise<readonly Extra[] | Refused>;
  /** Whether the branch has it: an answer may have been lost after the deed. */
  isIn?(head: Head, client: Client): Promise<boolean | Refused>;
}

class BranchShelf implements Shelf {
  readonly #context: BranchContext;
  readonly #name: string;
  readonly #ask: BranchRequests;
  readonly #open: () => Client;
  /** As it was last read; the first try of a write starts from it, and finds out if it is old. */
  #head: Head | undefined;
  /** Of the commit that it was read at. */
  #index: { readonly commit: string; readonly index: readonly Past[] } | undefined;
  #journal: { readonly commit: string; readonly journal: Journal } | undefined;
  /** Files of entries. */
  readonly #seen = new Map<string, string>();

  constructor(context: BranchContext, at: At, open: () => Client) {
    this.#context = context;
    this.#name = at.branch;
    this.#ask = new BranchRequests(at);
    this.#open = open;
  }

  async nearest(commits: readonly string[]): Promise<BaselineRecord | Missing> {
    const client = this.#open();
    const head = await this.#readHead(client);
    if ("skipped" in head) return { missing: head.skipped };
    if (head.commit === "") return { missing: `there is no branch ${this.#name} yet` };
    const index = await this.#readIndex(client, head);
    if ("skipped" in index) return { missing: index.skipped };
    const chosen = nearestIn(index, commits);
    if ("missing" in chosen) return chosen;
    const owner = ownerOf(this.#context);
    const text = await this.#ask.readFile(client, recordPath(owner, chosen.commit), head.commit);
    return typeof text === "object" ? { missing: text.skipped } : recordFrom(text, owner, chosen.commit);
  }

  async history(): Promise<readonly BaselineRecord[]> {
    const client = this.#open();
    const head = this.#head ?? (await this.#readHead(client));
    if ("skipped" in head) return [];
    const index = await this.#readIndex(client, head);
    return "skipped" in index ? [] : index;
  }

  put(record: BaselineRecord, extra: readonly Extra[]): Promise<Saved> {
    return this.#write({
      message: `${record.action}${record.id === "" ? "" : ` ${record.id}`} at ${record.commit}\n`,
      path: recordPath(ownerOf(this.#context), record.commit),
      files: async (head, client) => {
        const index = await this.#readIndex(client, head);
        return "skipped" in index ? index : [...readMe(head), ...this.#files(index, record, extra)];
      },
      isIn: async (head, client) => {
        const index = await this.#readIndex(client, head);
        return "skipped" in index ? index : index.some(({ commit, created }) => commit === record.commit && created === record.created);
      },
    });
  }

  /**
   * The entry's own file and no more, in three requests where this run has read the entries. Where it has seen that they want putting
   * together, that is in the same commit; if it was overtaken, from what is there then.
   */
  append(entry: Entry): Promise<Saved> {
    const owner = ownerOf(this.#context);
    let due = false;
    return this.#write({
      message: `${owner.action}${owner.id === "" ? "" : ` ${owner.id}`}: ${entry.name}\n`,
      path: entryPath(owner, entry.name),
      files: async (head, client) => {
        const own = { name: entryPath(owner, entry.name), content: `${JSON.stringify(entry.data)}\n` };
        let known = this.#journal?.commit === head.commit ? this.#journal.journal : undefined;
        if (known === undefined && due && head.commit !== "") {
          const read = await this.#readJournal(client, head);
          // What cannot be read now is put together by a later writer; this entry does not wait for it.
          if (!("skipped" in read)) known = read.journal;
        }
        if (known !== undefined) due = isDue(known, entry);
        return [...readMe(head), own, ...(known !== undefined && due ? compacted(owner, known, entry) : [])];
      },
    });
  }

  async entries(): Promise<readonly Entry[] | Missing> {
    const client = this.#open();
    const head = await this.#readHead(client);
    if ("skipped" in head) return { missing: head.skipped };
    if (head.commit === "") return { missing: `there is no branch ${this.#name} yet` };
    const read = await this.#readJournal(client, head);
    return "skipped" in read ? { missing: read.skipped } : read.entries;
  }

  async #readJournal(client: Client, { commit }: Head): Promise<{ entries: readonly Entry[]; journal: Journal } | Refused> {
    const place = {
      names: (path: string) => this.#ask.namesIn(client, path, commit),
      text: (path: string) => this.#text(client, path, commit),
    };
    const read = await readJournal<Refused>(place, ownerOf(this.#context));
    if (!("skipped" in read)) this.#journal = { commit, journal: read.journal };
    return read;
  }

  /** An entry's file never changes, so one that was read is not asked for again by who starts anew. */
  async #text(client: Client, path: string, commit: string): Promise<string | undefined | Refused> {
    const seen = this.#seen.get(path);
    if (seen !== undefined) return seen;
    const text = await this.#ask.readFile(client, path, commit);
    if (typeof text === "string" && path.startsWith(`${runsPath(ownerOf(this.#context))}/`)) this.#seen.set(path, text);
    return text;
  }

  publish(files: readonly Extra[]): Promise<Saved> {
    const message = `${this.#context.action} at ${this.#context.event.sha}\n`;
    return this.#write({ message, path: files[0]?.name ?? "nothing", files: () => files });
  }

  async recall(name: string): Promise<string | undefined> {
    const text = await this.#ask.readFile(this.#open(), memoryPath(ownerOf(this.#context), name), this.#name);
    if (typeof text === "object") throw new Error(text.skipped);
    return text;
  }

  async remember(name: string, content: string): Promise<Saved> {
    if (isProposal(this.#context.event)) return { skipped: `a pull request does not write to the branch ${this.#name}` };
    const path = memoryPath(ownerOf(this.#context), name);
    const message = `${this.#context.action} remembers ${name}\n`;
    return this.#write({ message, path, files: (head) => [...readMe(head), { name: path, content }] });
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
    const isIn = first ? false : ((await change.isIn?.(head, client)) ?? false);
    if (typeof isIn === "object") return isIn;
    if (isIn) return "done";
    const files = await change.files(head, client);
    return "skipped" in files ? files : this.#ask.commit(client, head, change.message, files);
  }

  async #readHead(client: Client): Promise<Head | Refused> {
    const head = await this.#ask.readHead(client);
    if (!("skipped" in head)) this.#head = head;
    return head;
  }

  /** An index that is torn is read once more, in case the answer was; then it is started anew: the records themselves are still there. */
  async #readIndex(client: Client, { commit }: Head): Promise<readonly Past[] | Refused> {
    if (commit === "") return [];
    if (this.#index?.commit === commit) return this.#index.index;
    const owner = ownerOf(this.#context);
    for (let looks = 1; looks <= 2; looks++) {
      const text = await this.#ask.readFile(client, historyPath(owner), commit);
      if (typeof text === "object") return text;
      const index = text === undefined ? [] : parseHistory(text, owner);
      if (index === undefined) continue;
      this.#index = { commit, index };
      return index;
    }
    return [];
  }

  #files(index: readonly Past[], record: BaselineRecord, extra: readonly Extra[]): Extra[] {
    const owner = ownerOf(this.#context);
    const folder = historyPath(owner).slice(0, -"history.json".length);
    return [
      { name: recordPath(owner, record.commit), content: renderEnvelope({ record, history: [] }) },
      { name: historyPath(owner), content: renderHistory(owner, withPast(index, pointOf(record) ?? bare(record), keep)) },
      ...allowedExtra(extra).map(({ name, content }) => ({ name: `${folder}${name}`, content })),
    ];
  }
}

/** A branch that is made now says what it is. */
const readMe = ({ commit }: Head): Extra[] => (commit === "" ? [{ name: "README.md", content: readme }] : []);

/** An index must name every record, also one whose data has nothing short. */
function bare(record: BaselineRecord): Past {
  return { ...record, data: null, point: true };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
