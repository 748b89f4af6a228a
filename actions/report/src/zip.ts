import { UserError } from "../../../packages/frame/errors.ts";
import { printableLine } from "../../../packages/frame/printable.ts";
import type { File, ReportPorts } from "./model.ts";

/**
 * Archives as artifacts are: few small files, side by side. What a reader of archives may be tricked with is refused and not worked around: two tellings
 * of one name, entries that share bytes, links, folders, encryption, sizes that do not hold.
 */

export interface ZipLimits {
  readonly entries: number;
  /** Unpacked bytes of one file, and of all. */
  readonly fileBytes: number;
  readonly allBytes: number;
}

type Deflate = ReportPorts["deflate"];

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endLength = 22;
const stored = 0;
const deflated = 8;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly offset: number;
}

export async function readZip(bytes: Uint8Array, limits: ZipLimits, deflate: Deflate): Promise<File[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { entries, start } = readDirectory(view, bytes, limits);
  const slices = entries.map((entry) => dataOf(view, bytes, entry, start));
  refuseOverlap(slices);
  const files: File[] = [];
  for (const [index, entry] of entries.entries()) {
    const { from, to } = slices[index] ?? { from: 0, to: 0 };
    files.push({ name: entry.name, content: await contentOf(entry, bytes.subarray(from, to), deflate) });
  }
  return files;
}

function refuse(why: string): never {
  throw new UserError(`The artifact is not one of Forge: ${why}.`);
}

function readDirectory(view: DataView, bytes: Uint8Array, limits: ZipLimits): { entries: Entry[]; start: number } {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  const length = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 6, true) !== 0 || view.getUint16(end + 8, true) !== count)
    refuse("its archive spans several disks");
  if (start + length !== end) refuse("its archive has a directory that is not where it says");
  if (count > limits.entries) refuse(`it has ${count} files, and at most ${limits.entries} are allowed`);
  const entries: Entry[] = [];
  const names = new Set<string>();
  let at = start;
  let together = 0;
  for (let index = 0; index < count; index++) {
    const { entry, next } = readEntry(view, bytes, at, end, limits);
    const lower = entry.name.toLowerCase();
    if (names.has(lower)) refuse(`it has the file ${printableLine(entry.name, 100)} twice`);
    names.add(lower);
    together += entry.unpacked;
    if (together > limits.allBytes) refuse(`its files have more than ${limits.allBytes} bytes together`);
    entries.push(entry);
    at = next;
  }
  if (at !== end) refuse("its archive has a directory of another length than it says");
  return { entries, start };
}

/** Nothing may follow it: a comment would be the place for a second archive. */
function findEnd(view: DataView): number {
  const at = view.byteLength - endLength;
  if (at < 0 || view.getUint32(at, true) !== endSignature || view.getUint16(at + 20, true) !== 0) refuse("it is not a whole ZIP archive");
  return at;
}

function readEntry(view: DataView, bytes: Uint8Array, at: number, end: number, limits: ZipLimits): { entry: Entry; next: number } {
  if (at + 46 > end || view.getUint32(at, true) !== centralSignature) refuse("its archive has a damaged directory");
  const nameLength = view.getUint16(at + 28, true);
  const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > end) refuse("its archive has a damaged directory");
  const name = nameOf(bytes.subarray(at + 46, at + 46 + nameLength));
  const shown = printableLine(name, 100);
  if ((view.getUint16(at + 8, true) & 1) !== 0) refuse(`${shown} is encrypted`);
  refuseKind(view, at, shown);
  const entry: Entry = {
    name,
    method: view.getUint16(at + 10, true),
    checksum: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    unpacked: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  };
  if (entry.method !== stored && entry.method !== deflated) refuse(`${shown} is packed in a way that Forge does not use`);
  if (entry.unpacked > limits.fileBytes)
    refuse(`${shown} says that it has ${entry.unpacked} bytes, and at most ${limits.fileBytes} are allowed`);
  return { entry, next };
}

/** Systems that keep Unix modes say in them what a link, a folder or a device is. */
function refuseKind(view: DataView, at: number, shown: string): void {
  const kind = (view.getUint32(at + 38, true) >>> 16) & 0xf000;
  if (kind !== 0 && kind !== 0x8000) refuse(`${shown} is not a plain file`);
}

/** File names of ASCII only, in no folder: that is what Forge writes, and nothing else has to be understood. */
function nameOf(bytes: Uint8Array): string {
  const name = String.fromCharCode(...bytes.subarray(0, 300));
  if (bytes.length > 200 || !/^[A-Za-z0-9][A-Za-z0-9._-]*\.json$/.test(name))
    refuse(`the name ${JSON.stringify(printableLine(name, 100))} is not that of a report, such as coverage-gate.json`);
  return name;
}

interface Slice {
  /** Where the local header begins, and the data behind it. */
  readonly header: number;
  readonly from: number;
  readonly to: number;
}

function dataOf(view: DataView, bytes: Uint8Array, entry: Entry, end: number): Slice {
  const { offset, name } = entry;
  if (offset + 30 > end || view.getUint32(offset, true) !== localSignature) refuse(`${name} is not where the archive says`);
  const nameLength = view.getUint16(offset + 26, true);
  const from = offset + 30 + nameLength + view.getUint16(offset + 28, true);
  const to = from + entry.packed;
  if (to > end) refuse(`${name} is longer than the archive`);
  const told = String.fromCharCode(...bytes.subarray(offset + 30, offset + 30 + Math.min(nameLength, 300)));
  if (told !== name || view.getUint16(offset + 8, true) !== entry.method) refuse(`${name} is called otherwise in a second place`);
  return { header: offset, from, to };
}

function refuseOverlap(slices: readonly Slice[]): void {
  const sorted = slices.toSorted((a, b) => a.header - b.header);
  for (const [index, slice] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next !== undefined && slice.to > next.header) refuse("two of its files share the same bytes");
  }
}

async function contentOf(entry: Entry, packed: Uint8Array, deflate: Deflate): Promise<Uint8Array> {
  const content = entry.method === stored ? packed : await unpacked(entry, packed, deflate);
  if (content.length !== entry.unpacked) refuse(`${entry.name} has another size than the archive says`);
  if ((await deflate.checksum(content)) !== entry.checksum) refuse(`${entry.name} is damaged`);
  return content;
}

async function unpacked(entry: Entry, packed: Uint8Array, deflate: Deflate): Promise<Uint8Array> {
  try {
    return await deflate.unpack(packed, entry.unpacked);
  } catch {
    return refuse(`${entry.name} is damaged, or larger than the archive says`);
  }
}

/** 1980-01-01, the earliest that the format knows: the same files make the same archive. */
const date = 0x21;

export async function writeZip(files: readonly File[], deflate: Deflate): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content } of files) {
    const packed = await deflate.pack(content);
    const fields = { name, checksum: await deflate.checksum(content), packed: packed.length, unpacked: content.length, offset };
    const local = header(fields, false);
    parts.push(local, packed);
    directory.push(header(fields, true));
    offset += local.length + packed.length;
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  const end = new Uint8Array(endLength);
  const view = new DataView(end.buffer);
  view.setUint32(0, endSignature, true);
  view.setUint16(8, files.length, true);
  view.setUint16(10, files.length, true);
  view.setUint32(12, length, true);
  view.setUint32(16, offset, true);
  return joined([...parts, ...directory, end]);
}

type Fields = Omit<Entry, "method">;

/** The two headers of a file say the same; the directory's says also that it is a plain file, and where it lies. */
function header({ name, checksum, packed, unpacked, offset }: Fields, central: boolean): Uint8Array {
  const fixed = central ? 46 : 30;
  const bytes = new Uint8Array(fixed + name.length);
  const view = new DataView(bytes.buffer);
  const shift = central ? 2 : 0;
  view.setUint32(0, central ? centralSignature : localSignature, true);
  if (central) view.setUint16(4, (3 << 8) | 20, true);
  view.setUint16(4 + shift, 20, true);
  view.setUint16(8 + shift, deflated, true);
  view.setUint16(12 + shift, date, true);
  view.setUint32(14 + shift, checksum, true);
  view.setUint32(18 + shift, packed, true);
  view.setUint32(22 + shift, unpacked, true);
  view.setUint16(26 + shift, name.length, true);
  if (central) {
    view.setUint32(38, 0o100644 * 0x10000, true);
    view.setUint32(42, offset, true);
  }
  for (let index = 0; index < name.length; index++) bytes[fixed + index] = name.charCodeAt(index);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
