import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { openExec } from "../../../packages/frame/adapters/exec.ts";
import { messageOf } from "../../../packages/frame/errors.ts";
import type { Log } from "../../../packages/frame/ports.ts";
import { type Git, openGit } from "../../../packages/git/command.ts";
import type { ContentScanner } from "../src/engine/scan.ts";
import type { Skip } from "../src/model.ts";
import { Packer } from "../src/packed.ts";
import type { Batch, BatchQueue } from "./batches.ts";
import { type BatchResult, scanObjects } from "./blob-stream.ts";
import { scanFiles } from "./disk.ts";
import { wholeContent } from "./long-content.ts";
import { openContentScanner, type Setup } from "./machine.ts";

const role = "forge secret scan";
/** Beyond this more threads only wait for git. */
const mostThreads = 4;
/** A thread that gives no sign of life for so long is taken to be caught in a pattern. */
const patience = 120_000;
/** Patterns of a configuration may backtrack without end; a batch of theirs gets less time, and never this thread, which could not be stopped. */
const patienceWithStrangers = 30_000;
const here = import.meta.url;

interface Given {
  readonly role: string;
  readonly setup: Setup;
}

/** One thread's scanner, tables and buffer, made when first needed. */
class Bench {
  readonly #setup: Setup;
  readonly #scanner: ContentScanner;
  readonly #git: Git;
  #buffer: Uint8Array | undefined;

  constructor(setup: Setup) {
    this.#setup = setup;
    this.#scanner = openContentScanner(setup);
    this.#git = openGit(openExec(), setup.root, process.env, setup.trusted ? setup.root.replaceAll("\\", "/") : undefined);
  }

  async scan(batch: Batch): Promise<BatchResult> {
    // Not filled with zeros, so that memory that no content needs is never touched.
    this.#buffer ??= Buffer.allocUnsafeSlow(wholeContent + 1);
    if ("files" in batch) return scanFiles(this.#scanner, this.#setup, batch.files, this.#buffer);
    return scanObjects(this.#git, this.#scanner, this.#setup, batch.objects, this.#buffer);
  }
}

/** Scans batches on all threads that are wanted; this thread works too. */
export class Threads {
  readonly #setup: Setup;
  readonly #wanted: number;
  readonly #log: Pick<Log, "debug">;
  #bench: Bench | undefined;

  constructor(setup: Setup, wanted: number, log: Pick<Log, "debug">) {
    this.#setup = setup;
    this.#wanted = wanted;
    this.#log = log;
  }

  /**
   * `take` is called with each result as it comes; `small`: there is too little to do for a second thread. Where that is not known yet, more
   * threads start with the third batch.
   */
  async scan(queue: BatchQueue, take: (result: BatchResult) => void, small?: boolean): Promise<void> {
    const wanted = this.#wanted > 0 ? this.#wanted : small === true ? 1 : Math.min(mostThreads, availableParallelism());
    const helpers: Promise<void>[] = [];
    if (this.#hasStrangers()) {
      while (helpers.length < wanted) helpers.push(this.#helper(queue, take));
      await Promise.all(helpers);
      return;
    }
    const help = (): void => {
      while (helpers.length < wanted - 1) helpers.push(this.#helper(queue, take));
    };
    if (small === false) help();
    this.#bench ??= new Bench(this.#setup);
    for (let batch = await queue.take(), done = 0; batch !== undefined; batch = await queue.take(), done++) {
      if (queue.waiting > 0 || done > 0) help();
      take(await this.#bench.scan(batch));
      // Results and ends of other threads are heard in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(helpers);
  }

  #hasStrangers(): boolean {
    return this.#setup.rules.some(({ finder }) => finder.kind === "pattern" && !finder.guarded);
  }

  #helper(queue: BatchQueue, take: (result: BatchResult) => void): Promise<void> {
    return new Promise((resolve) => {
      const given: Given = { role, setup: this.#setup };
      const worker = new Worker(new URL(here), { workerData: given, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 8 } });
      let current: Batch | undefined;
      let timer: NodeJS.Timeout | undefined;
      const done = (): void => {
        clearTimeout(timer);
        void worker.terminate();
        resolve();
      };
      const lost = (why: string): void => {
        this.#log.debug(`A scanning thread failed: ${why}`);
        if (current !== undefined) take({ hits: [], detections: new Packer().packed(), blobs: 0, bytes: 0, skipped: [lostBatch(why)] });
        done();
      };
      const next = async (): Promise<void> => {
        clearTimeout(timer);
        current = await queue.take();
        if (current === undefined) done();
        else {
          const strangers = this.#hasStrangers();
          const limit = strangers ? patienceWithStrangers : patience;
          const why = `no answer within ${limit / 1000} s${strangers ? ", as when a pattern of the configuration backtracks" : ""}`;
          timer = setTimeout(() => lost(why), limit);
          worker.postMessage(current);
        }
      };
      worker.on("online", () => void next());
      worker.on("message", (result: BatchResult) => {
        take(result);
        void next();
      });
      worker.on("error", (error) => lost(messageOf(error)));
    });
  }
}

function lostBatch(why: string): Skip {
  return { reason: `a scanning thread failed: ${why}`, name: "", incomplete: true };
}

if (!isMainThread && parentPort !== null && (workerData as Partial<Given> | null)?.role === role) {
  const port = parentPort;
  const bench = new Bench((workerData as Given).setup);
  port.on("message", (batch: Batch) => {
    void bench.scan(batch).then((result) => {
      // Handed over, not copied.
      const { numbers, secrets } = result.detections;
      port.postMessage(result, [numbers.buffer as ArrayBuffer, secrets.buffer as ArrayBuffer]);
    });
  });
}
