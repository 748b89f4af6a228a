import type { Context } from "../../../packages/frame/context.ts";
import { isProposal } from "../../../packages/frame/event.ts";
import { type Badge, drawBadge, endpointPath } from "./badge.ts";
import { carryForward } from "./baseline.ts";
import type { GateInputs, GatePorts, Gathered } from "./evidence.ts";
import { writeLcov } from "./merged.ts";
import { type Ratchet, raiseRatchet } from "./ratchet.ts";
import { readStored, type Stored, storeFlag } from "./stored.ts";
import type { Totals } from "./totals.ts";

/** Writes what the inputs ask for and, where the event may, the baseline. Gives sentences for the report. */
export async function keepResults(
  found: Gathered,
  totals: Totals,
  ratchet: Ratchet | undefined,
  inputs: GateInputs,
  ports: GatePorts,
  context: Context,
): Promise<string[]> {
  const notes: string[] = [];
  const badge = drawBadge(inputs.flag === undefined ? "coverage" : `coverage ${inputs.flag}`, totals.ratio, inputs.minimum);
  if (inputs.badge !== undefined) {
    await ports.files.write(inputs.badge, badge.svg);
    await ports.files.write(endpointPath(inputs.badge), badge.json);
  }
  if (inputs.merged !== undefined) await ports.files.write(inputs.merged, writeLcov(found.coverage.files));
  if (isProposal(context.event) || totals.missing !== undefined || totals.ratio.total === 0) return notes;
  const raised = ratchet === undefined ? undefined : await raiseRatchet(ratchet, totals.ratio, ports.files, totals.counting);
  if (raised !== undefined) notes.push(raised);
  const saved = context.terminal ? undefined : await saveBaseline(found, totals, badge, inputs.flag ?? "", ports, context);
  return saved === undefined ? notes : [...notes, saved];
}

async function saveBaseline(
  found: Gathered,
  totals: Totals,
  badge: Badge,
  flag: string,
  ports: GatePorts,
  context: Context,
): Promise<string | undefined> {
  const refusal = await ports.baseline.refusal();
  if (refusal !== undefined) {
    ports.log.debug(`No baseline saved: ${refusal}.`);
    return undefined;
  }
  const own = storeFlag(flag, context.event.sha, totals, found.coverage.files);
  const stored = carryForward(own, await latestFlags(found, flag, ports, context));
  const saved = await ports.baseline.save(stored, [
    { name: "badge.svg", content: badge.svg },
    { name: "badge.json", content: badge.json },
  ]);
  return "saved" in saved ? `Baseline saved: ${saved.saved}.` : `No baseline saved: ${saved.skipped}.`;
}

/** Another job may have measured another flag of this very commit; otherwise the base's flags are the latest. */
async function latestFlags({ baseline }: Gathered, flag: string, ports: GatePorts, context: Context): Promise<Stored | undefined> {
  const others = baseline.stored?.flags.some((entry) => entry.flag !== flag) ?? false;
  if (flag === "" && !others) return baseline.stored;
  const found = await ports.baseline.find(context.event.sha);
  return "missing" in found ? baseline.stored : (readStored(found.record.data) ?? baseline.stored);
}
