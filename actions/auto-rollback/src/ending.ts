import type { Attempt, Book } from "../../../packages/releases/book.ts";
import { advance, takeOver } from "./attempt.ts";
import { applyAll, type Hands, healthWords, verify } from "./carry-out.ts";
import { makePlan } from "./plan.ts";
import type { Session } from "./session.ts";
import type { Told } from "./told.ts";

const undecided = ["pinned", "halted", "reverting"];

function undecidedAttempt(book: Book): Attempt | undefined {
  return book.attempts.findLast(({ state }) => undecided.includes(state));
}

const nothing = (headline: string): Told => ({ decision: "nothing-to-do", reason: "", headline, from: "", to: "", rails: [] });

/** The rollback stands: the environment is free again. */
export async function commit(session: Session): Promise<Told> {
  const found = undecidedAttempt((await session.shelf.read()).book);
  if (found === undefined) return nothing("Nothing to commit: no rollback waits for a decision");
  const { from, to } = found.plan;
  const told = { from, to, rails: [], plan: found.plan, decision: "already-rolled-back" as const, reason: "" as const };
  if (found.state === "reverting") return nothing(`Nothing to commit: the rollback to ${to} is being reverted`);
  if (session.asked.dryRun)
    return { ...told, headline: `The rollback from ${from} to ${to} would be committed`, attempt: found, timeline: found.timeline };
  return session.alone(async () => {
    const standing = await takeOver(session.worker, found);
    if (standing.state === "committed" || standing.state === "reverted")
      return nothing(`Nothing to commit: the rollback is ${standing.state} already`);
    const attempt = await advance(session.worker, standing, "committed", "committed by hand");
    return {
      ...told,
      headline: `Committed: the rollback from ${from} to ${to} stands`,
      attempt,
      timeline: attempt.timeline,
      verified: attempt.verified,
    };
  });
}

/** Back to what was left: the same way in the other direction. */
export async function revert(session: Session): Promise<Told> {
  const found = undecidedAttempt((await session.shelf.read()).book);
  if (found === undefined) return nothing("Nothing to revert: no rollback waits for a decision");
  const { asked, provider } = session;
  if (asked.kill !== "") {
    const why = `the kill switch is on (${asked.kill.slice(0, 60)})`;
    const rails = [{ name: "kill-switch", holds: false, why }];
    return {
      decision: "refused",
      reason: "kill-switch",
      headline: `Refused (kill-switch): ${why}`,
      from: found.plan.to,
      to: found.plan.from,
      rails,
    };
  }
  if (!asked.dryRun) return session.alone((hands) => goForward(session, hands, found));
  const { from, to, environment, service } = found.plan;
  const plan = await makePlan({
    provider: found.plan.provider,
    environment,
    service,
    from: to,
    to: from,
    steps: await provider.steps(to, from, "good"),
  });
  return {
    decision: "planned",
    reason: "",
    headline: `Planned: the rollback would be reverted, ${to} → ${from}`,
    from: to,
    to: from,
    rails: [],
    plan,
  };
}

async function goForward(session: Session, hands: Hands, found: Attempt): Promise<Told> {
  const start = session.desk.now();
  const { provider, from: left, to: back, environment, service } = found.plan;
  let attempt = await takeOver(session.worker, found);
  if (attempt.state === "committed" || attempt.state === "reverted")
    return nothing(`Nothing to revert: the rollback is ${attempt.state} already`);
  if (attempt.state !== "reverting") attempt = await advance(session.worker, attempt, "reverting", "reverted by hand");
  const steps = await session.provider.steps(back, left, "good");
  const plan = await makePlan({ provider, environment, service, from: back, to: left, steps });
  const conflict = await applyAll(hands, plan, steps);
  const verified = conflict === undefined ? await verify(hands, plan) : { ok: false, why: conflict };
  attempt = await advance(session.worker, attempt, verified.ok ? "reverted" : "halted", verified.why);
  const duration = Math.max(Math.round((session.desk.now() - start) / 100) / 10, 0);
  const told = { from: back, to: left, rails: [], plan, attempt, timeline: attempt.timeline, duration, verified: verified.ok };
  return verified.ok
    ? { ...told, decision: "rolled-back", reason: "", headline: `Reverted the rollback: ${left} runs again, ${verified.why}` }
    : {
        ...told,
        decision: "halted",
        reason: "verify-failed",
        headline: `Halted: ${left} was brought back, and it is not well: ${verified.why}`,
      };
}

/** Looks at what runs now. A rollback that waits for a decision and is not well any more is halted. */
export async function verifyNow(session: Session): Promise<Told> {
  const { inputs, ports, asked } = session;
  const running = await session.provider.current();
  const health = inputs.verify === undefined ? undefined : await ports.checks.check(inputs.verify, inputs["allow-private"]);
  const { book } = await session.shelf.read();
  const pinned = book.attempts.findLast(({ state }) => state === "pinned");
  const kept = pinned === undefined || running.release === pinned.plan.to;
  const well = (health === undefined || health.status === "healthy") && kept;
  const words = kept
    ? health === undefined
      ? "no targets were given to check"
      : healthWords(health)
    : `${running.release} runs, and not ${pinned.plan.to}`;
  const told = { from: running.release, to: pinned?.plan.to ?? "", rails: [], health, verified: well };
  if (well)
    return { ...told, decision: "nothing-to-do", reason: "", headline: `Verified: ${running.release} runs, ${words}`, passes: true };
  const headline = `Not verified: ${running.release} runs, ${words}`;
  if (pinned === undefined || asked.dryRun) return { ...told, decision: "halted", reason: "verify-failed", headline };
  return session.alone(async () => {
    const attempt = await advance(session.worker, await takeOver(session.worker, pinned), "halted", words);
    return { ...told, decision: "halted", reason: "verify-failed", headline, plan: attempt.plan, attempt, timeline: attempt.timeline };
  });
}
