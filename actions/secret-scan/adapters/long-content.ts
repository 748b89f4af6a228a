import { type Encoding, encodingOf, toUtf8 } from "../src/engine/encoding.ts";
import { countLines, unitsOf } from "../src/engine/places.ts";
import type { ContentScanner, Origin } from "../src/engine/scan.ts";
import type { Packer } from "../src/packed.ts";

/** Contents up to this are held whole. */
export const wholeContent = 8 * 2 ** 20;
/** Archives up to this are held whole too: their directory stands at the end. */
const wholeArchive = 64 * 2 ** 20;
/** What two pieces of a longer one share: longer than any match. */
const overlap = 128 * 1024;

type Wide = Exclude<Encoding, "utf-8" | "binary">;

/** Scans a content that is longer than `wholeContent` in pieces of 8 MiB, as UTF-8 whatever it is encoded in; archives whole. */
export class LongContent {
  readonly #scanner: ContentScanner;
  readonly #path: string;
  readonly #size: number;
  readonly #buffer: Uint8Array;
  readonly #packer: Packer;
  #used = 0;
  #origin: Origin = { line: 1, column: 1 };
  #begun = false;
  #binary = false;
  #wide: Wide | undefined;
  /** The beginning of a character of which the rest has not come yet. */
  #cut = new Uint8Array(0);
  #archive: Uint8Array | undefined;
  #packed = 0;

  constructor(scanner: ContentScanner, path: string, size: number, buffer: Uint8Array, packer: Packer) {
    this.#scanner = scanner;
    this.#path = path;
    this.#size = size;
    this.#buffer = buffer;
    this.#packer = packer;
  }

  push(bytes: Uint8Array): void {
    let rest = bytes;
    if (!this.#begun) {
      rest = bytes.subarray(this.#fill(bytes));
      if (this.#used < this.#buffer.length) return;
      this.#begin();
    }
    if (this.#archive !== undefined) {
      this.#archive.set(rest, this.#used);
      this.#used += rest.length;
    } else this.#feed(this.#wide === undefined ? rest : this.#decoded(rest, this.#wide));
  }

  /** How many archives could not be unpacked and were read as they are. */
  end(): number {
    if (this.#archive === undefined) {
      this.#scan(true);
      return this.#packed;
    }
    const { detections, packed } = this.#scanner.scan(this.#archive, 0, this.#used, this.#path);
    for (const detection of detections) this.#packer.add(detection);
    return packed;
  }

  /** What it is, decided when the buffer is full for the first time. */
  #begin(): void {
    this.#begun = true;
    const beginning = this.#buffer;
    if (this.#scanner.isArchive(beginning, 0, this.#used)) {
      if (this.#size <= wholeArchive) {
        this.#archive = new Uint8Array(this.#size);
        this.#archive.set(beginning);
        return;
      }
      this.#packed = 1;
    }
    const encoding = encodingOf(beginning, 0, this.#used);
    this.#binary = encoding === "binary";
    if (encoding === "utf-8" || encoding === "binary") this.#scan(false);
    else {
      this.#wide = encoding;
      this.#used = 0;
      this.#feed(this.#decoded(beginning.slice(), encoding));
    }
  }

  #fill(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#buffer.length - this.#used);
    this.#buffer.set(bytes.subarray(0, taken), this.#used);
    this.#used += taken;
    return taken;
  }

  #feed(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      at += this.#fill(bytes.subarray(at));
      if (this.#used === this.#buffer.length) this.#scan(false);
    }
  }

  #decoded(bytes: Uint8Array, encoding: Wide): Uint8Array {
    const all = new Uint8Array(this.#cut.length + bytes.length);
    all.set(this.#cut);
    all.set(bytes, this.#cut.length);
    let end = all.length - (all.length % (encoding.startsWith("utf-16") ? 2 : 4));
    // The first half of a surrogate pair waits for the second.
    if (encoding.startsWith("utf-16") && end >= 2 && ((all[encoding === "utf-16le" ? end - 1 : end - 2] ?? 0) & 0xfc) === 0xd8) end -= 2;
    this.#cut = all.slice(end);
    return toUtf8(all, 0, end, encoding);
  }

  #scan(last: boolean): void {
    const buffer = this.#buffer;
    const limit = last ? this.#used + 1 : this.#used - overlap;
    const { detections, behind } = this.#scanner.scanPiece(buffer, this.#used, this.#path, this.#origin, limit, this.#binary);
    for (const detection of detections) this.#packer.add(detection);
    if (last) return;
    const next = Math.min(this.#used, Math.max(limit, behind));
    this.#origin = originBehind(buffer, next, this.#origin);
    buffer.copyWithin(0, next, this.#used);
    this.#used -= next;
  }
}

function originBehind(bytes: Uint8Array, end: number, origin: Origin): Origin {
  const lines = countLines(bytes, 0, end);
  if (lines === 0) return { line: origin.line, column: origin.column + unitsOf(bytes, 0, end) };
  return { line: origin.line + lines, column: 1 + unitsOf(bytes, bytes.lastIndexOf(10, end - 1) + 1, end) };
}
