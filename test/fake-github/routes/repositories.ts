import { type Answer, notFound, onRepository, type RepositoryCall, type Route } from "../route.ts";
import { fullRepository, htmlUrl, nodeId, repositoryUrl, simpleUser } from "../shapes.ts";
import { commitBody } from "./git.ts";

export const repositoryRoutes: readonly Route[] = [
  onRepository("GET", "", [], ({ origin, repository }) => ({ status: 200, body: fullRepository(origin, repository) })),
  onRepository("GET", "/branches/{branch}", [["contents", "read"]], getBranch),
  onRepository("GET", "/compare/{basehead}", [["contents", "read"]], compare),
];

function getBranch(call: RepositoryCall): Answer {
  const { repository, origin } = call;
  const name = call.parameters.branch ?? "";
  const sha = repository.git.refs.get(`refs/heads/${name}`);
  if (sha === undefined) return notFound();
  const self = `${repositoryUrl(origin, repository)}/branches/${name}`;
  return {
    status: 200,
    body: {
      name,
      commit: listedCommit(call, sha),
      _links: { self, html: `${htmlUrl(repository)}/tree/${name}` },
      protected: false,
      protection: { enabled: false, required_status_checks: { enforcement_level: "off", contexts: [], checks: [] } },
      protection_url: `${self}/protection`,
    },
  };
}

/** A commit as lists and comparisons show it. */
export function listedCommit({ repository, origin }: RepositoryCall, sha: string): unknown {
  const commit = repository.git.commits.get(sha);
  if (commit === undefined) return null;
  const url = repositoryUrl(origin, repository);
  const web = `${htmlUrl(repository)}/commit/`;
  return {
    sha,
    node_id: nodeId("Commit", sha),
    url: `${url}/commits/${sha}`,
    html_url: `${web}${sha}`,
    comments_url: `${url}/commits/${sha}/comments`,
    commit: {
      ...commitBody(commit),
      comment_count: 0,
      url: `${url}/git/commits/${sha}`,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    },
    author: simpleUser(origin, "octocat"),
    committer: simpleUser(origin, "octocat"),
    parents: commit.parents.map((parent) => ({ sha: parent, url: `${url}/commits/${parent}`, html_url: `${web}${parent}` })),
  };
}

function compare(call: RepositoryCall): Answer {
  const { git } = call.repository;
  const [from = "", to = ""] = (call.parameters.basehead ?? "").split("...");
  const base = git.resolve(from);
  const head = git.resolve(to);
  if (base === undefined || head === undefined) return notFound();
  const before = git.history(base);
  const after = git.history(head);
  const mergeBase = [...after].find((sha) => before.has(sha));
  if (mergeBase === undefined) return notFound();
  const ahead = [...after].filter((sha) => !before.has(sha)).reverse();
  const behind = [...before].filter((sha) => !after.has(sha));
  const status = ahead.length > 0 ? (behind.length > 0 ? "diverged" : "ahead") : behind.length > 0 ? "behind" : "identical";
  const url = `${repositoryUrl(call.origin, call.repository)}/compare/${from}...${to}`;
  const web = `${htmlUrl(call.repository)}/compare/${from}...${to}`;
  return {
    status: 200,
    body: {
      url,
      html_url: web,
      permalink_url: web,
      diff_url: `${web}.diff`,
      patch_url: `${web}.patch`,
      base_commit: listedCommit(call, base),
      merge_base_commit: listedCommit(call, mergeBase),
      status,
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: ahead.map((sha) => listedCommit(call, sha)),
      files: changedFiles(call, mergeBase, head),
    },
  };
}

function changedFiles(call: RepositoryCall, base: string, head: string): unknown[] {
  const { git } = call.repository;
  const treeOf = (sha: string): string => git.commits.get(sha)?.tree ?? "";
  const before = git.files(treeOf(base));
  const after = git.files(treeOf(head));
  const changed = [...new Set([...before.keys(), ...after.keys()])].sort().filter((path) => before.get(path)?.sha !== after.get(path)?.sha);
  const lines = (sha: string | undefined): number =>
    (
      git.blobs
        .get(sha ?? "")
        ?.toString()
        .match(/\n/g) ?? []
    ).length;
  return changed.map((path) => {
    const old = before.get(path)?.sha;
    const now = after.get(path)?.sha;
    const web = `${htmlUrl(call.repository)}`;
    return {
      sha: now ?? old,
      filename: path,
      status: old === undefined ? "added" : now === undefined ? "removed" : "modified",
      // Whole files, not a line diff: nobody here reads these numbers yet.
      additions: lines(now),
      deletions: lines(old),
      changes: lines(now) + lines(old),
      blob_url: `${web}/blob/${head}/${path}`,
      raw_url: `${web}/raw/${head}/${path}`,
      contents_url: `${repositoryUrl(call.origin, call.repository)}/contents/${path}?ref=${head}`,
    };
  });
}
