import type { Detection } from "../src/model.ts";
import type { PathChange } from "./changes.ts";
import type { Harvest } from "./harvest.ts";
import type { OccurrenceRows } from "./occurrence-rows.ts";

/** What tells one secret of a path from another: the rule, the member of an archive, the secret itself. */
function identityOf(detection: Detection): string {
  return `${detection.rule}\0${detection.member ?? ""}\0${detection.secret}`;
}

/**
 * Each secret of a content once, by its place in the list: the first that no comment accepts, else the first. Where a configuration may accept what stands
 * around it, once for each surrounding; `run` makes them one when it has asked the configuration.
 */
function distinct(detections: readonly Detection[]): Iterable<number> {
  const first = new Map<string, number>();
  for (const [index, detection] of detections.entries()) {
    const { context } = detection;
    const key = identityOf(detection) + (context === undefined ? "" : `\0${context.match}\0${context.line}`);
    const known = first.get(key);
    if (known === undefined || (detections[known]?.inline === true && !detection.inline)) first.set(key, index);
  }
  return first.values();
}

/** All secrets of a content at a path, none of which is known by then. */
export function addAll(rows: OccurrenceRows, harvest: Harvest, key: string, path: string): void {
  addNew(rows, harvest, { commit: "", path, blob: key, before: [] });
}

/** The secrets that changes brought to a path at which no parent had them. One change after the other, so that only the secrets of one are in memory. */
export function addIntroduced(rows: OccurrenceRows, harvest: Harvest, changes: readonly PathChange[]): void {
  for (const change of changes) addNew(rows, harvest, change);
}

function addNew(rows: OccurrenceRows, harvest: Harvest, { commit, path, blob, before }: PathChange): void {
  const found = harvest.found.get(blob);
  if (found === undefined) return;
  const known = new Set(before.flatMap((old) => harvest.detectionsOf(old).map(identityOf)));
  const detections = harvest.detectionsOf(blob);
  const place = { path, commit };
  for (const index of distinct(detections)) {
    const detection = detections[index];
    if (detection !== undefined && !known.has(identityOf(detection))) rows.add(found.first + index, detection, place);
  }
}
