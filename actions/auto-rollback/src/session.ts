import { UserError } from "../../../packages/frame/errors.ts";
import type { Event } from "../../../packages/frame/event.ts";
import type { Held, Lease } from "../../../packages/ledger/lock.ts";
import { type Book, goodMark, type Mark, openAttempt } from "../../../packages/releases/book.ts";
import type { Asked } from "./asked.ts";
import type { Worker } from "./attempt.ts";
import type { Hands } from "./carry-out.ts";
import type { Desk, History, Provider, RollbackInputs, RollbackPorts } from "./ports.ts";
import type { Shelf } from "./shelf.ts";

interface Parts {
  readonly asked: Asked;
  readonly inputs: RollbackInputs;
  readonly ports: RollbackPorts;
  readonly event: Event;
  readonly desk: Desk;
  readonly run: string;
  readonly lock: string;
  readonly shelf: Shelf;
  readonly provider: Provider;
  readonly history: History;
}

/** Another run may be at work, and its rollout may take its time. */
const lockWait = 600_000;
const guardLength = 8_000;

/** How long a request of a run that was killed may take to arrive. */
const requestLength = 3_000;

/** Events whose commit is the newest of a branch and not the one that was deployed. */
const elsewhere = ["schedule", "workflow_run", "issue_comment", "issues", "pull_request_target"];

/** One run: what it was asked, and what it works with. */
export class Session {
  readonly asked: Asked;
  readonly inputs: RollbackInputs;
  readonly ports: RollbackPorts;
  readonly event: Event;
  readonly desk: Desk;
  readonly run: string;
  readonly shelf: Shelf;
  readonly provider: Provider;
  readonly history: History;
  readonly worker: Worker;
  readonly #lock: string;

  constructor(parts: Parts) {
    this.asked = parts.asked;
    this.inputs = parts.inputs;
    this.ports = parts.ports;
    this.event = parts.event;
    this.desk = parts.desk;
    this.run = parts.run;
    this.shelf = parts.shelf;
    this.provider = parts.provider;
    this.history = parts.history;
    this.#lock = parts.lock;
    this.worker = { shelf: parts.shelf, run: parts.run, owner: `${parts.run} ${crypto.randomUUID().slice(0, 12)}` };
  }

  /** Works while nobody else works on this environment. */
  async alone<T>(work: (hands: Hands) => Promise<T>): Promise<T> {
    const taken = await this.desk.locks.acquire(this.#lock, lockWait, (holder) => this.#tellWaiting(holder));
    if ("busy" in taken) {
      throw new UserError(
        `Another run has been working on ${this.asked.environment} for ${lockWait / 60_000} minutes, and this one gave up waiting.`,
        { exitCode: 3 },
      );
    }
    const held = oneByOne(taken);
    const guard = (): Promise<void> => held.ensure(guardLength);
    try {
      return await this.desk.whileHeld(held, async () => {
        await this.#letFinish(taken.early ?? 0);
        return work(this.hands(guard));
      });
    } finally {
      // A lock that cannot be given back ends by itself.
      await held.release().catch(() => undefined);
    }
  }

  /** Short work that the next run can do as well: not done where somebody else is at work. */
  async aloneIfFree(wait: number, work: () => Promise<void>): Promise<void> {
    const taken = await this.desk.locks.acquire(this.#lock, wait);
    if ("busy" in taken) return;
    try {
      await work();
    } finally {
      await taken.release().catch(() => undefined);
    }
  }

  #tellWaiting({ until }: Lease): void {
    const seconds = Math.max(Math.ceil((until - this.desk.now()) / 1000), 0);
    const { environment } = this.asked;
    this.ports.log.notice(`Another run works on ${environment}: waits until it is done, or for ${seconds} s more if it has died`);
  }

  /** A run that died while it changed something may have left a program at work, or at least a request on its way. */
  async #letFinish(leaseEnd: number): Promise<void> {
    const inRequests = ["npm", "oci", "release"].includes(this.asked.settings.provider);
    const until = inRequests ? Math.min(leaseEnd, this.desk.now() + requestLength) : leaseEnd;
    const seconds = Math.ceil((until - this.desk.now()) / 1000);
    if (seconds <= 0) return;
    const attempt = openAttempt((await this.shelf.read()).book);
    if (attempt?.state !== "executing" && attempt?.state !== "reverting") return;
    this.ports.log.notice(`A run died while it was ${attempt.state}: waits ${seconds} s for what it may have left at work`);
    while (this.desk.now() < until && (await this.desk.store.pause(Math.min(until - this.desk.now(), 1_000))));
  }

  hands(guard: () => Promise<void>): Hands {
    const { ports, inputs, worker, provider } = this;
    return { worker, provider, guard, checks: ports.checks, log: ports.log, verify: inputs.verify, allowPrivate: inputs["allow-private"] };
  }

  /** A mark for a release. Its commit stays what it was once known to be. */
  async mark(book: Book, release: string, given: { at: string; why: string; commit: string }): Promise<Mark> {
    const known = given.commit || (await this.provider.commitOf(release)) || (await this.history.resolve(release));
    const earlier = goodMark(book, release)?.commit ?? "";
    const here = elsewhere.includes(this.event.name) ? "" : this.event.sha || (await this.history.head());
    return { release, commit: known || earlier || here, at: given.at, run: this.run, deployment: this.asked.deployment, why: given.why };
  }
}

/** The heartbeat and the looks before a change must not renew the lock at the same moment: the second would find it taken, by the first. */
function oneByOne(held: Held): Held {
  let last: Promise<unknown> = Promise.resolve();
  return {
    get lease() {
      return held.lease;
    },
    ensure(milliseconds) {
      const next = last.then(() => held.ensure(milliseconds));
      last = next.catch(() => undefined);
      return next;
    },
    async release() {
      await last;
      await held.release();
    },
  };
}
