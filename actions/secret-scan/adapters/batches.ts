import type { ScanPlan } from "../src/model.ts";

/** A portion of a scan: lines of `rev-list --objects`, or paths on disk. */
export type Batch = { readonly objects: Uint8Array } | { readonly files: readonly string[] };

/** Contents of a batch: enough that a process of git is worth its start, few enough that threads finish together. */
const objectsOfBatch = 3_000;
/** The first batches are smaller, so that the scan begins while git still lists. */
const objectsOfFirstBatch = 400;
const filesOfBatch = 250;

/** Batches that come while others are scanned; any number of threads take from it. */
export class BatchQueue {
  readonly #batches: Batch[] = [];
  readonly #waiting: ((batch: Batch | undefined) => void)[] = [];
  #ended = false;

  static of(batches: readonly Batch[]): BatchQueue {
    const queue = new BatchQueue();
    for (const batch of batches) queue.put(batch);
    queue.end();
    return queue;
  }

  /** Batches that nobody has taken yet. */
  get waiting(): number {
    return this.#batches.length;
  }

  put(batch: Batch): void {
    const taker = this.#waiting.shift();
    if (taker === undefined) this.#batches.push(batch);
    else taker(batch);
  }

  end(): void {
    this.#ended = true;
    for (const taker of this.#waiting.splice(0)) taker(undefined);
  }

  /** The next batch; `undefined` when there will be none. */
  take(): Promise<Batch | undefined> {
    const batch = this.#batches.shift();
    if (batch !== undefined || this.#ended) return Promise.resolve(batch);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export function inShard(shard: ScanPlan["shard"], key: string): boolean {
  if (shard === undefined) return true;
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) >>> 0;
  return hash % shard.of === shard.index - 1;
}

/** Lines of a length that is known, so that every thread gets some. */
export function objectBatches(lines: readonly string[]): Batch[] {
  const batches: Batch[] = [];
  const size = Math.max(200, Math.min(objectsOfBatch, Math.ceil(lines.length / 8)));
  for (let at = 0; at < lines.length; at += size) batches.push({ objects: Buffer.from(`${lines.slice(at, at + size).join("\n")}\n`) });
  return batches;
}

export function fileBatches(paths: readonly string[]): Batch[] {
  const batches: Batch[] = [];
  const size = Math.max(20, Math.min(filesOfBatch, Math.ceil(paths.length / 8)));
  for (let at = 0; at < paths.length; at += size) batches.push({ files: paths.slice(at, at + size) });
  return batches;
}

/** Cuts the output of `rev-list --objects` into batches as it comes, without looking at most of it. */
export class LineBatches {
  readonly #shard: ScanPlan["shard"];
  readonly #put: (batch: Batch) => void;
  #rest = "";
  #lines: string[] = [];
  #size = objectsOfFirstBatch;
  lines = 0;

  constructor(shard: ScanPlan["shard"], put: (batch: Batch) => void) {
    this.#shard = shard;
    this.#put = put;
  }

  push(piece: Uint8Array): void {
    const text = this.#rest + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
    const last = text.lastIndexOf("\n");
    this.#rest = text.slice(last + 1);
    if (last !== -1) for (const line of text.slice(0, last).split("\n")) this.#add(line);
  }

  end(): void {
    if (this.#rest !== "") this.#add(this.#rest);
    this.#flush();
  }

  #add(line: string): void {
    if (!inShard(this.#shard, line.slice(0, 16))) return;
    this.#lines.push(line);
    if (this.#lines.length >= this.#size) this.#flush();
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    this.lines += this.#lines.length;
    this.#put({ objects: Buffer.from(`${this.#lines.join("\n")}\n`, "latin1") });
    this.#lines = [];
    this.#size = Math.min(objectsOfBatch, this.#size * 2);
  }
}
