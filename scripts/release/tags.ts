import type { Repository } from "./repository.ts";
import { sameBytes, type Unit, unitsAt } from "./shipped.ts";
import { compareVersions, exactVersion, type Version, versionText } from "./version.ts";

export interface ExactTag {
  readonly name: string;
  readonly version: Version;
  readonly commit: string;
}

/** What git knows of the tags when the plan is made. */
export interface Tags {
  readonly all: ReadonlyMap<string, string>;
  readonly merged: ReadonlySet<string>;
  /** What was shipped at a tagged commit; read once for each commit. */
  readonly unitsAt: (commit: string) => readonly Unit[];
}

export function readTags(repository: Repository): Tags {
  const known = new Map<string, readonly Unit[]>();
  return {
    all: repository.tags(),
    merged: repository.mergedTags(),
    unitsAt: (commit) => {
      const units = known.get(commit) ?? unitsAt(repository, commit);
      known.set(commit, units);
      return units;
    },
  };
}

/** `coverage-gate/` for an action's tags, empty for the library's. */
export function exactTags(tags: Tags, prefix: string): ExactTag[] {
  const found: ExactTag[] = [];
  for (const [name, commit] of tags.all) {
    const version = name.startsWith(prefix) ? exactVersion(name.slice(prefix.length)) : undefined;
    if (version !== undefined) found.push({ name, version, commit });
  }
  return found.sort((a, b) => compareVersions(a.version, b.version));
}

/**
 * The releases among exact tags, oldest first: an action is released only with changed bytes, so a tag that ships what the one before
 * it ships was put there by somebody else, unless the version that its commit states is the tag's own.
 */
export function releasesOf(tags: Tags, action: string, statedAt: (commit: string) => string | undefined): ExactTag[] {
  const releases: ExactTag[] = [];
  for (const tag of exactTags(tags, `${action}/`)) {
    const before = releases.at(-1);
    const isOurs = before === undefined || statedAt(tag.commit) === versionText(tag.version) || !shipsTheSame(tags, action, before, tag);
    if (isOurs) releases.push(tag);
  }
  return releases;
}

function shipsTheSame(tags: Tags, action: string, a: ExactTag, b: ExactTag): boolean {
  const [one, other] = [actionIn(tags.unitsAt(a.commit), action), actionIn(tags.unitsAt(b.commit), action)];
  return one !== undefined && other !== undefined && sameBytes(one.shipped, other.shipped);
}

export function actionIn(units: readonly Unit[], name: string): Unit | undefined {
  return units.find((unit) => unit.kind === "action" && unit.name === name);
}
