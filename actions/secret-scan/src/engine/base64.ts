const values = new Int8Array(256).fill(-1);
for (const [index, character] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries())
  values[character.charCodeAt(0)] = index;
values[45] = 62;
values[95] = 63;

/** 1 for the letters of both base64 alphabets. */
export const base64Bytes = values.map((value) => (value < 0 ? 0 : 1));

/** Decodes bytes `[start, end)` of either alphabet, without padding; stops at the first other byte. */
export function decodeBase64(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const out = new Uint8Array(Math.floor(((end - start) * 3) / 4));
  let length = 0;
  let bits = 0;
  let count = 0;
  for (let at = start; at < end; at++) {
    const value = values[bytes[at] as number] as number;
    if (value < 0) break;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out[length++] = (bits >> count) & 255;
    }
  }
  return out.subarray(0, length);
}

export function base64Text(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return new TextDecoder().decode(decodeBase64(bytes, 0, bytes.length));
}
