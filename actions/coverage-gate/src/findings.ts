import { isUserError } from "../../../packages/frame/errors.ts";
import type { Diff, LineRange } from "../../../packages/frame/ports.ts";
import type { Finding, Severity } from "../../../packages/report/model.ts";
import type { FilePatch, Patch } from "./patch.ts";
import { type Counting, RangeFolder } from "./totals.ts";

const mostFindings = 5_000;

/** Uncovered changed lines of a file as the head numbers them; the tested tree may be a merge. */
export interface HeadRanges {
  readonly path: string;
  readonly ranges: readonly LineRange[];
}

/** The changed files with uncovered lines, worst first. */
export function worstPatches(patch: Patch): FilePatch[] {
  return [...patch.files.values()].filter(({ missed }) => missed > 0).sort((a, b) => b.missed - a.missed || (a.path < b.path ? -1 : 1));
}

/**
 * Lines that the head does not have are left out. Stops when more ranges are found than anybody reads. A change that was `given` as a diff is
 * taken as it stands where git cannot map it.
 */
export async function toHeadRanges(patches: readonly FilePatch[], given: boolean, diff: Diff): Promise<HeadRanges[]> {
  const found: HeadRanges[] = [];
  const unmapped = given && (await cannotMap(patches, diff));
  let count = 0;
  for (const { path, uncovered } of patches) {
    if (count >= mostFindings) break;
    const folder = new RangeFolder();
    for (const [first, last] of uncovered) {
      for (let line = first; line <= last; line++) {
        const mapped = unmapped ? line : await diff.toHead(path, line);
        if (mapped !== undefined) folder.add(mapped);
      }
    }
    found.push({ path, ranges: folder.ranges });
    count += folder.ranges.length;
  }
  return found;
}

async function cannotMap([first]: readonly FilePatch[], diff: Diff): Promise<boolean> {
  try {
    if (first !== undefined) await diff.toHead(first.path, first.uncovered[0]?.[0] ?? 1);
    return false;
  } catch (error) {
    if (!isUserError(error)) throw error;
    return true;
  }
}

/** A warning where the change fails a rule because of them, else a notice: a gate that passes should not look like a problem. */
export function uncoveredFindings(files: readonly HeadRanges[], counting: Counting, fails: boolean): Finding[] {
  const severity: Severity = fails ? "warning" : "notice";
  const findings: Finding[] = [];
  for (const { path, ranges } of files) {
    for (const [line, endLine] of ranges) {
      if (findings.length >= mostFindings) return findings;
      findings.push({ rule: "minimum-patch", severity, message: message(counting, line === endLine), path, line, endLine });
    }
  }
  return findings;
}

function message({ metric, partialLines }: Counting, single: boolean): string {
  const lines = single ? "This changed line is" : "These changed lines are";
  if (metric !== "lines") return `${single ? "This changed line has" : "These changed lines have"} ${metric} that no test covers.`;
  return partialLines === "miss" ? `${lines} not fully covered by any test.` : `${lines} not covered by any test.`;
}
