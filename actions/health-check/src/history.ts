import type { Ports } from "../../../packages/frame/ports.ts";
import type { CheckResult, Status } from "../../../packages/probe/model.ts";

/** One earlier run: what a gate can ask for when it wants a recent green baseline. */
export interface Past {
  /** ISO 8601. */
  readonly at: string;
  readonly status: Status;
  readonly availability: number | undefined;
  readonly p95: number | undefined;
}

const name = "history";
const kept = 200;

/** Nothing where it could not be read: then it must not be written over either. */
export async function readHistory({ baseline }: Pick<Ports, "baseline">): Promise<readonly Past[] | undefined> {
  const seen = (await baseline.look?.(name, true)) ?? { nothing: true };
  if ("unreadable" in seen && seen.torn !== true) return undefined;
  const stored = "data" in seen ? seen.data : undefined;
  const runs = typeof stored === "object" && stored !== null && "runs" in stored ? stored.runs : undefined;
  return Array.isArray(runs) ? runs.map(readPast).filter((past) => past !== undefined) : [];
}

function readPast(value: unknown): Past | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { at, status, availability, p95 } = value as Readonly<Record<string, unknown>>;
  const known = (["healthy", "degraded", "down", "unknown"] as const).find((each) => each === status);
  if (typeof at !== "string" || Number.isNaN(Date.parse(at)) || known === undefined) return undefined;
  const number = (given: unknown): number | undefined => (typeof given === "number" && Number.isFinite(given) ? given : undefined);
  return { at, status: known, availability: number(availability), p95: number(p95) };
}

export async function keepHistory(
  { baseline, clock, log }: Pick<Ports, "baseline" | "clock" | "log">,
  before: readonly Past[],
  result: CheckResult,
): Promise<readonly Past[]> {
  const { status, availability, latency } = result;
  const runs = [...before, { at: new Date(clock.now()).toISOString(), status, availability, p95: latency.p95 }].slice(-kept);
  const saved = (await baseline.remember?.(name, { schema: 1, runs }, true)) ?? { skipped: "this store remembers nothing" };
  log.debug("saved" in saved ? `History saved: ${saved.saved}.` : `No history saved: ${saved.skipped}.`);
  return runs;
}
