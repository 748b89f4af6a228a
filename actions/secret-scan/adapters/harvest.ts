import { globMatcher } from "../../../packages/frame/glob.ts";
import type { Git } from "../../../packages/git/command.ts";
import type { Detection, Occurrence, ScanPlan, ScanResult, Skip } from "../src/model.ts";
import { authorsOf, occurrence } from "./attribution.ts";
import type { BatchResult } from "./blob-stream.ts";
import type { PathChange } from "./changes.ts";

export function nothing(range: string): ScanResult {
  return { occurrences: [], commits: 0, blobs: 0, bytes: 0, skipped: [], range, paths: [] };
}

/** Everything that batches gave, put together. */
export class Harvest {
  readonly found = new Map<string, { path: string; detections: readonly Detection[] }>();
  readonly skipped: Skip[] = [];
  blobs = 0;
  bytes = 0;

  take = (result: BatchResult): void => {
    for (const { key, path, detections } of result.hits) this.found.set(key, { path, detections });
    for (const skip of result.skipped) this.skipped.push(skip);
    this.blobs += result.blobs;
    this.bytes += result.bytes;
  };

  detections(): Map<string, readonly Detection[]> {
    return new Map([...this.found].map(([key, { detections }]) => [key, detections]));
  }
}

export function matcherOf(plan: ScanPlan): (path: string) => boolean {
  if (plan.paths.length === 0) return () => true;
  const patterns = plan.paths.every((pattern) => pattern.startsWith("!")) ? ["**", ...plan.paths] : plan.paths;
  return globMatcher(patterns);
}

export async function withAuthors(
  plan: ScanPlan,
  git: Git,
  introduced: readonly { change: PathChange; detection: Detection }[],
): Promise<Occurrence[]> {
  const authors = await authorsOf(git, [...new Set(introduced.map(({ change }) => change.commit))]);
  return introduced.map(({ change, detection }) => ({
    ...occurrence(detection, change.path, plan.rules, plan.sha1),
    commit: change.commit,
    ...authors.get(change.commit),
  }));
}

export function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

export function lineOf(blob: string, path: string): string {
  return `${blob} ${path.replace(/[\n\0]/g, " ")}`;
}
