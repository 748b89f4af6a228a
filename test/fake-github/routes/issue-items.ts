import type { Issue, IssueEvent } from "../issue-book.ts";
import { shownIssue } from "../issue-shapes.ts";
import { type Answer, failure, invalid, type Needs, notFound, onRepository, paged, type RepositoryCall, type Route } from "../route.ts";
import { addLabel } from "./labels.ts";

const reading: Needs = [["issues", "read"]];
const writing: Needs = [["issues", "write"]];
const longestBody = 65_536;
const longestTitle = 256;

export const issueItemRoutes: readonly Route[] = [
  onRepository("GET", "/issues", reading, listIssues),
  onRepository("POST", "/issues", writing, createIssue),
  onRepository("GET", "/issues/{issue_number}", reading, (call) => {
    const issue = find(call);
    return issue === undefined ? notFound() : { status: 200, body: shownIssue(call, issue) };
  }),
  onRepository("PATCH", "/issues/{issue_number}", writing, updateIssue),
];

const now = ({ state }: RepositoryCall): number => state.time?.() ?? Date.now();

function find({ repository, parameters }: RepositoryCall): Issue | undefined {
  return repository.issues.all.get(Number(parameters.issue_number));
}

function listIssues(call: RepositoryCall): Answer {
  const { repository, query } = call;
  if (repository.issues.disabled) return gone();
  const wanted = (query.get("labels") ?? "").split(",").filter((name) => name !== "");
  const state = query.get("state") ?? "open";
  const creator = query.get("creator");
  const found = [...repository.issues.all.values()].filter((issue) => {
    if (issue.listed > now(call)) return false;
    if (state !== "all" && issue.open !== (state === "open")) return false;
    if (creator !== null && issue.author !== creator) return false;
    return wanted.every((name) => issue.labels.some((label) => label.toLowerCase() === name.toLowerCase()));
  });
  return paged(call, found.reverse(), (issue) => shownIssue(call, issue));
}

function gone(): Answer {
  return failure(410, "Issues has been disabled in this repository.");
}

function createIssue(call: RepositoryCall): Answer {
  const { repository, state, token, body } = call;
  const book = repository.issues;
  if (book.disabled) return gone();
  const refused = refuse(call);
  if (refused !== undefined) return refused;
  const number = Math.max(0, ...book.all.keys(), ...repository.pulls.keys()) + 1;
  const created = state.nextTime();
  const author = token?.login ?? "ghost";
  const issue: Issue = {
    id: state.nextId(),
    number,
    author,
    created,
    title: String(body.title),
    body: typeof body.body === "string" ? body.body : "",
    open: true,
    reason: null,
    labels: [],
    assignees: [],
    locked: false,
    updated: created,
    closed: null,
    listed: now(call) + state.issueLag.list,
    searchable: now(call) + state.issueLag.search,
  };
  book.all.set(number, issue);
  relabel(call, issue, names(body.labels));
  reassign(call, issue, names(body.assignees));
  return { status: 201, body: shownIssue(call, issue) };
}

function names(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).map((item: unknown) =>
    typeof item === "object" && item !== null && "name" in item ? String(item.name) : String(item),
  );
}

function refuse({ body, repository }: RepositoryCall): Answer | undefined {
  const { title } = body;
  if (title !== undefined && (typeof title !== "string" || title.trim() === "")) return invalid("Issue", "title", "missing_field");
  if (typeof title === "string" && [...title].length > longestTitle) {
    return invalid("Issue", "title", "custom", "title is too long (maximum is 256 characters)");
  }
  if (typeof body.body === "string" && [...body.body].length > longestBody) {
    return invalid("Issue", "body", "custom", "body is too long (maximum is 65536 characters)");
  }
  if (names(body.labels).some((name) => [...name].length > 50)) return invalid("Label", "name", "invalid");
  const stranger = names(body.assignees).find((login) => repository.issues.unassignable.has(login));
  return stranger === undefined ? undefined : invalid("Issue", "assignees", "invalid");
}

function updateIssue(call: RepositoryCall): Answer {
  const issue = find(call);
  if (issue === undefined) return notFound();
  const refused = refuse(call);
  if (refused !== undefined) return refused;
  const { body } = call;
  if (typeof body.title === "string" && body.title !== issue.title) {
    happened(call, issue, { kind: "renamed", rename: { from: issue.title, to: body.title } });
    issue.title = body.title;
  }
  if (typeof body.body === "string") issue.body = body.body;
  if (body.labels !== undefined) relabel(call, issue, names(body.labels));
  if (body.assignees !== undefined) reassign(call, issue, names(body.assignees));
  if (typeof body.state === "string") move(call, issue, body.state === "open", body.state_reason);
  issue.updated = call.state.nextTime();
  return { status: 200, body: shownIssue(call, issue) };
}

function move(call: RepositoryCall, issue: Issue, open: boolean, reason: unknown): void {
  if (issue.open === open) return;
  issue.open = open;
  issue.reason = open ? "reopened" : reason === "not_planned" || reason === "duplicate" ? reason : "completed";
  issue.closed = open ? null : call.state.nextTime();
  happened(call, issue, { kind: open ? "reopened" : "closed", reason: issue.reason });
}

function relabel(call: RepositoryCall, issue: Issue, wanted: readonly string[]): void {
  const labels = [...new Set(wanted)].map((name) => addLabel(call, name).name);
  for (const label of labels.filter((name) => !issue.labels.includes(name))) happened(call, issue, { kind: "labeled", label });
  for (const label of issue.labels.filter((name) => !labels.includes(name))) happened(call, issue, { kind: "unlabeled", label });
  issue.labels = labels;
}

function reassign(call: RepositoryCall, issue: Issue, wanted: readonly string[]): void {
  for (const assignee of wanted.filter((login) => !issue.assignees.includes(login))) happened(call, issue, { kind: "assigned", assignee });
  issue.assignees = [...new Set(wanted)];
}

function happened(
  { repository, state, token }: RepositoryCall,
  issue: Issue,
  event: Omit<IssueEvent, "id" | "issue" | "actor" | "created">,
): void {
  const created = state.nextTime();
  repository.issues.events.push({ id: state.nextId(), issue: issue.number, actor: token?.login ?? "ghost", created, ...event });
}
