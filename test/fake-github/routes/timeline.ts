import type { IssueEvent } from "../issue-book.ts";
import { type Answer, notFound, onRepository, paged, type RepositoryCall, type Route } from "../route.ts";
import { htmlUrl, integration, nodeId, repositoryUrl, simpleUser } from "../shapes.ts";
import type { IssueComment } from "../state.ts";

export const timelineRoutes: readonly Route[] = [
  onRepository("GET", "/issues/{issue_number}/timeline", [["issues", "read"]], (call): Answer => {
    const { repository, parameters } = call;
    const number = Number(parameters.issue_number);
    if (!repository.issues.all.has(number)) return notFound();
    const events = repository.issues.events.filter(({ issue }) => issue === number);
    const comments = repository.comments.filter(({ issue }) => issue === number);
    const all = [...events, ...comments].sort((a, b) => (a.created < b.created ? -1 : a.created > b.created ? 1 : a.id - b.id));
    return paged(call, all, (item) => ("body" in item ? shownComment(call, item) : shownEvent(call, item)));
  }),
];

function shownEvent({ origin, repository }: RepositoryCall, event: IssueEvent): unknown {
  const label = event.label === undefined ? undefined : repository.issues.labels.get(event.label.toLowerCase());
  return {
    id: event.id,
    node_id: nodeId("Event", event.id),
    url: `${repositoryUrl(origin, repository)}/issues/events/${event.id}`,
    actor: simpleUser(origin, event.actor),
    event: event.kind,
    commit_id: null,
    commit_url: null,
    created_at: event.created,
    performed_via_github_app: integration(origin, event.actor),
    ...(event.label === undefined ? {} : { label: { name: event.label, color: label?.color ?? "ededed" } }),
    ...(event.assignee === undefined ? {} : { assignee: simpleUser(origin, event.assignee) }),
    ...(event.kind === "closed" ? { state_reason: event.reason ?? null } : {}),
    ...(event.rename === undefined ? {} : { rename: event.rename }),
  };
}

function shownComment({ origin, repository }: RepositoryCall, comment: IssueComment): unknown {
  const user = simpleUser(origin, comment.author);
  return {
    event: "commented",
    actor: user,
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    url: `${repositoryUrl(origin, repository)}/issues/comments/${comment.id}`,
    html_url: `${htmlUrl(repository)}/issues/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(origin, repository)}/issues/${comment.issue}`,
    body: comment.body,
    user,
    created_at: comment.created,
    updated_at: comment.updated,
    author_association: "CONTRIBUTOR",
    performed_via_github_app: integration(origin, comment.author),
  };
}
