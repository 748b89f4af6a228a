import type { Context } from "../../../packages/frame/context.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import type { Inputs } from "../../../packages/frame/manifest.ts";
import type { Ports } from "../../../packages/frame/ports.ts";
import { type BaselineResult, readBaseline } from "./baseline.ts";
import { type Changed, readChange } from "./change.ts";
import { findReports } from "./discover.ts";
import { type Coverage, gather } from "./gather.ts";
import { readGoModules } from "./go-modules.ts";
import type manifest from "./manifest.ts";
import type { ParsedReport, ReportReader } from "./model.ts";
import type { Threshold } from "./thresholds.ts";
import type { Counting } from "./totals.ts";
import { readTree, type Tree } from "./tree.ts";

export type GateInputs = Inputs<typeof manifest>;
export type GatePorts = Ports & { readonly reports: ReportReader };

/** Everything that is read before anything is judged. */
export interface Gathered {
  readonly coverage: Coverage;
  readonly change: Changed;
  readonly tree: Tree;
  readonly baseline: BaselineResult;
  readonly notes: readonly string[];
}

/** Reports, the change and the baseline do not need one another, so they are read at the same time. */
export async function readEvidence(
  inputs: GateInputs,
  thresholds: readonly Threshold[],
  counting: Counting,
  ports: GatePorts,
  context: Context,
): Promise<Gathered> {
  const found = await findReports(ports.files, inputs.reports);
  const patchLimits = inputs["minimum-patch"] !== undefined || thresholds.some((threshold) => threshold.minimumPatch !== undefined);
  const request = { base: inputs.base, diff: inputs.diff, needed: patchLimits || inputs["maximum-drop"] !== undefined };
  const changing = readChange(request, ports, context.event);
  const treeing = inputs.diff === undefined ? readTree(ports, []) : changing.then(({ files }) => readTree(ports, files));
  const comparing = changing.then((change) => readBaseline(ports.baseline, change.base, inputs.flag ?? "", counting));
  const [reports, change, tree, baseline] = await firstFault([readReports(found.paths, inputs, ports), changing, treeing, comparing]);
  const modules = reports.some((report) => report.format === "go") ? await readGoModules(ports.files, tree) : [];
  const coverage = gather(reports, tree, modules, inputs.ignore ?? []);
  return { coverage, change, tree, baseline, notes: [...found.notes, ...(change.notes ?? [])] };
}

async function readReports(paths: readonly string[], inputs: GateInputs, ports: GatePorts): Promise<readonly ParsedReport[]> {
  const full = inputs["allow-empty"] ? await withoutEmptyFiles(paths, ports) : paths;
  if (full.length === 0) return [];
  ports.log.info(full.length === 1 ? `Reading ${full[0]}.` : `Reading ${full.length} reports.`);
  return ports.reports.read(full, { format: inputs.format, counts: inputs.merged !== undefined });
}

async function withoutEmptyFiles(paths: readonly string[], ports: GatePorts): Promise<string[]> {
  const kept: string[] = [];
  for (const path of paths) if ((await ports.files.stat(path))?.size !== 0) kept.push(path);
  return kept;
}

/** Waits for all, then throws the first fault in the order of the list: which mistake is reported must not depend on who was quicker. */
async function firstFault<T extends readonly unknown[]>(work: readonly [...{ [K in keyof T]: Promise<T[K]> }]): Promise<T> {
  await Promise.allSettled(work);
  const results: unknown[] = [];
  for (const each of work) results.push(await each);
  return results as unknown as T;
}

/** A gate that sees nothing must not pass. */
export function refuseEmpty(coverage: Coverage): never {
  const ignored = coverage.leftOut.filter(({ reason }) => reason === "ignored").length;
  if (ignored > 0) throw new UserError(`No coverable code is left: \`ignore\` takes out all ${ignored} files of the reports.`);
  throw new UserError("The reports hold no coverable line. Did the tests run with coverage? If that is right, set `allow-empty: true`.");
}
