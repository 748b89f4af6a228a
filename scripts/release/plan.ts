import { type Change, changesBetween } from "./commits.ts";
import { contractChanges } from "./contract.ts";
import { ReleaseRefused, type Repository } from "./repository.ts";
import { sameBytes, type Unit, unitsAt } from "./shipped.ts";
import { actionIn, exactTags, releasesOf, type Tags } from "./tags.ts";
import { type Bump, bumped, exactVersion, strongest, type Version, versionText } from "./version.ts";

/** One version to be made: of an action, or of the library, which is called `forge`. */
export interface Release {
  readonly action: string;
  readonly from: string | null;
  readonly to: string;
  readonly tag: string;
  readonly bump: Bump;
  /** The strongest change, in one line. */
  readonly reason: string;
  readonly changes: readonly Pick<Change, "bump" | "type" | "text" | "commit">[];
}

export const libraryName = "forge";

/** What has to be released at HEAD; refuses where a tag that is to be made exists already. */
export function plan(repository: Repository, tags: Tags): Release[] {
  const head = repository.head();
  const units = unitsAt(repository, head);
  const actions = units.filter(({ kind }) => kind === "action");
  const known = new Set(actions.map(({ name }) => name));
  const released = actions.flatMap((unit) => actionRelease(repository, tags, unit, known) ?? []);
  const library = libraryRelease(repository, tags, units, released);
  const all = library === undefined ? released : [...released, library];
  for (const { tag } of all) refuseTaken(tags, tag);
  return all;
}

function refuseTaken(tags: Tags, tag: string): void {
  const commit = tags.all.get(tag);
  if (commit === undefined) return;
  throw new ReleaseRefused(
    `The tag ${tag} is to be made, but it exists already, at ${commit.slice(0, 12)}. An exact tag is never moved: find out who made it; nothing was changed.`,
  );
}

function actionRelease(repository: Repository, tags: Tags, unit: Unit, known: ReadonlySet<string>): Release | undefined {
  const { name } = unit;
  const stated = (commit: string): string | undefined => statedVersion(repository, commit, `actions/${name}/package.json`);
  const last = releasesOf(tags, name, stated).findLast((tag) => tags.merged.has(tag.name));
  if (last === undefined) return first(name, `${name}/`, stated("HEAD"));
  const before = actionIn(tags.unitsAt(last.commit), name);
  if (before !== undefined && sameBytes(before.shipped, unit.shipped)) return undefined;
  const changes = changesOf(repository, last.commit, before, unit).filter(({ scopes }) => concerns(scopes, name, known));
  return next(name, `${name}/`, last.version, changes);
}

/** A commit whose scope names other actions is not this action's change, though the build touched both. */
function concerns(scopes: readonly string[], name: string, known: ReadonlySet<string>): boolean {
  return scopes.length === 0 || scopes.includes(name) || !scopes.every((scope) => known.has(scope));
}

/** The commits since a release that touch a unit, and what its contract tells. */
function changesOf(repository: Repository, since: string, before: Unit | undefined, unit: Unit): Change[] {
  const commits = changesBetween(repository, since, "HEAD", unit.sources);
  if (unit.contract === undefined) return commits;
  const [old, now] = [repository.read(since, unit.contract), repository.read("HEAD", unit.contract)];
  const contract = before === undefined || old === undefined || now === undefined ? [] : contractChanges(old, now);
  return [...contract.map((change): Change => ({ ...change, type: "contract", scopes: [], commit: "" })), ...commits];
}

/** The library's version moves with the strongest change among actions, composites, workflows and the command line. */
function libraryRelease(repository: Repository, tags: Tags, units: readonly Unit[], released: readonly Release[]): Release | undefined {
  const last = exactTags(tags, "").findLast((tag) => tags.merged.has(tag.name));
  if (last === undefined) return first(libraryName, "", statedVersion(repository, "HEAD", "package.json"));
  const old = tags.unitsAt(last.commit);
  const gone = old
    .filter((unit) => !units.some((now) => isSame(now, unit)))
    .map(({ kind, name }) => change("major", `the ${kind} ${name} is gone`));
  const rest = units.flatMap((unit) => unitChanges(repository, last.commit, old, unit));
  const ofActions = released.map(({ action, to, bump, reason }) => change(bump === "first" ? "minor" : bump, `${action} ${to}: ${reason}`));
  const changes = [...gone, ...ofActions, ...rest];
  return changes.length === 0 ? undefined : next(libraryName, "", last.version, changes);
}

/** Changes of what has no version of its own. */
function unitChanges(repository: Repository, since: string, old: readonly Unit[], unit: Unit): Change[] {
  const before = old.find((known) => isSame(known, unit));
  if (unit.kind === "action" || (before !== undefined && sameBytes(before.shipped, unit.shipped))) return [];
  const place = `${unit.kind} ${unit.name}`;
  if (before === undefined) return [change("minor", `the new ${place}`)];
  const found = changesOf(repository, since, before, unit);
  return found.length > 0 ? found.map((one) => ({ ...one, text: `${place}: ${one.text}` })) : [change("patch", `${place}: other bytes`)];
}

function isSame(a: Unit, b: Unit): boolean {
  return a.kind === b.kind && a.name === b.name;
}

function change(bump: Change["bump"], text: string): Change {
  return { bump, text, type: "", scopes: [], commit: "" };
}

function first(action: string, prefix: string, stated: string | undefined): Release {
  const version = exactVersion(`v${stated}`);
  if (version === undefined)
    throw new ReleaseRefused(`${action} has no release yet, and its package.json states the version "${stated}": it must be like 1.0.0.`);
  const to = versionText(version);
  return { action, from: null, to, tag: `${prefix}v${to}`, bump: "first", reason: "the first release", changes: [] };
}

function next(action: string, prefix: string, from: Version, changes: readonly Change[]): Release {
  const bump = strongest(changes.map((one) => one.bump));
  const to = versionText(bumped(from, bump));
  const reason = changes.find((one) => one.bump === bump)?.text ?? "the shipped bytes changed";
  return { action, from: versionText(from), to, tag: `${prefix}v${to}`, bump, reason, changes };
}

function statedVersion(repository: Repository, commit: string, path: string): string | undefined {
  try {
    const { version } = JSON.parse(repository.read(commit, path) ?? "{}") as { version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
