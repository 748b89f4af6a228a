import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { gunzipSync, inflateRawSync } from "node:zlib";
import type { Inflate } from "../src/engine/archive.ts";
import { Matcher } from "../src/engine/matcher.ts";
import { Novelty } from "../src/engine/novelty.ts";
import { ContentScanner } from "../src/engine/scan.ts";
import type { Latin1 } from "../src/engine/text.ts";
import type { Rule, ScanPlan } from "../src/model.ts";

export const latin1: Latin1 = (bytes, start, end) => Buffer.prototype.latin1Slice.call(bytes, start, end);

function attempt(unpack: () => Uint8Array): Uint8Array | undefined {
  try {
    return unpack();
  } catch {
    // Damaged, or more than allowed: the content is read as it is.
    return undefined;
  }
}

export const inflate: Inflate = {
  raw: (bytes, most) => attempt(() => inflateRawSync(bytes, { maxOutputLength: most })),
  gzip: (bytes, most) => attempt(() => gunzipSync(bytes, { maxOutputLength: most })),
};

/** What a thread needs of a plan; it is copied to other threads. */
export interface Setup {
  readonly rules: readonly Rule[];
  readonly decodeDepth: number;
  readonly archiveDepth: number;
  readonly keepContext: boolean;
  readonly maxFileSize: number | undefined;
  readonly shard: ScanPlan["shard"];
  /** Contents are versions of one another. */
  readonly versions: boolean;
  /** The repository's or the folder's root. */
  readonly root: string;
  /** Files may belong to somebody else: the checkout of a container job. */
  readonly trusted: boolean;
}

export function setupOf(plan: ScanPlan, root: string): Setup {
  const { rules, decodeDepth, archiveDepth, keepContext, maxFileSize, shard, terminal, scope } = plan;
  return {
    rules,
    decodeDepth,
    archiveDepth,
    keepContext,
    maxFileSize,
    shard,
    root,
    trusted: !terminal,
    versions: scope === "history" || scope === "diff",
  };
}

let guarded = false;

const scanners = new WeakMap<readonly Rule[], ContentScanner>();

/** One scanner for all uses of this thread. */
export function openContentScanner(setup: Setup): ContentScanner {
  const known = scanners.get(setup.rules) ?? makeContentScanner(setup);
  scanners.set(setup.rules, known);
  return known;
}

function makeContentScanner(setup: Setup): ContentScanner {
  // A pattern that backtracks without end is handed to V8's linear engine.
  if (!guarded) setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
  // A hundred thousand findings would let the heap grow to a multiple of what they are.
  if (!guarded) setFlagsFromString("--semi-space-growth-factor=1");
  if (!guarded) setFlagsFromString("--heap-growing-percent=40");
  guarded = true;
  return new ContentScanner(new Matcher(setup.rules, latin1), setup, inflate, noveltyOf(setup));
}

/** Rules of a configuration may reach further than the parts in which a text is remembered. */
function noveltyOf({ versions, rules }: Setup): Novelty | undefined {
  if (!versions || rules.some(({ finder, limits }) => limits !== undefined || (finder.kind === "pattern" && !finder.guarded)))
    return undefined;
  const [one = 0, other = 0] = new Int32Array(new Uint8Array(randomBytes(8)).buffer);
  return new Novelty([one, other]);
}
