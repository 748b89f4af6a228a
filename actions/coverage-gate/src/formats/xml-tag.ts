import { textOf } from "./bytes.ts";

/** As the scanner takes it over a name's bytes. */
export function nameHash(name: string): number {
  let hash = 0;
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0;
  return hash;
}

/** Names to numbers by a small table of hashes. */
export class Names {
  readonly #slots = new Int32Array(256);
  readonly #hashes: Int32Array;
  readonly #lengths: Uint8Array;

  constructor(names: readonly string[]) {
    this.#hashes = new Int32Array(names.length + 1);
    this.#lengths = new Uint8Array(names.length + 1);
    names.forEach((name, i) => {
      const hash = nameHash(name);
      let slot = hash & 255;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & 255;
      this.#slots[slot] = i + 1;
      this.#hashes[i + 1] = hash;
      this.#lengths[i + 1] = name.length;
    });
  }

  find(hash: number, length: number): number {
    for (let slot = hash & 255; ; slot = (slot + 1) & 255) {
      const name = this.#slots[slot] ?? 0;
      if (name === 0 || (this.#hashes[name] === hash && this.#lengths[name] === length)) return name;
    }
  }
}

/** The start tag that is being handed over: its known attributes, undecoded until asked for. */
export class XmlTag {
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the tag begins in `bytes`. */
  start = 0;
  textWanted = false;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly stamp: Int32Array;
  serial = 0;

  constructor(attributes: number) {
    this.from = new Int32Array(attributes + 1);
    this.to = new Int32Array(attributes + 1);
    this.stamp = new Int32Array(attributes + 1);
  }

  /** The first of two attributes of one name counts. */
  set(attribute: number, from: number, to: number): void {
    if (this.stamp[attribute] === this.serial) return;
    this.stamp[attribute] = this.serial;
    this.from[attribute] = from;
    this.to[attribute] = to;
  }

  has(attribute: number): boolean {
    return this.stamp[attribute] === this.serial;
  }

  /** Decoded; `undefined` where the tag has no such attribute. */
  text(attribute: number): string | undefined {
    return this.has(attribute) ? decoded(textOf(this.bytes, this.from[attribute] ?? 0, this.to[attribute] ?? 0)) : undefined;
  }

  /** Whether the attribute's value is exactly this (plain letters). Makes no string. */
  is(attribute: number, value: string): boolean {
    const from = this.from[attribute] ?? 0;
    if (!this.has(attribute) || (this.to[attribute] ?? 0) - from !== value.length) return false;
    for (let i = 0; i < value.length; i++) if (this.bytes[from + i] !== value.charCodeAt(i)) return false;
    return true;
  }

  wantText(): void {
    this.textWanted = true;
  }
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The five entities of XML and character references. Others stay as written: nothing that a document defines is ever expanded. */
export function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/g, (whole, name: string) => {
    if (!name.startsWith("#")) return entities[name] ?? whole;
    const code = Number(name.startsWith("#x") ? `0x${name.slice(2)}` : name.slice(1));
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : whole;
  });
}
