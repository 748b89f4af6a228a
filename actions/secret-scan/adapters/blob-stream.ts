import { codeOf, messageOf } from "../../../packages/frame/errors.ts";
import type { Git } from "../../../packages/git/command.ts";
import type { ContentScanner } from "../src/engine/scan.ts";
import type { Detection, Skip } from "../src/model.ts";
import { type PackedDetections, Packer } from "../src/packed.ts";
import { LongContent, wholeContent } from "./long-content.ts";
import type { Setup } from "./machine.ts";

/** What one batch of contents held. */
export interface BatchResult {
  readonly hits: readonly Hit[];
  /** Those of the first hit, then those of the second. */
  readonly detections: PackedDetections;
  readonly blobs: number;
  readonly bytes: number;
  readonly skipped: readonly Skip[];
}

/** A content with secrets: `key` is its object, or on disk its path. */
export interface Hit {
  readonly key: string;
  readonly path: string;
  readonly count: number;
}

const headerFormat = "--batch=%(objectname) %(objecttype) %(objectsize) %(rest)";

/** Scans objects that are given as lines of `<object> <path>`, as `rev-list --objects` writes them, through one `git cat-file`. */
export async function scanObjects(
  git: Git,
  scanner: ContentScanner,
  setup: Setup,
  lines: Uint8Array,
  buffer: Uint8Array,
): Promise<BatchResult> {
  const stream = new BlobStream(scanner, setup, buffer);
  // Names that are not UTF-8 come back as U+FFFD, which is what they are shown as anyway.
  const input = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString("utf8");
  try {
    const result = await git.run(["cat-file", headerFormat, "--buffer"], { input, output: (piece) => stream.push(piece) });
    stream.end(result.exitCode === 0 ? "" : result.stderr);
  } catch (error) {
    stream.end(`${codeOf(error) ?? ""} ${messageOf(error)}`);
  }
  return stream.result();
}

/** Reads the output of `git cat-file --batch`: contents that lie whole in one piece of it are scanned where they are. */
class BlobStream {
  readonly #scanner: ContentScanner;
  readonly #setup: Setup;
  readonly #buffer: Uint8Array;
  readonly #hits: Hit[] = [];
  readonly #packer = new Packer();
  #packed = 0;
  readonly #skipped: Skip[] = [];
  #blobs = 0;
  #bytes = 0;
  #header = "";
  #key = "";
  #path = "";
  /** Bytes of the current content that have not come yet; -1 between contents. */
  #left = -1;
  #held = 0;
  #long: LongContent | undefined;
  #ignored = false;

  constructor(scanner: ContentScanner, setup: Setup, buffer: Uint8Array) {
    this.#scanner = scanner;
    this.#setup = setup;
    this.#buffer = buffer;
  }

  push(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) at = this.#left < 0 ? this.#readHeader(piece, at) : this.#readContent(piece, at);
  }

  end(failure: string): void {
    if (failure === "" && this.#left < 0 && this.#header === "") return;
    const reason = failure.trim() === "" ? "git ended in the middle of an object" : `git could not read an object: ${firstLine(failure)}`;
    this.#skipped.push({ reason, name: this.#left < 0 ? "" : this.#path || this.#key, incomplete: true });
  }

  result(): BatchResult {
    return { hits: this.#hits, detections: this.#packer.packed(), blobs: this.#blobs, bytes: this.#bytes, skipped: this.#skipped };
  }

  #readHeader(piece: Uint8Array, start: number): number {
    const end = piece.indexOf(10, start);
    const part = Buffer.from(piece.buffer, piece.byteOffset + start, (end === -1 ? piece.length : end) - start);
    this.#header += part.toString("latin1");
    if (end === -1) return piece.length;
    const header = Buffer.from(this.#header, "latin1").toString("utf8");
    this.#header = "";
    if (header === "") return end + 1;
    this.#begin(header);
    return end + 1;
  }

  #begin(header: string): void {
    const [, key, type, size, path = ""] = /^([0-9a-f]{40,64}) (\w+) (\d+) ?(.*)$/s.exec(header) ?? [];
    if (key === undefined || size === undefined) {
      const name = header.replace(/ (?:missing|ambiguous|submodule)$/, "");
      this.#skipped.push({ reason: "not in this clone", name: name.slice(name.indexOf(" ") + 1), incomplete: true });
      return;
    }
    this.#key = key;
    this.#path = path;
    this.#left = Number(size);
    this.#held = 0;
    const { maxFileSize } = this.#setup;
    const large = maxFileSize !== undefined && this.#left > maxFileSize;
    this.#ignored = large || type !== "blob";
    if (large) this.#skipped.push({ reason: "larger than max-file-size", name: path || key, incomplete: false });
    if (!this.#ignored && this.#left > wholeContent)
      this.#long = new LongContent(this.#scanner, path, this.#left, this.#buffer, this.#packer);
    if (this.#left === 0) this.#finish(new Uint8Array(0), 0, 0);
  }

  #readContent(piece: Uint8Array, start: number): number {
    const taken = Math.min(this.#left, piece.length - start);
    const end = start + taken;
    if (this.#long !== undefined) this.#long.push(piece.subarray(start, end));
    else if (!this.#ignored && this.#held === 0 && taken === this.#left) {
      this.#finish(piece, start, end);
      return end;
    } else if (!this.#ignored) {
      this.#buffer.set(piece.subarray(start, end), this.#held);
      this.#held += taken;
    }
    this.#left -= taken;
    this.#bytes += this.#ignored ? 0 : taken;
    if (this.#left > 0) return end;
    if (this.#long !== undefined) this.#finishLong(this.#long);
    else {
      this.#bytes -= this.#ignored ? 0 : this.#held;
      this.#finish(this.#buffer, 0, this.#held);
    }
    return end;
  }

  #finishLong(long: LongContent): void {
    this.#keep([], long.end());
    this.#blobs++;
    this.#long = undefined;
    this.#left = -1;
  }

  #finish(bytes: Uint8Array, start: number, end: number): void {
    this.#left = -1;
    if (this.#ignored) return;
    this.#blobs++;
    this.#bytes += end - start;
    const { detections, packed } = this.#scanner.scan(bytes, start, end, this.#path);
    this.#keep(detections, packed);
  }

  #keep(detections: readonly Detection[], packed: number): void {
    if (packed > 0)
      this.#skipped.push({ reason: "archive that could not be unpacked, read as it is", name: this.#path || this.#key, incomplete: true });
    for (const detection of detections) this.#packer.add(detection);
    const count = this.#packer.count - this.#packed;
    this.#packed = this.#packer.count;
    if (count > 0) this.#hits.push({ key: this.#key, path: this.#path, count });
  }
}

function firstLine(text: string): string {
  return (text.split("\n").find((line) => line.trim() !== "") ?? "").trim().slice(0, 200);
}
