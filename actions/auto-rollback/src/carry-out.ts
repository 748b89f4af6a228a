import type { YamlInput } from "../../../packages/frame/manifest.ts";
import type { Log } from "../../../packages/frame/ports.ts";
import type { Attempt, Plan, Step } from "../../../packages/releases/book.ts";
import { advance, type Worker } from "./attempt.ts";
import type { Checks, Health, Provider, Settled } from "./ports.ts";

export interface Hands {
  readonly worker: Worker;
  readonly provider: Provider;
  readonly checks: Checks;
  readonly log: Log;
  readonly verify: YamlInput | undefined;
  readonly allowPrivate: readonly string[];
  /** Throws where the lock was lost. */
  readonly guard: () => Promise<void>;
}

export interface Verified {
  readonly ok: boolean;
  readonly why: string;
  readonly health?: Health;
}

export interface CarriedOut {
  readonly attempt: Attempt;
  readonly verified: Verified | undefined;
}

/** From `locked` or `executing` to the end. Steps look before they act, so it does not matter how far an earlier run came. */
export async function carryOut(hands: Hands, begun: Attempt): Promise<CarriedOut> {
  let attempt = begun;
  if (attempt.state === "locked") attempt = await advance(hands.worker, attempt, "executing", "the plan is carried out");
  if (attempt.state === "executing") {
    const conflict = await applyAll(hands, attempt.plan, attempt.plan.steps);
    if (conflict !== undefined)
      return { attempt: await advance(hands.worker, attempt, "halted", conflict), verified: { ok: false, why: conflict } };
    if (attempt.plan.provider === "git-revert") {
      return { attempt: await advance(hands.worker, attempt, "proposed", "a pull request was opened"), verified: undefined };
    }
    attempt = await advance(hands.worker, attempt, "verifying", "every step was carried out");
  }
  const verified = await verify(hands, attempt.plan);
  attempt = await advance(hands.worker, attempt, verified.ok ? "pinned" : "halted", verified.why);
  return { attempt, verified };
}

/** Why it had to stop; `undefined` when every step is done. */
export async function applyAll(hands: Hands, plan: Plan, steps: readonly Step[]): Promise<string | undefined> {
  for (const step of steps) {
    await hands.guard();
    const { result, why } = await hands.provider.apply(step, plan, hands.guard);
    hands.log.info(`${step.what}: ${result === "already" ? "was so already" : result}`);
    if (result === "conflict") return `${step.what}: ${why}`;
  }
  return undefined;
}

/** Reads back what runs, then asks the targets. Whatever is not known to be well is not. */
export async function verify(hands: Pick<Hands, "provider" | "checks" | "verify" | "allowPrivate">, plan: Plan): Promise<Verified> {
  const settled: Settled = await hands.provider.settled(plan);
  if (!settled.ok) return { ok: false, why: settled.why };
  if (hands.verify === undefined) return { ok: true, why: `${settled.why}; no targets were given to check` };
  const health = await hands.checks.check(hands.verify, hands.allowPrivate);
  return { ok: health.status === "healthy", why: healthWords(health), health };
}

export function healthWords({ status, rows }: Health): string {
  const ill = rows.find((row) => row.status !== "healthy");
  return ill === undefined ? `all ${rows.length} targets are healthy` : `${ill.name} is ${ill.status}: ${ill.why} (all in all ${status})`;
}
