import { ProbeFailure } from "./failure.ts";

/** Status and headers of an answer of HTTP/1.x; names in lower case, several of one name joined by commas. */
export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Hears {
  /** Says whether a body of this answer may follow: none follows HEAD. */
  head(head: Head): boolean;
  /** At most once for each piece of the stream. The bytes are overwritten afterwards. */
  part(bytes: Buffer): void;
  done(): void;
}

type State = "status" | "headers" | "size" | "chunk" | "chunk-end" | "trailers" | "length" | "rest" | "done";

/** Bytes of status, headers and trailers together, of all answers before the body included. */
const mostHead = 65_536;
const mostFields = 1_000;
const longestSizeLine = 4_096;
/** Answers of the kind 1xx before the real one. */
export const mostEarly = 20;
/** Of these only the first counts; all others are lists or may be read as such. */
const single = new Set(["age", "content-length", "content-type", "etag", "expires", "last-modified", "location", "retry-after", "server"]);

function broken(words: string): ProbeFailure {
  return new ProbeFailure("http.protocol", `it does not speak HTTP: ${words}`);
}

/**
 * Reads one answer of HTTP/1.x piece by piece. It keeps nothing but an unfinished line, and moves the bytes of the body together within the piece that
 * brought them, so that neither endless bodies nor endless chunks of one byte cost memory.
 */
export class AnswerReader {
  readonly #hears: Hears;
  #state: State = "status";
  #line = "";
  #headBytes = 0;
  #early = 0;
  #status = 0;
  #fields: [string, string][] = [];
  /** Bytes left of the body or of the chunk. */
  #left = 0;
  /** Where in the piece the body's next byte goes. */
  #moved = 0;

  constructor(hears: Hears) {
    this.#hears = hears;
  }

  get hasHead(): boolean {
    return this.#state !== "status" && this.#state !== "headers";
  }

  /** Throws a `ProbeFailure` where it is no HTTP. The piece is changed. */
  push(piece: Buffer): void {
    this.#moved = 0;
    for (let at = 0; at < piece.length && this.#state !== "done"; ) at = this.#step(piece, at);
    if (this.#moved > 0) this.#hears.part(piece.subarray(0, this.#moved));
    if (this.#state === "done") this.#hears.done();
  }

  /** The stream has ended; says whether the answer had. */
  end(): boolean {
    if (this.#state === "rest") {
      this.#state = "done";
      this.#hears.done();
    }
    return this.#state === "done";
  }

  #step(piece: Buffer, at: number): number {
    switch (this.#state) {
      case "length":
      case "chunk": {
        const end = Math.min(piece.length, at + this.#left);
        this.#move(piece, at, end);
        this.#left -= end - at;
        if (this.#left === 0) this.#state = this.#state === "length" ? "done" : "chunk-end";
        return end;
      }
      case "rest":
        this.#move(piece, at, piece.length);
        return piece.length;
      default:
        return this.#readLine(piece, at);
    }
  }

  #move(piece: Buffer, from: number, to: number): void {
    if (from !== this.#moved) piece.copyWithin(this.#moved, from, to);
    this.#moved += to - from;
  }

  #readLine(piece: Buffer, at: number): number {
    const found = piece.indexOf(10, at);
    const end = found < 0 ? piece.length : found;
    this.#line += piece.toString("latin1", at, end);
    this.#count(end - at + 1);
    if (found >= 0) {
      const line = this.#line.endsWith("\r") ? this.#line.slice(0, -1) : this.#line;
      this.#line = "";
      this.#take(line);
    }
    return end + 1;
  }

  #count(bytes: number): void {
    if (this.#state === "size" || this.#state === "chunk-end") {
      if (this.#line.length > longestSizeLine) throw broken("the line before a chunk does not end");
      return;
    }
    this.#headBytes += bytes;
    if (this.#headBytes > mostHead) throw broken(`more than ${mostHead} bytes of headers`);
  }

  #take(line: string): void {
    switch (this.#state) {
      case "status":
        this.#takeStatus(line);
        return;
      case "headers":
        if (line === "") this.#takeHead();
        else this.#takeField(line);
        return;
      case "size":
        this.#takeSize(line);
        return;
      case "chunk-end":
        if (line !== "") throw broken("a chunk is longer than it says");
        this.#state = "size";
        return;
      default:
        if (line === "") this.#state = "done";
    }
  }

  #takeStatus(line: string): void {
    // An empty line before an answer is left over from another one.
    if (line === "") return;
    const status = /^HTTP\/1\.[01] ([1-9]\d\d)(?: |$)/.exec(line)?.[1];
    if (status === undefined) throw broken("the first line is no status");
    this.#status = Number(status);
    this.#fields = [];
    this.#state = "headers";
  }

  #takeField(line: string): void {
    const last = this.#fields.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) {
      last[1] = `${last[1]} ${line.trim()}`;
      return;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) throw broken("a line among the headers is none");
    if (this.#fields.length >= mostFields) throw broken(`more than ${mostFields} headers`);
    this.#fields.push([name, line.slice(colon + 1).trim()]);
  }

  #takeHead(): void {
    const status = this.#status;
    if (status === 101) throw new ProbeFailure("http.protocol", "the server switched to another protocol");
    if (status < 200) {
      this.#early++;
      if (this.#early > mostEarly) throw broken(`more than ${mostEarly} answers of the kind 1xx`);
      this.#state = "status";
      return;
    }
    const headers = joined(this.#fields);
    this.#fields = [];
    // Who hears this head may throw; then nothing else of this answer is wanted.
    const mayFollow = this.#hears.head({ status, headers });
    this.#state = mayFollow && status !== 204 && status !== 304 ? this.#framing(headers) : "done";
  }

  #framing(headers: Readonly<Record<string, string>>): State {
    const coding = headers["transfer-encoding"];
    // Where both are given, the coding counts (RFC 9112, 6.3).
    if (coding !== undefined) return /(^|[,\s])chunked\s*$/i.test(coding) ? "size" : "rest";
    const length = headers["content-length"];
    if (length === undefined) return "rest";
    if (!/^\d{1,15}$/.test(length)) throw broken("the content-length is no number");
    this.#left = Number(length);
    return this.#left === 0 ? "done" : "length";
  }

  #takeSize(line: string): void {
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) throw broken("a chunk does not say its size");
    this.#left = Number(`0x${size}`);
    this.#state = this.#left === 0 ? "trailers" : "chunk";
  }
}

function joined(fields: readonly (readonly [string, string])[]): Record<string, string> {
  const lists = new Map<string, string[]>();
  for (const [name, value] of fields) {
    const known = lists.get(name);
    if (known === undefined) lists.set(name, [value]);
    else if (!single.has(name)) known.push(value);
    else if (name === "content-length" && known[0] !== value) throw broken("two lengths that differ");
  }
  return Object.fromEntries([...lists].map(([name, values]) => [name, values.join(", ")]));
}
