import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf, messageOf, UserError } from "../../frame/errors.ts";
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
  waitForLock,
} from "../lock.ts";
import { type Changes, isLedgerPath, type Snapshot, type Store, snapshotOf } from "../store.ts";
import { isGone, whoIAm } from "./liveness.ts";

const mostFiles = 5_000;
const writeWait = 10_000;

/** Files below a folder, for laptops, tests and runners that keep their disk. Writers take a lock file, and each file is replaced whole. */
export class FileStore implements Store {
  readonly #folder: string;
  readonly #locks: FileLocks;

  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#locks = new FileLocks(folder, now);
  }

  async read(): Promise<Snapshot> {
    const files = new Map<string, string>();
    for (const path of await this.#paths("")) files.set(path, await readFile(join(this.#folder, path), "utf8"));
    return snapshotOf(JSON.stringify([...files]), files);
  }

  async write(from: Snapshot, changes: Changes, _message: string): Promise<Snapshot | "overtaken"> {
    const held = await this.#locks.acquire("ledger", writeWait);
    if ("busy" in held) return "overtaken";
    try {
      if ((await this.read()).version !== from.version) return "overtaken";
      for (const [path, text] of Object.entries(changes)) await this.#put(path, text);
      return await this.read();
    } finally {
      await held.release();
    }
  }

  pause(milliseconds: number): Promise<boolean> {
    return sleep(Math.min(milliseconds, 250));
  }

  async #put(path: string, text: string | null): Promise<void> {
    const target = join(this.#folder, path);
    try {
      if (text === null) {
        await rm(target, { force: true });
        return;
      }
      await mkdir(dirname(target), { recursive: true });
      const temporary = `${target}.${newOwner()}.tmp`;
      await writeFile(temporary, text);
      await rename(temporary, target);
    } catch (cause) {
      throw new UserError(`The ledger's file ${target} cannot be written: ${messageOf(cause)}.`, { exitCode: 3, cause });
    }
  }

  async #paths(below: string): Promise<string[]> {
    const found: string[] = [];
    for (const entry of await list(join(this.#folder, below))) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (!isLedgerPath(path) || path.endsWith(".tmp") || path.endsWith(".lock")) continue;
      if (entry.isDirectory()) found.push(...(await this.#paths(path)));
      else if (entry.isFile()) found.push(path);
      if (found.length > mostFiles) throw new UserError(`The ledger in ${this.#folder} has more than ${mostFiles} files.`, { exitCode: 3 });
    }
    return found.sort();
  }
}

/** What a waiting run saw of a lock, and since when, by a clock that nobody sets. */
interface Watched {
  text: string;
  since: number;
}

/**
 * Lock files that are made only if they are absent. One whose lease is over, or whose holder is surely gone, is moved away by whoever makes the mark for that
 * holder's end first, so that nobody moves away the next holder's.
 */
export class FileLocks implements Locks {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #longestStill: number;

  constructor(folder: string, now: () => number, longestStill = 60_000) {
    this.#folder = folder;
    this.#now = now;
    this.#longestStill = longestStill;
  }

  async acquire(key: string, wait: number, waiting?: (holder: Lease) => void): Promise<Held | Busy> {
    if (!isLockKey(key)) throw new Error(`${JSON.stringify(key)} cannot be the key of a lock.`);
    const me = { owner: newOwner(), process: await whoIAm() };
    const rounds = Math.max(Math.floor(wait / 50), 1);
    let early: number | undefined;
    const watched: Watched = { text: "", since: 0 };
    return waitForLock(
      async () => {
        const outcome = await this.#attempt(key, me, early, watched);
        if ("gone" in outcome) early = outcome.gone;
        return outcome;
      },
      () => sleep(50),
      rounds * 1_000,
      waiting,
    );
  }

  async #attempt(
    key: string,
    me: { owner: string; process: string },
    early: number | undefined,
    watched: Watched,
  ): Promise<Held | (Busy & { gone?: number })> {
    const path = join(this.#folder, `${key}.lock`);
    const lease = { owner: me.owner, until: this.#now() + leaseLength, ...(me.process === "" ? {} : { process: me.process }) };
    // Its EEXIST says that a file is where the folder should be, and not that somebody holds the lock.
    await mkdir(this.#folder, { recursive: true }).catch((cause: unknown) => cannotWrite(path, cause));
    try {
      const file = await open(path, "wx");
      await file.writeFile(renderLease(lease));
      await file.close();
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") return cannotWrite(path, cause);
      return this.#moveAway(path, watched);
    }
    return this.#held(path, lease, early);
  }

  async #moveAway(path: string, watched: Watched): Promise<Busy & { gone?: number }> {
    const busy = await this.#standing(path);
    if (busy === undefined) return { busy: { owner: "", until: this.#now() } };
    const over = busy.until <= this.#now() || (await this.#isStill(path, watched));
    if (!over && !(await isGone(busy.process ?? ""))) return { busy };
    const mark = await open(`${path}.${busy.owner}.tmp`, "wx").catch(() => undefined);
    await mark?.close();
    if (mark !== undefined && (await this.#standing(path))?.owner === busy.owner) await rm(path, { force: true });
    return over ? { busy: { ...busy, owner: "" } } : { busy: { ...busy, owner: "" }, gone: busy.until };
  }

  /** Whoever is alive renews its lease. One that stays as it is for a minute is over, also where this machine's clock was set back since it was written. */
  async #isStill(path: string, watched: Watched): Promise<boolean> {
    const text = await readFile(path, "utf8").catch(() => "");
    if (text !== watched.text || watched.since === 0) Object.assign(watched, { text, since: performance.now() });
    return performance.now() - watched.since > this.#longestStill;
  }

  #held(path: string, first: Lease, early: number | undefined): Held {
    let lease = first;
    const mine = async (): Promise<boolean> => parseLease(await readFile(path, "utf8").catch(() => ""), this.#now())?.owner === lease.owner;
    return {
      get lease() {
        return lease;
      },
      ...(early === undefined ? {} : { early }),
      ensure: async (milliseconds) => {
        if (!(await mine())) throw new Unreachable("another run took the lock");
        if (lease.until - this.#now() >= milliseconds) return;
        const renewed = { ...lease, until: this.#now() + leaseLength };
        const temporary = `${path}.${newOwner()}.tmp`;
        await writeFile(temporary, renderLease(renewed));
        await rename(temporary, path);
        lease = renewed;
      },
      release: async () => {
        if (await mine()) await rm(path, { force: true });
      },
    };
  }

  /** A lock whose lease cannot be read is just being written; after a while it is a torn one, and over. */
  async #standing(path: string): Promise<Lease | undefined> {
    const text = await readFile(path, "utf8").catch(() => "");
    const lease = parseLease(text, this.#now());
    if (lease !== undefined) return lease;
    const made = await stat(path).catch(() => undefined);
    return made === undefined ? undefined : { owner: `torn-${made.mtimeMs}`, until: made.mtimeMs + leaseLength };
  }
}

function cannotWrite(path: string, cause: unknown): never {
  throw new UserError(`The lock ${path} cannot be written: ${messageOf(cause)}.`, { exitCode: 3, cause });
}

async function list(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return [];
    throw new UserError(`The ledger's folder ${folder} cannot be read: ${messageOf(cause)}.`, { exitCode: 3, cause });
  }
}

async function sleep(milliseconds: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return true;
}
