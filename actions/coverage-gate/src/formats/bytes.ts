import { parseNumber } from "../../../../packages/frame/numbers.ts";

const utf8 = new TextDecoder();

export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return utf8.decode(bytes.subarray(start, end));
}

/** Two multiplicative hashes side by side, 52 bits in all: exact in a double, and wide enough that the few units of one line never meet. */
export class Hash {
  #low = 0x811c9dc5;
  #high = 0x5bd1e995;

  add(value: number): this {
    this.#low = Math.imul(this.#low ^ value, 0x01000193);
    this.#high = Math.imul(this.#high ^ value, 0x85ebca6b) ^ (this.#high >>> 13);
    return this;
  }

  text(text: string): this {
    for (let i = 0; i < text.length; i++) this.add(text.charCodeAt(i));
    return this.add(0x110000);
  }

  get value(): number {
    return (this.#low >>> 0) * 0x100000 + ((this.#high ^ (this.#high >>> 16)) & 0xfffff);
  }
}

export function hashOfText(text: string): number {
  return new Hash().text(text).value;
}

export function hashOfNumbers(...numbers: readonly number[]): number {
  const hash = new Hash();
  for (const number of numbers) hash.add(number | 0).add(Math.floor(number / 0x100000000));
  return hash.value;
}

/** Digits only; -1 for anything else, for nothing and for more than 15 of them. */
export function digits(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 15) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Where the digits end that begin at `start`. */
export function pastDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let byte = bytes[at] ?? 0; byte >= 48 && byte < 58; byte = bytes[at] ?? 0) at++;
  return at;
}

/** The value of digits, of which `pastDigits` says that they are. */
export function decimal(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (bytes[at] ?? 0) - 48;
  return value;
}

/** A count as tools write it: `3`, `3.0`, `-1`, `1.5e+16`, `18446744073709551615`; NaN for anything else. */
export function countOf(bytes: Uint8Array, start: number, end: number): number {
  const plain = digits(bytes, start, end);
  return plain >= 0 ? plain : (parseNumber(textOf(bytes, start, end).trim()) ?? Number.NaN);
}

/** Line numbers beyond this are refused: no source file has them, and a few bytes of report could ask for gigabytes of table. */
export const lastLine = 0x7fffffff;

/** Paths in a report from Windows get `/`; elsewhere `\` is a character like any other. */
export function sourcePath(path: string): string {
  const windows = /^[A-Za-z]:[\\/]|^\\\\/.test(path) || (path.includes("\\") && !path.includes("/"));
  return windows ? path.replaceAll("\\", "/") : path;
}
