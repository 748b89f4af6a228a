import type { LineRange } from "../../../packages/frame/ports.ts";
import { type BaselineResult, comparable } from "./baseline.ts";
import { nothing, percentNumber } from "./fraction.ts";
import type { Coverage } from "./gather.ts";
import type { Patch } from "./patch.ts";
import { type Totals, uncoveredRanges } from "./totals.ts";

/** Beyond this many ranges of lines a report would be megabytes that nobody reads; changed files keep theirs in any case. */
const mostRanges = 50_000;

/** The report's `data`: lines of the tested tree, and units of the metric. */
export function reportData(
  coverage: Coverage,
  totals: Totals,
  patch: Patch,
  baseline: BaselineResult,
  flag: string,
): Readonly<Record<string, unknown>> {
  let room = mostRanges;
  const files = totals.files.map(({ path, ratio, branches }) => {
    const changed = patch.files.get(path);
    const file = coverage.files.get(path);
    const all = file === undefined || (room <= 0 && changed === undefined) ? [] : uncoveredRanges(file, totals.counting);
    const complete = all.length <= room || changed !== undefined;
    const uncovered: readonly LineRange[] = complete ? all : [];
    room -= uncovered.length;
    const own = changed === undefined ? { ...nothing, uncovered: [] } : { ...changed.ratio, uncovered: changed.uncovered };
    const cut = ratio.covered < ratio.total && uncovered.length === 0 ? { truncated: true } : {};
    return { path, ...ratio, branches, uncovered, ...cut, patch: own };
  });
  return {
    metric: totals.counting.metric,
    flag,
    totals: totals.all,
    files,
    baseline: baselineData(baseline, totals),
    formats: coverage.formats,
    leftOut: coverage.leftOut.length,
  };
}

function baselineData(baseline: BaselineResult, totals: Totals): unknown {
  const flags = (baseline.stored?.flags ?? []).map((entry) => ({
    flag: entry.flag,
    commit: entry.commit,
    ...comparable(entry, totals.counting),
  }));
  if ("missing" in baseline) return { missing: baseline.missing, flags };
  return { commit: baseline.commit, distance: baseline.distance, ...baseline.ratio, coverage: percentNumber(baseline.ratio), flags };
}
