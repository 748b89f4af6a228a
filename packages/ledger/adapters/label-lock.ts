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
import { type Access, textAt } from "./access.ts";

const colour = "ededed";

/**
 * Locks for jobs that may write issues and nothing else: a repository has each label once, so making one is create-if-absent. The lease is the label's
 * description. A lock whose lease is over is renamed away first; its new name holds the old lease's owner, so that one lease is taken over once.
 */
export class LabelLocks implements Locks {
  readonly #access: Access;

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
    const lease = await this.#create(key, owner);
    if (lease !== undefined) return this.#held(key, lease);
    const standing = await this.#standing(key);
    const now = this.#access.now();
    if (standing?.owner === owner) return this.#held(key, standing);
    if (standing !== undefined && standing.until > now) return { busy: standing };
    const grave = standing === undefined ? undefined : await this.#bury(key, standing);
    const second = await this.#create(key, owner);
    return second === undefined ? { busy: { owner: "", until: now } } : this.#held(key, second, grave);
  }

  #held(key: string, first: Lease, grave?: string): Held {
    let lease = first;
    const access = this.#access;
    return {
      get lease() {
        return lease;
      },
      ensure: async (milliseconds) => {
        if (lease.until - access.now() >= milliseconds) return;
        if (lease.until - access.now() < safeMargin) throw new Unreachable("the lock's time is over");
        const renewed = { owner: lease.owner, until: access.now() + leaseLength };
        const reply = await access.ask("issues", "PATCH /repos/{owner}/{repo}/labels/{name}", {
          name: nameOf(key),
          description: renderLease(renewed),
        });
        if ("failure" in reply) throw new Unreachable("another run took the lock");
        lease = renewed;
      },
      release: async () => {
        // The grave stays until now: a latecomer that still believes in the old lease must find its new name in use.
        if (grave !== undefined) await access.ask("issues", "DELETE /repos/{owner}/{repo}/labels/{name}", { name: grave });
        if (lease.until - access.now() < safeMargin) return;
        await access.ask("issues", "DELETE /repos/{owner}/{repo}/labels/{name}", { name: nameOf(key) });
      },
    };
  }

  /** `undefined` where the label is there already. */
  async #create(key: string, owner: string): Promise<Lease | undefined> {
    const lease = { owner, until: this.#access.now() + leaseLength };
    const reply = await this.#access.ask(
      "issues",
      "POST /repos/{owner}/{repo}/labels",
      { name: nameOf(key), color: colour, description: renderLease(lease) },
      { repeatable: true },
    );
    if (!("failure" in reply)) return lease;
    if (reply.failure.status === 422) return undefined;
    throw this.#access.unexpected("the lock", reply.failure);
  }

  async #standing(key: string): Promise<Lease | undefined> {
    const reply = await this.#access.ask("issues", "GET /repos/{owner}/{repo}/labels/{name}", { name: nameOf(key) });
    if (!("failure" in reply)) return parseLease(textAt(reply.data, "description"), this.#access.now()) ?? { owner: "", until: 0 };
    if (reply.failure.kind === "missing") return undefined;
    throw this.#access.unexpected("the lock", reply.failure);
  }

  /** Whoever renames it first takes it away; the others find the new name in use, or nothing to rename. */
  async #bury(key: string, { owner }: Lease): Promise<string | undefined> {
    const grave = `${nameOf(key)}~${owner.slice(0, 6)}`;
    const reply = await this.#access.ask("issues", "PATCH /repos/{owner}/{repo}/labels/{name}", { name: nameOf(key), new_name: grave });
    return "failure" in reply ? undefined : grave;
  }
}

const nameOf = (key: string): string => `forge-lock-${key}`;
