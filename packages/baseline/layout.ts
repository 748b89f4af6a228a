import type { Owner } from "./envelope.ts";
import type { Extra } from "./store.ts";

/** Where things stand on a data branch: `baseline/<action>[.<id>]/<commit>.json`, `history.json` and extra files such as a badge. */
export function folderOf({ action, id }: Owner): string {
  return `baseline/${safe(action)}${id === "" ? "" : `.${safe(id)}`}`;
}

export const recordPath = (owner: Owner, commit: string): string => `${folderOf(owner)}/${commit}.json`;

export const historyPath = (owner: Owner): string => `${folderOf(owner)}/history.json`;

/** What is remembered besides measurements; `name` is one that the store has checked. */
export const memoryPath = (owner: Owner, name: string): string => `${folderOf(owner)}/memory/${safe(name)}.json`;

/** Where an entry has its own file, and where those of one month stand together. */
export const runsPath = (owner: Owner): string => `${folderOf(owner)}/runs`;
export const entryPath = (owner: Owner, name: string): string => `${runsPath(owner)}/${name}.json`;
export const monthsPath = (owner: Owner): string => `${folderOf(owner)}/months`;

/** One name of a path: nothing that leads elsewhere or that a file system takes amiss. */
function safe(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, (character) =>
    [...new TextEncoder().encode(character)].map((byte) => `%${byte.toString(16)}`).join(""),
  );
}

/** Extra files that may stand beside the records; others are left out. */
export function allowedExtra(extra: readonly Extra[]): readonly Extra[] {
  return extra.filter(
    ({ name }) => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(name) && name !== "history.json" && !/^[0-9a-f]{40}\.json$/.test(name),
  );
}

/** Explains the branch to whoever comes across it. */
export const readme = `# Measurements

This branch holds what the gates of this project measured on its default branch: the baselines that changes are compared with. It has
nothing in common with the other branches, and it is written by machines. Deleting it loses the history and breaks nothing.
`;

/**
 * Key of a commit's measurement in the runner's cache. A dash of the id is encoded, because keys are found by their beginnings and those of
 * `web` must not be the beginnings of those of `web-api`.
 */
export function cacheKey(owner: Owner, commit: string): string {
  return `${cachePrefix(owner)}${commit}`;
}

export function cachePrefix({ action, id }: Owner): string {
  return `forge-baseline-${safe(action)}-${safe(id).replaceAll("-", "%2d")}-`;
}

/** Beginning of the keys of what is remembered besides measurements; the name's dashes are encoded for the same reason as the id's. */
export function memoryPrefix({ action, id }: Owner, name: string): string {
  return `forge-memory-${safe(action)}-${safe(id).replaceAll("-", "%2d")}-${safe(name).replaceAll("-", "%2d")}-`;
}
