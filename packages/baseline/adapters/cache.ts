import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { codeOf, messageOf } from "../../frame/errors.ts";
import type { BaselineRecord, Log } from "../../frame/ports.ts";
import { batchesOf, cachedFile, type Done, environmentFor, newestFile, refusalIn, type Task } from "../cache-task.ts";
import {
  type Envelope,
  largestEnvelope,
  type Missing,
  type Parsed,
  parseEnvelope,
  pointOf,
  renderEnvelope,
  withPast,
} from "../envelope.ts";
import { cacheKey, cachePrefix, memoryPrefix } from "../layout.ts";
import { type BaselineContext, type Extra, emptyShelf, ownerOf, type Saved, type Shelf, tooFar, wholeHistory } from "../store.ts";

// Bound to a name, so that a bundler does not take what is found from here for an asset.
const here = import.meta.url;

/** Each record carries so much of the past, so that one restore gives the whole trend. */
const keep = { entries: 60, bytes: 1024 * 1024 };

/** The cache's code tries for up to half a minute by itself when the service does not answer. */
const longest = 60_000;

const noService = "there is no cache service here";

/**
 * The cache of GitHub Actions, through `@actions/cache`. That code prints, reads the environment, unpacks into the workspace and retries for
 * long, so it runs in a process of its own: in an empty folder, with what it needs of the environment, its output in our log and its
 * time limited. Only the runner has such a service; elsewhere the shelf is empty.
 */
export async function openCache(context: BaselineContext): Promise<Shelf> {
  const { ACTIONS_CACHE_SERVICE_V2, ACTIONS_CACHE_URL, ACTIONS_RESULTS_URL } = context.environment;
  const service = (ACTIONS_CACHE_SERVICE_V2 ?? "") === "" ? ACTIONS_CACHE_URL : ACTIONS_RESULTS_URL || ACTIONS_CACHE_URL;
  return (service ?? "") === "" ? emptyShelf(noService) : new CacheShelf(context);
}

class CacheShelf implements Shelf {
  readonly #context: BaselineContext;
  /** The newest that was seen: it carries the longest past. */
  #latest: Envelope | undefined;
  #lookedForLatest = false;

  constructor(context: BaselineContext) {
    this.#context = context;
  }

  async nearest(commits: readonly string[]): Promise<BaselineRecord | Missing> {
    const owner = ownerOf(this.#context);
    const keys = commits.map((commit) => cacheKey(owner, commit));
    const found = await this.#restore({ kind: "restore", batches: batchesOf(keys, cachePrefix(owner)), accept: keys });
    if ("problem" in found) return { missing: found.problem };
    this.#note(found.newest);
    this.#note(found.exact);
    if (found.exact !== undefined) return "missing" in found.exact ? found.exact : found.exact.record;
    if (found.newest === undefined) return { missing: "nothing is in the cache yet" };
    return "missing" in found.newest ? found.newest : { missing: tooFar(found.newest.record.commit, commits.length) };
  }

  async history(): Promise<readonly BaselineRecord[]> {
    await this.#findLatest();
    return this.#latest === undefined ? [] : wholeHistory(this.#latest);
  }

  async put(record: BaselineRecord, _extra: readonly Extra[]): Promise<Saved> {
    const problem = await this.#findLatest();
    if (problem !== undefined) return { skipped: problem };
    const before = this.#latest;
    const past = before === undefined ? [] : withPast(before.history, pointOf(before.record), keep);
    const envelope: Envelope = { record, history: past.filter(({ commit }) => commit !== record.commit) };
    const key = cacheKey(ownerOf(this.#context), record.commit);
    return inFolder(this.#context, async (folder) => {
      await writeFile(join(folder, cachedFile), renderEnvelope(envelope));
      const { done, lines } = await inOtherProcess(this.#context, folder, { kind: "save", key });
      if (done.kind !== "saved") return { skipped: problemOf(done) };
      // Version 1 of the service numbers from 0 on some servers; -1 is what the cache's code gives for a failure.
      return done.id >= 0 ? { saved: `${key} in the cache` } : { skipped: refusalIn(lines) };
    });
  }

  /** Entries cannot be replaced, so each key ends with its content's hash; asked for by its beginning, the newest is found. */
  async recall(name: string): Promise<string | undefined> {
    const prefix = memoryPrefix(ownerOf(this.#context), name);
    return inFolder(this.#context, async (folder) => {
      const { done } = await inOtherProcess(this.#context, folder, { kind: "restore", batches: [[prefix]], accept: [] });
      if (done.kind === "failed") throw new Error(problemOf(done));
      const text = done.kind === "restored" && done.newest !== undefined ? await readText(join(folder, newestFile)) : "";
      return text === "" ? undefined : text;
    });
  }

  async remember(name: string, text: string): Promise<Saved> {
    const key = `${memoryPrefix(ownerOf(this.#context), name)}${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
    return inFolder(this.#context, async (folder) => {
      await writeFile(join(folder, cachedFile), text);
      const { done, lines } = await inOtherProcess(this.#context, folder, { kind: "save", key });
      if (done.kind !== "saved") return { skipped: problemOf(done) };
      return done.id >= 0 ? { saved: `${key} in the cache` } : { skipped: refusalIn(lines) };
    });
  }

  /** Gives what is wrong with the cache, if anything is. */
  async #findLatest(): Promise<string | undefined> {
    if (this.#lookedForLatest) return undefined;
    const prefix = cachePrefix(ownerOf(this.#context));
    const found = await this.#restore({ kind: "restore", batches: [[prefix]], accept: [] });
    if ("problem" in found) return found.problem;
    this.#note(found.newest);
    this.#lookedForLatest = true;
    return undefined;
  }

  #note(found: Parsed | undefined): void {
    if (found === undefined || "missing" in found) return;
    this.#lookedForLatest = true;
    if (this.#latest === undefined || this.#latest.record.created < found.record.created) this.#latest = found;
  }

  async #restore(task: Task): Promise<{ exact: Parsed | undefined; newest: Parsed | undefined } | { problem: string }> {
    const owner = ownerOf(this.#context);
    return inFolder(this.#context, async (folder) => {
      const { done } = await inOtherProcess(this.#context, folder, task);
      if (done.kind !== "restored") return { problem: problemOf(done) };
      const read = async (key: string | undefined, name: string): Promise<Parsed | undefined> => {
        if (key === undefined) return undefined;
        const parsed = parseEnvelope(await readText(join(folder, name)), owner);
        return "missing" in parsed || cacheKey(owner, parsed.record.commit) === key
          ? parsed
          : { missing: "what is in the cache is of another commit" };
      };
      return { exact: await read(done.key, cachedFile), newest: await read(done.newest, newestFile) };
    });
  }
}

function problemOf(done: Done): string {
  return done.kind === "failed" ? `the cache did not work (${done.message})` : noService;
}

/** A file that is not there, or is too long, is a torn envelope. */
async function readText(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && found.size <= largestEnvelope ? readFile(path, "utf8") : "";
}

/** Runs `use` with a folder of its own, which is gone afterwards, also when the process ends in between. */
async function inFolder<T>({ environment }: BaselineContext, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(join(environment.RUNNER_TEMP || tmpdir(), "forge-cache-")));
  const discard = (): void => rmSync(folder, { recursive: true, force: true });
  process.on("exit", discard);
  try {
    return await use(folder);
  } finally {
    process.off("exit", discard);
    await rm(folder, { recursive: true, force: true });
  }
}

function inOtherProcess(context: BaselineContext, folder: string, task: Task): Promise<{ done: Done; lines: readonly string[] }> {
  const { environment, log } = context;
  const child = fork(fileURLToPath(new URL("./cache-worker.ts", here)), [], {
    cwd: folder,
    env: environmentFor(environment, folder),
    execArgv: [],
    silent: true,
  });
  const stop = (): void => {
    child.kill("SIGKILL");
  };
  process.on("exit", stop);
  const output: string[] = [];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => output.push(text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => output.push(text));
  let done: Done = { kind: "failed", message: "its process ended early" };
  child.on("message", (message) => {
    done = message as Done;
  });
  child.send(task, () => {});
  const timer = setTimeout(() => {
    done = { kind: "failed", message: `no answer within ${longest / 1000} s` };
    stop();
  }, longest);
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      process.off("exit", stop);
      resolve({ done, lines: pass(output.join(""), log) });
    };
    child.on("error", (error) => {
      done = { kind: "failed", message: codeOf(error) ?? messageOf(error) };
      end();
    });
    child.on("close", end);
  });
}

/** Hands on what the cache's code printed: addresses that it wants masked are masked, the rest is for debugging. */
function pass(output: string, log: Log): string[] {
  const lines = output
    .slice(0, 1024 * 1024)
    .split(/\r?\n/)
    .filter((line) => line !== "");
  for (const line of lines) {
    const masked = /^::add-mask::(.+)$/.exec(line)?.[1];
    if (masked !== undefined) log.secret(decodeCommand(masked));
  }
  // Headers and bodies hold signed addresses, and tell nobody here anything.
  const told = lines
    .filter((line) => !/^::add-mask::|^::debug::(Headers|Body):/.test(line))
    .map((line) => line.replace(/^::(\w+)[^:]*::/, "$1: "));
  for (const line of told) log.debug(`cache: ${line}`);
  return told;
}

function decodeCommand(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}
