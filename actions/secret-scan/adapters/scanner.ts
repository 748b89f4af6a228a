import { UserError } from "../../../packages/frame/errors.ts";
import type { Exec, Files, Log } from "../../../packages/frame/ports.ts";
import { openRepository } from "../../../packages/git/repository.ts";
import type { ScanPlan, ScanResult, SecretScanner } from "../src/model.ts";
import { nothing } from "./harvest.ts";
import { findRange } from "./range.ts";
import { withSafeNames } from "./safe-names.ts";
import { scanDiff, scanStaged } from "./scan-changes.ts";
import { scanHistory } from "./scan-history.ts";
import { scanWorktree } from "./scan-worktree.ts";

export interface ScannerOptions {
  readonly files: Files;
  readonly exec: Exec;
  readonly log: Log;
}

/** The scanner over the git and the disk of this machine. */
export function openScanner(options: ScannerOptions): SecretScanner {
  return {
    scan: async (plan) => withSafeNames(await scanScope(plan, options), plan),
    async present(commits) {
      const repository = await openRepository(options.exec, options.files.workingDirectory, process.env, true);
      const found = repository === undefined ? [] : await repository.resolve(commits);
      return commits.filter((_, index) => found[index] !== undefined);
    },
  };
}

async function scanScope(plan: ScanPlan, options: ScannerOptions): Promise<ScanResult> {
  const repository = await openRepository(options.exec, options.files.workingDirectory, process.env, !plan.terminal);
  if (plan.scope === "worktree") return scanWorktree(plan, repository, options);
  if (repository === undefined) {
    throw new UserError(
      `${options.files.workingDirectory} is not inside a git repository, so there are no commits to scan: check the repository out first, or use \`scope: worktree\`.`,
      { exitCode: 3 },
    );
  }
  if (plan.scope === "staged") return scanStaged(plan, repository, options);
  const range = await findRange(repository, plan, options.log);
  if (range.nothing !== undefined) return { ...nothing(range.words), nothing: range.nothing };
  return plan.scope === "history" ? scanHistory(plan, repository, range, options) : scanDiff(plan, repository, range, options);
}
