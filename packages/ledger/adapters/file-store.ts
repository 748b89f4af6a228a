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
      throw new UserError(`The ledger's file ${target} cannot be written: ${messageOf(cause)}.`, { cause });
    }
  }

  async #paths(below: string): Promise<string[]> {
    const found: string[] = [];
    for (const entry of await list(join(this.#folder, below))) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (!isLedgerPath(path) || path.endsWith(".tmp") || path.endsWith(".lock")) continue;
      if (entry.isDirectory()) found.push(...(await this.#paths(path)));
      else if (entry.isFile()) found.push(path);
      if (found.length > mostFiles) throw new UserError(`The ledger in ${this.#folder} has more than ${mostFiles} files.`);
    }
    return found.sort();
  }
}

/** Lock files that are made only if they are absent; one whose lease is over is moved away by whoever renames it first. */
export class FileLocks implements Locks {
  readonly #folder: string;
  readonly #now: () => number;

  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
  }

  acquire(key: string, wait: number): Promise<Held | Busy> {
    if (!isLockKey(key)) throw new Error(`${JSON.stringify(key)} cannot be the key of a lock.`);
    const owner = newOwner();
    const rounds = Math.max(Math.floor(wait / 50), 1);
    return waitForLock(
      () => this.#attempt(key, owner),
      () => sleep(50),
      rounds * 1_000,
    );
  }

  async #attempt(key: string, owner: string): Promise<Held | Busy> {
    const path = join(this.#folder, `${key}.lock`);
    const lease = { owner, until: this.#now() + leaseLength };
    try {
      await mkdir(this.#folder, { recursive: true });
      const file = await open(path, "wx");
      await file.writeFile(renderLease(lease));
      await file.close();
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw new UserError(`The lock ${path} cannot be written: ${messageOf(cause)}.`, { cause });
      const busy = (await this.#standing(path)) ?? { owner: "", until: this.#now() };
      if (busy.until <= this.#now() && busy.owner !== "") await rename(path, `${path}.${owner}.tmp`).catch(() => undefined);
      return { busy };
    }
    return this.#held(path, lease);
  }

  #held(path: string, first: Lease): Held {
    let lease = first;
    const mine = async (): Promise<boolean> => parseLease(await readFile(path, "utf8").catch(() => ""), this.#now())?.owner === lease.owner;
    return {
      get lease() {
        return lease;
      },
      ensure: async (milliseconds) => {
        if (!(await mine())) throw new Unreachable("another run took the lock");
        if (lease.until - this.#now() >= milliseconds) return;
        const renewed = { owner: lease.owner, until: this.#now() + leaseLength };
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
  async #standing(path: string): Promise<{ owner: string; until: number } | undefined> {
    const text = await readFile(path, "utf8").catch(() => "");
    const lease = parseLease(text, this.#now());
    if (lease !== undefined) return lease;
    const made = await stat(path).catch(() => undefined);
    return made === undefined ? undefined : { owner: "torn", until: made.mtimeMs + leaseLength };
  }
}

async function list(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return [];
    throw new UserError(`The ledger's folder ${folder} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

async function sleep(milliseconds: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return true;
}
