import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { type Deadline, ProbeFailure } from "./failure.ts";

/** Bytes of a body, unpacked, beyond which it is not read. */
export const bodyCap = 10 * 1024 * 1024;
/** Bytes that each body may keep; only one at a time may keep more, so that many large ones do not fill the memory. */
const keptByEach = 64 * 1024;

/** Whoever comes first keeps a large body; the others wait, with their streams at rest. */
class Turn {
  #taken = false;
  readonly #waiting: (() => void)[] = [];
  async take(): Promise<void> {
    if (!this.#taken) {
      this.#taken = true;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
  pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}

const turn = new Turn();

/** The text of a body as it comes. */
class Kept {
  readonly #decoder = new TextDecoder();
  #text = "";
  #turn: Promise<void> | undefined;
  #mine = false;
  #gone = false;

  get waits(): boolean {
    return this.#turn !== undefined && !this.#mine;
  }

  take(part: Uint8Array, size: number, source: Readable): void {
    this.#text += this.#decoder.decode(part, { stream: true });
    if (size <= keptByEach || this.#turn !== undefined) return;
    source.pause();
    this.#turn = turn.take().then(() => {
      this.#mine = true;
      if (this.#gone) this.drop();
      else source.resume();
    });
  }

  text(): string {
    return this.#text + this.#decoder.decode();
  }

  drop(): void {
    this.#gone = true;
    this.#text = "";
    if (!this.#mine) return;
    this.#mine = false;
    turn.pass();
  }
}

/** Reads a body to its end or to the cap; its text is kept only where a condition asks for it. */
export async function readBody(
  stream: Readable,
  encoding: string,
  keep: boolean,
  deadline: Deadline,
  slow: string,
): Promise<string | undefined> {
  const unpack = unpackers[encoding.trim().toLowerCase()]?.();
  const source = unpack === undefined ? stream : stream.pipe(unpack);
  const kept = keep ? new Kept() : undefined;
  let size = 0;
  const read = new Promise<void>((resolve, reject) => {
    stream.once("error", reject);
    stream.once("aborted", () => reject(new ProbeFailure("body.truncated", "the connection ended in the middle of the body")));
    source.once("error", (error) =>
      reject(unpack === undefined ? error : new ProbeFailure("body.encoding", "the body's compression is broken")),
    );
    source.once("end", resolve);
    source.on("data", (part: Uint8Array) => {
      size += part.length;
      if (size > bodyCap) reject(new ProbeFailure("body.cap", `the body has more than ${bodyCap} bytes`));
      else kept?.take(part, size, source);
    });
  });
  const late = (): ProbeFailure =>
    kept?.waits === true
      ? new ProbeFailure("runner.memory", "there was no time to read this large body after the others", { status: "unknown" })
      : new ProbeFailure(slow, `the body did not end in time (${size} bytes had come)`);
  try {
    await deadline.race(read, late);
    return kept?.text();
  } finally {
    kept?.drop();
    stream.on("error", () => {});
    stream.unpipe();
    stream.destroy();
    unpack?.on("error", () => {});
    unpack?.destroy();
  }
}

const unpackers: Readonly<Record<string, () => ReturnType<typeof createGunzip>>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
