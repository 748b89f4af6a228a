import { type Answer, failure, invalid, type Needs, notFound, onRepository, paged, type RepositoryCall, type Route } from "../route.ts";
import { htmlUrl, integration, nodeId, repositoryUrl, simpleUser } from "../shapes.ts";
import type { IssueComment, Repository } from "../state.ts";

const longestBody = 65_536;

const reading: Needs = [
  ["issues", "read"],
  ["pull_requests", "read"],
];
const writing: Needs = [
  ["issues", "write"],
  ["pull_requests", "write"],
];

export const issueRoutes: readonly Route[] = [
  onRepository("GET", "/issues/{issue_number}/comments", reading, listComments),
  onRepository("POST", "/issues/{issue_number}/comments", writing, createComment),
  onRepository("GET", "/issues/comments/{comment_id}", reading, (call) => {
    const comment = find(call);
    return comment === undefined ? notFound() : { status: 200, body: shape(call, comment) };
  }),
  onRepository("PATCH", "/issues/comments/{comment_id}", writing, (call) => {
    const comment = find(call);
    if (comment === undefined) return notFound();
    const refused = refuseBody(call.body.body);
    if (refused !== undefined) return refused;
    comment.body = String(call.body.body);
    comment.updated = call.state.nextTime();
    return { status: 200, body: shape(call, comment) };
  }),
  onRepository("DELETE", "/issues/comments/{comment_id}", writing, (call) => {
    const comment = find(call);
    if (comment === undefined) return notFound();
    call.repository.comments.splice(call.repository.comments.indexOf(comment), 1);
    return { status: 204 };
  }),
];

function listComments(call: RepositoryCall): Answer {
  const { repository, query } = call;
  const issue = Number(call.parameters.issue_number);
  if (!repository.pulls.has(issue) && !repository.issues.all.has(issue)) return notFound();
  repository.listsServed += 1;
  const since = Date.parse(query.get("since") ?? "1970-01-01T00:00:00Z");
  const shown = repository.comments.filter(
    (comment) => comment.issue === issue && comment.visibleAfter <= repository.listsServed && Date.parse(comment.updated) >= since,
  );
  return paged(call, shown, (comment) => shape(call, comment));
}

function createComment(call: RepositoryCall): Answer {
  const { repository, state, token } = call;
  const issue = Number(call.parameters.issue_number);
  const target = repository.pulls.get(issue) ?? repository.issues.all.get(issue);
  if (target === undefined) return notFound();
  if (target.locked) return failure(403, "Unable to create comment because issue is locked.");
  const refused = refuseBody(call.body.body);
  if (refused !== undefined) return refused;
  const comment = state.addComment(repository, { issue, author: token?.login ?? "", body: String(call.body.body) });
  return { status: 201, body: shape(call, comment), headers: { location: commentUrl(call.origin, repository, comment) } };
}

function refuseBody(body: unknown): Answer | undefined {
  if (typeof body !== "string" || body.trim() === "") return invalid("IssueComment", "body", "missing_field");
  if ([...body].length <= longestBody) return undefined;
  return invalid("IssueComment", "data", "unprocessable", "Body is too long (maximum is 65536 characters)");
}

function find(call: RepositoryCall): IssueComment | undefined {
  return call.repository.comments.find(({ id }) => String(id) === call.parameters.comment_id);
}

const commentUrl = (origin: string, repository: Repository, comment: IssueComment): string =>
  `${repositoryUrl(origin, repository)}/issues/comments/${comment.id}`;

function shape({ origin, repository }: RepositoryCall, comment: IssueComment): unknown {
  return {
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    url: commentUrl(origin, repository, comment),
    html_url: `${htmlUrl(repository)}/${repository.issues.all.has(comment.issue) ? "issues" : "pull"}/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(origin, repository)}/issues/${comment.issue}`,
    body: comment.body,
    user: simpleUser(origin, comment.author),
    created_at: comment.created,
    updated_at: comment.updated,
    author_association: comment.author.endsWith("[bot]") ? "NONE" : "CONTRIBUTOR",
    performed_via_github_app: integration(origin, comment.author),
  };
}
