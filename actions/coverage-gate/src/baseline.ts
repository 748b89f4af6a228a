import { isUserError } from "../../../packages/frame/errors.ts";
import type { Baseline, ChangedFile, Diff } from "../../../packages/frame/ports.ts";
import type { Changed } from "./change.ts";
import { minus, nothing, plus } from "./fraction.ts";
import type { Ratio } from "./model.ts";
import { readStored, type Stored, type StoredFlag, sumLines } from "./stored.ts";
import type { Counting } from "./totals.ts";

/** The number that this run is compared with. */
export interface Compared {
  /** The commit that was measured, and how many commits it lies before the base. */
  readonly commit: string;
  readonly distance: number;
  readonly stored: Stored;
  readonly own: StoredFlag;
  readonly ratio: Ratio;
}

export type BaselineResult = Compared | { readonly missing: string; readonly stored?: Stored };

export async function readBaseline(
  baseline: Baseline,
  base: string | undefined,
  flag: string,
  counting: Counting,
): Promise<BaselineResult> {
  if (base === undefined) return { missing: "nothing tells which commit to compare with" };
  const found = await baseline.find(base);
  if ("missing" in found) return { missing: found.missing };
  const stored = readStored(found.record.data);
  if (stored === undefined) return { missing: "what is stored there is not a coverage measurement" };
  const own = stored.flags.find((entry) => entry.flag === flag);
  if (own === undefined) return { missing: flag === "" ? "it has flags only" : `it has no numbers for the flag ${flag}`, stored };
  const ratio = comparable(own, counting);
  if (ratio === undefined) return { missing: `it counted ${own.metric} with partial-lines: ${own.partialLines}`, stored };
  return { commit: found.record.commit, distance: found.distance, stored, own, ratio };
}

/** The stored number for what is counted now; `undefined` when it was counted in another way. */
export function comparable(own: StoredFlag, counting: Counting): Ratio | undefined {
  if (counting.metric === "lines" && own.partialLines !== counting.partialLines) return undefined;
  const [covered, total] = own.totals[counting.metric] ?? [];
  return covered === undefined || total === undefined ? undefined : { covered, total };
}

export interface Adjusted {
  /** The baseline without the code that is gone. */
  readonly ratio: Ratio;
  readonly removed: Ratio;
}

/**
 * Takes the lines that were removed since the baseline out of it. The change's own removed lines are lines of its base; where the
 * measurement is older than that, git says what went since then. `undefined` when nothing was removed, or nobody can tell.
 */
export async function withoutRemoved(compared: Compared, change: Changed, diff: Diff, counting: Counting): Promise<Adjusted | undefined> {
  const { own } = compared;
  if (own.metric !== counting.metric || own.partialLines !== counting.partialLines) return undefined;
  const known = change.given === true || compared.own.commit === change.base;
  const changed = known ? change.files : await changedSince(diff, compared.own.commit);
  const removed = changed === undefined ? undefined : removedUnits(own, changed);
  if (removed === undefined || removed.total === 0) return undefined;
  return { ratio: minus(compared.ratio, removed), removed };
}

async function changedSince(diff: Diff, commit: string): Promise<readonly ChangedFile[] | undefined> {
  try {
    const change = await diff.change(commit);
    return change.base === commit ? change.files : undefined;
  } catch (error) {
    if (isUserError(error)) return undefined;
    throw error;
  }
}

function removedUnits(own: StoredFlag, changed: readonly ChangedFile[]): Ratio | undefined {
  const files = new Map(own.files.map((file) => [file[0], file]));
  let sum = nothing;
  for (const change of changed) {
    const file = files.get(change.previousPath ?? change.path);
    if (file === undefined) continue;
    const gone = change.status === "removed" ? { covered: file[1], total: file[2] } : removedLines(file[3], change);
    if (gone === undefined) return undefined;
    sum = plus(sum, gone);
  }
  return sum;
}

/** `sumLines` asks in ascending order, so one walk over the ranges is enough. */
function removedLines(encoded: string, change: ChangedFile): Ratio | undefined {
  let index = 0;
  return sumLines(encoded, (line) => {
    while ((change.removed[index]?.[1] ?? Number.POSITIVE_INFINITY) < line) index++;
    return line >= (change.removed[index]?.[0] ?? Number.POSITIVE_INFINITY);
  });
}

/** What is stored now: this run's own flag, and every other flag as it was last measured. */
export function carryForward(own: StoredFlag, before: Stored | undefined): Stored {
  const others = before?.flags.filter((entry) => entry.flag !== own.flag) ?? [];
  return { flags: [...others, own].sort((a, b) => (a.flag < b.flag ? -1 : a.flag > b.flag ? 1 : 0)) };
}
