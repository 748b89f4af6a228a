import { globMatcher } from "../../../packages/frame/glob.ts";
import type { Git } from "../../../packages/git/command.ts";
import { asBytes } from "../src/allow.ts";
import { compileTest } from "../src/engine/compile.ts";
import type { Detection, FoundPath, Occurrence, ScanPlan, ScanResult, Skip } from "../src/model.ts";
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

/** The paths that rules for paths alone look for, each with the commit before which no parent had it. */
export async function pathsFound(plan: ScanPlan, git: Git, changes: readonly PathChange[]): Promise<FoundPath[]> {
  const wanted = pathTest(plan);
  const matches = matcherOf(plan);
  const found = changes.filter(({ path, before }) => before.every((blob) => blob === "") && wanted(path) && matches(path));
  const authors = await authorsOf(git, [...new Set(found.flatMap(({ commit }) => (commit === "" ? [] : [commit])))]);
  return found.map(({ path, commit }) => (commit === "" ? { path } : { path, commit, ...authors.get(commit) }));
}

/** Whether a rule that looks at paths alone wants this one. */
export function pathTest({ rules }: ScanPlan): (path: string) => boolean {
  const patterns = rules.flatMap(({ id, finder, limits }) =>
    finder.kind === "path" && limits?.path !== undefined ? [compileTest(id, limits.path)] : [],
  );
  return (path) => patterns.some((pattern) => pattern.test(asBytes(path)));
}

export function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

export function lineOf(blob: string, path: string): string {
  return `${blob} ${path.replace(/[\n\0]/g, " ")}`;
}
