import type { Readable, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { type Deadline, ProbeFailure } from "./failure.ts";
import { usedUp } from "./garbage.ts";
import { bodyCap, type Flow, KeptBody, Turn } from "./kept-body.ts";

/** How a body is to be read. */
export interface Reading {
  /** The `content-encoding`. */
  readonly encoding: string;
  /** Whether its text is wanted; otherwise it is only read to its end. */
  readonly keep: boolean;
}

/** Unpacking Brotli takes up to 16 MiB for each body, so one at a time is unpacked. */
const brotliTurn = new Turn();

/** A body as it comes: read to its end or to the cap; its text is kept only where a condition asks for it. */
export class Body {
  readonly #flow: Flow;
  readonly #kept: KeptBody | undefined;
  readonly #unpack: Transform | undefined;
  readonly #turn: Promise<void> | undefined;
  #size = 0;
  #waits = false;
  /** What came before its turn. */
  readonly #early: Buffer[] = [];
  #ended = false;
  #closed = false;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};
  readonly #read: Promise<void>;

  constructor(flow: Flow, { encoding, keep }: Reading) {
    const name = encoding.trim().toLowerCase();
    this.#flow = flow;
    this.#kept = keep ? new KeptBody() : undefined;
    this.#read = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody may be waiting yet, or any more.
    this.#read.catch(() => {});
    this.#unpack = unpackers.get(name)?.();
    if (this.#unpack !== undefined) this.#unpackInto(this.#unpack);
    this.#turn = name === "br" ? this.#awaitTurn() : undefined;
  }

  /** The text once it has ended, or nothing where it is not kept. */
  async text(): Promise<string | undefined> {
    await this.#read;
    return this.#kept?.text();
  }

  /** The piece may be overwritten afterwards. */
  take(piece: Buffer): void {
    if (this.#closed) return;
    if (this.#unpack === undefined) {
      this.#count(piece, this.#flow);
      return;
    }
    usedUp(piece.length);
    if (this.#waits) this.#early.push(Buffer.from(piece));
    else if (this.#unpack.write(Buffer.from(piece))) return;
    this.#flow.pause();
  }

  end(): void {
    this.#ended = true;
    if (this.#unpack === undefined) this.#resolve();
    else if (!this.#waits) this.#unpack.end();
  }

  fail(error: unknown): void {
    this.#reject(error);
  }

  /** Why it has not ended in time. */
  late(slow: string): ProbeFailure {
    if (this.#waits || this.#kept?.waits === true)
      return new ProbeFailure("runner.memory", "there was no time to read this large body after the others", { status: "unknown" });
    return new ProbeFailure(slow, `the body did not end in time (${this.#size} bytes had come)`);
  }

  close(): void {
    this.#closed = true;
    this.#kept?.drop();
    this.#unpack?.destroy();
    // Whoever has given up still gets its turn, and passes it on.
    void this.#turn?.then(() => brotliTurn.pass());
  }

  #unpackInto(unpack: Transform): void {
    unpack.on("error", () => this.#reject(new ProbeFailure("body.encoding", "the body's compression is broken")));
    unpack.on("drain", () => this.#flow.resume());
    unpack.once("end", () => this.#resolve());
    unpack.on("data", (part: Buffer) => {
      usedUp(part.length);
      this.#count(part, unpack);
    });
  }

  async #awaitTurn(): Promise<void> {
    this.#waits = true;
    await brotliTurn.take();
    this.#waits = false;
    if (this.#closed) return;
    for (const piece of this.#early.splice(0)) this.#unpack?.write(piece);
    if (this.#ended) this.#unpack?.end();
  }

  #count(part: Buffer, flow: Flow): void {
    this.#size += part.length;
    if (this.#size <= bodyCap) {
      this.#kept?.take(part, flow);
      return;
    }
    // What comes after is not even looked at.
    this.#closed = true;
    flow.pause();
    this.#reject(new ProbeFailure("body.cap", `the body has more than ${bodyCap} bytes`));
  }
}

/** The body of a stream of Node's own clients. */
export async function readStream(stream: Readable, reading: Reading, deadline: Deadline, slow: string): Promise<string | undefined> {
  const body = new Body(stream, reading);
  stream.on("error", (error) => body.fail(error));
  stream.once("aborted", () => body.fail(new ProbeFailure("body.truncated", "the connection ended in the middle of the body")));
  stream.once("end", () => body.end());
  stream.on("data", (part: Buffer) => {
    usedUp(part.length);
    body.take(part);
  });
  try {
    return await deadline.race(body.text(), () => body.late(slow));
  } finally {
    body.close();
    stream.destroy();
  }
}

/** By the name that the server gives, which may be any word. */
const unpackers: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);
