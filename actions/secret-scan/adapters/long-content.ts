import { encodingOf } from "../src/engine/encoding.ts";
import { countLines, unitsOf } from "../src/engine/places.ts";
import type { ContentScanner, Origin } from "../src/engine/scan.ts";
import type { Packer } from "../src/packed.ts";

/** Contents up to this are held whole. */
export const wholeContent = 8 * 2 ** 20;
/** What two pieces of a longer one share: longer than any match. */
const overlap = 128 * 1024;

/** Scans a content of any length in pieces of 8 MiB. Encodings but UTF-8 and archives are not undone in it. */
export class LongContent {
  readonly #scanner: ContentScanner;
  readonly #path: string;
  readonly #buffer: Uint8Array;
  readonly #packer: Packer;
  #used = 0;
  #origin: Origin = { line: 1, column: 1 };
  #binary: boolean | undefined;

  constructor(scanner: ContentScanner, path: string, buffer: Uint8Array, packer: Packer) {
    this.#scanner = scanner;
    this.#path = path;
    this.#buffer = buffer;
    this.#packer = packer;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(bytes.length - at, this.#buffer.length - this.#used);
      this.#buffer.set(bytes.subarray(at, at + taken), this.#used);
      this.#used += taken;
      at += taken;
      if (this.#used === this.#buffer.length) this.#scan(false);
    }
  }

  end(): void {
    this.#scan(true);
  }

  #scan(last: boolean): void {
    const buffer = this.#buffer;
    this.#binary ??= encodingOf(buffer, 0, this.#used) === "binary";
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
