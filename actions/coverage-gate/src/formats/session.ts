import type { Format } from "../model.ts";
import { detect } from "./detect.ts";
import { Draft, type Drafted, type ReportParser } from "./draft.ts";
import { encodingOf } from "./encoding.ts";
import { isReportFault, ReportFault } from "./fault.ts";
import { type OpenParser, openParser, type Part } from "./parsers.ts";
import type { XmlEdges } from "./xml.ts";

/** What one report, or one part of one, came to. Plain data that can cross threads. */
export interface Parsed {
  readonly format: Format;
  readonly drafted: Drafted;
  readonly edges?: XmlEdges;
}

/** A tag, a line or a member of a JSON document that is longer is not read. */
const longestPiece = 400 * 2 ** 20;

/**
 * A window over a stream: what a consumer is not done with stays in front, new bytes are written behind it. So nothing is copied on its way
 * from the file to the parser, and no more than the longest line, tag or JSON member is in memory.
 */
export class Window {
  readonly #consumer: ReportParser;
  #bytes: Uint8Array;
  #length = 0;
  /** Where `#bytes` begins in the stream. */
  #offset = 0;

  constructor(consumer: ReportParser, bytes: Uint8Array) {
    this.#consumer = consumer;
    this.#bytes = bytes;
  }

  /** Where to write the next bytes; never empty. */
  room(): Uint8Array {
    if (this.#length === this.#bytes.length) {
      if (this.#length >= longestPiece)
        throw new ReportFault(`a single piece of the report is larger than ${longestPiece / 2 ** 20} MiB`, this.#offset);
      const wider = new Uint8Array(this.#length * 2);
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    return this.#bytes.subarray(this.#length);
  }

  /** `count` bytes were written to `room()`. */
  wrote(count: number): void {
    this.#length += count;
    if (this.#length === this.#bytes.length) this.#consume(false);
  }

  write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + this.room().length);
      this.room().set(piece);
      this.wrote(piece.length);
      from += piece.length;
    }
  }

  end(): void {
    this.#consume(true);
  }

  #consume(last: boolean): void {
    let used = 0;
    try {
      used = this.#consumer.push(this.#bytes.subarray(0, this.#length), last);
    } catch (error) {
      if (isReportFault(error) && error.offset !== undefined) error.offset += this.#offset;
      throw error;
    }
    if (used > 0) this.#bytes.copyWithin(0, used, this.#length);
    this.#length -= used;
    this.#offset += used;
  }
}

/** Bytes of a file in, in any portions; UTF-8 without a byte order mark out, into a consumer. */
export class Intake {
  readonly #window: Window;
  #started = false;
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  readonly #encoder = new TextEncoder();
  #raw: Uint8Array | undefined;

  /** `buffer` is the window to begin with; it may be used again for the next report when this one is over. */
  constructor(consumer: ReportParser, buffer: Uint8Array = new Uint8Array(2 ** 18)) {
    this.#window = new Window(consumer, buffer);
  }

  /** Where to write the next bytes of the file, if they are to be read in place; then call `wrote`. */
  room(): Uint8Array {
    if (this.#started && this.#decoder === undefined) return this.#window.room();
    this.#raw ??= new Uint8Array(this.#started ? 65_536 : 4096);
    return this.#raw;
  }

  wrote(count: number): void {
    if (this.#started && this.#decoder === undefined) this.#window.wrote(count);
    else if (this.#raw !== undefined) this.write(this.#raw.subarray(0, count));
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const mark = this.#started ? 0 : this.#start(bytes);
    const body = mark === 0 ? bytes : bytes.subarray(mark);
    this.#window.write(this.#decoder === undefined ? body : this.#encoder.encode(this.#decoder.decode(body, { stream: true })));
  }

  end(): void {
    if (this.#decoder !== undefined) this.#window.write(this.#encoder.encode(this.#decoder.decode()));
    this.#window.end();
  }

  #start(bytes: Uint8Array): number {
    this.#started = true;
    const { label, mark } = encodingOf(bytes);
    if (label === undefined) return mark;
    try {
      this.#decoder = new TextDecoder(label);
    } catch {
      throw new ReportFault(`the report is in the unknown encoding \`${label}\``);
    }
    return mark;
  }
}

/** Reads one report, or one part of one, whose format may have to be found out first. */
export class ReportSession implements ReportParser {
  readonly #draft: Draft;
  readonly #part: Part;
  #format: Format | undefined;
  #open: OpenParser | undefined;

  constructor(format: Format | "auto", counts: boolean, part: Part = { first: true, whole: true }) {
    this.#draft = new Draft(counts);
    this.#part = part;
    if (format !== "auto") this.#format = format;
  }

  push(bytes: Uint8Array, last: boolean): number {
    if (this.#open === undefined) {
      const format = this.#begin(bytes, last);
      if (format === undefined) return 0;
      this.#format = format;
      this.#open = openParser(format, this.#draft, this.#part);
    }
    return this.#open.parser.push(bytes, last);
  }

  finish(): Parsed {
    if (this.#open === undefined || this.#format === undefined) throw new ReportFault("the report is empty");
    this.#open.finish();
    const edges = this.#open.edges?.();
    return { format: this.#format, drafted: this.#draft.finish(), ...(edges === undefined ? {} : { edges }) };
  }

  #begin(bytes: Uint8Array, last: boolean): Format | undefined {
    if (this.#format === undefined) return detect(bytes, last);
    if (bytes.some((byte) => byte > 32)) return this.#format;
    if (last && this.#part.first) throw new ReportFault("the report is empty");
    return last ? this.#format : undefined;
  }
}

/** Counts lines up to an offset; a fault names an offset, people want a line. */
export class Locator implements ReportParser {
  line = 1;
  column = 1;
  readonly #target: number;
  #at = 0;

  constructor(target: number) {
    this.#target = target;
  }

  push(bytes: Uint8Array): number {
    const end = Math.min(bytes.length, this.#target - this.#at);
    for (let i = 0; i < end; i++) {
      const newline = bytes[i] === 10;
      if (newline) this.line++;
      this.column = newline ? 1 : this.column + 1;
    }
    this.#at += bytes.length;
    return bytes.length;
  }
}
