import type { Issue, Label } from "./issue-book.ts";
import type { RepositoryCall } from "./route.ts";
import { htmlUrl, integration, nodeId, repositoryUrl, simpleUser } from "./shapes.ts";
import type { Repository } from "./state.ts";

export function shownLabel(origin: string, repository: Repository, label: Label): Record<string, unknown> {
  return {
    id: label.id,
    node_id: nodeId("Label", label.id),
    url: `${repositoryUrl(origin, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: label.description,
    color: label.color,
    default: false,
  };
}

export function shownIssue({ origin, repository }: Pick<RepositoryCall, "origin" | "repository">, issue: Issue): Record<string, unknown> {
  const url = `${repositoryUrl(origin, repository)}/issues/${issue.number}`;
  const labels = issue.labels.flatMap((name) => repository.issues.labels.get(name.toLowerCase()) ?? []);
  return {
    id: issue.id,
    node_id: nodeId("Issue", issue.id),
    url,
    repository_url: repositoryUrl(origin, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${htmlUrl(repository)}/issues/${issue.number}`,
    number: issue.number,
    state: issue.open ? "open" : "closed",
    state_reason: issue.reason,
    title: issue.title,
    body: issue.body,
    user: simpleUser(origin, issue.author),
    labels: labels.map((label) => shownLabel(origin, repository, label)),
    assignee: issue.assignees[0] === undefined ? null : simpleUser(origin, issue.assignees[0]),
    assignees: issue.assignees.map((login) => simpleUser(origin, login)),
    milestone: null,
    locked: issue.locked,
    active_lock_reason: null,
    comments: repository.comments.filter((comment) => comment.issue === issue.number).length,
    closed_at: issue.closed,
    created_at: issue.created,
    updated_at: issue.updated,
    author_association: issue.author.endsWith("[bot]") ? "NONE" : "CONTRIBUTOR",
    performed_via_github_app: integration(origin, issue.author),
  };
}
