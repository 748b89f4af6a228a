import { type Attempt, openAttempt } from "../../../packages/releases/book.ts";
import { type Assessed, Assessment, firstRails } from "./assess.ts";
import { advance, recordPlan, takeOver } from "./attempt.ts";
import { carryOut, type Hands } from "./carry-out.ts";
import { changeRequest } from "./change-request.ts";
import { markPassing } from "./marking.ts";
import { isIntact } from "./plan.ts";
import type { Approval } from "./ports.ts";
import { holds, type Rail, type Reason, stops } from "./reason.ts";
import { placeOf } from "./requests.ts";
import type { Session } from "./session.ts";
import type { Told } from "./told.ts";

/** `auto`, `plan` and `execute`. */
export async function rollBack(session: Session): Promise<Told> {
  const { asked } = session;
  const before = await decided(session);
  if (before !== undefined) return before;
  const first = firstRails(asked);
  const unfinished = await begunAttempt(session);
  if (asked.verdict === "pass" && unfinished === undefined) return asked.operation === "auto" ? markPassing(session) : passing();
  const stopped = first.find((rail) => !rail.holds);
  if (stopped !== undefined) return refuse(session, stopped, { rails: first, from: "", to: "" });
  const dry = asked.dryRun || asked.operation === "plan";
  if (unfinished !== undefined) return dry ? wouldFinish(unfinished, first) : session.alone((hands) => finish(session, hands));
  const assessed = await assess(session);
  const told = await toldWithoutActing(session, assessed, dry);
  return told ?? session.alone((hands) => act(session, hands));
}

function passing(): Told {
  return { decision: "nothing-to-do", reason: "", headline: "Nothing to do: the verdict is pass", from: "", to: "", rails: [] };
}

async function assess(session: Session): Promise<Assessed> {
  const view = await session.shelf.read();
  return new Assessment(session.asked, session.provider, session.history, view, session.desk.now()).assess();
}

/** The idempotency key comes before every other rail: what was decided for this deployment stands. Without one, what runs has to tell. */
async function decided(session: Session): Promise<Told | undefined> {
  const { book } = await session.shelf.read();
  const { deployment } = session.asked;
  const attempt = deployment === "" ? book.attempts.at(-1) : book.attempts.findLast(({ key }) => key === deployment);
  if (attempt === undefined) return undefined;
  const ended = endedAlready(attempt);
  if (ended?.decision !== "already-rolled-back") return deployment === "" && ended?.decision !== "halted" ? undefined : ended;
  const { release, others } = await session.provider.current();
  const { from, to } = attempt.plan;
  if (release === to && others.length === 0) return ended;
  if (deployment === "") return undefined;
  if (release !== from) return ended;
  const why = `${from} was rolled back for this deployment, and somebody has brought it back`;
  return { ...ended, decision: "refused", reason: "window", headline: `Refused (window): ${why}` };
}

function endedAlready(attempt: Attempt): Told | undefined {
  const { from, to } = attempt.plan;
  const rails: Rail[] = [{ name: "idempotency", holds: false, why: `the rollback for ${attempt.key} is ${attempt.state}` }];
  const told = { from, to, rails, plan: attempt.plan, attempt, timeline: attempt.timeline };
  switch (attempt.state) {
    case "pinned":
    case "committed":
      return {
        ...told,
        decision: "already-rolled-back",
        reason: "",
        headline: `Already rolled back from ${from} to ${to}`,
        verified: attempt.verified,
      };
    case "halted": {
      const why = attempt.timeline.at(-1)?.why ?? "";
      return {
        ...told,
        decision: "halted",
        reason: "verify-failed",
        headline: `Halted: the rollback to ${to} was not verified, and a person has to decide: ${why}`,
        verified: false,
      };
    }
    case "reverted":
      return {
        ...told,
        decision: "refused",
        reason: "window",
        headline: `Refused: the rollback from ${from} was made, and reverted by hand`,
      };
    case "proposed":
      return { ...told, decision: "planned", reason: "", headline: `A pull request for going back from ${from} to ${to} is open already` };
    default:
      return undefined;
  }
}

/** A rollback that an earlier run has begun to carry out. */
async function begunAttempt(session: Session): Promise<Attempt | undefined> {
  const attempt = openAttempt((await session.shelf.read()).book);
  return attempt !== undefined && ["executing", "verifying"].includes(attempt.state) ? attempt : undefined;
}

function wouldFinish(attempt: Attempt, rails: readonly Rail[]): Told {
  const { from, to } = attempt.plan;
  const headline = `Planned: the rollback from ${from} to ${to}, which is ${attempt.state}, would be finished`;
  return { decision: "planned", reason: "", headline, from, to, rails, plan: attempt.plan, attempt, timeline: attempt.timeline };
}

async function finish(session: Session, hands: Hands): Promise<Told> {
  const before = await decided(session);
  if (before !== undefined) return before;
  const attempt = await begunAttempt(session);
  if (attempt === undefined) return act(session, hands);
  const rails = [...firstRails(session.asked), holds("idempotency", `goes on where a run stopped (${attempt.state})`)];
  const mine = await takeOver(session.worker, attempt);
  if (!(await isIntact(mine.plan))) {
    const halted = await advance(session.worker, mine, "halted", "the plan in the ledger is not the one that its hash was made of");
    return endedAlready(halted) ?? passing();
  }
  return carry(session, hands, mine, { rails, from: mine.plan.from, to: mine.plan.to, fromCommit: "", migrations: [] });
}

/** Under the lock everything is looked at again: what another run has done in the meantime decides. */
async function act(session: Session, hands: Hands): Promise<Told> {
  const before = await decided(session);
  if (before !== undefined) return before;
  if ((await begunAttempt(session)) !== undefined) return finish(session, hands);
  const assessed = await assess(session);
  const told = await toldWithoutActing(session, assessed, false);
  const { plan } = assessed;
  if (told !== undefined || plan === undefined) return told ?? passing();
  const why = session.asked.automatic ? `verdict: ${session.asked.verdict ?? ""}` : "asked for by hand";
  let attempt = await recordPlan(session.worker, session.asked, plan, why);
  if (assessed.approval !== undefined) {
    attempt = await advance(session.worker, attempt, "awaiting-approval", assessed.approval);
    const approval = await approve(session, assessed, attempt);
    if (approval.by === "") return awaiting(assessed, attempt, approval);
    attempt = await advance(session.worker, attempt, "locked", `approved by ${approval.by}`);
  } else attempt = await advance(session.worker, attempt, "locked", "nobody else works on this environment");
  return carry(session, hands, attempt, assessed);
}

async function approve(session: Session, assessed: Assessed, attempt: Attempt): Promise<Approval> {
  const { asked, desk } = session;
  const { plan } = assessed;
  if (asked.approval === "environment" || plan === undefined) return desk.approvedByReviewer(asked.environment);
  const title = `Approve the rollback of ${asked.service || asked.environment} to ${plan.to}`;
  const place = await placeOf(plan, attempt.key);
  return desk.approvedByComment({ plan, since: attempt.timeline[0]?.at ?? "", place, title, body: changeRequest(asked, assessed) });
}

function awaiting(assessed: Assessed, attempt: Attempt, approval: Approval): Told {
  const { from, to, rails, plan, migrations, fromCommit } = assessed;
  const headline = `Planned, and waits for approval: ${from} → ${to}. ${approval.why}`;
  const why = { why: approval.why, url: approval.url };
  return {
    decision: "planned",
    reason: "",
    headline,
    from,
    to,
    rails,
    plan,
    attempt,
    timeline: attempt.timeline,
    migrations,
    fromCommit,
    approval: why,
  };
}

async function toldWithoutActing(session: Session, assessed: Assessed, dry: boolean): Promise<Told | undefined> {
  const { from, to, rails, plan, migrations, already } = assessed;
  const stopped = rails.find((rail) => !rail.holds);
  // A script may have gone back, which the provider knows and the ledger does not: then there is nothing left to do.
  if (already !== undefined && (stopped === undefined || (stopped.reason === "is-rollback" && !assessed.behind))) {
    const rail: Rail = { name: "target", holds: false, why: already, reason: "target-is-current" };
    return {
      decision: "already-rolled-back",
      reason: "target-is-current",
      headline: `Already rolled back: ${already}. If it is ${from} that fails, mark it bad`,
      from,
      to,
      rails: [...rails, rail],
    };
  }
  if (stopped !== undefined) return refuse(session, stopped, assessed);
  if (!dry) return undefined;
  const { fromCommit } = assessed;
  const approval = assessed.approval === undefined ? undefined : { why: assessed.approval, url: "" };
  const headline = `Planned: ${from} → ${to}${approval === undefined ? "" : ", once a person approves"}; nothing was changed`;
  return { decision: "planned", reason: "", headline, from, to, rails, plan, migrations, fromCommit, approval };
}

/** A refusal of a failing verdict is a decision, and is remembered; a dry run remembers nothing. */
async function refuse(session: Session, rail: Rail, given: Pick<Told, "rails" | "from" | "to" | "migrations">): Promise<Told> {
  const { asked } = session;
  const reason: Reason = rail.reason ?? "";
  const dry = asked.dryRun || asked.operation === "plan";
  if (!dry && asked.verdict === "fail") {
    const { from, to } = given;
    const key = asked.deployment || from;
    await session.shelf.change(() => ({
      result: undefined,
      notes: [{ kind: "rollback.refused", data: { key, from, to, reason, why: rail.why } }],
    }));
  }
  const { rails, from, to, migrations } = given;
  return { decision: "refused", reason, headline: `Refused (${reason}): ${rail.why}`, rails, from, to, migrations };
}

type Known = Pick<Assessed, "rails" | "from" | "to" | "fromCommit" | "migrations">;

async function carry(session: Session, hands: Hands, begun: Attempt, known: Known): Promise<Told> {
  const start = session.desk.now();
  const { attempt, verified } = await carryOut(hands, begun);
  const { from, to } = attempt.plan;
  const rails = [...known.rails, ...endRails(attempt, verified?.why ?? "")];
  const duration = Math.max(Math.round((session.desk.now() - start) / 100) / 10, 0);
  const { migrations, fromCommit } = known;
  const told = {
    from,
    to,
    rails,
    plan: attempt.plan,
    attempt,
    timeline: attempt.timeline,
    migrations,
    fromCommit,
    duration,
    health: verified?.health,
  };
  if (attempt.state === "proposed")
    return { ...told, decision: "planned", reason: "", headline: `A pull request goes back from ${from} to ${to}` };
  if (attempt.state === "halted") {
    const headline = `Halted: went back from ${from} to ${to}, and it is not well: ${verified?.why ?? ""}`;
    return { ...told, decision: "halted", reason: "verify-failed", headline, verified: false };
  }
  const headline = `Rolled back from ${from} to ${to} in ${duration} s, verified: ${verified?.why ?? ""}`;
  return { ...told, decision: "rolled-back", reason: "", headline, verified: true };
}

function endRails(attempt: Attempt, why: string): Rail[] {
  const { environment, service } = attempt.plan;
  const place = service === "" ? environment : `${service} in ${environment}`;
  switch (attempt.state) {
    case "pinned":
      return [holds("verify", why), holds("pin", `${place} stays at ${attempt.plan.to} until somebody runs commit or revert`)];
    case "halted":
      return [stops("verify", "verify-failed", why)];
    default:
      return [];
  }
}
