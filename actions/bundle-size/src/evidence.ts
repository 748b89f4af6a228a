import type { Context } from "../../../packages/frame/context.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import type { Inputs } from "../../../packages/frame/manifest.ts";
import type { Ports } from "../../../packages/frame/ports.ts";
import { type Base, type BaselineResult, type Compared, readBase, readBaseline, whyUnjudged } from "./baseline.ts";
import { type Budget, readBudgets } from "./budgets.ts";
import { contentsOf, withoutRepeats } from "./contents.ts";
import { type Discovered, discover, type Place } from "./discover.ts";
import { type Foreign, readForeign } from "./foreign.ts";
import { globFor, initialFiles, stale } from "./initial.ts";
import type manifest from "./manifest.ts";
import { measure, SizeCache } from "./measure.ts";
import { type Algorithm, algorithms, type BaseBuilder, type Build, type Sizer, type Stats, type StatsReader } from "./model.ts";
import { modulesOf } from "./modules.ts";
import { type Past, readStored, toStored, totalsOf } from "./stored.ts";

export type SizeInputs = Inputs<typeof manifest>;
export type SizePorts = Ports & { readonly sizes: Sizer; readonly stats: StatsReader; readonly builder: BaseBuilder };

/** Everything that is found out before anything is judged. */
export interface Gathered {
  readonly budgets: readonly Budget[];
  /** What is measured besides the plain size; the first is what totals speak of. */
  readonly compression: readonly Algorithm[];
  readonly build: Build;
  readonly stats: readonly Stats[];
  readonly initial: ReadonlySet<string> | undefined;
  readonly base: Base;
  readonly baseline: BaselineResult;
  readonly notes: readonly string[];
}

interface Measured {
  readonly build: Build;
  readonly stats: readonly Stats[];
  readonly initial: ReadonlySet<string> | undefined;
}

/** How this and the base's build are measured: alike. */
interface Plan {
  readonly patterns: readonly string[];
  readonly stats: readonly string[];
  readonly compression: readonly Algorithm[];
}

export async function readEvidence(inputs: SizeInputs, ports: SizePorts, context: Context): Promise<Gathered> {
  const foreign: Foreign = inputs.budgets === undefined ? await readForeign(ports.files) : { budgets: [], patterns: [], notes: [] };
  const budgets = inputs.budgets === undefined ? foreign.budgets : readBudgets(inputs.budgets);
  const compression = compressionsOf(inputs.compression, budgets);
  const place = { folder: ports.files.workingDirectory, root: ports.files.workspace };
  const globs = [...new Set(budgets.flatMap(({ files }) => files ?? []))].filter((glob) => !glob.startsWith("!"));
  const discovered = await discover(ports.sizes, place, inputs.files, foreign.patterns, globs);
  const plan: Plan = { patterns: discovered.patterns, stats: inputs.stats ?? [], compression };
  const base = await readBase(ports, context);
  const stored = await readBaseline(ports, base);
  const cache = new SizeCache();
  if (!("missing" in stored)) cache.add(stored.past);
  const measured = await measureBuild(place, discovered, plan, cache, ports);
  refuseEmpty(measured.build, discovered.paths);
  const baseline = await orBuild(inputs["base-build"], stored, base, plan, measured.build, cache, ports);
  return { budgets, compression, ...measured, base, baseline, notes: [...discovered.notes, ...foreign.notes] };
}

/** What is asked for, in its order, then what budgets need besides. */
function compressionsOf(asked: readonly string[], budgets: readonly Budget[]): Algorithm[] {
  const given = algorithms.filter((algorithm) => asked.includes(algorithm)).sort((a, b) => asked.indexOf(a) - asked.indexOf(b));
  if (given.length === 0) throw new UserError("compression: the list is empty. Allowed: any of none, gzip, brotli, zstd.");
  const limiting = budgets.filter(
    (budget) =>
      budget.max !== undefined ||
      budget.maxIncrease !== undefined ||
      budget.maxIncreasePercent !== undefined ||
      budget.maxNewFile !== undefined,
  );
  return [...new Set([...given, ...limiting.map((budget) => budget.compression)])];
}

function refuseEmpty({ files }: Build, paths: readonly string[]): void {
  if (totalsOf(files).none > 0) return;
  const what = paths.length === 1 ? `${paths[0]} is empty` : `all ${paths.length} files are empty`;
  throw new UserError(`files: the build is empty: ${what}. Did it run to its end?`);
}

async function measureBuild(
  place: Place,
  discovered: Pick<Discovered, "paths">,
  plan: Plan,
  cache: SizeCache,
  ports: SizePorts,
): Promise<Measured> {
  const stats = await readStats(place, plan.stats, ports);
  const build = await measure(place.folder, discovered.paths, plan.compression, cache, ports);
  const paths = build.files.map(({ path }) => path);
  const initial = await readInitial(place, stats, paths, ports);
  return { build: { ...build, ...(stats.length === 0 ? {} : whatIsIn(stats, paths, place)) }, stats, initial };
}

/** A file that `stats` speak of may be left out by `files`; one that is nowhere means that they are of another build. */
async function readInitial(
  place: Place,
  stats: readonly Stats[],
  paths: readonly string[],
  ports: SizePorts,
): Promise<ReadonlySet<string> | undefined> {
  const initial = initialFiles(stats, paths);
  for (const missing of initial?.missing ?? []) {
    const found = await ports.sizes.find(place.folder, place.root, [globFor(missing.path)]);
    if (found.paths.length === 0) throw stale(missing);
  }
  return initial?.files;
}

/** Modules, and the rest of what the outputs hold where every format tells how big they are. */
function whatIsIn(stats: readonly Stats[], measured: readonly string[], place: Place): Pick<Build, "modules" | "contents" | "overhead"> {
  const telling = withoutRepeats(
    stats.filter(({ modules }) => modules.length > 0),
    measured,
  ).filter(({ modules }) => modules.length > 0);
  const { modules, nameOf } = modulesOf(telling, place);
  const contents = contentsOf(telling, measured, nameOf);
  const totals = telling.map(({ total }) => total).filter((total) => total !== undefined);
  if (telling.length === 0 || totals.length < telling.length) return { modules, contents };
  const inModules = modules.reduce((sum, { size }) => sum + size, 0);
  return { modules, contents, overhead: totals.reduce((sum, total) => sum + total, 0) - inModules };
}

async function readStats({ folder, root }: Place, globs: readonly string[], ports: SizePorts): Promise<readonly Stats[]> {
  if (globs.length === 0) return [];
  const { paths, unmatched } = await ports.sizes.find(folder, root, globs).catch((error: unknown) => {
    throw renamed(error);
  });
  if (unmatched.length > 0) {
    const names = unmatched.map((glob) => JSON.stringify(glob)).join(", ");
    throw new UserError(`stats: ${names} ${unmatched.length === 1 ? "matches" : "match"} no file. Does the build write it?`);
  }
  return ports.stats.read(folder, paths);
}

/** The same finder serves two inputs. */
function renamed(error: unknown): unknown {
  return error instanceof Error && error.message.startsWith("files: ")
    ? new UserError(error.message.replace("files: ", "stats: "), { cause: error })
    : error;
}

/** Where no usable sizes of the base are stored and `base-build` is given: what an earlier run of this change has built, else a build. */
async function orBuild(
  line: string | undefined,
  stored: BaselineResult,
  base: Base,
  plan: Plan,
  now: Build,
  cache: SizeCache,
  ports: SizePorts,
): Promise<BaselineResult> {
  const unjudged = whyUnjudged(stored, now.versions);
  const usable = !("missing" in stored) && plan.compression.every((algorithm) => unjudged(algorithm) === undefined);
  const { commit } = base;
  if (line === undefined || line.trim() === "" || usable || commit === undefined || ("missing" in stored && stored.torn === true))
    return stored;
  const key = `built-${commit.slice(0, 40)}-${fingerprint([line, plan, now.versions])}`;
  const remembered = readStored(await ports.baseline.recall?.(key));
  if (remembered !== undefined) return { past: remembered, commit, distance: 0, built: true };
  ports.log.info(`Building ${commit.slice(0, 7)}, because no sizes of it are stored: ${line}`);
  const built = await ports.builder.build(commit, line, (folder, root) => measureBase({ folder, root }, plan, cache, ports));
  if ("failed" in built) {
    const failed = `base-build at ${commit.slice(0, 7)} failed: ${built.failed}`;
    ports.log.warning(`${failed.slice(0, 1000)}.`);
    return "missing" in stored ? { missing: `${stored.missing}; ${failed}` } : stored;
  }
  const told = await ports.baseline.remember?.(key, built.built);
  if (told !== undefined)
    ports.log.info("saved" in told ? `The base's sizes are kept: ${told.saved}.` : `The base's sizes are not kept: ${told.skipped}.`);
  const past: Past | undefined = readStored(JSON.parse(JSON.stringify(built.built)));
  const compared: Compared | undefined = past === undefined ? undefined : { past, commit, distance: 0, built: true };
  return compared ?? { missing: "the base's build could not be read back" };
}

async function measureBase(place: Place, plan: Plan, cache: SizeCache, ports: SizePorts): Promise<ReturnType<typeof toStored>> {
  const { paths } = await ports.sizes.find(place.folder, place.root, plan.patterns);
  if (paths.length === 0) throw new UserError("it wrote none of the files that are measured");
  const { build, initial } = await measureBuild(place, { paths }, plan, cache, ports);
  return toStored(build, initial);
}

/** Tells settings apart in a key; no secret, so two rounds of FNV-1a are enough. */
function fingerprint(settings: unknown): string {
  const text = JSON.stringify(settings);
  const round = (seed: number): string => {
    let hash = seed;
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, "0");
  };
  return `${round(0x811c9dc5)}${round(0x9e3779b9)}`;
}
