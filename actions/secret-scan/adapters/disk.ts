import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync, type Stats } from "node:fs";
import { codeOf, messageOf } from "../../../packages/frame/errors.ts";
import type { ContentScanner, Scanned } from "../src/engine/scan.ts";
import type { Skip } from "../src/model.ts";
import { Packer } from "../src/packed.ts";
import type { BatchResult, Hit } from "./blob-stream.ts";
import { diskPath, type FileName, shownName } from "./file-name.ts";
import { LongContent, wholeContent } from "./long-content.ts";
import type { Setup } from "./machine.ts";

/** Scans files on disk. Links are not followed: where a link leads to is its content, as git has it. */
export function scanFiles(scanner: ContentScanner, setup: Setup, names: readonly FileName[], buffer: Uint8Array): BatchResult {
  const hits: Hit[] = [];
  const packer = new Packer();
  const skipped: Skip[] = [];
  let blobs = 0;
  let bytes = 0;
  for (const key of names) {
    const path = shownName(key);
    const before = packer.count;
    try {
      const read = scanFile(scanner, setup, key, buffer, packer);
      if ("reason" in read) {
        skipped.push(read);
        continue;
      }
      blobs++;
      bytes += read.size;
      if (read.packed > 0) skipped.push({ reason: "archive that could not be unpacked, read as it is", name: path, incomplete: true });
    } catch (error) {
      // A file that went away while the list was read is as good as never listed.
      if (codeOf(error) !== "ENOENT")
        skipped.push({ reason: `could not be read (${codeOf(error) ?? messageOf(error)})`, name: path, incomplete: true });
    }
    if (packer.count > before) hits.push({ key, path, count: packer.count - before });
  }
  return { hits, detections: packer.packed(), blobs, bytes, skipped };
}

type Read = { readonly size: number; readonly packed: number };

function scanFile(scanner: ContentScanner, { root, maxFileSize }: Setup, name: FileName, buffer: Uint8Array, packer: Packer): Read | Skip {
  const path = shownName(name);
  const absolute = diskPath(root, name);
  const found = lstatSync(absolute);
  if (found.isSymbolicLink()) {
    const target = Buffer.from(readlinkSync(absolute));
    return { size: target.length, packed: kept(scanner.scan(target, 0, target.length, path), packer) };
  }
  const refusal = refusalOf(found, path, maxFileSize);
  if (refusal !== undefined) return refusal;
  // O_NONBLOCK: if the file has become a FIFO meanwhile, opening it must not wait for a writer.
  const file = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) return { reason: "not a file", name: path, incomplete: false };
    return found.size > wholeContent ? scanLong(scanner, file, path, buffer, packer) : scanWhole(scanner, file, path, buffer, packer);
  } finally {
    closeSync(file);
  }
}

function refusalOf(found: Stats, path: string, maxFileSize: number | undefined): Skip | undefined {
  if (found.isDirectory()) return { reason: "another repository (submodule)", name: path, incomplete: false };
  if (!found.isFile()) return { reason: "not a file", name: path, incomplete: false };
  if (maxFileSize !== undefined && found.size > maxFileSize) return { reason: "larger than max-file-size", name: path, incomplete: false };
  return undefined;
}

function scanWhole(scanner: ContentScanner, file: number, path: string, buffer: Uint8Array, packer: Packer): Read {
  let size = 0;
  for (;;) {
    const read = readSync(file, buffer, size, buffer.length - size, null);
    size += read;
    if (read === 0 || size === buffer.length) break;
  }
  return { size, packed: kept(scanner.scan(buffer, 0, size, path), packer) };
}

function kept({ detections, packed }: Scanned, packer: Packer): number {
  for (const detection of detections) packer.add(detection);
  return packed;
}

const portion = Buffer.allocUnsafeSlow(2 ** 20);

function scanLong(scanner: ContentScanner, file: number, path: string, buffer: Uint8Array, packer: Packer): Read {
  const content = new LongContent(scanner, path, fstatSync(file).size, buffer, packer);
  let size = 0;
  for (let read = readSync(file, portion, 0, portion.length, null); read > 0; read = readSync(file, portion, 0, portion.length, null)) {
    content.push(portion.subarray(0, read));
    size += read;
  }
  return { size, packed: content.end() };
}
