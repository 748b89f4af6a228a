import type { ChangedFile, LineRange } from "../../../packages/frame/ports.ts";
import { nothing, plus } from "./fraction.ts";
import type { FileCoverage, Ratio } from "./model.ts";
import { extensionOf } from "./path-text.ts";
import type { LeftOut } from "./paths.ts";
import { type Counting, eachLine, isTotalsOnly, RangeFolder } from "./totals.ts";

export interface FilePatch {
  readonly path: string;
  readonly ratio: Ratio;
  /** Changed lines of the tested tree with a unit that was not covered. */
  readonly uncovered: readonly LineRange[];
  /** How many units each line of `uncovered` misses, for messages about anything but lines. */
  readonly missed: number;
}

/** The change's own coverage. */
export interface Patch {
  /** Changed files with at least one unit on a changed line, by path. */
  readonly files: ReadonlyMap<string, FilePatch>;
  readonly ratio: Ratio;
  /** Changed lines that count, whatever the metric. */
  readonly lines: number;
  /** Changed files with added lines that no report speaks of, and that were not ignored. */
  readonly unreported: readonly string[];
  /** Why the number would not be the truth. */
  readonly unknown?: string;
}

export function judgePatch(
  changed: readonly ChangedFile[],
  files: ReadonlyMap<string, FileCoverage>,
  leftOut: readonly LeftOut[],
  counting: Counting,
): Patch {
  const patches = new Map<string, FilePatch>();
  const unreported: string[] = [];
  const doubts: string[] = [];
  const ignored = new Set(leftOut.filter(({ reason }) => reason === "ignored").map(({ path }) => path));
  const unclear = ambiguousNames(leftOut);
  let ratio = nothing;
  let lines = 0;
  for (const change of changed) {
    // `binary` is what the change's own .gitattributes says, so it hides nothing.
    if (change.status === "removed" || change.added.length === 0) continue;
    const file = files.get(change.path);
    if (file === undefined) {
      if (!ignored.has(change.path)) unreported.push(change.path);
      const written = unclear(change.path);
      if (written !== undefined) doubts.push(`"${written}" in a report may or may not be ${change.path}`);
      continue;
    }
    if (isTotalsOnly(file)) doubts.push(`the report of ${change.path} holds totals only`);
    const patch = patchOf(change, file, counting);
    lines += patchOf(change, file, { metric: "lines", partialLines: "hit" }).ratio.total;
    if (patch.ratio.total > 0) patches.set(change.path, patch);
    ratio = plus(ratio, patch.ratio);
  }
  const [unknown] = doubts;
  return { files: patches, ratio, lines, unreported, ...(unknown === undefined ? {} : { unknown }) };
}

function patchOf(change: ChangedFile, file: FileCoverage, counting: Counting): FilePatch {
  const folder = new RangeFolder();
  let covered = 0;
  let total = 0;
  for (const [first, last] of change.added) {
    const visit = (line: number, hit: number, all: number): void => {
      covered += hit;
      total += all;
      if (hit < all) folder.add(line);
    };
    eachLine(file, counting, visit, first, last);
  }
  return { path: change.path, ratio: { covered, total }, uncovered: folder.ranges, missed: total - covered };
}

/** Whether an ambiguous path of a report can mean a changed file: then that file's coverage is in doubt. Gives the path as written. */
function ambiguousNames(leftOut: readonly LeftOut[]): (path: string) => string | undefined {
  const byEnding = new Map<string, string>();
  for (const { endings, path } of leftOut) for (const ending of endings) byEnding.set(ending.toLowerCase(), path);
  return (path) => {
    if (byEnding.size === 0) return undefined;
    const segments = path.toLowerCase().split("/");
    return segments.map((_, depth) => byEnding.get(segments.slice(depth).join("/"))).find((written) => written !== undefined);
  };
}

/** Only the files that `keeps` lets through. */
export function filterPatch(patch: Patch, keeps: (path: string) => boolean): Ratio {
  let ratio = nothing;
  for (const file of patch.files.values()) if (keeps(file.path)) ratio = plus(ratio, file.ratio);
  return ratio;
}

const testFolder = /(^|\/)(tests?|__tests__|specs?|e2e|fixtures|testdata)\//i;
const testName = /(^|\/)test_[^/]*$|[._-](test|spec)s?\.[^/]*$|Tests?\.\w+$/;

/** Changed files that look like measured code, not like tests, and stand in no report: nobody knows whether their lines are covered. */
export function unseenFiles(patch: Patch, measured: readonly { readonly path: string }[]): string[] {
  const kinds = new Set(measured.map(({ path }) => extensionOf(path)));
  return patch.unreported.filter((path) => kinds.has(extensionOf(path)) && !testFolder.test(path) && !testName.test(path));
}
