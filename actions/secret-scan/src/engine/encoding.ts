/** What kind of bytes a content is; text in UTF-16 and UTF-32 is turned into UTF-8 before it is searched. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "utf-32le" | "utf-32be" | "binary";

const looked = 8_000;

export function encodingOf(bytes: Uint8Array, start: number, end: number): Encoding {
  const size = end - start;
  const [a, b, c, d] = [bytes[start], bytes[start + 1], bytes[start + 2], bytes[start + 3]];
  if (size >= 4 && a === 0xff && b === 0xfe && c === 0 && d === 0) return "utf-32le";
  if (size >= 4 && a === 0 && b === 0 && c === 0xfe && d === 0xff) return "utf-32be";
  if (size >= 2 && a === 0xff && b === 0xfe) return "utf-16le";
  if (size >= 2 && a === 0xfe && b === 0xff) return "utf-16be";
  const limit = Math.min(end, start + looked);
  const first = bytes.indexOf(0, start);
  if (first === -1 || first >= limit) return "utf-8";
  return nulPattern(bytes, start, limit);
}

/** Without a mark, UTF-16 of Latin letters has a NUL at every second place. */
function nulPattern(bytes: Uint8Array, start: number, end: number): Encoding {
  const zeros = [0, 0, 0, 0];
  for (let at = start; at < end; at++) if (bytes[at] === 0) zeros[(at - start) & 3] = (zeros[(at - start) & 3] ?? 0) + 1;
  const [z0 = 0, z1 = 0, z2 = 0, z3 = 0] = zeros;
  const quarter = Math.max(1, Math.floor((end - start) / 4));
  const most = quarter * 0.7;
  const few = quarter * 0.1;
  if (z1 > most && z2 > most && z3 > most && z0 <= few) return "utf-32le";
  if (z0 > most && z1 > most && z2 > most && z3 <= few) return "utf-32be";
  if (z1 > most && z3 > most && z0 <= few && z2 <= few) return "utf-16le";
  if (z0 > most && z2 > most && z1 <= few && z3 <= few) return "utf-16be";
  return "binary";
}

/** UTF-8 of a text in another encoding, without its mark. */
export function toUtf8(bytes: Uint8Array, start: number, end: number, encoding: Exclude<Encoding, "utf-8" | "binary">): Uint8Array {
  const width = encoding.startsWith("utf-16") ? 2 : 4;
  const little = encoding.endsWith("le");
  const out = new Uint8Array(Math.ceil((end - start) / width) * (width === 2 ? 3 : 4));
  let length = 0;
  for (let at = start; at + width <= end; at += width) {
    let code = unit(bytes, at, width, little);
    if (width === 2 && code >= 0xd800 && code < 0xdc00 && at + 4 <= end) {
      const low = unit(bytes, at + 2, 2, little);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      }
    }
    if (code !== 0xfeff || at !== start) length = writeCode(out, length, code);
  }
  return out.subarray(0, length);
}

function unit(bytes: Uint8Array, at: number, width: number, little: boolean): number {
  let code = 0;
  for (let index = 0; index < width; index++) code = code * 256 + (bytes[at + (little ? width - 1 - index : index)] as number);
  return code;
}

function writeCode(out: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    out[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    out[at] = 0xc0 | (code >> 6);
    out[at + 1] = 0x80 | (code & 63);
    return at + 2;
  }
  if (code < 0x10000) {
    out[at] = 0xe0 | (code >> 12);
    out[at + 1] = 0x80 | ((code >> 6) & 63);
    out[at + 2] = 0x80 | (code & 63);
    return at + 3;
  }
  out[at] = 0xf0 | ((code >> 18) & 7);
  out[at + 1] = 0x80 | ((code >> 12) & 63);
  out[at + 2] = 0x80 | ((code >> 6) & 63);
  out[at + 3] = 0x80 | (code & 63);
  return at + 4;
}
