/** One file of an archive. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Unpacks; gives nothing when more than `most` bytes would come out or the data is damaged. */
export interface Inflate {
  /** Deflate without a header, as in zip. */
  raw(bytes: Uint8Array, most: number): Uint8Array | undefined;
  gzip(bytes: Uint8Array, most: number): Uint8Array | undefined;
}

export type ArchiveKind = "zip" | "gzip" | "tar";

export function archiveKindOf(bytes: Uint8Array, start: number, end: number): ArchiveKind | undefined {
  if (end - start < 22) return undefined;
  if (bytes[start] === 0x50 && bytes[start + 1] === 0x4b && bytes[start + 2] === 3 && bytes[start + 3] === 4) return "zip";
  if (bytes[start] === 0x1f && bytes[start + 1] === 0x8b && bytes[start + 2] === 8) return "gzip";
  // A program that unpacks itself, or a text with an archive behind it: the directory of a zip is at the end.
  if (bytes[end - 22] === 0x50 && bytes[end - 21] === 0x4b && bytes[end - 20] === 5 && bytes[end - 19] === 6) return "zip";
  if (end - start >= 512 && ascii(bytes, start + 257, 5) === "ustar") return "tar";
  return undefined;
}

export interface Unpacked {
  readonly members: readonly Member[];
  /** Something could not be unpacked: damaged, encrypted, or too large. */
  readonly left: number;
  /** Bytes in front of the archive that are no part of it. */
  readonly front: number;
}

const mostMembers = 20_000;
/** All members of one archive together. */
const mostUnpacked = 256 * 2 ** 20;

export function unpack(kind: ArchiveKind, bytes: Uint8Array, inflate: Inflate, path: string): Unpacked {
  if (kind === "zip") return unzip(bytes, inflate);
  if (kind === "tar") return untar(bytes);
  const content = inflate.gzip(bytes, mostUnpacked);
  if (content === undefined) return { members: [], left: 1, front: 0 };
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.(?:gz|tgz)$/i, "");
  return { members: [{ name: name === "" ? "content" : name, bytes: content }], left: 0, front: 0 };
}

function ascii(bytes: Uint8Array, start: number, length: number): string {
  let text = "";
  for (let at = start; at < start + length && bytes[at] !== 0 && bytes[at] !== undefined; at++)
    text += String.fromCharCode(bytes[at] as number);
  return text;
}

function untar(bytes: Uint8Array): Unpacked {
  const members: Member[] = [];
  let at = 0;
  let longName = "";
  while (at + 512 <= bytes.length && bytes[at] !== 0) {
    const size = tarSize(bytes, at);
    const content = bytes.subarray(at + 512, at + 512 + size);
    if (size < 0 || content.length < size || members.length >= mostMembers) return { members, left: 1, front: 0 };
    const type = String.fromCharCode(bytes[at + 156] ?? 0);
    const prefix = ascii(bytes, at + 345, 155);
    const name = longName || (prefix === "" ? "" : `${prefix}/`) + ascii(bytes, at, 100);
    longName = type === "L" ? new TextDecoder().decode(content).replace(/\0.*$/s, "") : type === "x" ? (paxPath(content) ?? "") : "";
    if (type === "0" || type === "\0" || type === "7") members.push({ name, bytes: content });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return { members, left: 0, front: 0 };
}

function tarSize(bytes: Uint8Array, at: number): number {
  if (((bytes[at + 124] ?? 0) & 0x80) !== 0) return -1;
  const text = ascii(bytes, at + 124, 12).trim();
  return /^[0-7]{1,11}$/.test(text) ? Number.parseInt(text, 8) : text === "" ? 0 : -1;
}

function paxPath(content: Uint8Array): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]+)/.exec(new TextDecoder().decode(content))?.[1];
}

/** By the directory at the end, which is what unpackers go by. */
function unzip(bytes: Uint8Array, inflate: Inflate): Unpacked {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOfDirectory(view);
  if (end === -1) return { members: [], left: 1, front: 0 };
  const members: Member[] = [];
  let left = 0;
  let budget = mostUnpacked;
  // Places count from where the zip begins, which need not be where the file does.
  const front = Math.max(0, end - view.getUint32(end + 12, true) - view.getUint32(end + 16, true));
  let at = view.getUint32(end + 16, true) + front;
  const count = view.getUint16(end + 10, true);
  for (let index = 0; index < count; index++) {
    const entry = zipEntry(view, at);
    if (entry === undefined || members.length >= mostMembers) return { members, left: left + 1, front };
    at = entry.next;
    if (entry.name.endsWith("/")) continue;
    const content = entry.size > budget ? undefined : zipContent(bytes, view, { ...entry, place: entry.place + front }, inflate);
    if (content === undefined) left++;
    else {
      budget -= content.length;
      members.push({ name: entry.name, bytes: content });
    }
  }
  return { members, left, front };
}

function endOfDirectory(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 65_557); at--)
    if (view.getUint32(at, true) === 0x06054b50) return at;
  return -1;
}

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly packed: number;
  readonly size: number;
  readonly place: number;
  readonly next: number;
}

function zipEntry(view: DataView, at: number): ZipEntry | undefined {
  if (at + 46 > view.byteLength || view.getUint32(at, true) !== 0x02014b50) return undefined;
  const nameLength = view.getUint16(at + 28, true);
  const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > view.byteLength) return undefined;
  return {
    name: new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength)),
    method: view.getUint16(at + 10, true),
    encrypted: (view.getUint16(at + 8, true) & 1) === 1,
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    place: view.getUint32(at + 42, true),
    next,
  };
}

function zipContent(bytes: Uint8Array, view: DataView, entry: ZipEntry, inflate: Inflate): Uint8Array | undefined {
  if (entry.encrypted || entry.place + 30 > view.byteLength || view.getUint32(entry.place, true) !== 0x04034b50) return undefined;
  const start = entry.place + 30 + view.getUint16(entry.place + 26, true) + view.getUint16(entry.place + 28, true);
  const packed = bytes.subarray(start, start + entry.packed);
  if (packed.length < entry.packed) return undefined;
  if (entry.method === 0) return packed;
  return entry.method === 8 ? inflate.raw(packed, Math.max(1, entry.size)) : undefined;
}
