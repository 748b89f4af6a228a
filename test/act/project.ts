import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkout } from "./library.ts";

/** The repository that the project pretends to be. */
export const repository = "acme/parcel-prices";

export interface Project {
  readonly path: string;
  git(...args: string[]): string;
  /** Commits everything; gives the commit. */
  commit(message: string): string;
  read(path: string): string;
  write(path: string, text: string): void;
}

export interface PullRequest {
  readonly base: string;
  readonly head: string;
  /** The merge commit, which is checked out. */
  readonly merge: string;
  readonly payload: unknown;
}

/** An example as the only commit on `main` of a repository of its own. */
export function exampleProject(path: string, example: "javascript" | "python" | "go" | "web" = "javascript"): Project {
  cpSync(join(checkout, "examples", example), path, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "commit.gpgsign=false", ...args], { cwd: path, encoding: "utf8", env: gitEnvironment() }).trim();
  const project: Project = {
    path,
    git,
    commit(message) {
      git("add", "--all", "--force");
      git("commit", "--quiet", `--message=${message}`);
      return git("rev-parse", "HEAD");
    },
    read: (file) => readFileSync(join(path, file), "utf8"),
    write(file, text) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    },
  };
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", `https://github.com/${repository}.git`);
  project.commit("The first version");
  return project;
}

/** Nothing of the user's own git configuration, so that the repositories are alike everywhere. */
function gitEnvironment(): NodeJS.ProcessEnv {
  const person = { NAME: "Ada", EMAIL: "ada@example.org", DATE: "2026-11-20T12:00:00Z" };
  const roles = ["AUTHOR", "COMMITTER"].flatMap((role) => Object.entries(person).map(([key, value]) => [`GIT_${role}_${key}`, value]));
  return { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", ...Object.fromEntries(roles) };
}

/**
 * Opens a pull request with one of the example's changes while `main` moves on: two lines are put on top of `src/price.js` there, so that lines of
 * the merge commit are two below those of the pull request's head. The merge commit is checked out, as GitHub does it.
 */
export function openPullRequest(project: Project, change: "tested" | "untested"): PullRequest {
  return propose(
    project,
    () => project.git("apply", join("changes", change, "change.diff")),
    () =>
      project.write("src/price.js", `// Prices are in cents.\n// Zones are as in the contract of 2026.\n${project.read("src/price.js")}`),
  );
}

/** Opens a pull request with a change while `main` moves on by another one, and checks their merge commit out. */
export function propose(project: Project, change: () => void, meanwhile: () => void): PullRequest {
  project.git("switch", "--quiet", "--create", "coupons");
  change();
  project.commit("Coupons");
  project.git("switch", "--quiet", "main");
  meanwhile();
  project.commit("Say what prices are in");
  return mergeRequest(project, "coupons");
}

/** A pull request of a branch into `main`, with the merge commit checked out. */
export function mergeRequest(project: Project, branch: string): PullRequest {
  const head = project.git("rev-parse", branch);
  const base = project.git("rev-parse", "main");
  project.git("switch", "--quiet", "--detach", "main");
  project.git("merge", "--quiet", "--no-ff", `--message=Merge ${head} into ${base}`, branch);
  const repo = { full_name: repository, fork: false, default_branch: "main" };
  return {
    base,
    head,
    merge: project.git("rev-parse", "HEAD"),
    payload: {
      action: "synchronize",
      number: 7,
      pull_request: {
        number: 7,
        head: { ref: branch, sha: head, repo },
        base: { ref: "main", sha: base, repo },
      },
      repository: repo,
    },
  };
}

/** What a push that brought `main` to its commit says. */
export function pushPayload(project: Project): unknown {
  return {
    ref: "refs/heads/main",
    before: "0".repeat(40),
    after: project.git("rev-parse", "main"),
    created: true,
    forced: false,
    repository: { full_name: repository, default_branch: "main" },
  };
}
