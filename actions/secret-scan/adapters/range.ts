import { UserError } from "../../../packages/frame/errors.ts";
import type { Event } from "../../../packages/frame/event.ts";
import type { Log } from "../../../packages/frame/ports.ts";
import { findBasis } from "../../../packages/git/base.ts";
import { isSha } from "../../../packages/git/command.ts";
import { openFetcher } from "../../../packages/git/fetch.ts";
import { type History, openHistory } from "../../../packages/git/history.ts";
import { checkRevision } from "../../../packages/git/names.ts";
import type { Repository } from "../../../packages/git/repository.ts";
import type { ScanPlan } from "../src/model.ts";

/** The commits to scan, as `rev-list` takes them. */
export interface CommitRange {
  readonly revisions: readonly string[];
  /** In words, for the report. */
  readonly words: string;
  /** Set where there is rightly nothing to scan. */
  readonly nothing?: string;
}

interface Situation {
  readonly repository: Repository;
  readonly history: History;
  readonly plan: ScanPlan;
}

/** Finds the range that the event or `range` names; a `UserError` with exit code 3 where it cannot be known. */
export async function findRange(repository: Repository, plan: ScanPlan, log: Log): Promise<CommitRange> {
  const { event, terminal, token } = plan;
  const fetcher = openFetcher({ repository, event, token: token || undefined, log, allowed: !terminal });
  const advice = terminal ? "Get the whole history first: `git fetch --unshallow`." : "Check out with `fetch-depth: 0`.";
  const history = openHistory({ repository, fetcher, log, advice });
  const situation: Situation = { repository, history, plan };
  if (plan.scope === "history") {
    const range = plan.range === undefined ? { revisions: ["--all"], words: "every ref" } : await givenRange(situation, plan.range);
    await deepen(repository, fetcher.fetch, advice, log);
    return range;
  }
  if (plan.range !== undefined) return givenRange(situation, plan.range);
  return eventRange(situation);
}

/** The whole history needs all of it. */
async function deepen(repository: Repository, fetch: ReturnType<typeof openFetcher>["fetch"], advice: string, log: Log): Promise<void> {
  const ends = await repository.shallowEnds();
  if (ends.size === 0) return;
  log.info("Deepening the shallow checkout to the whole history.");
  const [head] = await repository.resolve(["HEAD"]);
  const reason = head === undefined ? "there is no commit." : await fetch([{ commit: head }], 2_147_483_647);
  if ((await repository.shallowEnds()).size === 0) return;
  throw new UserError(
    `The checkout is shallow, so its history is not all here and could not be fetched: ${reason ?? "it stayed shallow."} ${advice}`,
    { exitCode: 3 },
  );
}

async function givenRange(situation: Situation, given: string): Promise<CommitRange> {
  const { repository, history } = situation;
  const [, from, dots, to] = /^(.*?)(\.{2,3})(.*)$/.exec(given) ?? [];
  if (dots === undefined) {
    const reached = await revision(repository, given);
    await complete(situation, reached);
    return { revisions: [reached], words: given };
  }
  // What git takes for HEAD is in a workflow a variable that was empty, and `..<head>` would scan nothing and call it clean.
  if (from === undefined || from.trim() === "")
    throw new UserError(`range: ${JSON.stringify(given.slice(0, 100))} does not say where it begins. Example: origin/main..HEAD`);
  const head = await revision(repository, to || "HEAD");
  const base = await revision(repository, from);
  await history.mergeBase(head, [base], `The range ${given}`);
  return { revisions: [head, `^${base}`], words: given };
}

async function revision(repository: Repository, name: string): Promise<string> {
  const checked = checkRevision(name, "range");
  const asked = await repository.git.run(["rev-parse", "--verify", "--quiet", "--end-of-options", `${checked}^{commit}`]);
  const found = new TextDecoder().decode(asked.stdout).trim();
  if (asked.exitCode === 0 && isSha(found)) return found;
  throw new UserError(`range: ${JSON.stringify(name)} names no commit in this checkout. Example: origin/main..HEAD`, { exitCode: 3 });
}

async function eventRange(situation: Situation): Promise<CommitRange> {
  const { event } = situation.plan;
  if (event.deleted === true) return { revisions: [], words: "nothing", nothing: `${event.ref} was deleted, so there is nothing to scan.` };
  if (event.pullRequest !== undefined) {
    const { headSha, baseSha, number } = event.pullRequest;
    return between(situation, baseSha, headSha, `pull request #${number}`);
  }
  if (event.mergeGroup !== undefined) return between(situation, event.mergeGroup.baseSha, event.mergeGroup.headSha, "the merge group");
  if (event.name === "push") return pushRange(situation, event);
  return otherRange(situation, event);
}

/** What `head` has and `base` has not; deepened until that is certain. */
async function between({ history }: Situation, base: string, head: string, words: string): Promise<CommitRange> {
  const to = await history.require(head, `The head of ${words}`);
  const from = await history.require(base, `The base of ${words}`);
  await history.mergeBase(to, [from], `The history of ${words}`);
  return { revisions: [to, `^${from}`], words: `${words}: ${from.slice(0, 12)}..${to.slice(0, 12)}` };
}

async function pushRange(situation: Situation, event: Event): Promise<CommitRange> {
  const { history, repository } = situation;
  const head = isSha(event.sha) ? await history.require(event.sha, "The pushed commit") : await headOf(repository);
  if (event.before !== undefined) {
    const before = await history.obtain(event.before);
    if (before !== undefined) return between(situation, before, head, event.forced ? "the forced push" : "the push");
  }
  const branch = event.ref.replace(/^refs\/heads\//, "");
  if (event.ref.startsWith("refs/tags/") || branch === event.defaultBranch || event.defaultBranch === undefined) {
    await complete(situation, head);
    return {
      revisions: [head],
      words: event.ref.startsWith("refs/tags/") ? "everything that the new tag reaches" : `everything on the new branch ${branch}`,
    };
  }
  const tip = await history.branchTip(event.defaultBranch);
  if (tip === undefined)
    throw new UserError(
      `The default branch ${event.defaultBranch} is not in this checkout, so what the new branch adds is not known. Check out with \`fetch-depth: 0\`.`,
      { exitCode: 3 },
    );
  return between(situation, tip, head, `the new branch ${branch}`);
}

/** A range without a lower end needs every ancestor. */
async function complete({ repository, plan }: Situation, head: string): Promise<void> {
  if ((await repository.shallowEnds()).size === 0) return;
  const fetcher = openFetcher({ repository, event: plan.event, token: plan.token || undefined, log: silent, allowed: !plan.terminal });
  await deepen(
    repository,
    (wanted, depth) => fetcher.fetch([...wanted, { commit: head }], depth),
    "Check out with `fetch-depth: 0`.",
    silent,
  );
}

const silent: Log = { debug() {}, info() {}, notice() {}, warning() {}, secret() {} };

async function headOf(repository: Repository): Promise<string> {
  const [head] = await repository.resolve(["HEAD"]);
  if (head === undefined)
    throw new UserError(`The repository ${repository.root} has no commit yet, so there is nothing to scan.`, { exitCode: 3 });
  return head;
}

async function otherRange({ repository, history }: Situation, event: Event): Promise<CommitRange> {
  const head = await headOf(repository);
  const basis = await findBasis({ repository, history, event, head }, undefined);
  const root = basis.base === (await repository.emptyTree());
  return { revisions: root ? [basis.head] : [basis.head, `^${basis.base}`], words: `what came after the ${basis.rule}` };
}
