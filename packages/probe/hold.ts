import type { ProbePorts, Target, TargetResult } from "./model.ts";

/** Since when a target has been failing, between runs: what `for` waits on. */

export interface HeldTarget {
  readonly target: Target;
  readonly result: TargetResult;
}

const memoryName = "failing-since";

/** A failure that has not lasted as long as `for` asks is degraded, not down; where nothing remembers when it began, it is unknown. */
export async function holdFailures(checked: readonly HeldTarget[], { memory, clock, log }: ProbePorts): Promise<TargetResult[]> {
  // Prometheus remembers by itself.
  const waits = ({ target }: HeldTarget): boolean => target.for !== undefined && target.kind !== "prometheus";
  if (!checked.some(waits)) return checked.map(({ result }) => result);
  const stored = await memory?.recall?.(memoryName);
  const before = sinceOf(stored);
  const now = clock.now();
  const after = new Map<string, number>();
  // What this run does not check is another run's to remember.
  for (const [name, since] of before) if (!checked.some(({ target }) => target.name === name)) after.set(name, since);
  for (const held of checked.filter(waits)) {
    const since = before.get(held.target.name);
    if (held.result.status === "down") after.set(held.target.name, since !== undefined && since <= now ? since : now);
    // Not knowing ends nothing.
    else if (held.result.status === "unknown" && since !== undefined) after.set(held.target.name, since);
  }
  const saved = (await memory?.remember?.(memoryName, { schema: 1, since: Object.fromEntries(after) })) ?? {
    skipped: "no store was given",
  };
  if ("skipped" in saved) log.warning(`How long targets have been failing is not remembered: ${saved.skipped}.`);
  const lost = "skipped" in saved && before.size === 0;
  return checked.map((held) =>
    waits(held) ? judgeHeld(held, after.get(held.target.name) ?? now, now, lost ? saved.skipped : undefined) : held.result,
  );
}

function judgeHeld({ target, result }: HeldTarget, since: number, now: number, lost: string | undefined): TargetResult {
  const limit = target.for ?? 0;
  if (result.status !== "down") return result;
  const lasted = now - since;
  const began = new Date(since).toISOString();
  if (lasted >= limit) return { ...result, since, evidence: `${result.evidence} (since ${began})` };
  if (lost !== undefined)
    return { ...result, status: "unknown", reason: "state.missing", evidence: `${result.evidence}; since when is not known: ${lost}` };
  return { ...result, status: "degraded", since, evidence: `${result.evidence} (since ${began}, counts as down after ${limit / 1000} s)` };
}

function sinceOf(stored: unknown): Map<string, number> {
  const since = typeof stored === "object" && stored !== null && "since" in stored ? stored.since : undefined;
  const found = new Map<string, number>();
  if (typeof since !== "object" || since === null) return found;
  for (const [name, value] of Object.entries(since)) if (typeof value === "number" && Number.isFinite(value)) found.set(name, value);
  return found;
}
