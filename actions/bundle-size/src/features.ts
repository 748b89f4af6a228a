import type { Sample } from "./model.ts";

/** How many hashes are sampled of a file that is here; a stored sample has fewer (`stored.ts`). */
export const largestSample = 4096;
const roomBeforeSorting = 65_536;
const shortestWord = 3;
const longestWord = 80;

/** A multiplication that spreads the bits of a number over all 32. */
function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

class LowestHashes {
  #kept = new Set<number>();
  #below = 2 ** 32;

  add(hash: number): void {
    if (hash >= this.#below) return;
    this.#kept.add(hash);
    if (this.#kept.size > roomBeforeSorting) this.#cut();
  }

  #cut(): void {
    const sorted = Uint32Array.from(this.#kept).sort();
    this.#below = sorted[largestSample] ?? 2 ** 32;
    this.#kept = new Set(sorted.subarray(0, largestSample));
  }

  sample(): Sample {
    const sorted = Uint32Array.from(this.#kept).sort();
    const complete = this.#below === 2 ** 32 && sorted.length <= largestSample;
    return { hashes: sorted.slice(0, largestSample), complete };
  }
}

/**
 * A sample of the words of a text and of the pairs of neighbours among them. Minifiers rename what has one or two letters and keep property
 * names, strings and numbers, so words from three letters on are what stays. Words that look like hashes are left out: they are the names of
 * other chunks, which change with these. Binary content is sampled by runs of sixteen bytes.
 */
export function sampleOf(bytes: Uint8Array): Sample {
  return bytes.subarray(0, 8192).includes(0) ? sampleOfBinary(bytes) : sampleOfText(bytes);
}

/** 0: no part of a word, 1: lower case or not ASCII, 2: upper case, 3: digit, 4: `_` or `$`. */
const kinds = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= 128 || (code >= 97 && code <= 122)) return 1;
  if (code >= 65 && code <= 90) return 2;
  if (code >= 48 && code <= 57) return 3;
  return code === 95 || code === 36 ? 4 : 0;
});

function sampleOfText(bytes: Uint8Array): Sample {
  const lowest = new LowestHashes();
  let before = 0;
  let at = 0;
  while (at < bytes.length) {
    let kind = kinds[bytes[at] ?? 0] ?? 0;
    if (kind === 0) {
      at++;
      continue;
    }
    const from = at;
    let hash = 0x811c9dc5;
    let turns = 0;
    let last = kind;
    while (kind !== 0) {
      hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
      if (kind !== last) turns++;
      last = kind;
      at++;
      kind = at < bytes.length ? (kinds[bytes[at] ?? 0] ?? 0) : 0;
    }
    const length = at - from;
    if (length < shortestWord || length > longestWord || (length >= 7 && turns * 2 >= length - 1)) continue;
    const word = mixed(hash);
    lowest.add(word);
    lowest.add(mixed(Math.imul(before, 31) ^ word));
    before = word;
  }
  return lowest.sample();
}

const run = 16;

function sampleOfBinary(bytes: Uint8Array): Sample {
  const lowest = new LowestHashes();
  let rolling = 0;
  let drop = 1;
  for (let i = 0; i < run; i++) drop = Math.imul(drop, 0x01000193);
  for (const [at, byte] of bytes.entries()) {
    rolling = (Math.imul(rolling, 0x01000193) + byte + 1) | 0;
    if (at >= run) rolling = (rolling - Math.imul(drop, (bytes[at - run] ?? 0) + 1)) | 0;
    if (at >= run - 1) lowest.add(mixed(rolling));
  }
  return lowest.sample();
}
