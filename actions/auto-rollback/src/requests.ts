import { messageOf } from "../../../packages/frame/errors.ts";
import { fingerprintOf } from "../../../packages/ledger/fingerprint.ts";
import { type Attempt, type Book, executedAt, type Plan } from "../../../packages/releases/book.ts";
import { code, plain } from "./change-request.ts";
import type { Fate, OpenRequest } from "./ports.ts";
import type { Session } from "./session.ts";

/** Whoever holds the lock for longer than this settles them itself, or the next run does. */
const lockWait = 3_000;

/**
 * Closes the issues whose plan was carried out or superseded; a run that was killed before it could leaves them to the next one. Gives notes: what was
 * decided stands whether or not an issue can be closed.
 */
export async function settleRequests(session: Session): Promise<readonly string[]> {
  const { asked, desk } = session;
  if (asked.approval !== "comment" || asked.dryRun || asked.operation === "plan") return [];
  try {
    if ((await endedRequests(session)).length === 0) return [];
    // Two runs that end at the same moment must not both say so.
    await session.aloneIfFree(lockWait, async () => {
      for (const [request, fate] of await endedRequests(session)) await desk.closeRequest(request, fate);
    });
    return [];
  } catch (error) {
    return [`An approval's issue could not be closed: ${messageOf(error)}; the next run tries again.`];
  }
}

/** The ledger is read after the list: each issue is opened after its plan was written down, so none is taken for one that the ledger does not know. */
async function endedRequests({ desk, shelf }: Session): Promise<readonly (readonly [OpenRequest, Fate])[]> {
  const open = await desk.openRequests();
  if (open.length === 0) return [];
  const { book } = await shelf.read();
  const ended: (readonly [OpenRequest, Fate])[] = [];
  for (const request of open) {
    const fate = await fateOf(book, request);
    if (fate !== undefined) ended.push([request, fate]);
  }
  return ended;
}

/** Tells requests for one deployment from all others, whatever its name is. */
export function placeOf({ environment, service }: Pick<Plan, "environment" | "service">, key: string): Promise<string> {
  return fingerprintOf(["approval", environment, service, key]);
}

/** What came of a request; `undefined` while it may still be approved, and for one that this ledger knows nothing of. */
export async function fateOf(book: Book, { hash, since, place }: OpenRequest): Promise<Fate | undefined> {
  const attempt = book.attempts.findLast((each) => each.plan.hash === hash && each.timeline[0]?.at === since);
  if (attempt !== undefined) return executedAt(attempt) === undefined ? overtaken(book, attempt, since) : carriedOut(attempt);
  for (const { plan, key } of book.attempts) {
    if ((await placeOf(book, key)) !== place) continue;
    return superseded(`another plan took its place, ${plan.hash.slice(0, 12)} from ${code(plan.from)} to ${code(plan.to)}`);
  }
  return undefined;
}

const superseded = (why: string): Fate => ({ reason: "not_planned", words: `Superseded: ${why}.` });

/** A plan that waits, and that what happened since has left without a use: the release that it would leave does not run any more. */
function overtaken(book: Book, { plan, deployment }: Attempt, since: string): Fate | undefined {
  const later = book.attempts.find((each) => (executedAt(each) ?? "") > since);
  if (later !== undefined) return superseded(`the rollback from ${code(later.plan.from)} to ${code(later.plan.to)} was carried out since`);
  const mark = book.good.findLast(({ at, release, deployment: brought }) => {
    const another = release !== plan.from && release !== plan.to;
    return at > since && another && brought !== "" && brought !== deployment;
  });
  return mark === undefined ? undefined : superseded(`${code(mark.release)} was deployed since, and is marked good`);
}

function carriedOut({ state, plan, timeline }: Attempt): Fate | undefined {
  const completed = (words: string): Fate => ({ reason: "completed", words });
  const done = `Carried out: from ${code(plan.from)} back to ${code(plan.to)}`;
  switch (state) {
    case "pinned":
      return completed(`${done}, verified. It waits for \`operation: commit\` or \`operation: revert\`.`);
    case "committed":
      return completed(`${done}, verified and committed.`);
    case "reverting":
    case "reverted":
      return completed(`${done}; reverted by hand afterwards.`);
    case "halted":
      return completed(`${done}, and halted: ${plain(timeline.at(-1)?.why ?? "")}. A person has to decide.`);
    case "proposed":
      return completed(`Carried out: a pull request goes back from ${code(plan.from)} to ${code(plan.to)}.`);
    default:
      return undefined;
  }
}
