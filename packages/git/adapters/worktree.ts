import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Log } from "../../frame/ports.ts";
import { gitEnvironment, isSha, lastWords } from "../command.ts";
import type { Repository } from "../repository.ts";

const prefix = "forge-trees-";

/**
 * Checks commits out in worktrees outside the checkout, each in a folder of its own, and gives `work` their paths in the order of the commits.
 * HEAD, the index and the files of the checkout are not touched; folders and git's notes of them go when the work is done, has failed, or this
 * process is told to end. What a killed run has left is removed by the next one. `failed` says in words why there are no worktrees.
 */
export async function withWorktrees<T>(
  repository: Repository,
  commits: readonly string[],
  log: Log,
  work: (trees: readonly string[]) => Promise<T>,
): Promise<{ readonly done: T } | { readonly failed: string }> {
  await removeAbandoned(repository, log);
  const home = await realpath(await mkdtemp(join(process.env.RUNNER_TEMP || tmpdir(), `${prefix}${process.pid}-`)));
  const trees = commits.map((_, index) => join(home, String(index)));
  const discard = (): void => discardTrees(repository, home, trees);
  process.on("exit", discard);
  try {
    for (const [index, commit] of commits.entries()) {
      if (!isSha(commit)) return { failed: `${JSON.stringify(commit)} is not the full name of a commit` };
      const made = await repository.git.run(["worktree", "add", "--quiet", "--detach", "--force", trees[index] ?? home, commit]);
      if (made.exitCode !== 0) return { failed: `the worktree of ${commit.slice(0, 7)} could not be made: ${lastWords(made.stderr)}` };
    }
    return { done: await work(trees) };
  } finally {
    process.off("exit", discard);
    discard();
  }
}

/** Runs at exit too, where nothing can be waited for. What was killed a moment ago may still write. */
function discardTrees(repository: Repository, home: string, trees: readonly string[]): void {
  for (let tries = 0; tries < 5; tries++) {
    try {
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
      break;
    } catch {
      // Once more.
    }
  }
  for (const tree of trees) forget(repository, tree);
}

/** Takes git's note of a worktree whose folder is gone away. */
function forget(repository: Repository, tree: string): void {
  const own = { ...process.env, ...gitEnvironment(process.env) };
  const env = Object.fromEntries(Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const options = [
    "-c",
    `safe.directory=${repository.root}`,
    "-c",
    "core.hooksPath=/dev/null",
    "worktree",
    "remove",
    "--force",
    "--force",
    tree,
  ];
  try {
    execFileSync("git", options, { cwd: repository.root, env, stdio: "ignore", timeout: 20_000 });
  } catch {
    // It is not a worktree any more, or never was one.
  }
}

/** Worktrees of runs that were killed: their folders name a process that is gone. */
async function removeAbandoned(repository: Repository, log: Log): Promise<void> {
  const listed = await repository.git.run(["worktree", "list", "--porcelain"]);
  for (const [, path = ""] of new TextDecoder().decode(listed.stdout).matchAll(/^worktree (.+)$/gm)) {
    const home = dirname(path);
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(basename(home))?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    log.debug(`Removing the worktree ${path}, which a run that was killed has left.`);
    discardTrees(repository, home, [path]);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
