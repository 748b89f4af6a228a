import type { PullRequest } from "../../../packages/frame/event.ts";
import { lines, newRepository, type Sandbox } from "./sandbox.ts";

export interface Story {
  readonly repository: Sandbox;
  /** The first commit of main, where the branch starts. */
  readonly fork: string;
  /** The tip of main. */
  readonly main: string;
  /** The tip of the branch `feature`. */
  readonly head: string;
  /** What GitHub makes of the two. */
  readonly merge: string;
  readonly pullRequest: PullRequest;
}

/** main and a branch that have both gone on, and the merge commit of the two, which is checked out. */
export function story(): Story {
  const repository = newRepository();
  const fork = repository.commit({ "a.txt": lines(10), "b.txt": lines(10) });
  repository.git("switch", "--quiet", "--create", "feature");
  const head = repository.commit({ "a.txt": lines(10).replace("line 8\n", "mine\n") });
  repository.git("switch", "--quiet", "main");
  const main = repository.commit({ "a.txt": `above\n${lines(10)}`, "b.txt": "theirs\n" });
  repository.git("update-ref", "refs/remotes/origin/main", main);
  repository.git("switch", "--quiet", "--detach", "main");
  repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "feature");
  const merge = repository.git("rev-parse", "HEAD");
  return { repository, fork, main, head, merge, pullRequest: { number: 7, headSha: head, baseSha: main, baseRef: "main", fork: false } };
}

export const own = { path: "a.txt", status: "modified", binary: false };
