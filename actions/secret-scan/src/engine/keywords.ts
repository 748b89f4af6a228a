/**
 * Finds all keywords in bytes in one pass (Aho-Corasick as a full automaton). Upper and lower case are one: folded in the byte classes, so that no copy of the
 * text is made. Two places of the text are read in one loop, because each step waits for the table's memory and two waits overlap.
 */
export interface KeywordTable {
  /** Bytes to classes; class 0 is every byte that no keyword has. */
  readonly classes: Uint8Array;
  readonly width: number;
  /** `next = delta[state + class]`; states are row offsets. */
  readonly delta: Uint32Array;
  /** States from here on end a keyword. */
  readonly firstFinal: number;
  /** For `(state - firstFinal) / width`: which keywords end here, longest first. */
  readonly ends: readonly (readonly number[])[];
  readonly lengths: Uint8Array;
  readonly longest: number;
}

/** `keywords` in lower case, none empty, each at most 255 bytes. */
export function buildKeywords(keywords: readonly string[]): KeywordTable {
  const encoded = keywords.map((keyword) => new TextEncoder().encode(keyword));
  const { classes, width } = byteClasses(encoded);
  const most = encoded.reduce((sum, { length }) => sum + length, 1);
  const rows = new Uint32Array(most * width);
  const own: (number[] | undefined)[] = [undefined];
  const count = plant(encoded, classes, width, rows, own);
  completeRows(rows, width, count, own);
  // States that end a keyword come last, so that one comparison tells them.
  const place = new Uint32Array(count);
  let plain = 0;
  for (let state = 0; state < count; state++) if (own[state] === undefined) place[state] = width * plain++;
  let index = plain;
  const ends: number[][] = [];
  for (let state = 0; state < count; state++) {
    const list = own[state];
    if (list === undefined) continue;
    place[state] = width * index++;
    ends.push(list);
  }
  const delta = new Uint32Array(count * width);
  for (let state = 0; state < count; state++) {
    const from = state * width;
    const to = place[state] as number;
    for (let column = 0; column < width; column++) delta[to + column] = place[rows[from + column] as number] as number;
  }
  return {
    classes,
    width,
    delta,
    firstFinal: plain * width,
    ends,
    lengths: Uint8Array.from(encoded, ({ length }) => length),
    longest: Math.max(1, ...encoded.map(({ length }) => length)),
  };
}

function byteClasses(encoded: readonly Uint8Array[]): { classes: Uint8Array; width: number } {
  const classes = new Uint8Array(256);
  let width = 1;
  for (const bytes of encoded) for (const byte of bytes) if (classes[byte] === 0) classes[byte] = width++;
  for (let code = 65; code <= 90; code++) classes[code] = classes[code + 32] ?? 0;
  return { classes, width };
}

/** Writes the tree of all keywords into `rows` (0: no step) and gives the number of states. */
function plant(
  encoded: readonly Uint8Array[],
  classes: Uint8Array,
  width: number,
  rows: Uint32Array,
  own: (number[] | undefined)[],
): number {
  let count = 1;
  for (const [index, bytes] of encoded.entries()) {
    let at = 0;
    for (const byte of bytes) {
      const cell = at * width + (classes[byte] as number);
      if (rows[cell] === 0) {
        rows[cell] = count++;
        own.push(undefined);
      }
      at = rows[cell] as number;
    }
    own[at] = [...(own[at] ?? []), index];
  }
  return count;
}

/** Breadth first: a step that a state does not have is that of the state it falls back to. */
function completeRows(rows: Uint32Array, width: number, count: number, own: (number[] | undefined)[]): void {
  const fail = new Uint32Array(count);
  const queue = new Uint32Array(count);
  let tail = 1;
  for (let head = 0; head < tail; head++) {
    const at = queue[head] as number;
    const back = fail[at] as number;
    if (own[back] !== undefined && at !== 0) own[at] = [...(own[at] ?? []), ...(own[back] ?? [])];
    for (let column = 0; column < width; column++) {
      const next = rows[at * width + column] as number;
      const fallen = at === 0 ? 0 : (rows[back * width + column] as number);
      if (next === 0) rows[at * width + column] = fallen;
      else {
        fail[next] = fallen;
        queue[tail++] = next;
      }
    }
  }
}

/** Pairs of (end of the keyword, index into `ends`), ascending by end. */
export class Hits {
  pairs = new Int32Array(8192);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  grow(): void {
    const larger = new Int32Array(this.pairs.length * 2);
    larger.set(this.pairs);
    this.pairs = larger;
  }
}

const second = new Hits();

/** Below this, splitting gains nothing. */
const worthSplitting = 512;

export function findKeywords(table: KeywordTable, bytes: Uint8Array, start: number, end: number, hits: Hits): void {
  hits.clear();
  if (end - start < worthSplitting) {
    findFrom(table, bytes, start, end, 0, start, hits);
    return;
  }
  const half = start + ((end - start) >>> 1);
  second.clear();
  const warm = Math.max(start, half - table.longest);
  const states = findTwo(table, bytes, start, warm, half - warm, end - half, half, hits);
  findFrom(table, bytes, start + (half - warm) + Math.min(half - start - (half - warm), end - half), half, states[0], start, hits);
  findFrom(table, bytes, half + Math.min(half - start - (half - warm), end - half), end, states[1], half, second);
  append(hits, second);
}

function append(hits: Hits, more: Hits): void {
  while (hits.pairs.length < (hits.count + more.count) * 2) hits.grow();
  hits.pairs.set(more.pairs.subarray(0, more.count * 2), hits.count * 2);
  hits.count += more.count;
}

/** Reads on from `state`; hits that end at or before `from` are another reader's. */
function findFrom(table: KeywordTable, bytes: Uint8Array, start: number, end: number, state: number, from: number, hits: Hits): number {
  const { classes, delta, firstFinal, width } = table;
  let at = state;
  for (let index = start; index < end; index++) {
    at = delta[at + (classes[bytes[index] as number] as number)] as number;
    if (at >= firstFinal && index >= from) {
      if (hits.count * 2 >= hits.pairs.length) hits.grow();
      hits.pairs[hits.count * 2] = index + 1;
      hits.pairs[hits.count * 2 + 1] = (at - firstFinal) / width;
      hits.count++;
    }
  }
  return at;
}

/** The first `lead` bytes of the second reader only bring it into the right state; the first reader goes as many steps by itself. */
function findTwo(
  table: KeywordTable,
  bytes: Uint8Array,
  start: number,
  warm: number,
  lead: number,
  length: number,
  half: number,
  hits: Hits,
): [number, number] {
  const { classes, delta, firstFinal, width } = table;
  let left = findFrom(table, bytes, start, start + lead, 0, start, hits);
  let right = findFrom(table, bytes, warm, half, 0, half, second);
  const leftStart = start + lead;
  const steps = Math.min(half - leftStart, length);
  for (let step = 0; step < steps; step++) {
    left = delta[left + (classes[bytes[leftStart + step] as number] as number)] as number;
    right = delta[right + (classes[bytes[half + step] as number] as number)] as number;
    if (left >= firstFinal) {
      if (hits.count * 2 >= hits.pairs.length) hits.grow();
      hits.pairs[hits.count * 2] = leftStart + step + 1;
      hits.pairs[hits.count * 2 + 1] = (left - firstFinal) / width;
      hits.count++;
    }
    if (right >= firstFinal) {
      if (second.count * 2 >= second.pairs.length) second.grow();
      second.pairs[second.count * 2] = half + step + 1;
      second.pairs[second.count * 2 + 1] = (right - firstFinal) / width;
      second.count++;
    }
  }
  return [left, right];
}
