import { createHash, createHmac } from "node:crypto";
import type { Git } from "../../../packages/git/command.ts";
import type { Detection, Occurrence, Rule } from "../src/model.ts";
import type { PathChange } from "./changes.ts";

/** What tells one secret of a path from another: the rule, the member of an archive, the secret itself. */
export function identityOf(detection: Detection): string {
  return `${detection.rule}\0${detection.member ?? ""}\0${detection.secret}`;
}

/**
 * Each secret of a content once: the first that no comment accepts, else the first. Where a configuration may accept what stands around it, once for
 * each surrounding; `run` makes them one when it has asked the configuration.
 */
export function distinct(detections: readonly Detection[]): Detection[] {
  const first = new Map<string, Detection>();
  for (const detection of detections) {
    const { context } = detection;
    const key = identityOf(detection) + (context === undefined ? "" : `\0${context.match}\0${context.line}`);
    const known = first.get(key);
    if (known === undefined || (known.inline && !detection.inline)) first.set(key, detection);
  }
  return [...first.values()];
}

/** The changes that brought a secret to a path at which no parent had it. */
export function introductions(
  changes: readonly PathChange[],
  found: ReadonlyMap<string, readonly Detection[]>,
): { change: PathChange; detection: Detection }[] {
  const identities = new Map<string, ReadonlySet<string>>();
  const has = (blob: string, identity: string): boolean => {
    const known = identities.get(blob) ?? new Set((found.get(blob) ?? []).map(identityOf));
    identities.set(blob, known);
    return known.has(identity);
  };
  return changes.flatMap((change) =>
    distinct(found.get(change.blob) ?? [])
      .filter((detection) => !change.before.some((blob) => blob !== "" && has(blob, identityOf(detection))))
      .map((detection) => ({ change, detection })),
  );
}

export function occurrence(detection: Detection, path: string, rules: readonly Rule[], sha1: boolean): Occurrence {
  const whole = detection.member === undefined ? path : `${path}!${detection.member}`;
  const rule = rules[detection.rule]?.id ?? "";
  return {
    detection,
    path: whole,
    hash: createHmac("sha256", `forge secret-scan 1\0${rule}\0${whole}`).update(detection.secret).digest("hex").slice(0, 12),
    ...(sha1 ? { sha1: createHash("sha1").update(detection.secret).digest("hex") } : {}),
  };
}

export interface Authorship {
  readonly author: string;
  /** ISO 8601. */
  readonly date: string;
}

/** Who made the commits, by name alone. */
export async function authorsOf(git: Git, commits: readonly string[]): Promise<ReadonlyMap<string, Authorship>> {
  const authors = new Map<string, Authorship>();
  if (commits.length === 0) return authors;
  const args = [
    "-c",
    "log.showSignature=false",
    "log",
    "--no-walk=unsorted",
    "--stdin",
    "-z",
    "--no-notes",
    "--no-show-signature",
    "--no-patch",
    "--no-color",
    "--no-mailmap",
    "--format=%H%n%aI%n%an",
  ];
  const text = await git.text(args, { input: `${commits.join("\n")}\n` });
  for (const entry of text.split("\0")) {
    const [commit = "", date = "", author = ""] = entry.replace(/^\n/, "").split("\n");
    if (commit !== "") authors.set(commit, { author: author.includes("@") ? "" : author, date });
  }
  return authors;
}
