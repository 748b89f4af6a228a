import { UserError } from "../../../packages/frame/errors.ts";
import type { Exec, Files, Log } from "../../../packages/frame/ports.ts";
import { isSha } from "../../../packages/git/command.ts";
import { openFetcher } from "../../../packages/git/fetch.ts";
import { openRepository, type Repository } from "../../../packages/git/repository.ts";
import type { Histories, History, HistoryOptions } from "../src/ports.ts";

export interface HistoriesContext {
  readonly exec: Exec;
  readonly files: Pick<Files, "workingDirectory">;
  readonly log: Log;
}

/** Commits of the checkout. Without a repository nothing is known, and whoever needs it is told. */
export function openHistories(context: HistoriesContext): Histories {
  return {
    async open(options) {
      const repository = await openRepository(context.exec, context.files.workingDirectory, process.env, true).catch(() => undefined);
      return repository === undefined ? noHistory : historyOf(repository, context, options);
    },
  };
}

const noRepository = "there is no git repository here";

const noHistory: History = {
  resolve: async () => "",
  head: async () => "",
  ensure: async () => noRepository,
  changes: () => Promise.reject(new UserError(`${noRepository}.`, { exitCode: 3 })),
  paths: async () => [],
  show: async () => undefined,
};

function historyOf(repository: Repository, { log }: HistoriesContext, { token, event }: HistoryOptions): History {
  const { git } = repository;
  const resolveOne = async (name: string): Promise<string> => (await repository.resolve([name]))[0] ?? "";
  const lacks = async (commits: readonly string[]): Promise<string[]> => {
    const found = await repository.resolve(commits.map((commit) => `${commit}^{commit}`));
    return commits.filter((_, index) => found[index] === undefined);
  };
  return {
    async resolve(name) {
      if (!/^[\w][\w.\-/+]{0,200}$/.test(name) || name.includes("..")) return "";
      const names = [`refs/tags/${name}^{commit}`, `refs/tags/v${name}^{commit}`, ...(isSha(name) ? [`${name}^{commit}`] : [])];
      return (await repository.resolve(names)).find((sha) => sha !== undefined) ?? "";
    },
    head: () => resolveOne("HEAD^{commit}"),
    async ensure(commits) {
      const missing = await lacks(commits);
      if (missing.length === 0) return undefined;
      const fetcher = openFetcher({ repository, event, token, log, allowed: true, budget: 60_000 });
      const reason = await fetcher.fetch(
        missing.filter(isSha).map((commit) => ({ commit })),
        1,
      );
      const left = await lacks(commits);
      return left.length === 0 ? undefined : `${left[0] ?? ""} is not in this checkout${reason === undefined ? "" : ` (${reason})`}`;
    },
    async changes(from, to) {
      const text = await git.text(["diff", "--name-status", "-z", "--no-renames", "--no-ext-diff", "--end-of-options", from, to, "--"]);
      const parts = text.split("\0");
      const changes: { path: string; status: "added" | "modified" | "removed" }[] = [];
      for (let index = 0; index + 1 < parts.length; index += 2) {
        const letter = parts[index] ?? "";
        changes.push({ path: parts[index + 1] ?? "", status: letter === "A" ? "added" : letter === "D" ? "removed" : "modified" });
      }
      return changes;
    },
    async paths(commit) {
      return (await git.text(["ls-tree", "-r", "--name-only", "-z", "--full-tree", commit])).split("\0").filter((path) => path !== "");
    },
    async show(commit, path) {
      const listed = await git.run(["ls-tree", "-z", "--full-tree", commit, "--", path]);
      const entry = /^100\d{3} blob ([0-9a-f]+)\t/.exec(new TextDecoder().decode(listed.stdout))?.[1];
      if (entry === undefined) return undefined;
      const found = await git.run(["cat-file", "blob", entry]);
      return found.exitCode === 0 ? found.stdout : undefined;
    },
  };
}
