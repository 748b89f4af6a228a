import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { type Deadline, ProbeFailure } from "./failure.ts";

/** Bytes of a body, unpacked, beyond which it is not read. */
export const bodyCap = 10 * 1024 * 1024;

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
  const parts: Uint8Array[] = [];
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
      else if (keep) parts.push(part);
    });
  });
  try {
    await deadline.race(read, () => new ProbeFailure(slow, `the body did not end in time (${size} bytes had come)`));
    return keep ? Buffer.concat(parts, size).toString("utf8") : undefined;
  } finally {
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
