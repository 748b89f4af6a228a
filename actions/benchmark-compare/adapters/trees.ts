import { rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { openFiles } from "../../../packages/frame/adapters/files.ts";
import { isUserError, UserError } from "../../../packages/frame/errors.ts";
import type { Exec, Files, Log } from "../../../packages/frame/ports.ts";
import { withWorktrees } from "../../../packages/git/adapters/worktree.ts";
import { openRepository } from "../../../packages/git/repository.ts";
import { natural } from "../src/natural.ts";
import type { Tree, Trees } from "../src/ports.ts";

const largestFile = 64 * 2 ** 20;
const largestOutput = 64 * 2 ** 20;

interface Given {
  readonly exec: Exec;
  readonly files: Pick<Files, "workingDirectory" | "workspace">;
  readonly log: Log;
}

/** Both sides as worktrees outside the checkout. */
export function openTrees({ exec, files, log }: Given): Trees {
  return {
    async within(base, head, work) {
      const repository = await openRepository(exec, files.workingDirectory, process.env, process.env.GITHUB_ACTIONS === "true");
      if (repository === undefined) return { failed: "there is no git repository here" };
      const own = relative(repository.root, files.workingDirectory);
      return withWorktrees(repository, [base, head], log, async ([first = "", second = ""]) =>
        work(treeAt(exec, first, own), treeAt(exec, second, own)),
      );
    },
  };
}

function treeAt(exec: Exec, root: string, own: string): Tree {
  const folder = join(root, own);
  const files = (): Files => openFiles(root, own === "" ? "." : own, []);
  const script = `${root}.sh`;
  return {
    async run(line, timeout) {
      // The line is the workflow's own and meant for a shell; it goes through a file, so that it shows up in no list of processes.
      await writeFile(script, `${line}\n`);
      const shell = process.platform === "win32" ? "bash" : "sh";
      const pieces: Uint8Array[] = [];
      let size = 0;
      const output = (piece: Uint8Array): void => {
        size += piece.length;
        if (size > largestOutput)
          throw new UserError("command: it printed more than 64 MiB. Let it write a file, and name that by `results`.");
        pieces.push(piece);
      };
      // Who goes by the workspace's path must land in this tree: in the checkout both sides would measure the same.
      const env = { ...withheld(), PWD: folder, ...(process.env.GITHUB_WORKSPACE ? { GITHUB_WORKSPACE: root } : {}) };
      const begun = performance.now();
      try {
        const { exitCode, stderr } = await exec.run(shell, ["-e", script], { cwd: folder, timeout, env, output });
        return { exitCode, stdout: Buffer.concat(pieces).toString("utf8"), lastWords: lastLine(stderr) };
      } catch (error) {
        if (!isUserError(error) || error.exitCode !== 3 || performance.now() - begun < timeout) throw error;
        return { exitCode: 124, late: true, stdout: "", lastWords: "" };
      }
    },
    async clear(globs) {
      for (const path of await files().glob(globs)) await rm(join(folder, path), { force: true });
    },
    async read(globs) {
      const paths = (await files().glob(globs)).sort(natural);
      return Promise.all(paths.map(async (path) => ({ path, text: await files().readText(path, largestFile) })));
    },
  };
}

/** Code of a pull request has no business with this step's inputs, tokens and results. */
function withheld(): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) =>
    /^(INPUT_|ACTIONS_|STATE_|FORGE_)|^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|NAMESPACE)$|^GITHUB_(TOKEN|OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)$|TOKEN$/i.test(
      name,
    ),
  );
  return Object.fromEntries(names.map((name) => [name, undefined] as const));
}

function lastLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return (lines.findLast((line) => line !== "") ?? "").slice(0, 200);
}
