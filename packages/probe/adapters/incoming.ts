import type { OnReadOpts } from "node:net";

/** Large enough for most answers, and small enough that a thousand connections do not count. */
const bytesAtOnce = 16 * 1024;
const free: Buffer[] = [];

type Listener = (piece: Buffer) => void;

/** What comes over one socket, in one buffer that is used again and again, so that reading without end leaves nothing behind. */
export class Incoming {
  readonly #buffer = free.pop() ?? Buffer.allocUnsafeSlow(bytesAtOnce);
  #listener: Listener | undefined;
  /** What came before anyone listened. */
  #early = Buffer.alloc(0);

  /** For `net.connect`. */
  readonly onread: OnReadOpts = {
    buffer: this.#buffer,
    callback: (bytes) => {
      const piece = this.#buffer.subarray(0, bytes);
      if (this.#listener === undefined) this.#early = Buffer.concat([this.#early, piece]);
      else this.#listener(piece);
      // Until someone listens, one piece is enough.
      return this.#listener !== undefined;
    },
  };

  /** Each piece is overwritten by the next one. */
  hear(listener: Listener): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = Buffer.alloc(0);
    if (early.length > 0) listener(early);
  }

  /** The socket is closed: its buffer is free for another one. */
  close(): void {
    this.#listener = () => {};
    if (free.length < 64) free.push(this.#buffer);
  }
}
