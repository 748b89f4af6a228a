/** What the engine needs of the machine: bytes as one character each. */
export type Latin1 = (bytes: Uint8Array, start: number, end: number) => string;

const decoder = new TextDecoder();

/** Bytes as people read them. */
export function utf8(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

export function isAlphanumeric(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122));
}

/** Whether a token may begin at `at`: not in the middle of a word, unless what precedes is an escape (`\n`, `%3D`, `\u003d`, `\x22`). */
export function startsWord(bytes: Uint8Array, at: number, from: number): boolean {
  if (at <= from || !isAlphanumeric(bytes[at - 1])) return true;
  if (at - 2 >= from && bytes[at - 2] === 92) return true;
  if (at - 3 >= from && bytes[at - 3] === 37) return true;
  if (at - 4 >= from && bytes[at - 4] === 92 && bytes[at - 3] === 120) return true;
  return at - 6 >= from && bytes[at - 6] === 92 && bytes[at - 5] === 117;
}

export function endsWord(bytes: Uint8Array, at: number, to: number): boolean {
  return at >= to || !isAlphanumeric(bytes[at]);
}
