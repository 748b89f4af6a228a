import { Unreachable } from "../failures.ts";
import {
  type Busy,
  type Held,
  isLockKey,
  type Lease,
  type Locks,
  leaseLength,
  newOwner,
  parseLease,
  renderLease,
  safeMargin,
  waitForLock,
} from "../lock.ts";
import { type Access, type Answered, textAt } from "./access.ts";

/** A lease and the commit that says so. */
interface Standing {
  readonly lease: Lease;
  readonly commit: string;
}

/**
 * Locks as refs, `refs/forge/lock/<key>`: git makes a ref only if it is absent, and moves it only forwards. A lease is the message of the commit that
 * the ref points to, and it is renewed or taken over by a child of exactly that commit, so of several that try only one gets it.
 */
export class RefLocks implements Locks {
  readonly #access: Access;
  #tree: string | undefined;

  constructor(access: Access) {
    this.#access = access;
  }

  acquire(key: string, wait: number, waiting?: (holder: Lease) => void): Promise<Held | Busy> {
    if (!isLockKey(key)) throw new Error(`${JSON.stringify(key)} cannot be the key of a lock.`);
    const owner = newOwner();
    return waitForLock(
      () => this.#attempt(key, owner),
      (milliseconds) => this.#access.pause(milliseconds),
      wait,
      waiting,
    );
  }

  async #attempt(key: string, owner: string): Promise<Held | Busy> {
    const standing = await this.#standing(key);
    const now = this.#access.now();
    if (standing !== undefined && standing.lease.owner !== owner && standing.lease.until > now) return { busy: standing.lease };
    const taken = await this.#take(key, owner, standing?.commit);
    if (taken !== undefined) return this.#held(key, taken);
    const rival = await this.#standing(key);
    // An answer may have been lost after the deed.
    if (rival !== undefined && rival.lease.owner === owner) return this.#held(key, rival);
    return { busy: rival?.lease ?? { owner: "", until: this.#access.now() } };
  }

  #held(key: string, first: Standing): Held {
    let standing = first;
    const access = this.#access;
    return {
      get lease() {
        return standing.lease;
      },
      ensure: async (milliseconds) => {
        if (standing.lease.until - access.now() >= milliseconds) return;
        const renewed = await this.#take(key, standing.lease.owner, standing.commit);
        if (renewed === undefined) throw new Unreachable("another run took the lock");
        standing = renewed;
      },
      release: async () => {
        if (standing.lease.until - access.now() < safeMargin) return;
        await access.ask("contents", "DELETE /repos/{owner}/{repo}/git/refs/{ref}", { ref: refOf(key) });
      },
    };
  }

  async #standing(key: string): Promise<Standing | undefined> {
    const reply = await this.#access.ask("contents", "GET /repos/{owner}/{repo}/git/ref/{ref}", { ref: refOf(key) });
    if ("failure" in reply && reply.failure.kind === "missing") return undefined;
    const commit = textAt(this.#data(reply), "object", "sha");
    const read = await this.#access.ask("contents", "GET /repos/{owner}/{repo}/git/commits/{commit_sha}", { commit_sha: commit });
    const lease = parseLease(textAt(this.#data(read), "message"), this.#access.now());
    return { commit, lease: lease ?? { owner: "", until: 0 } };
  }

  /** `undefined` when somebody else was first. */
  async #take(key: string, owner: string, over: string | undefined): Promise<Standing | undefined> {
    const lease = { owner, until: this.#access.now() + leaseLength };
    const tree = await this.#emptyTree();
    const made = await this.#access.ask(
      "contents",
      "POST /repos/{owner}/{repo}/git/commits",
      { message: renderLease(lease), tree, parents: over === undefined ? [] : [over] },
      { repeatable: true },
    );
    const commit = textAt(this.#data(made), "sha");
    const reply =
      over === undefined
        ? await this.#access.ask(
            "contents",
            "POST /repos/{owner}/{repo}/git/refs",
            { ref: `refs/${refOf(key)}`, sha: commit },
            { repeatable: true },
          )
        : await this.#access.ask("contents", "PATCH /repos/{owner}/{repo}/git/refs/{ref}", { ref: refOf(key), sha: commit, force: false });
    if (!("failure" in reply)) return { lease, commit };
    if (/not a fast.forward|already exists|does not exist/i.test(reply.failure.message)) return undefined;
    throw this.#access.unexpected("the lock", reply.failure);
  }

  async #emptyTree(): Promise<string> {
    this.#tree ??= textAt(
      this.#data(
        await this.#access.ask(
          "contents",
          "POST /repos/{owner}/{repo}/git/trees",
          {
            tree: [{ path: "lock", mode: "100644", type: "blob", content: "A lock of Forge: its lease is the message of this commit.\n" }],
          },
          { repeatable: true },
        ),
      ),
      "sha",
    );
    return this.#tree;
  }

  #data(reply: Answered): unknown {
    if ("failure" in reply) throw this.#access.unexpected("the lock", reply.failure);
    return reply.data;
  }
}

const refOf = (key: string): string => `forge/lock/${key}`;
