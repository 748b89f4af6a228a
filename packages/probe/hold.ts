import type { Memory, ProbePorts, Prober, Target, TargetResult } from "./model.ts";

/** Since when a target has been failing, between runs: what `for` waits on. */

export interface HeldTarget {
  readonly target: Target;
  readonly result: TargetResult;
}

/** What earlier runs saw, or why that is not known; what is torn can only be begun anew. */
type Before = { readonly since: ReadonlyMap<string, number> } | { readonly lost: string; readonly torn: boolean };

const memoryName = "failing-since";
const never: ReadonlyMap<string, number> = new Map();

/** Whether a failure of it has to last. Prometheus remembers by itself. */
export function waits({ for: limit, kind }: Target): boolean {
  return limit !== undefined && kind !== "prometheus";
}

/** Begins to read what earlier runs saw, while the targets are asked. */
export async function recallFailing({ memory }: Pick<ProbePorts, "memory">): Promise<Before> {
  try {
    const seen = await look(memory);
    if ("unreadable" in seen) return { lost: seen.unreadable, torn: seen.torn === true };
    return { since: "data" in seen ? sinceOf(seen.data) : never };
  } catch {
    return { lost: "the store cannot be read", torn: false };
  }
}

async function look(memory: Memory | undefined): ReturnType<NonNullable<Memory["look"]>> {
  if (memory?.look !== undefined) return memory.look(memoryName);
  return { data: await memory?.recall?.(memoryName) };
}

/**
 * A failure that has not lasted as long as `for` asks is degraded, not down; where nothing tells when it began, it is unknown. The store has until `end`
 * (by the prober's clock). What could not be read in time is not written over.
 */
export async function holdFailures(
  checked: readonly HeldTarget[],
  recalled: Promise<Before>,
  ports: ProbePorts,
  end: number,
): Promise<TargetResult[]> {
  const before = (await within(recalled, ports.prober, end)) ?? { lost: "the store did not answer in time", torn: false };
  const known = "since" in before ? before.since : never;
  const now = ports.clock.now();
  const after = sinceAfter(checked, known, now);
  const unsaved = await save(before, after, ports, end);
  if (unsaved !== undefined) ports.log.warning(`How long targets have been failing is not remembered: ${unsaved}.`);
  return checked.map((held) => {
    if (!waits(held.target) || held.result.status !== "down") return held.result;
    const { name } = held.target;
    const lost = "lost" in before ? before.lost : known.has(name) ? undefined : unsaved;
    return judgeHeld(held, after.get(name) ?? now, now, lost);
  });
}

/** The promise, or nothing after `end`; a little time there always is, for a store on this machine. */
async function within<T>(promise: Promise<T>, prober: Prober, end: number): Promise<T | undefined> {
  const left = Math.max(leastTime, end - (await prober.elapsed()));
  return Promise.race([promise, prober.wait(left).then(() => undefined)]);
}
const leastTime = 50;

async function save(before: Before, after: ReadonlyMap<string, number>, ports: ProbePorts, end: number): Promise<string | undefined> {
  if ("lost" in before && !before.torn) return before.lost;
  const { memory, prober } = ports;
  if (memory?.remember === undefined) return "no store was given";
  const saving = memory.remember(memoryName, { schema: 1, since: Object.fromEntries(after) }).catch(() => undefined);
  const saved = (await within(saving, prober, end)) ?? { skipped: "the store did not take it in time" };
  return "skipped" in saved ? saved.skipped : undefined;
}

function sinceAfter(checked: readonly HeldTarget[], before: ReadonlyMap<string, number>, now: number): Map<string, number> {
  const after = new Map<string, number>();
  const names = new Set(checked.map(({ target }) => target.name));
  // What this run does not check is another run's to remember.
  for (const [name, since] of before) if (!names.has(name)) after.set(name, since);
  for (const { target, result } of checked.filter((held) => waits(held.target))) {
    const since = before.get(target.name);
    if (result.status === "down") after.set(target.name, since !== undefined && since <= now ? since : now);
    // Not knowing ends nothing.
    else if (result.status === "unknown" && since !== undefined) after.set(target.name, since);
  }
  return after;
}

function judgeHeld({ target, result }: HeldTarget, since: number, now: number, lost: string | undefined): TargetResult {
  const limit = target.for ?? 0;
  const lasted = now - since;
  const began = new Date(since).toISOString();
  if (lasted >= limit) return { ...result, since, evidence: `${result.evidence} (since ${began})` };
  if (lost !== undefined)
    return { ...result, status: "unknown", reason: "state.missing", evidence: `${result.evidence}; since when is not known: ${lost}` };
  return { ...result, status: "degraded", since, evidence: `${result.evidence} (since ${began}, counts as down after ${limit / 1000} s)` };
}

/** The last moment that a date can name. */
const latestTime = 8.64e15;

function sinceOf(stored: unknown): Map<string, number> {
  const since = typeof stored === "object" && stored !== null && "since" in stored ? stored.since : undefined;
  const found = new Map<string, number>();
  if (typeof since !== "object" || since === null) return found;
  for (const [name, value] of Object.entries(since)) if (typeof value === "number" && Math.abs(value) <= latestTime) found.set(name, value);
  return found;
}
