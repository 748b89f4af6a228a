import type { Budget } from "./budgets.ts";
import type { Gathered } from "./evidence.ts";
import type { Judgement } from "./judge.ts";
import { type Algorithm, algorithms, type Sizes } from "./model.ts";
import { duplicatesOf, type ModuleRow } from "./modules.ts";
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
}

/** Beyond this many modules a report would be megabytes that nobody reads; they are the ones that changed least. */
const mostModules = 2000;

export function groupsOf(selected: ReadonlyMap<Budget, readonly Row[]>): Group[] {
  return [...selected].filter(([{ scope }]) => scope === "group" || scope === "initial").map(([{ name }, rows]) => ({ name, rows }));
}

/** The report's `data`. */
export function reportData({ found, rows, modules, groups }: Told): Readonly<Record<string, unknown>> {
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
    ...(modules === undefined ? {} : moduleData(modules, found)),
    baseline:
      "missing" in baseline
        ? { missing: baseline.missing }
        : { commit: baseline.commit, distance: baseline.distance, built: baseline.built === true },
  };
}

function moduleData(modules: readonly ModuleRow[], { build, baseline }: Gathered): Readonly<Record<string, unknown>> {
  const before = "missing" in baseline ? undefined : baseline.past.overhead;
  const overhead =
    build.overhead === undefined ? {} : { overhead: { size: build.overhead, ...(before === undefined ? {} : { previousSize: before }) } };
  return {
    modules: modules.slice(0, mostModules),
    ...(modules.length > mostModules ? { modulesLeftOut: modules.length - mostModules } : {}),
    duplicates: duplicatesOf(modules),
    ...overhead,
  };
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
