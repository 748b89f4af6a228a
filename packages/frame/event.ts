/** What happened, told by the runner's environment and the event's payload, or by the local repository on a laptop. */
export interface Event {
  /** `pull_request`, `push`, `merge_group` …; `local` on a laptop. */
  readonly name: string;
  /** `owner/name`; empty where nothing tells. */
  readonly repository: string;
  /** The tested commit as the event says it: under `pull_request` the merge commit. */
  readonly sha: string;
  /** `refs/heads/main`, `refs/pull/7/merge` … */
  readonly ref: string;
  readonly defaultBranch: string | undefined;
  readonly pullRequest: PullRequest | undefined;
  /** Base and head of a merge queue's group. */
  readonly mergeGroup: { readonly baseSha: string; readonly headSha: string } | undefined;
  /** The commit that a push started from; absent for a new branch. */
  readonly before: string | undefined;
  /** A push that was not a fast-forward. */
  readonly forced: boolean;
  /** A push that deleted its branch or tag. */
  readonly deleted?: boolean;
  readonly runId: string;
  readonly runAttempt: string;
  readonly job: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
}

export interface PullRequest {
  readonly number: number;
  readonly headSha: string;
  readonly baseSha: string;
  readonly baseRef: string;
  /** The head lives in another repository, so the token is read-only. */
  readonly fork: boolean;
}

/** Events that judge a proposal: they read baselines and never write them. */
export function isProposal(event: Event): boolean {
  return event.pullRequest !== undefined || event.mergeGroup !== undefined || event.name === "merge_group";
}

/** The page of the run that is going on, if it is on a server. */
export function runUrl(event: Event): string | undefined {
  if (event.runId === "" || event.repository === "" || event.serverUrl === "") return undefined;
  return `${event.serverUrl}/${event.repository}/actions/runs/${event.runId}`;
}
