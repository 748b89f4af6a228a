import type { Files } from "../../../packages/frame/ports.ts";
import type { Budget } from "./budgets.ts";
import type { Reason } from "./contents.ts";
import type { Gathered } from "./evidence.ts";
import type { Judgement } from "./judge.ts";
import { type Algorithm, algorithms, type Build, type Sizes } from "./model.ts";
import { type Duplicate, duplicatesOf, type ModuleRow } from "./modules.ts";
import type { Row } from "./rows.ts";
import { totalsOf } from "./stored.ts";

/** A budget about several files together. */
export interface Group {
  readonly name: string;
  readonly rows: readonly Row[];
}

/** Everything that there is to tell. */
export interface Told {
  readonly found: Gathered;
  readonly rows: readonly Row[];
  readonly judgements: readonly Judgement[];
  readonly modules: readonly ModuleRow[] | undefined;
  readonly groups: readonly Group[];
  /** Why files grew, biggest growth first; empty where nobody says. */
  readonly reasons: readonly Reason[];
  readonly duplicates: readonly ToldDuplicate[];
}

export interface ToldDuplicate extends Duplicate {
  /** The base has it once, or not at all. */
  readonly isNew?: boolean;
}

/** With the versions that the copies' own manifests tell, where their paths do not. */
export async function tellDuplicates(now: Build, before: Build | undefined, files: Files): Promise<ToldDuplicate[]> {
  const known = before?.modules === undefined ? undefined : new Set(duplicatesOf(before.modules).map((each) => each.package));
  const told = duplicatesOf(now.modules ?? []).slice(0, mostDuplicates);
  return Promise.all(
    told.map(async (duplicate) => {
      const versions =
        duplicate.versions ?? (await Promise.all(duplicate.places.map((place) => versionAt(place, duplicate.package, files))));
      const whole = versions.filter((version) => version !== undefined);
      return {
        ...duplicate,
        ...(whole.length === versions.length ? { versions: whole } : {}),
        ...(known === undefined ? {} : { isNew: !known.has(duplicate.package) }),
      };
    }),
  );
}

async function versionAt(place: string, name: string, files: Files): Promise<string | undefined> {
  try {
    const manifest: unknown = JSON.parse(await files.readText(`${place}node_modules/${name}/package.json`, 1_000_000));
    const version = typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : undefined;
    return typeof version === "string" && /^\d[\w.+-]{0,60}$/.test(version) ? version : undefined;
  } catch {
    // Packages need not lie where the bundler found them: stats can come from another machine.
    return undefined;
  }
}

/** Beyond this many modules a report would be megabytes that nobody reads; they are the ones that changed least. */
const mostModules = 2000;
const mostDuplicates = 200;
const mostReasons = 100;
const mostCauses = 50;

export function groupsOf(selected: ReadonlyMap<Budget, readonly Row[]>): Group[] {
  return [...selected].filter(([{ scope }]) => scope === "group" || scope === "initial").map(([{ name }, rows]) => ({ name, rows }));
}

/** The report's `data`. */
export function reportData(told: Told): Readonly<Record<string, unknown>> {
  const { found, rows, modules, groups } = told;
  const { build, baseline, compression, initial, stats } = found;
  const groupOf = new Map(groups.flatMap(({ name, rows: own }) => own.map((row) => [row, name] as const)).reverse());
  const past = "missing" in baseline ? undefined : baseline.past;
  return {
    compression,
    versions: build.versions,
    totals: totalsOf(build.files),
    ...(past === undefined ? {} : { previousTotals: totalsOf(past.files), previousVersions: past.versions }),
    files: rows.map((row) => ({ ...row, ...(groupOf.has(row) ? { group: groupOf.get(row) } : {}) })),
    groups: groups.map(({ name, rows: own }) => ({ name, files: own.length, ...sidesOf(own) })),
    ...(initial === undefined ? {} : { initial: [...initial].sort() }),
    ...(stats.length === 0 ? {} : { stats: stats.map(({ source, format }) => ({ source, format })) }),
    ...(modules === undefined ? {} : moduleData(modules, told)),
    baseline:
      "missing" in baseline
        ? { missing: baseline.missing }
        : { commit: baseline.commit, distance: baseline.distance, built: baseline.built === true },
  };
}

function moduleData(modules: readonly ModuleRow[], { found, reasons, duplicates }: Told): Readonly<Record<string, unknown>> {
  const { build, baseline } = found;
  const before = "missing" in baseline ? undefined : baseline.past.overhead;
  const overhead =
    build.overhead === undefined ? {} : { overhead: { size: build.overhead, ...(before === undefined ? {} : { previousSize: before }) } };
  return {
    modules: modules.slice(0, mostModules),
    ...(modules.length > mostModules ? { modulesLeftOut: modules.length - mostModules } : {}),
    duplicates: duplicates.map(({ isNew, ...duplicate }) => ({ ...duplicate, ...(isNew === undefined ? {} : { new: isNew }) })),
    ...(reasons.length === 0 ? {} : { reasons: reasons.slice(0, mostReasons).map(withFewModules) }),
    ...overhead,
  };
}

function withFewModules(reason: Reason): Reason & { readonly modulesLeftOut?: number } {
  const left = reason.modules.length - mostCauses;
  return { ...reason, modules: reason.modules.slice(0, mostCauses), ...(left > 0 ? { modulesLeftOut: left } : {}) };
}

function sidesOf(rows: readonly Row[]): { sizes: Sizes; previousSizes: Sizes } {
  const now = rows.flatMap(({ sizes }) => (sizes === undefined ? [] : [sizes]));
  const before = rows.flatMap(({ previousSizes }) => (previousSizes === undefined ? [] : [previousSizes]));
  return { sizes: sumSizes(now), previousSizes: sumSizes(before) };
}

/** Of the compressions that every one of them has. */
export function sumSizes(all: readonly Sizes[]): Sizes {
  const sum = (algorithm: Algorithm): number => all.reduce((total, sizes) => total + (sizes[algorithm] ?? 0), 0);
  const whole = algorithms.filter(
    (algorithm) => algorithm !== "none" && all.length > 0 && all.every((sizes) => sizes[algorithm] !== undefined),
  );
  return { none: sum("none"), ...Object.fromEntries(whole.map((algorithm) => [algorithm, sum(algorithm)])) };
}
