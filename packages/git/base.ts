import { UserError } from "../frame/errors.ts";
import type { Event, PullRequest } from "../frame/event.ts";
import { isSha } from "./command.ts";
import type { History } from "./history.ts";
import { checkRevision, isBranchName } from "./names.ts";
import type { Repository } from "./repository.ts";

/** What the tested tree is compared with. */
export interface Basis {
  /** A commit, or the empty tree. */
  readonly base: string;
  readonly head: string;
  /** In words, for the report. */
  readonly rule: string;
}

export interface Situation {
  readonly repository: Repository;
  readonly history: History;
  readonly event: Event;
  readonly head: string;
}

/**
 * The commit that a change is compared with. Reasons are in docs/decisions/0004-what-a-change-is-compared-with.md.
 *
 * | event | checked out | compared with |
 * |---|---|---|
 * | any, `base` given | anything | the merge base of `base` and HEAD; `base` itself where they have no common history |
 * | `pull_request`, `pull_request_review` … | the merge commit | its first parent |
 * | the same | the head, or any other commit | the merge base of the base branch and HEAD |
 * | `pull_request_target` | the base | HEAD itself: nothing to judge |
 * | the same | the head or the merge commit | as for `pull_request` |
 * | `merge_group` | the group | the merge base of `base_sha` and HEAD |
 * | `push` | the new tip | `before`; after a force-push the merge base of `before` and HEAD; if `before` is gone, the first parent |
 * | `push` of a new branch | its tip | the merge base of the default branch and HEAD; nothing to judge if that is HEAD |
 * | `push` that creates the default branch | its tip | the empty tree |
 * | all others, and tags | a commit of the default branch | the first parent (the empty tree for a root commit) |
 * | the same | any other commit | the merge base of the default branch and HEAD |
 * | `local` | a branch | the merge base of the default branch and HEAD; judged is the working tree |
 * | the same | the default branch | the merge base of its upstream and HEAD; HEAD without an upstream |
 */
export async function findBasis(situation: Situation, given: string | undefined): Promise<Basis> {
  const { event } = situation;
  if (given !== undefined && given.trim() !== "") return givenBasis(situation, given);
  if (event.name === "local") return localBasis(situation);
  const merge = await mergedPullRequest(situation);
  if (merge !== undefined) return mergeCommitBasis(situation, merge);
  if (event.pullRequest !== undefined) return pullRequestBasis(situation, event.pullRequest);
  if (event.mergeGroup !== undefined && isSha(event.mergeGroup.baseSha)) return mergeGroupBasis(situation, event.mergeGroup.baseSha);
  if (event.name === "push" && !event.ref.startsWith("refs/tags/")) return pushBasis(situation);
  return otherBasis(situation);
}

/** Both parents of the merge commit that GitHub made of the pull request, if that is what is checked out. */
export async function mergedPullRequest({ repository, event, head }: Situation): Promise<{ base: string; head: string } | undefined> {
  const pull = event.pullRequest !== undefined || /^refs\/pull\/\d+\/merge$/.test(event.ref);
  if (!pull || event.name === "local") return undefined;
  const [first, second, ...more] = await repository.parents(head);
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  // Under pull_request_target the event's commit is one of the base branch, merge commit or not.
  const tested = event.name !== "pull_request_target" && head === event.sha;
  return tested || second === event.pullRequest?.headSha ? { base: first, head: second } : undefined;
}

async function mergeCommitBasis({ history, event, head }: Situation, merge: { base: string }): Promise<Basis> {
  await history.firstParent(head);
  const branch = event.pullRequest?.baseRef;
  return { base: merge.base, head, rule: `first parent of the merge commit${branch ? `, the tip of ${branch}` : ""}` };
}

async function pullRequestBasis(situation: Situation, pull: PullRequest): Promise<Basis> {
  const { history, repository, head } = situation;
  const name = pull.baseRef || short(pull.baseSha);
  const branch = await history.branchTip(pull.baseRef);
  // The event's own idea of the base may be older than the checkout's, or newer: the better merge base of the two is taken.
  const [known] = isSha(pull.baseSha) ? await repository.resolve([pull.baseSha]) : [];
  const tips = [branch, known].filter((tip) => tip !== undefined);
  if (tips.length === 0) tips.push(await history.require(pull.baseSha, `The base branch ${name}`));
  const base = await mergeBaseOf(situation, tips, name);
  if (base === head) {
    return {
      base,
      head,
      rule: `HEAD, which is part of ${name} already: the pull request itself is not checked out, so there is nothing to judge`,
    };
  }
  return { base, head, rule: `merge base of ${name} and HEAD` };
}

async function mergeGroupBasis(situation: Situation, baseSha: string): Promise<Basis> {
  const commit = await situation.history.require(baseSha, "The commit that the merge group is based on");
  const base = await mergeBaseOf(situation, [commit], "the merge group's base");
  return { base, head: situation.head, rule: "merge base of the merge group's base and HEAD" };
}

async function pushBasis(situation: Situation): Promise<Basis> {
  const { history, event, head } = situation;
  if (event.before !== undefined) {
    const before = await history.obtain(event.before);
    if (before === undefined) return firstParentBasis(situation, `because the commit before this push, ${short(event.before)}, is gone`);
    if (!event.forced) return { base: before, head, rule: "the commit before this push" };
    const base = await history.mergeBase(head, [before], "The history before this push");
    if (base === undefined) return firstParentBasis(situation, "because this push has replaced the whole history");
    return { base, head, rule: `merge base of ${short(before)}, where the branch was before this forced push, and HEAD` };
  }
  const branch = event.ref.replace(/^refs\/heads\//, "");
  if (branch === event.defaultBranch) {
    return { base: await situation.repository.emptyTree(), head, rule: `the empty tree, because this push created ${branch}` };
  }
  const { name, tip } = await defaultBranch(situation);
  const base = await mergeBaseOf(situation, [tip], name);
  const rule = base === head ? `HEAD, because the new branch has no commit that ${name} lacks` : `merge base of ${name} and HEAD`;
  return { base, head, rule };
}

async function otherBasis(situation: Situation): Promise<Basis> {
  const { event, head } = situation;
  const onDefault = event.defaultBranch !== undefined && event.ref === `refs/heads/${event.defaultBranch}` && event.sha === head;
  if (onDefault) return firstParentBasis(situation, `because HEAD is on ${event.defaultBranch} itself`);
  const { name, tip } = await defaultBranch(situation);
  const base = tip === head ? head : await mergeBaseOf(situation, [tip], name);
  if (base === head) return firstParentBasis(situation, `because HEAD is on ${name} itself`);
  return { base, head, rule: `merge base of ${name} and HEAD` };
}

async function firstParentBasis({ repository, history, head }: Situation, why: string): Promise<Basis> {
  const parent = await history.firstParent(head);
  if (parent !== undefined) return { base: parent, head, rule: `first parent of HEAD, ${why}` };
  return { base: await repository.emptyTree(), head, rule: "the empty tree, because HEAD is the first commit" };
}

async function localBasis(situation: Situation): Promise<Basis> {
  const { repository, head } = situation;
  const { git } = repository;
  const branch = await git.run(["symbolic-ref", "--quiet", "--short", "HEAD"]);
  const current = new TextDecoder().decode(branch.stdout).trim();
  const against = await localDefault(situation);
  if (against !== undefined && against.branch !== current) {
    const base = await mergeBaseOf(situation, [against.tip], against.name);
    return { base, head, rule: `merge base of ${against.name} and HEAD, against the working tree` };
  }
  const tracked = current === "" ? "" : await git.text(["for-each-ref", "--format=%(upstream)", `refs/heads/${current}`]);
  const [upstream] = tracked.trim() === "" ? [] : await repository.resolve([tracked.trim()]);
  if (upstream === undefined) return { base: head, head, rule: "HEAD, against the working tree" };
  const base = await mergeBaseOf(situation, [upstream], "the upstream branch");
  return { base, head, rule: `merge base of the upstream of ${current} and HEAD, against the working tree` };
}

interface Branch {
  /** Without a remote's name. */
  readonly branch: string;
  /** As the user knows it. */
  readonly name: string;
  readonly tip: string;
}

async function localDefault({ repository, event }: Situation): Promise<Branch | undefined> {
  const stated = event.defaultBranch ?? (await remoteDefault(repository));
  const names = stated === undefined ? ["main", "master"] : [stated];
  const branches = names.filter(isBranchName);
  const candidates = [
    ...branches.map((branch) => ({ branch, name: `origin/${branch}`, ref: `refs/remotes/origin/${branch}` })),
    ...branches.map((branch) => ({ branch, name: branch, ref: `refs/heads/${branch}` })),
  ];
  const commits = await repository.resolve(candidates.map(({ ref }) => ref));
  for (const [index, { branch, name }] of candidates.entries()) {
    const commit = commits[index];
    if (commit !== undefined) return { branch, name, tip: commit };
  }
  return undefined;
}

/** The default branch as a clone remembers it. */
async function remoteDefault(repository: Repository): Promise<string | undefined> {
  const asked = await repository.git.run(["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"]);
  const name = new TextDecoder()
    .decode(asked.stdout)
    .trim()
    .replace(/^refs\/remotes\/origin\//, "");
  return name === "" ? undefined : name;
}

async function defaultBranch(situation: Situation): Promise<{ name: string; tip: string }> {
  const { history, event, repository } = situation;
  const stated = event.defaultBranch ?? (await remoteDefault(repository));
  for (const name of stated === undefined ? ["main", "master"] : [stated]) {
    const tip = await history.branchTip(name);
    if (tip !== undefined) return { name, tip };
  }
  throw new UserError(
    `The default branch${stated === undefined ? "" : ` ${stated}`} is neither in this checkout nor to be fetched, so there is nothing to compare with: check out with \`fetch-depth: 0\`, or set \`base\`.`,
    { exitCode: 3 },
  );
}

async function mergeBaseOf({ history, head }: Situation, tips: readonly string[], name: string): Promise<string> {
  const base = await history.mergeBase(head, tips, `The merge base of ${name} and HEAD`);
  if (base !== undefined) return base;
  throw new UserError(
    `HEAD and ${name} have no common history, so there is no merge base to compare with: set \`base\` to the commit that you mean.`,
    {
      exitCode: 3,
    },
  );
}

async function givenBasis(situation: Situation, given: string): Promise<Basis> {
  const { history, head } = situation;
  const name = checkRevision(given);
  const tip = await givenTip(situation, name);
  if (tip === undefined) throw new UserError(`base: ${JSON.stringify(name)} names no commit, neither in this checkout nor on the server.`);
  const base = await history.mergeBase(head, [tip], `The merge base of ${name} and HEAD`);
  if (base !== undefined) return { base, head, rule: base === tip ? `${name}, as given` : `merge base of ${name}, as given, and HEAD` };
  return { base: tip, head, rule: `${name}, as given, which has no common history with HEAD` };
}

/** What git itself would understand; what a clone of one branch does not have is looked for on the server. */
async function givenTip({ repository, history }: Situation, name: string): Promise<string | undefined> {
  // Not together with others: for `main@{upstream}` without an upstream git ends the whole process.
  const asked = await repository.git.run(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
  const here = new TextDecoder().decode(asked.stdout).trim();
  if (asked.exitCode === 0 && isSha(here)) return here;
  const [tracked] = isBranchName(name) ? await repository.resolve([`refs/remotes/origin/${name}`]) : [];
  if (tracked !== undefined) return tracked;
  return isSha(name) ? history.obtain(name) : history.branchTip(name.replace(/^origin\//, ""));
}

function short(commit: string): string {
  return commit.slice(0, 12);
}
