import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { isUserError, messageOf } from "../../../packages/frame/errors.ts";
import type { Exec, Files, Log } from "../../../packages/frame/ports.ts";
import { gitEnvironment, isSha, lastWords } from "../../../packages/git/command.ts";
import { openRepository, type Repository } from "../../../packages/git/repository.ts";
import type { BaseBuilder, BaseBuilt } from "../src/model.ts";

const prefix = "forge-base-";
/** A build that takes longer hangs; a job's own limit may be shorter. */
const longestBuild = 60 * 60_000;

interface Given {
  readonly exec: Exec;
  readonly files: Pick<Files, "workingDirectory" | "workspace">;
  readonly log: Log;
}

/**
 * Builds a commit in a worktree outside the checkout. Git keeps a note of a worktree in its own folder and nowhere else, so HEAD, the index and
 * the files of the checkout are not touched; note and folder go when the build is done, has failed, or this process is told to end.
 */
export function openBaseBuilder(given: Given): BaseBuilder {
  return {
    async build(commit, line, use) {
      const repository = await openRepository(given.exec, given.files.workingDirectory, process.env, process.env.GITHUB_ACTIONS === "true");
      if (repository === undefined) return { failed: "there is no git repository here" };
      if (!isSha(commit)) return { failed: "nothing tells which commit to build" };
      await removeAbandoned(repository, given.log);
      return inWorktree(repository, commit, (tree) => buildIn(given, repository, tree, line, use));
    },
  };
}

async function inWorktree<T>(repository: Repository, commit: string, work: (tree: string) => Promise<BaseBuilt<T>>): Promise<BaseBuilt<T>> {
  // Made in one go: a signal that came in between would leave the folder behind.
  const home = realpathSync(mkdtempSync(join(process.env.RUNNER_TEMP || tmpdir(), `${prefix}${process.pid}-`)));
  const tree = join(home, "tree");
  const discard = (): void => discardTree(repository, home, tree);
  process.on("exit", discard);
  try {
    const made = await repository.git.run(["worktree", "add", "--quiet", "--detach", "--force", tree, commit]);
    if (made.exitCode !== 0) return { failed: `its worktree could not be made: ${lastWords(made.stderr)}` };
    return await work(tree);
  } finally {
    process.off("exit", discard);
    discard();
  }
}

/** Runs at exit too, where nothing can be waited for. What was killed a moment ago may still write. */
function discardTree(repository: Repository, home: string, tree: string): void {
  for (let tries = 0; tries < 5; tries++) {
    try {
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
      break;
    } catch {
      // Once more.
    }
  }
  forget(repository, tree);
}

/** Takes git's note of a worktree whose folder is gone away. */
function forget(repository: Repository, tree: string): void {
  const env = Object.fromEntries(
    Object.entries({ ...process.env, ...gitEnvironment(process.env) }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const trust = ["-c", `safe.directory=${repository.root}`, "-c", "core.hooksPath=/dev/null"];
  try {
    execFileSync("git", [...trust, "worktree", "remove", "--force", "--force", tree], {
      cwd: repository.root,
      env,
      stdio: "ignore",
      timeout: 20_000,
    });
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
    if (basename(path) !== "tree" || pid === undefined || isAlive(Number(pid))) continue;
    log.debug(`Removing the worktree ${path}, which a run that was killed has left.`);
    discardTree(repository, home, path);
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

async function buildIn<T>(
  { exec, files, log }: Given,
  repository: Repository,
  tree: string,
  line: string,
  use: (folder: string, root: string) => Promise<T>,
): Promise<BaseBuilt<T>> {
  const folder = join(tree, relative(repository.root, files.workingDirectory));
  const told = await run(exec, line, folder, tree);
  if (typeof told === "string") return { failed: told };
  log.debug(`The base was built: ${line}`);
  try {
    return { built: await use(folder, tree) };
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { failed: `it ran, but its result cannot be measured: ${error.message}` };
  }
}

/**
 * Another commit's build has no business with this step's results, and what git tells a hook of its repository would lead back into the checkout.
 */
const withheld = Object.fromEntries(
  [
    ...["TOKEN", "OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY"].map((name) => `GITHUB_${name}`),
    ...["DIR", "WORK_TREE", "INDEX_FILE", "PREFIX", "OBJECT_DIRECTORY", "COMMON_DIR"].map((name) => `GIT_${name}`),
  ].map((name) => [name, undefined] as const),
);

/** Gives why it failed. */
async function run(exec: Exec, line: string, folder: string, tree: string): Promise<string | undefined> {
  // The line is the workflow's own and the one thing here that is meant for a shell; it goes through a file, so that it shows up in no list of processes.
  const script = join(dirname(tree), "build.sh");
  try {
    await writeFile(script, `${line}\n`);
    const shell = process.platform === "win32" ? "bash" : "sh";
    const result = await exec.run(shell, ["-e", script], {
      cwd: folder,
      timeout: longestBuild,
      env: { ...withheld, GITHUB_WORKSPACE: tree },
      output: () => {},
    });
    return result.exitCode === 0 ? undefined : `it ended with exit code ${result.exitCode}${wordsOf(result.stderr)}`;
  } catch (error) {
    if (isUserError(error)) return error.message.replace(/\.$/, "");
    throw new Error(messageOf(error), { cause: error });
  }
}

function wordsOf(stderr: string): string {
  const last = stderr
    .split("\n")
    .map((line) => line.trim())
    .findLast((line) => line !== "");
  return last === undefined ? "" : `: ${last.slice(0, 200)}`;
}
