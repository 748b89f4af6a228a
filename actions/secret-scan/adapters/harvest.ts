import { globMatcher } from "../../../packages/frame/glob.ts";
import type { Git } from "../../../packages/git/command.ts";
import { asBytes } from "../src/allow.ts";
import { compileTest } from "../src/engine/compile.ts";
import type { Detection, FoundPath, ScanPlan, ScanResult, Skip } from "../src/model.ts";
import { DetectionStore } from "../src/packed.ts";
import { authorsOf } from "./authors.ts";
import type { BatchResult } from "./blob-stream.ts";
import type { PathChange } from "./changes.ts";

export function nothing(range: string): ScanResult {
  return { occurrences: [], commits: 0, blobs: 0, bytes: 0, skipped: [], range, paths: [] };
}

export interface Found {
  readonly path: string;
  readonly first: number;
  readonly count: number;
}

/** Everything that batches gave, put together. */
export class Harvest {
  /** Contents with secrets, by object or path, and which rows of the store are theirs. */
  readonly found = new Map<string, Found>();
  readonly store = new DetectionStore();
  readonly skipped: Skip[] = [];
  blobs = 0;
  bytes = 0;

  take = (result: BatchResult): void => {
    let first = this.store.add(result.detections);
    for (const { key, path, count } of result.hits) {
      this.found.set(key, { path, first, count });
      first += count;
    }
    for (const skip of result.skipped) this.skipped.push(skip);
    this.blobs += result.blobs;
    this.bytes += result.bytes;
  };

  detectionsOf(key: string): Detection[] {
    const { first, count } = this.found.get(key) ?? { first: 0, count: 0 };
    return Array.from({ length: count }, (_, index) => this.store.at(first + index));
  }
}

export function matcherOf(plan: ScanPlan): (path: string) => boolean {
  if (plan.paths.length === 0) return () => true;
  const patterns = plan.paths.every((pattern) => pattern.startsWith("!")) ? ["**", ...plan.paths] : plan.paths;
  return globMatcher(patterns);
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
