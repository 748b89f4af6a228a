import { createHash, hash } from "node:crypto";
import { GrowingNumbers } from "../src/growing.ts";
import type { Detection, Occurrence, Occurrences, Rule } from "../src/model.ts";
import type { DetectionStore } from "../src/packed.ts";
import type { Authorship } from "./authors.ts";

/** Where secrets were found; `commit` is empty outside of commits. */
interface Place {
  readonly path: string;
  readonly commit: string;
}

const fields = 4;

/** Occurrences as a few numbers each: the detection, the place, and 24 and 24 bits of the hash. */
export class OccurrenceRows implements Occurrences {
  readonly #store: DetectionStore;
  readonly #rules: readonly Rule[];
  readonly #sha1: boolean;
  readonly #rows = new GrowingNumbers();
  readonly #places: Place[] = [];
  #key = "";
  /** The key, each byte changed, and behind it what is summed up. */
  #inner = Buffer.alloc(1_024);
  readonly #outer = Buffer.alloc(96);
  authors: ReadonlyMap<string, Authorship> = new Map();

  constructor(store: DetectionStore, rules: readonly Rule[], sha1: boolean) {
    this.#store = store;
    this.#rules = rules;
    this.#sha1 = sha1;
  }

  get length(): number {
    return this.#rows.length / fields;
  }

  /** The commits that brought something in. */
  get commits(): readonly string[] {
    return [...new Set(this.#places.flatMap(({ commit }) => (commit === "" ? [] : [commit])))];
  }

  add(index: number, detection: Detection, place: Place): void {
    if (this.#places.at(-1) !== place) this.#places.push(place);
    const key = `forge secret-scan 1\0${this.#rules[detection.rule]?.id ?? ""}\0${wholePath(place.path, detection)}`;
    const sum = this.#hmac(key, detection.secret);
    this.#rows.push(index, this.#places.length - 1, Number.parseInt(sum.slice(0, 6), 16), Number.parseInt(sum.slice(6), 16));
  }

  at(row: number): Occurrence | undefined {
    if (row < 0 || row >= this.length) return undefined;
    const first = row * fields;
    const detection = this.#store.at(this.#rows.at(first));
    const { path = "", commit = "" } = this.#places[this.#rows.at(first + 1)] ?? {};
    const [high, low] = [this.#rows.at(first + 2), this.#rows.at(first + 3)];
    return {
      detection,
      path: wholePath(path, detection),
      ...(commit === "" ? {} : { commit, ...this.authors.get(commit) }),
      hash: high.toString(16).padStart(6, "0") + low.toString(16).padStart(6, "0"),
      ...(this.#sha1 ? { sha1: createHash("sha1").update(detection.secret).digest("hex") } : {}),
    };
  }

  *[Symbol.iterator](): Generator<Occurrence> {
    for (let row = 0; row < this.length; row++) yield this.at(row) as Occurrence;
  }

  /**
   * The first twelve digits of HMAC-SHA-256 (RFC 2104) by plain sums in memory that is used again: an object of OpenSSL for each of a hundred thousand
   * secrets would wait for the garbage collector.
   */
  #hmac(key: string, text: string): string {
    if (this.#key !== key) {
      const bytes = Buffer.from(key);
      const block = new Uint8Array(64);
      block.set(bytes.length > 64 ? hash("sha256", bytes, "buffer") : bytes);
      this.#inner.set(block.map((byte) => byte ^ 0x36));
      this.#outer.set(block.map((byte) => byte ^ 0x5c));
      this.#key = key;
    }
    const most = 64 + text.length * 3;
    if (this.#inner.length < most) this.#inner = Buffer.concat([this.#inner], most);
    const end = 64 + this.#inner.write(text, 64);
    this.#outer.write(hash("sha256", this.#inner.subarray(0, end), "hex"), 64, "hex");
    return hash("sha256", this.#outer, "hex").slice(0, 12);
  }
}

function wholePath(path: string, { member }: Detection): string {
  return member === undefined ? path : `${path}!${member}`;
}
