import { promisify } from "node:util";
import { crc32, deflateRaw, inflateRaw } from "node:zlib";
import type { ReportPorts } from "../src/model.ts";

const packed = promisify(deflateRaw);
const unpacked = promisify(inflateRaw);

/** Node's own zlib, which stops as soon as the result would be longer than allowed. */
export function openDeflate(): ReportPorts["deflate"] {
  return {
    pack: async (bytes) => packed(bytes, { level: 9 }),
    unpack: async (bytes, most) => unpacked(bytes, { maxOutputLength: Math.max(most, 1) }),
    checksum: async (bytes) => crc32(bytes),
  };
}
