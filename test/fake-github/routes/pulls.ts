import { type Answer, notFound, onRepository, paged, type RepositoryCall, type Route } from "../route.ts";
import { fullRepository, htmlUrl, nodeId, repositoryUrl, simpleUser } from "../shapes.ts";
import type { PullRequest, Repository } from "../state.ts";
import { listedCommit } from "./repositories.ts";

export const pullRoutes: readonly Route[] = [
  onRepository("GET", "/pulls", [["pull_requests", "read"]], (call): Answer => {
    const { repository, query } = call;
    const head = query.get("head");
    const label = (pull: PullRequest): string => `${pull.head.repository.split("/")[0] ?? ""}:${pull.head.ref}`;
    const state = query.get("state") ?? "open";
    const wanted = [...repository.pulls.values()].filter((pull) => state === "all" || (pull.state ?? "open") === state);
    const shown = wanted.filter((pull) => head === null || label(pull) === head);
    return paged(call, shown, (pull) => shape(call, pull));
  }),
  onRepository("GET", "/pulls/{pull_number}/commits", [["pull_requests", "read"]], (call): Answer => {
    const pull = call.repository.pulls.get(Number(call.parameters.pull_number));
    if (pull === undefined) return notFound();
    return paged(call, pull.commits ?? [pull.head.sha], (sha) => listedCommit(call, sha));
  }),
  onRepository("GET", "/pulls/{pull_number}", [["pull_requests", "read"]], (call): Answer => {
    const pull = call.repository.pulls.get(Number(call.parameters.pull_number));
    return pull === undefined ? notFound() : { status: 200, body: shape(call, pull) };
  }),
];

function shape({ origin, repository, state }: RepositoryCall, pull: PullRequest): unknown {
  const url = `${repositoryUrl(origin, repository)}/pulls/${pull.number}`;
  const issue = `${repositoryUrl(origin, repository)}/issues/${pull.number}`;
  const web = `${htmlUrl(repository)}/pull/${pull.number}`;
  const end = (ref: string, sha: string, of: Repository): unknown => ({
    label: `${of.owner}:${ref}`,
    ref,
    sha,
    user: simpleUser(origin, of.owner),
    repo: fullRepository(origin, of),
  });
  const source = state.repositories.get(pull.head.repository.toLowerCase()) ?? repository;
  const links = {
    self: url,
    html: web,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${url}/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repositoryUrl(origin, repository)}/statuses/${pull.head.sha}`,
  };
  return {
    id: pull.number + 5000,
    node_id: nodeId("PullRequest", pull.number),
    number: pull.number,
    url,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: issue,
    comments_url: links.comments,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    commits_url: links.commits,
    statuses_url: links.statuses,
    title: pull.title,
    body: null,
    state: pull.state ?? "open",
    locked: pull.locked,
    user: simpleUser(origin, pull.author),
    head: end(pull.head.ref, pull.head.sha, source),
    base: end(pull.base.ref, pull.base.sha, repository),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    created_at: pull.created,
    updated_at: pull.created,
    ...unremarkable,
    comments: repository.comments.filter((comment) => comment.issue === pull.number).length,
  };
}

const unremarkable = {
  closed_at: null,
  merged_at: null,
  merged_by: null,
  merge_commit_sha: null,
  assignee: null,
  assignees: [],
  labels: [],
  milestone: null,
  draft: false,
  auto_merge: null,
  author_association: "CONTRIBUTOR",
  merged: false,
  mergeable: true,
  mergeable_state: "clean",
  maintainer_can_modify: false,
  review_comments: 0,
  commits: 1,
  additions: 1,
  deletions: 0,
  changed_files: 1,
};
