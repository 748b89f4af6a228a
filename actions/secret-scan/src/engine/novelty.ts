import type { Piece } from "./piece.ts";

/** Bytes `[start, end)` that have to be looked at. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

const shortest = 384;
const longest = 4_096;
/** Contents shorter than this are looked at whole: the bookkeeping would cost as much. */
const worthIt = 2_048;
const slots = 2 ** 19;

/**
 * Remembers what was already looked at and held nothing, so that of the hundredth version of a file only what is new is looked at.
 *
 * A text is cut behind lines whose next byte says so, which depends on the content around and not on the place: behind an insertion the cuts
 * fall together again. A part is known when it, the part before and the part behind stood together before under the same path. So whatever
 * lies in three parts that touch (768 bytes and more) has been looked at as one text; where armoured text goes on at an edge, the region grows.
 * Parts are told apart by 64 bits under a key of this run, which nobody can aim at; a place in the table holds the newest, so memory is fixed.
 */
export class Novelty {
  readonly #table = new Int32Array(slots * 2);
  readonly #keys: readonly [number, number];
  #ends: number[] = [];
  #one: number[] = [];
  #other: number[] = [];

  /** `seed`: 64 random bits. */
  constructor(seed: readonly [number, number]) {
    this.#keys = [seed[0] | 1, seed[1] | 1];
  }

  /** What of this text is new; `undefined` where all of it has to be looked at. */
  regions(piece: Piece): readonly Region[] | undefined {
    if (piece.end - piece.start < worthIt) return undefined;
    this.#cut(piece);
    const regions: Region[] = [];
    const count = this.#ends.length;
    for (let at = 0; at < count; at++) {
      if (this.#isKnown(at)) continue;
      const start = this.#widened(piece, at - 1, -1);
      const end = this.#widened(piece, at + 1, 1);
      const last = regions.at(-1);
      if (last !== undefined && start <= last.end) regions[regions.length - 1] = { start: last.start, end: Math.max(last.end, end) };
      else regions.push({ start, end });
    }
    return regions;
  }

  /** The text that `regions` was last asked about holds nothing. */
  remember(): void {
    for (let at = 0; at < this.#ends.length; at++) {
      const slot = this.#slotOf(at);
      this.#table[slot] = this.#one[at] as number;
      this.#table[slot + 1] = this.#other[at] as number;
    }
  }

  #slotOf(at: number): number {
    return (((this.#one[at] as number) ^ ((this.#other[at] as number) >>> 7)) & (slots - 1)) * 2;
  }

  #isKnown(at: number): boolean {
    const slot = this.#slotOf(at);
    return this.#table[slot] === this.#one[at] && this.#table[slot + 1] === this.#other[at];
  }

  /** The outer edge of part `at`, moved on while it stands in armoured text. */
  #widened(piece: Piece, at: number, step: 1 | -1): number {
    const count = this.#ends.length;
    let part = at;
    while (part >= 0 && part < count - 1 && part > 0) {
      const edge = step === 1 ? (this.#ends[part] as number) : (this.#ends[part - 1] as number);
      if (!isArmoured(piece, edge)) return edge;
      part += step;
    }
    return step === 1
      ? part >= count
        ? piece.end
        : (this.#ends[part] as number)
      : part <= 0
        ? piece.start
        : (this.#ends[part - 1] as number);
  }

  #cut({ bytes, start, end, path }: Piece): void {
    const [first, second] = this.#keys;
    const named = textHash(path, first);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#ends = [];
    const ones: number[] = [];
    const others: number[] = [];
    for (let from = start; from < end; ) {
      const to = nextCut(bytes, from, end);
      this.#ends.push(to);
      ones.push(hash(view, bytes, from, to, first));
      others.push(hash(view, bytes, from, to, second));
      from = to;
    }
    this.#one = together(ones, named, first);
    this.#other = together(others, named, second);
  }
}

/** Behind the first line, from a least length on, whose follower begins with one of a quarter of all bytes. */
function nextCut(bytes: Uint8Array, from: number, end: number): number {
  if (end - from <= longest && end - from <= shortest * 2) return end;
  const limit = Math.min(end, from + longest);
  for (let at = bytes.indexOf(10, from + shortest); at !== -1 && at + 1 < limit; at = bytes.indexOf(10, at + 1)) {
    let next = at + 1;
    while (next < limit && (bytes[next] === 32 || bytes[next] === 9)) next++;
    if (next < limit && ((bytes[next] as number) * 37) % 8 < 2) return at + 1;
  }
  return limit;
}

function hash(view: DataView, bytes: Uint8Array, from: number, to: number, key: number): number {
  let state = key ^ (to - from);
  let at = from;
  for (; at + 4 <= to; at += 4) {
    state = Math.imul(state ^ view.getInt32(at, true), -1640531527);
    state ^= state >>> 15;
  }
  for (; at < to; at++) state = Math.imul(state ^ (bytes[at] as number), 0x01000193);
  return Math.imul(state ^ (state >>> 13), key) ^ key;
}

function textHash(text: string, key: number): number {
  let state = key;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return state ^ (state >>> 16);
}

/** Each part's hash with those of its neighbours. */
function together(hashes: readonly number[], named: number, key: number): number[] {
  return hashes.map((own, at) => {
    let state = Math.imul(named ^ (hashes[at - 1] ?? 0x51ed27), -2048144789);
    state = Math.imul(state ^ (state >>> 13) ^ own, -1028477379);
    state = Math.imul(state ^ (state >>> 16) ^ (hashes[at + 1] ?? 0x2545f4), key);
    return state ^ (state >>> 15);
  });
}

/** Whether the line before `edge` is nothing but base64, as in a key of many lines. */
function isArmoured({ bytes, start }: Piece, edge: number): boolean {
  let at = edge - 1;
  if (bytes[at] === 10) at--;
  let length = 0;
  while (at >= start && bytes[at] !== 10 && length < 80) {
    const byte = bytes[at] as number;
    const isBase64 =
      (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 43 || byte === 47 || byte === 61;
    if (!isBase64 && byte !== 13 && byte !== 32) return false;
    length++;
    at--;
  }
  return length >= 32;
}
