import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { type Deadline, ProbeFailure } from "./failure.ts";
import { usedUp } from "./garbage.ts";
import { bodyCap, KeptBody, Turn } from "./kept-body.ts";

/** How a body is to be read. */
export interface Reading {
  /** The `content-encoding`. */
  readonly encoding: string;
  /** Whether its text is wanted; otherwise it is only read to its end. */
  readonly keep: boolean;
  readonly deadline: Deadline;
  /** What a body that does not end in time is called. */
  readonly slow: string;
}

/** Unpacking Brotli takes up to 16 MiB for each body, so one at a time is unpacked. */
const brotliTurn = new Turn();

/** Reads a body to its end or to the cap; its text is kept only where a condition asks for it. */
export async function readBody(stream: Readable, reading: Reading): Promise<string | undefined> {
  const encoding = reading.encoding.trim().toLowerCase();
  if (encoding !== "br") return readUnpacked(stream, encoding, reading);
  const late = (): ProbeFailure => tooLate("there was no time to unpack this body after the others");
  const mine = brotliTurn.take();
  try {
    await reading.deadline.race(mine, late);
    return await readUnpacked(stream, encoding, reading);
  } finally {
    // Whoever has given up still gets its turn, and passes it on.
    void mine.then(() => brotliTurn.pass());
  }
}

function tooLate(words: string): ProbeFailure {
  return new ProbeFailure("runner.memory", words, { status: "unknown" });
}

async function readUnpacked(stream: Readable, encoding: string, { keep, deadline, slow }: Reading): Promise<string | undefined> {
  const unpack = unpackers[encoding]?.();
  const source = unpack === undefined ? stream : stream.pipe(unpack);
  const kept = keep ? new KeptBody() : undefined;
  let size = 0;
  const read = new Promise<void>((resolve, reject) => {
    stream.once("error", reject);
    stream.once("aborted", () => reject(new ProbeFailure("body.truncated", "the connection ended in the middle of the body")));
    source.once("error", (error) =>
      reject(unpack === undefined ? error : new ProbeFailure("body.encoding", "the body's compression is broken")),
    );
    source.once("end", resolve);
    source.on("data", (part: Buffer) => {
      size += part.length;
      usedUp(part.length);
      if (size > bodyCap) {
        // What comes after is not even looked at.
        source.pause();
        reject(new ProbeFailure("body.cap", `the body has more than ${bodyCap} bytes`));
      } else kept?.take(part, source);
    });
  });
  const late = (): ProbeFailure =>
    kept?.waits === true
      ? tooLate("there was no time to read this large body after the others")
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
