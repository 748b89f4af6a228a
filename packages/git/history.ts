import { UserError } from "../frame/errors.ts";
import type { Log } from "../frame/ports.ts";
import { isSha } from "./command.ts";
import { type Fetcher, fetchedBranch } from "./fetch.ts";
import { isBranchName } from "./names.ts";
import type { Repository } from "./repository.ts";

/** The commits that a comparison needs, fetched where the checkout lacks them. */
export interface History {
  /** A commit by its full name, fetched if it is not here; `undefined` if it cannot be had. */
  obtain(commit: string): Promise<string | undefined>;
  /** Like `obtain`, but a commit that cannot be had is a `UserError` with exit code 3 that says what to change. */
  require(commit: string, what: string): Promise<string>;
  /** The tip of a branch: as the clone knows the server's, else a local one, else fetched. */
  branchTip(branch: string): Promise<string | undefined>;
  /**
   * The merge base of `head` and the best of `tips`, certain also in a shallow clone, which is deepened until it is; `undefined` when they
   * have no common history. A `UserError` with exit code 3 where the history cannot be had.
   */
  mergeBase(head: string, tips: readonly string[], what: string): Promise<string | undefined>;
  /** The first parent, fetched if need be; `undefined` for a root commit. */
  firstParent(commit: string): Promise<string | undefined>;
}

export interface HistoryOptions {
  readonly repository: Repository;
  readonly fetcher: Fetcher;
  readonly log: Log;
  /** The end of the sentence about a shallow checkout: what the user can do. */
  readonly advice: string;
}

/** Steps of deepening: most branches are found by the first, and the last is everything. */
const depths = [50, 300, 2_000, 2_147_483_647] as const;

export function openHistory(options: HistoryOptions): History {
  const { repository, fetcher, log, advice } = options;
  const missing = (what: string, reason: string): UserError =>
    new UserError(`${what} is not in this checkout and could not be fetched: ${reason} ${advice}`, { exitCode: 3 });

  const fetchCommit = async (commit: string): Promise<{ found?: string; reason?: string }> => {
    const [here] = await repository.resolve([commit]);
    if (here !== undefined) return { found: here };
    const shallow = (await repository.shallowEnds()).size > 0;
    log.info(`Fetching commit ${commit.slice(0, 12)}, which is not in this checkout.`);
    const reason = await fetcher.fetch([{ commit }], shallow ? 1 : undefined);
    const [fetched] = await repository.resolve([commit]);
    return fetched === undefined ? { reason: reason ?? "the server does not have it." } : { found: fetched };
  };

  const history: History = {
    obtain: async (commit) => (isSha(commit) ? (await fetchCommit(commit)).found : undefined),
    async require(commit, what) {
      if (!isSha(commit)) throw missing(what, "the event does not name the commit.");
      const { found, reason } = await fetchCommit(commit);
      if (found === undefined) throw missing(what, reason ?? "");
      return found;
    },
    branchTip: (branch) => branchTip(repository, fetcher, log, branch),
    mergeBase: (head, tips, what) => deepenToMergeBase(options, head, tips, (reason) => missing(what, reason)),
    async firstParent(commit) {
      const [parent] = await repository.parents(commit);
      if (parent === undefined) return undefined;
      const [here] = await repository.resolve([parent]);
      if (here !== undefined) return here;
      if ((await repository.shallowEnds()).has(commit)) {
        log.info("Fetching the parent commit, which is not in this shallow checkout.");
        // By way of the child, because that brings all parents: of a pull request's merge commit both are needed.
        const reason = await fetcher.fetch([{ commit }], 2);
        if (reason !== undefined) throw missing(`The parent of ${commit.slice(0, 12)}`, reason);
      }
      return history.require(parent, `The parent of ${commit.slice(0, 12)}`);
    },
  };
  return history;
}

async function branchTip(repository: Repository, fetcher: Fetcher, log: Log, branch: string): Promise<string | undefined> {
  if (!isBranchName(branch)) return undefined;
  const [tracked, local] = await repository.resolve([`refs/remotes/origin/${branch}`, `refs/heads/${branch}`]);
  if (tracked !== undefined || local !== undefined) return tracked ?? local;
  const reason = await fetcher.fetch([{ branch }], (await repository.shallowEnds()).size > 0 ? 1 : undefined);
  if (reason !== undefined) {
    log.debug(`The branch ${branch} could not be fetched: ${reason}`);
    return undefined;
  }
  const [fetched] = await repository.resolve([fetchedBranch(branch)]);
  // Left behind, it would be an old tip for the next job in the same folder.
  await repository.git.run(["update-ref", "-d", fetchedBranch(branch)]);
  return fetched;
}

async function deepenToMergeBase(
  options: HistoryOptions,
  head: string,
  tips: readonly string[],
  missing: (reason: string) => UserError,
): Promise<string | undefined> {
  const { repository, fetcher, log } = options;
  let have: number | undefined;
  for (const depth of [0, ...depths]) {
    if (depth > 0) {
      have ??= await countOf(repository, head);
      if (depth <= have) continue;
      log.info(`Deepening the shallow checkout to ${depth === depths.at(-1) ? "the whole history" : `${depth} commits`}.`);
      const reason = await fetcher.fetch(
        [head, ...tips].map((commit) => ({ commit })),
        depth,
      );
      if (reason !== undefined) throw missing(reason);
    }
    const base = await repository.mergeBase(head, tips);
    const ends = await repository.shallowEnds();
    if (ends.size === 0 || (base !== undefined && (await isCertain(repository, base, [head, ...tips], ends)))) return base;
  }
  return repository.mergeBase(head, tips);
}

async function countOf(repository: Repository, head: string): Promise<number> {
  return Number((await repository.git.text(["rev-list", "--count", head, "--"])).trim());
}

/**
 * In a shallow clone an ancestor that both sides have need not be the best one: a path to a better one may be cut off. It is the best if
 * nothing between it and the two sides ends at the edge of what is here.
 */
async function isCertain(repository: Repository, base: string, sides: readonly string[], ends: ReadonlySet<string>): Promise<boolean> {
  const between = await repository.git.text(["rev-list", ...new Set(sides), `^${base}`, "--"]);
  return !between.split("\n").some((commit) => ends.has(commit));
}
