import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as zlib from "node:zlib";
import { codeOf, messageOf } from "../../../packages/frame/errors.ts";
import { sampleOf } from "../src/features.ts";
import type { Job, Sample, Versions } from "../src/model.ts";

export type Task =
  | { readonly kind: "digest"; readonly path: string; readonly sample: boolean }
  | { readonly kind: "compress"; readonly path: string; readonly algorithm: Job["algorithm"]; readonly bytes: number };

export interface Result {
  readonly bytes: number;
  readonly sha256?: string;
  readonly sample?: Sample;
}

/** Errors do not survive the way between threads, so they travel as values. */
export interface Answer {
  readonly result?: Result;
  readonly error?: { readonly code: string | undefined; readonly message: string };
}

/** Node has it since 22.15; the types of Node 20 do not know it. */
const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array };

export function versions(): Versions {
  const { zlib: gzip = "", brotli = "", zstd = "" } = process.versions;
  return { node: process.versions.node, zlib: gzip, brotli, zstd: zstdCompressSync === undefined ? "" : zstd };
}

async function digestFile(path: string, sample: boolean): Promise<Result> {
  const bytes = await readFile(path);
  const sha256 = createHash("sha256").update(bytes).digest("base64url");
  return { bytes: bytes.length, sha256, ...(sample ? { sample: sampleOf(bytes) } : {}) };
}

/** In one go: zstd's result differs by bytes when it is streamed. */
async function compressFile({ path, algorithm, bytes: expected }: Task & { kind: "compress" }): Promise<Result> {
  const bytes = await readFile(path);
  if (bytes.length !== expected) throw new Error(`it has changed while it was measured, from ${expected} to ${bytes.length} bytes`);
  if (algorithm === "gzip") return { bytes: zlib.gzipSync(bytes, { level: 9 }).length };
  if (algorithm === "brotli") return { bytes: zlib.brotliCompressSync(bytes).length };
  if (zstdCompressSync === undefined) throw new Error("this Node has no zstd");
  return { bytes: zstdCompressSync(bytes).length };
}

export async function attempt(task: Task): Promise<Answer> {
  try {
    return { result: task.kind === "digest" ? await digestFile(task.path, task.sample) : await compressFile(task) };
  } catch (error) {
    return { error: { code: codeOf(error), message: messageOf(error) } };
  }
}
