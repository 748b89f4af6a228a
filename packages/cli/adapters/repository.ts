import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { relative } from "node:path";

/** The runner's variables as the local repository would have them; outside a repository the folder alone. */
export function localEnvironment(folder: string): Record<string, string> {
  const top = git(folder, "rev-parse", "--show-toplevel");
  if (top === undefined) return { GITHUB_WORKSPACE: folder };
  const root = realpathSync(top);
  const remote = git(root, "config", "--get", "remote.origin.url") ?? "";
  const [, host = "github.com", repository = ""] =
    /^(?:[a-z+]+:\/\/)?(?:[^@/]+@)?([^/:]+)(?::\d+)?[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(remote) ?? [];
  return {
    GITHUB_WORKSPACE: root,
    FORGE_WORKING_DIRECTORY: relative(root, realpathSync(folder)) || ".",
    GITHUB_SHA: git(root, "rev-parse", "--verify", "--quiet", "HEAD") ?? "",
    GITHUB_REF: git(root, "symbolic-ref", "--quiet", "HEAD") ?? "",
    GITHUB_REPOSITORY: repository,
    GITHUB_SERVER_URL: `https://${host}`,
  };
}

function git(folder: string, ...args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
