import { UserError } from "../../../packages/frame/errors.ts";
import { openBareRepository, openRepository, type Repository } from "../../../packages/git/repository.ts";
import type { ScanPlan, ScanResult, SecretScanner } from "../src/model.ts";
import { nothing } from "./harvest.ts";
import type { ScannerOptions } from "./options.ts";
import { findRange } from "./range.ts";
import { withSafeNames } from "./safe-names.ts";
import { scanDiff, scanStaged } from "./scan-changes.ts";
import { scanHistory } from "./scan-history.ts";
import { scanWorktree } from "./scan-worktree.ts";

/** The scanner over the git and the disk of this machine. */
export function openScanner(options: ScannerOptions): SecretScanner {
  return {
    scan: async (plan) => withSafeNames(await scanScope(plan, options), plan),
    async present(commits) {
      const { exec, files } = options;
      const repository =
        (await openRepository(exec, files.workingDirectory, process.env, true)) ??
        (await openBareRepository(exec, files.workingDirectory, process.env, true));
      const found = repository === undefined ? [] : await repository.resolve(commits);
      return commits.filter((_, index) => found[index] !== undefined);
    },
  };
}

async function scanScope(plan: ScanPlan, options: ScannerOptions): Promise<ScanResult> {
  const { exec, files } = options;
  const repository = await openRepository(exec, files.workingDirectory, process.env, !plan.terminal);
  const bare = repository === undefined ? await openBareRepository(exec, files.workingDirectory, process.env, !plan.terminal) : undefined;
  if (bare !== undefined) return scanCommits(plan, bare, options);
  if (plan.scope === "worktree") return scanWorktree(plan, repository, options);
  if (repository === undefined) {
    throw new UserError(
      `${files.workingDirectory} is not inside a git repository, so there are no commits to scan: check the repository out first, or use \`scope: worktree\`.`,
      { exitCode: 3 },
    );
  }
  return plan.scope === "staged" ? scanStaged(plan, repository, options) : scanCommits(plan, repository, options);
}

async function scanCommits(plan: ScanPlan, repository: Repository, options: ScannerOptions): Promise<ScanResult> {
  if (plan.scope === "worktree" || plan.scope === "staged")
    throw new UserError(
      `${repository.root} is a bare repository, which has neither files nor an index: use \`scope: history\` or \`scope: diff\`.`,
      { exitCode: 3 },
    );
  const range = await findRange(repository, plan, options.log);
  if (range.nothing !== undefined) return { ...nothing(range.words), nothing: range.nothing };
  return plan.scope === "history" ? scanHistory(plan, repository, range, options) : scanDiff(plan, repository, range, options);
}
