import { crc32, deflateRawSync } from "node:zlib";

/** A file of an archive, with everything that can be told wrongly about it. */
export interface Packed {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Otherwise than in the directory. */
  readonly localName?: string;
  /** A Unix mode, such as 0o120777 for a link. */
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  /** Said in the directory instead of the truth. */
  readonly size?: number;
  readonly checksum?: number;
  readonly store?: boolean;
  /** Said instead of the place where it lies. */
  readonly offset?: number;
}

/** An archive by hand, so that it can be as wrong as an attacker wants it. */
export function archive(files: readonly Packed[], given: { readonly count?: number; readonly comment?: Buffer } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const content = Buffer.from(file.content);
    const method = file.method ?? (file.store === true ? 0 : 8);
    const data = method === 8 ? deflateRawSync(content, { level: 9 }) : content;
    const checksum = file.checksum ?? crc32(content);
    const size = file.size ?? content.length;
    const fields = { flags: file.flags ?? 0, method, checksum, packed: data.length, size };
    const local = header(0x04034b50, 30, file.localName ?? file.name, fields);
    const central = header(0x02014b50, 46, file.name, fields);
    central.writeUInt32LE((file.mode ?? 0o100644) * 0x10000, 38);
    central.writeUInt32LE(file.offset ?? offset, 42);
    parts.push(local, data);
    directory.push(central);
    offset += local.length + data.length;
  }
  const comment = given.comment ?? Buffer.alloc(0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(given.count ?? files.length, 8);
  end.writeUInt16LE(given.count ?? files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, ...directory, end, comment]);
}

interface Fields {
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
}

function header(signature: number, fixed: number, name: string, { flags, method, checksum, packed, size }: Fields): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(fixed), Buffer.from(name, "utf8")]);
  const shift = fixed === 46 ? 2 : 0;
  bytes.writeUInt32LE(signature, 0);
  if (shift > 0) bytes.writeUInt16LE((3 << 8) | 20, 4);
  bytes.writeUInt16LE(20, 4 + shift);
  bytes.writeUInt16LE(flags, 6 + shift);
  bytes.writeUInt16LE(method, 8 + shift);
  bytes.writeUInt32LE(checksum >>> 0, 14 + shift);
  bytes.writeUInt32LE(packed, 18 + shift);
  bytes.writeUInt32LE(size, 22 + shift);
  bytes.writeUInt16LE(Buffer.byteLength(name), 26 + shift);
  return bytes;
}
