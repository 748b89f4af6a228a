import type { BundleInput } from "./harness.ts";

/** What a step is told about why it runs: the event's name, its payload, and the variables that go with it. */
export type Happening = Required<Pick<BundleInput, "eventName" | "event" | "env">>;

const repository = { full_name: "octo/app", default_branch: "main", fork: false };
const nowhere = "0".repeat(40);

/** A push of `after` to a branch; `before` is left out where the push made the branch. */
export function pushed(
  after: string,
  given: { before?: string; branch?: string; forced?: boolean; defaultBranch?: string } = {},
): Happening {
  const { before = nowhere, branch = "main", forced = false, defaultBranch = "main" } = given;
  const ref = `refs/heads/${branch}`;
  return {
    eventName: "push",
    event: { ref, before, after, forced, created: before === nowhere, repository: { ...repository, default_branch: defaultBranch } },
    env: { GITHUB_SHA: after, GITHUB_REF: ref },
  };
}

/** What is checked out is `tested`: the merge commit for `pull_request`, the tip of the base branch for `pull_request_target`. */
export function proposed(
  commits: { readonly base: string; readonly head: string; readonly tested: string },
  given: { eventName?: string; fork?: boolean; baseRef?: string; number?: number } = {},
): Happening {
  const { eventName = "pull_request", fork = false, baseRef = "main", number = 7 } = given;
  const from = fork ? { ...repository, full_name: "stranger/app", fork: true } : repository;
  return {
    eventName,
    event: {
      action: "synchronize",
      number,
      repository,
      pull_request: {
        number,
        head: { sha: commits.head, ref: "change", repo: from },
        base: { sha: commits.base, ref: baseRef, repo: repository },
      },
    },
    env: {
      GITHUB_SHA: commits.tested,
      GITHUB_REF: eventName === "pull_request_target" ? `refs/heads/${baseRef}` : `refs/pull/${number}/merge`,
      GITHUB_BASE_REF: baseRef,
      GITHUB_HEAD_REF: "change",
    },
  };
}

export function queued(base: string, head: string): Happening {
  const ref = `refs/heads/gh-readonly-queue/main/pr-7-${base}`;
  return {
    eventName: "merge_group",
    event: {
      action: "checks_requested",
      repository,
      merge_group: { base_sha: base, head_sha: head, base_ref: "refs/heads/main", head_ref: ref },
    },
    env: { GITHUB_SHA: head, GITHUB_REF: ref },
  };
}

/** `schedule`, `workflow_dispatch` or `workflow_run`: they run on the tip of the default branch. */
export function onDefaultBranch(eventName: "schedule" | "workflow_dispatch" | "workflow_run", commit: string): Happening {
  const own = {
    schedule: { schedule: "0 3 * * *" },
    workflow_dispatch: { inputs: {}, ref: "refs/heads/main" },
    workflow_run: { action: "completed", workflow_run: { id: 1, head_sha: commit, event: "pull_request", pull_requests: [] } },
  };
  return { eventName, event: { ...own[eventName], repository }, env: { GITHUB_SHA: commit, GITHUB_REF: "refs/heads/main" } };
}
