import type { Detection } from "./model.ts";

/**
 * Detections as numbers and bytes: as objects, a hundred thousand of them would take more memory than the whole scan, and they come from other threads,
 * where each would be made twice.
 */
export interface PackedDetections {
  /** `fields` numbers for each. */
  readonly numbers: Int32Array;
  /** The secrets, one behind the other, in UTF-8. */
  readonly secrets: Uint8Array;
  readonly members: readonly string[];
  readonly contexts: readonly (Detection["context"] | undefined)[];
}

const fields = 9;
const inlineBit = 1;
const encoder = new TextEncoder();
// A byte order mark inside a secret is part of it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Packs detections as they come. */
export class Packer {
  #numbers = new Int32Array(fields * 16);
  #secrets = new Uint8Array(1_024);
  #used = 0;
  #count = 0;
  readonly #members: string[] = [];
  readonly #contexts: (Detection["context"] | undefined)[] = [];

  get count(): number {
    return this.#count;
  }

  add({ rule, line, column, endLine, endColumn, entropy, inline, member, secret, context }: Detection): void {
    this.#reserve(secret.length * 3);
    this.#used += encoder.encodeInto(secret, this.#secrets.subarray(this.#used)).written;
    if (member !== undefined && this.#members.at(-1) !== member) this.#members.push(member);
    const place = member === undefined ? 0 : this.#members.length;
    const whole = Math.round(entropy * 100);
    this.#numbers.set([rule, line, column, endLine, endColumn, whole, inline ? inlineBit : 0, place, this.#used], this.#count * fields);
    if (context !== undefined) this.#contexts[this.#count] = context;
    this.#count++;
  }

  /** Everything so far, in memory of its own. */
  packed(): PackedDetections {
    return {
      numbers: this.#numbers.slice(0, this.#count * fields),
      secrets: this.#secrets.slice(0, this.#used),
      members: this.#members,
      contexts: this.#contexts,
    };
  }

  #reserve(bytes: number): void {
    if ((this.#count + 1) * fields > this.#numbers.length) {
      const more = new Int32Array(this.#numbers.length * 2);
      more.set(this.#numbers);
      this.#numbers = more;
    }
    if (this.#used + bytes > this.#secrets.length) {
      const more = new Uint8Array(Math.max(this.#secrets.length * 2, this.#used + bytes));
      more.set(this.#secrets.subarray(0, this.#used));
      this.#secrets = more;
    }
  }
}

/** Packages of detections, numbered through in the order in which they came. */
export class DetectionStore {
  readonly #packages: { readonly first: number; readonly packed: PackedDetections }[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The number of the first of them. */
  add(packed: PackedDetections): number {
    const first = this.#count;
    if (packed.numbers.length > 0) this.#packages.push({ first, packed });
    this.#count += packed.numbers.length / fields;
    return first;
  }

  at(index: number): Detection {
    const { first, packed } = this.#packageOf(index);
    const { numbers, secrets, members, contexts } = packed;
    const start = (index - first) * fields;
    const number = (field: number): number => numbers[start + field] ?? 0;
    const secretStart = start === 0 ? 0 : (numbers[start - 1] ?? 0);
    const member = number(7) === 0 ? undefined : members[number(7) - 1];
    const context = contexts[index - first];
    return {
      rule: number(0),
      secret: decoder.decode(secrets.subarray(secretStart, number(8))),
      line: number(1),
      column: number(2),
      endLine: number(3),
      endColumn: number(4),
      entropy: number(5) / 100,
      inline: number(6) === inlineBit,
      ...(member === undefined ? {} : { member }),
      ...(context === undefined ? {} : { context }),
    };
  }

  #packageOf(index: number): { readonly first: number; readonly packed: PackedDetections } {
    let low = 0;
    let high = this.#packages.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#packages[middle]?.first ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    const found = this.#packages[low];
    if (found === undefined) throw new RangeError(`There is no detection ${index}.`);
    return found;
  }
}
