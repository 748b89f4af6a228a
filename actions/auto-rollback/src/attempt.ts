import { Unreachable } from "../../../packages/ledger/failures.ts";
import { type Attempt, type AttemptState, type Book, markBad, type Plan, type Transition } from "../../../packages/releases/book.ts";
import type { Asked } from "./asked.ts";
import type { Note, Shelf } from "./shelf.ts";

/** Who works on an attempt, and on behalf of what. */
export interface Worker {
  readonly shelf: Shelf;
  /** Unlike any other run's. */
  readonly owner: string;
  readonly run: string;
}

/**
 * Records a new attempt as planned, in the place of one of the same key that has not begun to change anything. The same plan keeps the time of its first
 * planning, so that an approval that it has got still counts.
 */
export async function recordPlan(worker: Worker, asked: Asked, plan: Plan, why: string): Promise<Attempt> {
  return worker.shelf.change(({ book }, at) => {
    const key = asked.deployment || plan.from;
    const isWaiting = (each: Attempt): boolean => each.key === key && ["planned", "awaiting-approval", "locked"].includes(each.state);
    const earlier = book.attempts.findLast((each) => isWaiting(each) && each.plan.hash === plan.hash)?.timeline[0];
    const planned: Transition = earlier ?? { state: "planned", at, run: worker.run, why };
    const attempt: Attempt = {
      key,
      deployment: asked.deployment,
      automatic: asked.automatic,
      owner: worker.owner,
      plan,
      state: "planned",
      timeline: [planned],
      why,
      verified: false,
    };
    const others = book.attempts.filter((each) => !isWaiting(each));
    return {
      result: attempt,
      book: { ...book, attempts: [...others, attempt] },
      notes: earlier === undefined ? [note(attempt, planned)] : [],
    };
  });
}

/** Takes an attempt over whose run has died; the lock is held. */
export async function takeOver(worker: Worker, attempt: Attempt): Promise<Attempt> {
  return worker.shelf.change(({ book }) => {
    const standing = book.attempts.findLast((each) => isSame(each, attempt));
    if (standing === undefined) throw new Unreachable("the rollback that was to be finished is not in the ledger any more");
    const mine = { ...standing, owner: worker.owner };
    return { result: mine, book: replace(book, mine) };
  });
}

/** The next state, in the ledger before it is acted on. What else changes with it is in `effects`. */
export async function advance(worker: Worker, attempt: Attempt, state: AttemptState, why: string): Promise<Attempt> {
  return worker.shelf.change(({ book }, at) => {
    const standing = book.attempts.findLast((each) => isSame(each, attempt));
    if (standing === undefined || standing.owner !== worker.owner) throw new Unreachable("another run has taken this rollback over");
    const transition: Transition = { state, at, run: worker.run, why };
    const verified = state === "pinned" || (standing.verified && state !== "halted");
    const next: Attempt = { ...standing, state, verified, timeline: [...standing.timeline, transition] };
    return { result: next, book: effects(replace(book, next), next, transition), notes: [note(next, transition)] };
  });
}

/** While a rollback is on its way or waits for a decision, the environment is pinned; what was left is known to be bad. */
function effects(book: Book, attempt: Attempt, { state, at, run }: Transition): Book {
  const { plan, key, deployment, why } = attempt;
  if (state === "executing") {
    const bad = markBad(book, { release: plan.from, commit: "", at, run, deployment, why });
    return { ...bad, pin: { release: plan.to, from: plan.from, since: at, key } };
  }
  if (state === "committed" || state === "proposed") return { ...book, pin: null };
  if (state === "reverted") return { ...book, pin: null, bad: book.bad.filter(({ release }) => release !== plan.from) };
  return book;
}

function isSame(a: Attempt, b: Attempt): boolean {
  return a.key === b.key && a.plan.hash === b.plan.hash && a.timeline[0]?.at === b.timeline[0]?.at;
}

function replace(book: Book, attempt: Attempt): Book {
  return { ...book, attempts: book.attempts.map((each) => (isSame(each, attempt) ? attempt : each)) };
}

function note({ plan, key, automatic, verified }: Attempt, { state, why }: Transition): Note {
  const { provider, from, to, hash } = plan;
  return { kind: `rollback.${state}`, data: { key, provider, from, to, hash, automatic, verified, why } };
}
