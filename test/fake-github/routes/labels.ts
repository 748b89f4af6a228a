import type { Label } from "../issue-book.ts";
import { shownLabel } from "../issue-shapes.ts";
import { type Answer, failure, invalid, type Needs, notFound, onRepository, paged, type RepositoryCall, type Route } from "../route.ts";

const reading: Needs = [
  ["issues", "read"],
  ["pull_requests", "read"],
];
const writing: Needs = [
  ["issues", "write"],
  ["pull_requests", "write"],
];

export const labelRoutes: readonly Route[] = [
  onRepository("GET", "/labels", reading, (call) =>
    paged(call, [...call.repository.issues.labels.values()], (label) => shownLabel(call.origin, call.repository, label)),
  ),
  onRepository("POST", "/labels", writing, createLabel),
  onRepository("GET", "/labels/{name}", reading, (call) => {
    const label = find(call);
    return label === undefined ? notFound() : { status: 200, body: shownLabel(call.origin, call.repository, label) };
  }),
  onRepository("PATCH", "/labels/{name}", writing, updateLabel),
  onRepository("DELETE", "/labels/{name}", writing, deleteLabel),
];

function find({ repository, parameters }: RepositoryCall): Label | undefined {
  return repository.issues.labels.get((parameters.name ?? "").toLowerCase());
}

/** GitHub makes labels that an issue is given. */
export function addLabel({ repository, state }: RepositoryCall, name: string): Label {
  const { labels } = repository.issues;
  const known = labels.get(name.toLowerCase());
  if (known !== undefined) return known;
  const label: Label = { id: state.nextId(), name, color: "ededed", description: null };
  labels.set(name.toLowerCase(), label);
  return label;
}

function createLabel(call: RepositoryCall): Answer {
  const { body, repository } = call;
  const name = String(body.name);
  const refused = refuse(name, body.description);
  if (refused !== undefined) return refused;
  if (repository.issues.labels.has(name.toLowerCase())) return invalid("Label", "name", "already_exists");
  const label = addLabel(call, name);
  if (typeof body.color === "string") label.color = body.color;
  if (typeof body.description === "string") label.description = body.description;
  return { status: 201, body: shownLabel(call.origin, repository, label) };
}

function refuse(name: string, description: unknown): Answer | undefined {
  if (name.trim() === "" || [...name].length > 50) return invalid("Label", "name", "invalid");
  const long = typeof description === "string" && [...description].length > 100;
  return long ? invalid("Label", "description", "custom", "description is too long (maximum is 100 characters)") : undefined;
}

function updateLabel(call: RepositoryCall): Answer {
  const label = find(call);
  if (label === undefined) return notFound();
  const { body, repository } = call;
  const { labels, all } = repository.issues;
  const name = typeof body.new_name === "string" ? body.new_name : label.name;
  const refused = refuse(name, body.description);
  if (refused !== undefined) return refused;
  if (name.toLowerCase() !== label.name.toLowerCase() && labels.has(name.toLowerCase())) return invalid("Label", "name", "already_exists");
  for (const issue of all.values()) issue.labels = issue.labels.map((one) => (one === label.name ? name : one));
  labels.delete(label.name.toLowerCase());
  label.name = name;
  if (typeof body.description === "string") label.description = body.description;
  if (typeof body.color === "string") label.color = body.color;
  labels.set(name.toLowerCase(), label);
  return { status: 200, body: shownLabel(call.origin, repository, label) };
}

function deleteLabel(call: RepositoryCall): Answer {
  const label = find(call);
  if (label === undefined) return failure(404, "Not Found");
  const { labels, all } = call.repository.issues;
  labels.delete(label.name.toLowerCase());
  for (const issue of all.values()) issue.labels = issue.labels.filter((name) => name !== label.name);
  return { status: 204 };
}
