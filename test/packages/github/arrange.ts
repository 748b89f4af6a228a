import type { Event } from "../../../packages/frame/event.ts";
import type { Log } from "../../../packages/frame/ports.ts";
import type { Pace } from "../../../packages/github/client.ts";
import type { FakeGitHub } from "../../fake-github/server.ts";
import type { Permissions, Repository } from "../../fake-github/state.ts";

export const jobToken = "ghs_job";

/** A log that remembers. */
export function memoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (text: string): void => {
    lines.push(text);
  };
  return { lines, debug: keep, info: keep, notice: keep, warning: keep, secret: () => {} };
}

/** Time in which waiting is free: it only moves this clock. Requests still take real time. */
export function freePace(): Partial<Pace> & { readonly total: () => number } {
  let waited = 0;
  return {
    total: () => waited,
    now: () => Date.now() + waited,
    async wait(milliseconds) {
      waited += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
    random: () => 0.5,
    requestTimeout: 300,
  };
}

/** `org/app` with pull request 7 and a job's token. */
export function arrangeRepository(
  fake: FakeGitHub,
  permissions: Permissions = { contents: "write", pull_requests: "write" },
  options: { private?: boolean } = {},
): Repository {
  const repository = fake.state.addRepository("org/app", options);
  repository.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addPullRequest(repository, { number: 7 });
  fake.state.addActionsToken(jobToken, repository, permissions);
  return repository;
}

export function pullRequestEvent(fake: FakeGitHub, more: Partial<Event> = {}): Event {
  return {
    ...pushEvent(fake),
    name: "pull_request",
    ref: "refs/pull/7/merge",
    pullRequest: { number: 7, headSha: "b".repeat(40), baseSha: "a".repeat(40), baseRef: "main", fork: false },
    ...more,
  };
}

export function pushEvent(fake: { readonly url: string }, more: Partial<Event> = {}): Event {
  return {
    name: "push",
    repository: "org/app",
    sha: "c".repeat(40),
    ref: "refs/heads/main",
    defaultBranch: "main",
    pullRequest: undefined,
    mergeGroup: undefined,
    before: undefined,
    forced: false,
    runId: "1",
    runAttempt: "1",
    job: "test",
    serverUrl: "https://github.com",
    apiUrl: fake.url,
    ...more,
  };
}
