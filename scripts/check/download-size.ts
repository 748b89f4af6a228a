import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** What every `uses:` downloads is part of the product: bytes, gzipped. */
const limits = { entries: 600_000, download: 1_400_000 };

/** Holds the actions' own bundles together, and the archive that the runner downloads, to their limits; one sentence a breach. */
export function checkDownloadSize(root: string): string[] {
  const entries = readdirSync(join(root, "dist"))
    .map((name) => join(root, "dist", name, "index.js"))
    .filter((path) => existsSync(path))
    .reduce((total, path) => total + gzipped(readFileSync(path)), 0);
  const download = gzipped(execFileSync("git", ["archive", "--format=tar", "HEAD"], { cwd: root, maxBuffer: 2 ** 28 }));
  return [
    ...over("the bundles of all actions together", entries, limits.entries),
    ...over("the whole download", download, limits.download),
  ];
}

function over(what: string, bytes: number, limit: number): string[] {
  return bytes <= limit ? [] : [`${what}: ${bytes} bytes gzipped, ${bytes - limit} more than allowed.`];
}

function gzipped(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).length;
}
