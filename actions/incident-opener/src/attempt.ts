import type { Context } from "../../../packages/frame/context.ts";
import { messageOf, UserError } from "../../../packages/frame/errors.ts";
import type { Outcome } from "../../../packages/frame/outcome.ts";
import { isUnreachable } from "../../../packages/ledger/failures.ts";
import { append, journalPath } from "../../../packages/ledger/journal.ts";
import { type Changes, type Snapshot, transact } from "../../../packages/ledger/store.ts";
import type { Asked } from "./ask.ts";
import { type IncidentOutputs, noOutputs } from "./describe.ts";
import type { Backend, Desk, IncidentInputs, IncidentPorts } from "./ports.ts";
import { isObject, parsed } from "./record.ts";
import { iso, spanText } from "./times.ts";

/** One attempt at recovery, written before it is made: whoever dies in it has made it. */
interface Attempt {
  readonly id: string;
  /** Milliseconds since 1970, by the ledger's clock. */
  readonly at: number;
}

interface Limits {
  readonly attempts: number;
  /** Milliseconds. */
  readonly cooldown: number;
}

/** `left`: how many more there will be within the day; `wait`: milliseconds until the next one could be granted. */
export interface Claim {
  readonly answer: "granted" | "cooldown" | "exhausted";
  readonly left: number;
  readonly wait: number;
}

const day = 24 * 60 * 60 * 1000;
const shortestCooldown = 60 * 1000;
const schema = "forge-attempts/1";

export const attemptsPath = (fingerprint: string): string => `attempts/${fingerprint}.json`;

/** Whether attempt `id` is one of those that stand, or may be added to them. What lies in the future counts too: a clock that is set back adds none. */
export function judgeClaim(known: readonly Attempt[], id: string, now: number, limits: Limits): Claim {
  const recent = known.filter(({ at }) => now - at < day).sort((a, b) => a.at - b.at);
  const left = Math.max(limits.attempts - recent.length, 0);
  if (recent.some((one) => one.id === id)) return { answer: "granted", left, wait: 0 };
  if (left === 0) return { answer: "exhausted", left, wait: (recent[recent.length - limits.attempts]?.at ?? now) + day - now };
  const wait = (recent.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + limits.cooldown - now;
  return wait > 0 ? { answer: "cooldown", left, wait } : { answer: "granted", left: left - 1, wait: 0 };
}

/**
 * Asks the ledger for one attempt at recovery, with compare-and-swap: of runs that ask at once, and of re-runs, no more get one than there are. A ledger that
 * cannot be read or written grants none.
 */
export async function attemptRecovery(
  inputs: IncidentInputs,
  asked: Asked,
  { desks }: IncidentPorts,
  context: Context,
): Promise<Outcome<IncidentOutputs>> {
  const limits = { attempts: inputs.attempts, cooldown: inputs["attempt-cooldown"] };
  if (limits.cooldown < shortestCooldown) {
    throw new UserError(`attempt-cooldown: ${spanText(limits.cooldown)} was given. Allowed: at least 1 min. Example: 15m`);
  }
  if (inputs.verdict !== "fail") {
    return told(asked, "", "neutral", "none", undefined, `No attempt: the verdict is ${inputs.verdict}, and only a fail is recovered from`);
  }
  let backend: Backend | "" = "";
  try {
    const desk = await desks.open({ backend: inputs.backend, token: inputs.token, event: context.event });
    const claim = await claimAttempt(desk, asked, limits, context);
    backend = desk.backend();
    return told(asked, backend, claim.answer === "granted" ? "pass" : "neutral", claim.answer, claim.left, headlineOf(claim, limits));
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return told(asked, backend, "unknown", undefined, undefined, `No attempt: what was attempted before is not known, ${messageOf(error)}`);
  }
}

async function claimAttempt(desk: Desk, asked: Asked, limits: Limits, { event }: Context): Promise<Claim> {
  const run = `${event.runId || "local"}/${event.runAttempt || "1"}`;
  const id = `${run} ${crypto.randomUUID()}`;
  const path = attemptsPath(asked.fingerprint);
  const { result } = await transact(desk.store, async (snapshot) => {
    const now = desk.now();
    const known = readAttempts(await snapshot.read(path), path);
    const claim = judgeClaim(known, id, now, limits);
    const isNew = claim.answer === "granted" && !known.some((one) => one.id === id);
    if (!isNew) return { result: claim };
    const kept = [...known.filter(({ at }) => now - at < day), { id, at: now }];
    const text = `${JSON.stringify({ schema, fingerprint: asked.fingerprint, attempts: kept })}\n`;
    const changes = { [path]: text, ...(await journalled(snapshot, asked, { id, at: now }, run, kept.length)) };
    return { result: claim, changes, message: `attempt ${asked.fingerprint}\n\nRun ${run}\n` };
  });
  return result;
}

async function journalled(snapshot: Snapshot, { fingerprint, about }: Asked, one: Attempt, run: string, count: number): Promise<Changes> {
  const at = iso(one.at);
  const journal = journalPath(about.environment, at);
  const { environment, service, check } = about;
  const entry = { id: one.id, at, kind: "recovery.attempt", environment, subject: fingerprint, run, data: { service, check, count } };
  return { [journal]: append((await snapshot.read(journal)) ?? "", [entry]) };
}

function readAttempts(text: string | undefined, path: string): readonly Attempt[] {
  if (text === undefined) return [];
  const value = parsed(text);
  const attempts = isObject(value) && value.schema === schema && Array.isArray(value.attempts) ? value.attempts : undefined;
  if (attempts?.every(isAttempt)) return attempts;
  throw new UserError(
    `The ledger's record ${path} is not one of this action's, so no attempt is made: remove it to begin anew, or look who changed it.`,
    { exitCode: 3 },
  );
}

function isAttempt(value: unknown): value is Attempt {
  return isObject(value) && typeof value.id === "string" && Number.isSafeInteger(value.at);
}

function headlineOf({ answer, left, wait }: Claim, { attempts }: Limits): string {
  if (answer === "granted") return `Attempt ${attempts - left} of ${attempts} in 24 hours is granted`;
  const next = `the next one could be granted in ${spanText(wait)}`;
  return answer === "cooldown"
    ? `No attempt: the last one was too short a time ago, ${next}`
    : `No attempt: ${attempts} in 24 hours were made, ${next}`;
}

function told(
  { fingerprint, about }: Asked,
  backend: Backend | "",
  verdict: Outcome<IncidentOutputs>["verdict"],
  attempt: Claim["answer"] | "none" | undefined,
  left: number | undefined,
  headline: string,
): Outcome<IncidentOutputs> {
  const rule = { name: "attempt", verdict: verdict === "fail" ? ("unknown" as const) : verdict, why: headline };
  const data = { fingerprint, state: "", severity: about.severity, backend, attempt: attempt ?? null, attemptsLeft: left ?? null };
  const report = { rules: [rule], findings: [], sections: [], notes: [], data };
  return { verdict, headline, outputs: { ...noOutputs, attempt, "attempts-left": left }, report };
}
