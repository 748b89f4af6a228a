import type { Client } from "./client.ts";
import { inWords } from "./failures.ts";
import { bodyOf, marked, markerOf, ownOf, type Seen, seenOf } from "./sticky.ts";

export interface Place {
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

export type Posted = { readonly url: string } | { readonly skipped: string };

const listRoute = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
const createRoute = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
const updateRoute = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
const deleteRoute = "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}";

/** Before each further look at a list that may lag behind, in milliseconds. */
const looks = [1000, 2000, 4000] as const;

/** How far back a look for what was just written goes. */
const recently = 10 * 60 * 1000;

/**
 * What a comment shall say. A function gets what it says now, without the marker, or nothing where there is none; where it gives nothing, all stays as it is.
 */
export type Wording = string | ((previous: string | undefined) => Promise<string | undefined>);

/** Makes the one comment with this key say `text`; usually two or three requests. */
export async function upsertComment(client: Client, place: Place, key: string, text: Wording): Promise<Posted> {
  return new Upsert(client, place, key, text).run();
}

/** What the one comment with this key says, without the marker; `undefined` where there is none. */
export async function readComment(client: Client, place: Place, key: string): Promise<{ text: string | undefined } | { skipped: string }> {
  return new Upsert(client, place, key, "").read();
}

type Own = { readonly own: readonly Seen[] } | { readonly skipped: string };

class Upsert {
  readonly #client: Client;
  readonly #at: { readonly owner: string; readonly repo: string };
  readonly #issue: { readonly owner: string; readonly repo: string; readonly issue_number: number };
  readonly #key: string;
  readonly #text: Wording;
  #body = "";

  constructor(client: Client, place: Place, key: string, text: Wording) {
    const { owner, repo, number } = place;
    this.#client = client;
    this.#at = { owner, repo };
    this.#issue = { owner, repo, issue_number: number };
    this.#key = key;
    this.#text = text;
  }

  async run(): Promise<Posted> {
    const found = await this.#listOwn();
    if ("skipped" in found) return found;
    const text = this.#text;
    const wanted = typeof text === "string" ? text : await text(this.#withoutMarker(found.own));
    if (wanted === undefined) return { url: found.own[0]?.url ?? "" };
    this.#body = bodyOf(this.#key, wanted);
    return (await this.#updateOldest(found.own)) ?? this.#create();
  }

  async read(): Promise<{ text: string | undefined } | { skipped: string }> {
    const found = await this.#listOwn();
    return "skipped" in found ? found : { text: this.#withoutMarker(found.own) };
  }

  #withoutMarker([oldest]: readonly Seen[]): string | undefined {
    return oldest?.body.slice(markerOf(this.#key).length + 1);
  }

  async #listOwn(since?: string): Promise<Own> {
    const listed = await this.#client.list(listRoute, { ...this.#issue, ...(since === undefined ? {} : { since }) });
    if ("failure" in listed) return { skipped: inWords(listed.failure) };
    const claims = marked(listed.items, this.#key);
    if (claims.length === 0) return { own: [] };
    const login = await this.#client.login();
    return login === undefined ? { skipped: "it could not be found out whose token this is" } : { own: ownOf(claims, login) };
  }

  /** The oldest is kept and rewritten, younger ones of a lost race are removed; `undefined` when there is none any more. */
  async #updateOldest([oldest, ...younger]: readonly Seen[]): Promise<Posted | undefined> {
    if (oldest === undefined) return undefined;
    if (oldest.body !== this.#body) {
      const reply = await this.#client.request(updateRoute, { ...this.#at, comment_id: oldest.id, body: this.#body });
      if (!reply.ok) return reply.failure.kind === "missing" ? undefined : { skipped: inWords(reply.failure) };
    }
    for (const { id } of younger) await this.#remove(id);
    return { url: oldest.url };
  }

  /** Posting is not repeatable: where it may have happened, the list is read before anything is posted again. */
  async #create(): Promise<Posted> {
    for (let posts = 1; ; posts++) {
      const reply = await this.#client.request(createRoute, { ...this.#issue, body: this.#body });
      if (reply.ok) {
        const created = seenOf(reply.data);
        return created === undefined ? { skipped: "GitHub's answer is not a comment" } : this.#settle(created);
      }
      if (!reply.failure.maybeDone) return { skipped: inWords(reply.failure) };
      const found = await this.#lookAgain();
      if (found !== undefined) return found;
      if (posts === 2) return { skipped: inWords(reply.failure) };
    }
  }

  async #lookAgain(): Promise<Posted | undefined> {
    for (const wait of looks) {
      if (!(await this.#client.pause(wait))) return { skipped: "GitHub could not be asked whether the comment was posted" };
      const found = await this.#listOwn();
      if ("skipped" in found) return found;
      const updated = await this.#updateOldest(found.own);
      if (updated !== undefined) return updated;
    }
    return undefined;
  }

  /**
   * Two may have posted at once. A list that shows ours shows all that are older, so of any number that race only the oldest finds
   * nothing before its own; every other one hands its text to the oldest and removes what it posted.
   */
  async #settle(created: Seen): Promise<Posted> {
    const since = new Date((Date.parse(created.created) || 0) - recently).toISOString();
    for (const wait of [0, ...looks]) {
      if (wait > 0 && !(await this.#client.pause(wait))) break;
      const listed = await this.#client.list(listRoute, { ...this.#issue, ...(wait === 0 ? { since } : {}) });
      if ("failure" in listed) break;
      const own = ownOf(marked(listed.items, this.#key), created.login);
      if (!own.some(({ id }) => id === created.id)) continue;
      if (own[0] === undefined || own[0].id === created.id) break;
      return (await this.#yieldTo(own[0], created)) ?? { url: created.url };
    }
    return { url: created.url };
  }

  async #yieldTo(oldest: Seen, created: Seen): Promise<Posted | undefined> {
    const updated = await this.#updateOldest([oldest]);
    if (updated !== undefined && "url" in updated) await this.#remove(created.id);
    return updated !== undefined && "url" in updated ? updated : undefined;
  }

  /** A comment that cannot be removed now is removed by the next run. */
  async #remove(id: number): Promise<void> {
    await this.#client.request(deleteRoute, { ...this.#at, comment_id: id });
  }
}
