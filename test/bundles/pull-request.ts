import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Happening, proposed } from "./events.ts";
import { temporaryFolder } from "./harness.ts";
import { commitAll, git, writeFiles } from "./repository.ts";

/** Files by path; `null` removes one. */
export type Edits = Readonly<Record<string, string | Uint8Array | null>>;

export interface PullRequest {
  readonly folder: string;
  /** The commit that the branch was made from, the tip of main, the tip of the branch, and GitHub's merge of both. */
  readonly fork: string;
  readonly base: string;
  readonly head: string;
  readonly merge: string;
  /** The event as the runner tells it; the merge commit is checked out. */
  readonly happening: Happening;
}

export function edit(folder: string, edits: Edits): void {
  for (const [path, content] of Object.entries(edits)) {
    if (content === null) rmSync(join(folder, path));
    else writeFiles(folder, { [path]: content });
  }
}

/**
 * A repository with a pull request as `actions/checkout` leaves it: the merge commit, detached. `meanwhile` happens on main after the
 * branch was made. Reports are written afterwards, and `coverage/` is ignored by git.
 */
export function pullRequest(given: {
  readonly before: Edits;
  readonly change: Edits | ((folder: string) => void);
  readonly meanwhile?: Edits;
  readonly reports?: Edits;
}): PullRequest {
  const folder = temporaryFolder();
  edit(folder, { ".gitignore": "coverage/\n", ...given.before });
  const fork = commitAll(folder, "before");
  git(folder, "checkout", "--quiet", "-b", "change");
  if (typeof given.change === "function") given.change(folder);
  else edit(folder, given.change);
  const head = commitAll(folder, "the change");
  git(folder, "checkout", "--quiet", ...(given.meanwhile === undefined ? ["--detach"] : []), "main");
  let base = fork;
  if (given.meanwhile !== undefined) {
    edit(folder, given.meanwhile);
    base = commitAll(folder, "meanwhile on main");
    git(folder, "checkout", "--quiet", "--detach");
  }
  git(folder, "merge", "--quiet", "--no-ff", "--message", "merge", "change");
  const merge = git(folder, "rev-parse", "HEAD");
  if (given.reports !== undefined) edit(folder, given.reports);
  return { folder, fork, base, head, merge, happening: proposed({ base, head, tested: merge }) };
}
