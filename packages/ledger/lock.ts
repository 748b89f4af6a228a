/** Locks that end by themselves: create-if-absent, with an owner and a lease by the server's clock, never longer than a minute. */

export interface Locks {
  /**
   * Takes the lock, waiting at most `wait` milliseconds for its owner; one whose lease is over is taken from it.
   * `key`: letters, digits and dashes, at most 30. `waiting` is told once of each holder that is waited for.
   */
  acquire(key: string, wait: number, waiting?: (holder: Lease) => void): Promise<Held | Busy>;
}

export interface Busy {
  readonly busy: Lease;
}

export interface Held {
  readonly lease: Lease;
  /**
   * Until when the lease of a dead holder would have lasted, where the lock was taken before that because its process was surely over. What that process had
   * started may still be at work until then.
   */
  readonly early?: number;
  /** Makes sure of `milliseconds` more; throws `Unreachable` where the lock was lost. Call it before what must not happen twice. */
  ensure(milliseconds: number): Promise<void>;
  /** Gives the lock up. One that may have been taken by another in the meantime is left alone. */
  release(): Promise<void>;
}

export interface Lease {
  /** Tells this holder from any other: a random id. */
  readonly owner: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly until: number;
  /** The holder's process, where it can be told; as `liveness.ts` names it. */
  readonly process?: string;
}

/**
 * Long enough for a list, a creation and their retries, and for a renewal that gets no answer within its 8 seconds to be tried again; short enough that the next
 * run need not wait long for one that died. Less would take the lock from a run at work as soon as GitHub is slow.
 */
export const leaseLength = 20_000;

/** A lease is not given back in its last seconds: the request could arrive when it is somebody else's. */
export const safeMargin = 3_000;

export const leasePause = 1_000;

const leaseText = /^forge lock ([0-9a-f-]{8,40}) until (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z)(?: by ([0-9a-f/-]{1,90}))?/;

export function renderLease({ owner, until, process }: Lease): string {
  return `forge lock ${owner} until ${new Date(until).toISOString()}${process === undefined ? "" : ` by ${process}`}`;
}

/** `undefined` for what no lock wrote. A lease that claims to last longer than a minute from `now` is cut to a minute. */
export function parseLease(text: string, now: number): Lease | undefined {
  const [, owner, until, process] = leaseText.exec(text) ?? [];
  if (owner === undefined || until === undefined) return undefined;
  return { owner, until: Math.min(Date.parse(until), now + 60_000), ...(process === undefined ? {} : { process }) };
}

export function isLockKey(key: string): boolean {
  return /^[a-z0-9-]{1,30}$/.test(key);
}

/** A short random name for a holder. */
export function newOwner(): string {
  return crypto.randomUUID().slice(0, 18);
}

/** Waits for a lock in rounds: `attempt` takes it or says who holds it. */
export async function waitForLock(
  attempt: () => Promise<Held | Busy>,
  pause: (milliseconds: number) => Promise<boolean>,
  wait: number,
  waiting: (holder: Lease) => void = () => undefined,
): Promise<Held | Busy> {
  const told = new Set<string>();
  for (let waited = 0; ; waited += leasePause) {
    const outcome = await attempt();
    if ("busy" in outcome && waited + leasePause <= wait && outcome.busy.owner !== "" && !told.has(outcome.busy.owner)) {
      told.add(outcome.busy.owner);
      waiting(outcome.busy);
    }
    if (!("busy" in outcome) || waited + leasePause > wait || !(await pause(leasePause))) return outcome;
  }
}
