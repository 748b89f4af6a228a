interface Frame {
  readonly before: string;
  readonly after: string;
  written: boolean;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/**
 * A text that never grows past a limit of UTF-8 bytes and is never left half open. Pieces are taken in order until one does not fit; from then on
 * nothing more is. A frame (a table's head, a fence, `<details>`) is written only together with its first piece, and room for its end is kept free.
 */
export class Page {
  readonly #limit: number;
  readonly #parts: string[] = [];
  readonly #frames: Frame[] = [];
  #used = 0;
  #full = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#full;
  }

  /** Begins a frame; `before` and `after` are whole lines. */
  open(before: string, after: string): void {
    this.#frames.push({ before, after, written: false });
  }

  /** False when the piece did not fit or an earlier one had not. */
  put(piece: string): boolean {
    if (this.#full) return false;
    const opening = this.#frames.filter((frame) => !frame.written);
    const needed = opening.reduce((sum, frame) => sum + bytesOf(frame.before) + bytesOf(frame.after), bytesOf(piece));
    if (this.#used + needed > this.#limit) {
      this.#full = true;
      return false;
    }
    for (const frame of opening) {
      this.#parts.push(frame.before);
      frame.written = true;
    }
    this.#parts.push(piece);
    this.#used += needed;
    return true;
  }

  /** Ends the innermost frame; one that nothing was put into leaves no trace. */
  close(): void {
    const frame = this.#frames.pop();
    if (frame?.written) this.#parts.push(frame.after);
  }

  text(): string {
    return this.#parts.join("");
  }
}
