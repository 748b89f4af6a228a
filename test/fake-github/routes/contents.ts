import type { TreeEntry } from "../git-store.ts";
import { type Answer, notFound, onRepository, type RepositoryCall, type Route } from "../route.ts";
import { htmlUrl, repositoryUrl } from "../shapes.ts";

/** Above this the JSON answer has no content; the raw one goes on to 100 MB. */
const largestInline = 1024 * 1024;
/** More of a folder is not listed, and nothing says so. */
const mostListed = 1000;

export const contentRoutes: readonly Route[] = [onRepository("GET", "/contents/{path}", [["contents", "read"]], getContent)];

function getContent(call: RepositoryCall): Answer {
  const { git, defaultBranch } = call.repository;
  const commit = git.resolve(call.query.get("ref") ?? defaultBranch);
  const tree = git.commits.get(commit ?? "")?.tree;
  if (tree === undefined) return notFound();
  const path = call.parameters.path ?? "";
  const entry = git.at(tree, path.split("/"));
  if (entry === undefined) return notFound();
  if (entry.type === "tree") {
    const entries = git.trees.get(entry.sha) ?? new Map<string, TreeEntry>();
    return { status: 200, body: [...entries].slice(0, mostListed).map(([name, child]) => listed(call, `${path}/${name}`, child)) };
  }
  const content = git.blobs.get(entry.sha) ?? Buffer.alloc(0);
  if (call.accept.includes("raw")) return { status: 200, raw: { type: "application/vnd.github.raw+json; charset=utf-8", content } };
  const inline = content.length <= largestInline;
  return {
    status: 200,
    body: { ...listed(call, path, entry), content: inline ? content.toString("base64") : "", encoding: inline ? "base64" : "none" },
  };
}

function listed({ origin, repository }: RepositoryCall, path: string, entry: TreeEntry): Record<string, unknown> {
  const self = `${repositoryUrl(origin, repository)}/contents/${path}`;
  const git = `${repositoryUrl(origin, repository)}/git/${entry.type}s/${entry.sha}`;
  const html = `${htmlUrl(repository)}/blob/${repository.defaultBranch}/${path}`;
  return {
    type: entry.type === "tree" ? "dir" : "file",
    name: path.split("/").at(-1),
    path,
    sha: entry.sha,
    size: repository.git.blobs.get(entry.sha)?.length ?? 0,
    url: self,
    html_url: html,
    git_url: git,
    download_url: entry.type === "tree" ? null : `https://raw.example.com/${repository.fullName}/${path}`,
    _links: { self, git, html },
  };
}
