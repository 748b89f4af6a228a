import { Unreachable } from "./failures.ts";

/** A small tree of text files at one moment. */
export interface Snapshot {
  /** Names this moment; a write that starts from another one is refused. */
  readonly version: string;
  readonly paths: readonly string[];
  /** `undefined` where there is no such file. */
  read(path: string): Promise<string | undefined>;
}

/** New texts by path; `null` removes the file. */
export type Changes = Readonly<Record<string, string | null>>;

/**
 * Where records are kept. A write is a compare-and-swap: all of its files, and only if the store still stands at `from`.
 * Throws `Unreachable` and `MissingRight`.
 */
export interface Store {
  read(): Promise<Snapshot>;
  write(from: Snapshot, changes: Changes, message: string): Promise<Snapshot | "overtaken">;
  /** Waits; false when no time is left for it. */
  pause(milliseconds: number): Promise<boolean>;
}

/** What a transaction decides on a snapshot: nothing to write, or files to write, and what it found out. */
export interface Decision<T> {
  readonly result: T;
  readonly changes?: Changes;
  /** Of the commit, where the store has commits. */
  readonly message?: string;
}

export interface Done<T> {
  readonly result: T;
  readonly snapshot: Snapshot;
  readonly written: boolean;
}

const mostTries = 8;
const firstPause = 250;
const longestPause = 4_000;

/**
 * Read, decide, write, until nobody else wrote in between: at most eight times, with pauses drawn from a doubling range. `decide` is asked anew on each
 * fresh snapshot and told which try it is, from 1. `from` saves the first read where the caller has just read or written.
 */
export async function transact<T>(
  store: Store,
  decide: (snapshot: Snapshot, tries: number) => Promise<Decision<T>>,
  options: { readonly from?: Snapshot; readonly random?: () => number } = {},
): Promise<Done<T>> {
  const random = options.random ?? Math.random;
  for (let tries = 1; ; tries++) {
    const snapshot = tries === 1 && options.from !== undefined ? options.from : await store.read();
    const { result, changes, message } = await decide(snapshot, tries);
    if (changes === undefined || Object.keys(changes).length === 0) return { result, snapshot, written: false };
    const written = await store.write(snapshot, changes, message ?? "Remember");
    if (written !== "overtaken") return { result, snapshot: written, written: true };
    const wait = random() * Math.min(longestPause, firstPause * 2 ** (tries - 1));
    if (tries === mostTries || !(await store.pause(wait))) {
      throw new Unreachable(`other runs kept writing to the ledger at the same time, ${tries} times over`);
    }
  }
}

/** A snapshot of texts in memory, as stores that read everything at once give it. */
export function snapshotOf(version: string, files: ReadonlyMap<string, string>): Snapshot {
  return { version, paths: [...files.keys()].sort(), read: async (path) => files.get(path) };
}

/** The files after a change. */
export function changed(files: ReadonlyMap<string, string>, changes: Changes): Map<string, string> {
  const after = new Map(files);
  for (const [path, text] of Object.entries(changes)) {
    if (text === null) after.delete(path);
    else after.set(path, text);
  }
  return after;
}

const safePath = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;

export const longestPath = 200;

/** Paths of a ledger: plain names and single slashes, at most 200 characters, nothing that leads elsewhere. */
export function isLedgerPath(path: string): boolean {
  return path.length <= longestPath && safePath.test(path);
}

/** A store in memory, for tests and for trying things out. */
export function memoryStore(files: Map<string, string> = new Map()): Store & { readonly files: Map<string, string> } {
  let version = 0;
  return {
    files,
    read: async () => snapshotOf(String(version), new Map(files)),
    async write(from, changes) {
      if (from.version !== String(version)) return "overtaken";
      version += 1;
      for (const [path, text] of Object.entries(changes)) {
        if (text === null) files.delete(path);
        else files.set(path, text);
      }
      return snapshotOf(String(version), new Map(files));
    },
    pause: async () => true,
  };
}
