import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { relative } from "node:path";

/** The runner's variables as the local repository would have them; outside a repository the folder alone. */
export function localEnvironment(folder: string): Record<string, string> {
  const place = whereabouts(folder);
  if (place === undefined) return { GITHUB_WORKSPACE: folder };
  const root = realpathSync(place.top);
  const remote = git(root, "config", "--get", "remote.origin.url") ?? "";
  const [, host = "github.com", repository = ""] =
    /^(?:[a-z+]+:\/\/)?(?:[^@/]+@)?([^/:]+)(?::\d+)?[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(remote) ?? [];
  return {
    GITHUB_WORKSPACE: root,
    FORGE_WORKING_DIRECTORY: relative(root, realpathSync(folder)) || ".",
    GITHUB_SHA: place.sha,
    GITHUB_REF: place.ref,
    GITHUB_REPOSITORY: repository,
    GITHUB_SERVER_URL: `https://${host}`,
  };
}

interface Whereabouts {
  readonly top: string;
  /** Empty before the first commit. */
  readonly sha: string;
  /** Empty on a detached head. */
  readonly ref: string;
}

/** One process where there is a commit, as nearly always: a hook that runs before each commit has no time to waste. */
function whereabouts(folder: string): Whereabouts | undefined {
  const answer = /^(.+)\n([0-9a-f]{40,64})\n([^\n]+)$/s.exec(
    git(folder, "rev-parse", "--show-toplevel", "HEAD", "--symbolic-full-name", "HEAD") ?? "",
  );
  if (answer !== null) {
    const [, top = "", sha = "", ref = ""] = answer;
    return { top, sha, ref: ref === "HEAD" ? "" : ref };
  }
  const top = git(folder, "rev-parse", "--show-toplevel");
  return top === undefined ? undefined : { top, sha: "", ref: git(folder, "symbolic-ref", "--quiet", "HEAD") ?? "" };
}

function git(folder: string, ...args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
