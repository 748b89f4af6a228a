import { join } from "node:path";

/**
 * Names of files as texts that can be handed to other threads: UTF-8 as it is, any other bytes behind a NUL, which no name holds, one character a byte.
 * As UTF-8 they would name no file, and what does not exist is not missed.
 */
export type FileName = string;

const strange = "\0";

export function fileNameOf(bytes: Uint8Array): FileName {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString("utf8");
  return Buffer.from(text).equals(buffer) ? text : strange + buffer.toString("latin1");
}

/** As people and reports see it. */
export function shownName(name: FileName): string {
  return name.startsWith(strange) ? bytesOf(name).toString("utf8") : name;
}

/** As the file system takes it. */
export function diskPath(root: string, name: FileName): string | Buffer {
  return name.startsWith(strange) ? Buffer.concat([Buffer.from(`${root}/`), bytesOf(name)]) : join(root, name);
}

/** The name of an entry of a folder. */
export function nameIn(folder: FileName, entry: Uint8Array): FileName {
  return folder === "" ? fileNameOf(entry) : fileNameOf(Buffer.concat([bytesOf(folder), Buffer.from("/"), entry]));
}

function bytesOf(name: FileName): Buffer {
  return name.startsWith(strange) ? Buffer.from(name.slice(1), "latin1") : Buffer.from(name);
}
