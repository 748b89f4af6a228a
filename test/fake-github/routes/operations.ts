/** Releases, deployments, workflow runs and pull requests as operations need them. */
import { type Answer, failure, notFound, onRepository, type RepositoryCall, type Route } from "../route.ts";
import { nodeId, repositoryUrl, simpleUser } from "../shapes.ts";
import type { Repository } from "../state.ts";
import { runShape } from "./actions.ts";

export interface FakeRelease {
  readonly id: number;
  readonly tag: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
}

export interface FakeDeployment {
  readonly id: number;
  readonly ref: string;
  readonly sha: string;
  readonly environment: string;
  readonly payload: unknown;
  readonly body: Readonly<Record<string, unknown>>;
  /** Oldest first. */
  states: (string | FakeStatus)[];
}

export interface FakeStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly createdAt: string;
}

export interface Operations {
  readonly releases: FakeRelease[];
  latest: string;
  readonly deployments: FakeDeployment[];
  readonly dispatches: unknown[];
  /** The runs of dispatches; taking one out is GitHub's list lagging behind. */
  readonly started: { readonly id: number; readonly workflow: string; readonly at: string }[];
  readonly proposals: {
    readonly number: number;
    readonly title: string;
    readonly head: string;
    readonly base: string;
    readonly body: string;
  }[];
  /** Reviews of the environments of every run. */
  approvals: unknown[];
  /** The state of a new deployment; none with "", until a workflow is started that takes it up. */
  outcome: string;
}

const all = new WeakMap<Repository, Operations>();

export function operationsOf(repository: Repository): Operations {
  let found = all.get(repository);
  if (found === undefined) {
    found = { releases: [], latest: "", deployments: [], dispatches: [], started: [], proposals: [], approvals: [], outcome: "success" };
    all.set(repository, found);
  }
  return found;
}

const release = (each: FakeRelease | undefined): { status: number; body?: unknown } =>
  each === undefined
    ? notFound()
    : { status: 200, body: { id: each.id, tag_name: each.tag, draft: each.draft, prerelease: each.prerelease } };

const deployment = (each: FakeDeployment): unknown => ({
  id: each.id,
  ref: each.ref,
  sha: each.sha,
  environment: each.environment,
  payload: each.payload,
});

const numberOf = (call: RepositoryCall, name: string): number => Number(call.parameters[name]);

const routes: readonly Route[] = [
  onRepository("GET", "/releases/latest", [["contents", "read"]], ({ repository }) => {
    const { releases, latest } = operationsOf(repository);
    return release(releases.find(({ tag }) => tag === latest));
  }),
  onRepository("GET", "/releases/tags/{tag}", [["contents", "read"]], (call) =>
    release(operationsOf(call.repository).releases.find(({ tag }) => tag === call.parameters["tag"])),
  ),
  onRepository("PATCH", "/releases/{release_id}", [["contents", "write"]], (call) => {
    const operations = operationsOf(call.repository);
    const found = operations.releases.find(({ id }) => id === numberOf(call, "release_id"));
    if (found !== undefined && call.body["make_latest"] === "true") operations.latest = found.tag;
    return release(found);
  }),
  onRepository("GET", "/deployments", [["deployments", "read"]], ({ repository, query }) => {
    const wanted = query.get("environment");
    const found = operationsOf(repository).deployments.filter(({ environment }) => wanted === null || environment === wanted);
    return { status: 200, body: found.reverse().map(deployment) };
  }),
  onRepository("POST", "/deployments", [["deployments", "write"]], createDeployment),
  onRepository("GET", "/deployments/{deployment_id}/statuses", [["deployments", "read"]], (call) => {
    const found = operationsOf(call.repository).deployments.find(({ id }) => id === numberOf(call, "deployment_id"));
    return found === undefined ? notFound() : { status: 200, body: [...found.states].reverse().map(statusShape) };
  }),
  onRepository("POST", "/actions/workflows/{workflow_id}/dispatches", [["actions", "write"]], dispatch),
  onRepository("GET", "/actions/runs/{run_id}/approvals", [["actions", "read"]], ({ repository }) => ({
    status: 200,
    body: operationsOf(repository).approvals,
  })),
  onRepository("GET", "/commits/{ref}", [["contents", "read"]], ({ repository, parameters }) => {
    const { refs, commits } = repository.git;
    const name = parameters["ref"] ?? "";
    const sha = refs.get(`refs/tags/${name}`) ?? refs.get(`refs/heads/${name}`) ?? (commits.has(name) ? name : undefined);
    return sha === undefined ? failure(422, `No commit found for SHA: ${name}`) : { status: 200, body: { sha } };
  }),
  onRepository("GET", "/pulls", [["pull_requests", "read"]], ({ repository, query }) => {
    const found = operationsOf(repository).proposals.filter(({ head }) => `${repository.owner}:${head}` === query.get("head"));
    return {
      status: 200,
      body: found.map((each) => ({ ...each, html_url: `https://github.com/${repository.fullName}/pull/${each.number}` })),
    };
  }),
  onRepository("POST", "/pulls", [["pull_requests", "write"]], ({ repository, body, state }) => {
    const text = (name: string): string => String(body[name] ?? "");
    const made = { number: state.nextId(), title: text("title"), head: text("head"), base: text("base"), body: text("body") };
    operationsOf(repository).proposals.push(made);
    return { status: 201, body: { number: made.number, html_url: `https://github.com/${repository.fullName}/pull/${made.number}` } };
  }),
];

function createDeployment({ repository, body, state }: RepositoryCall): { status: number; body?: unknown } {
  const { refs } = repository.git;
  const ref = String(body["ref"] ?? "");
  const sha = refs.get(`refs/tags/${ref}`) ?? refs.get(`refs/heads/${ref}`) ?? ref;
  if (!Array.isArray(body["required_contexts"])) return failure(409, "Conflict: Commit status checks failed for master.");
  const operations = operationsOf(repository);
  const made: FakeDeployment = {
    id: state.nextId(),
    ref,
    sha,
    environment: String(body["environment"] ?? "production"),
    payload: body["payload"],
    body,
    states: operations.outcome === "" ? [] : [operations.outcome],
  };
  operations.deployments.push(made);
  return { status: 201, body: deployment(made) };
}

function statusShape(status: string | FakeStatus): Readonly<Record<string, unknown>> {
  if (typeof status === "string") return { state: status, description: "", created_at: new Date().toISOString() };
  return { state: status.state, description: status.description, created_at: status.createdAt };
}

function dispatch({ repository, body, parameters, state }: RepositoryCall): Answer {
  const operations = operationsOf(repository);
  const workflow = parameters["workflow_id"] ?? "";
  operations.dispatches.push({ workflow, ...body });
  const headBranch = String(body["ref"] ?? "");
  const headSha = repository.git.refs.get(`refs/heads/${headBranch}`) ?? "";
  const run = state.addRun(repository, {
    id: state.nextId(),
    event: "workflow_dispatch",
    status: "queued",
    conclusion: null,
    headSha,
    headBranch,
  });
  operations.started.push({ id: run.id, workflow, at: now() });
  for (const { states } of operations.deployments) {
    const newest = states.at(-1);
    if (newest === undefined || (typeof newest !== "string" && newest.state === "queued")) states.push("success");
  }
  return { status: 204 };
}

/** GitHub's times are whole seconds. */
const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, "Z");

function setStatus(call: RepositoryCall): Answer {
  const { repository, body, parameters, origin, state, token } = call;
  const found = operationsOf(repository).deployments.find(({ id }) => String(id) === parameters["deployment_id"]);
  if (found === undefined) return notFound();
  const made = { id: state.nextId(), state: String(body["state"]), description: String(body["description"] ?? ""), createdAt: now() };
  found.states.push(made);
  const url = `${repositoryUrl(origin, repository)}/deployments/${found.id}`;
  const shown = {
    ...statusShape(made),
    id: made.id,
    node_id: nodeId("DeploymentStatus", made.id),
    creator: simpleUser(origin, token?.login ?? "ghost"),
    target_url: "https://example.com/log",
    deployment_url: url,
    repository_url: repositoryUrl(origin, repository),
    url: `${url}/statuses/${made.id}`,
    updated_at: made.createdAt,
  };
  return { status: 201, body: shown };
}

/** Newest first, as GitHub lists them. */
function listRuns(call: RepositoryCall): Answer {
  const { repository, query, parameters } = call;
  const fits = (wanted: string, actual: string | undefined): boolean => (query.get(wanted) ?? actual) === actual;
  const runs = operationsOf(repository).started.flatMap(({ id, workflow, at }) => {
    const run = workflow === parameters["workflow_id"] ? repository.runs.get(id) : undefined;
    if (run === undefined || !fits("branch", run.headBranch) || !fits("event", run.event)) return [];
    return [{ ...(runShape(call, run) as object), created_at: at, path: `.github/workflows/${workflow}` }];
  });
  return { status: 200, body: { total_count: runs.length, workflow_runs: runs.reverse() } };
}

const described: readonly Route[] = [
  onRepository("POST", "/deployments/{deployment_id}/statuses", [["deployments", "write"]], setStatus),
  onRepository("GET", "/actions/workflows/{workflow_id}/runs", [["actions", "read"]], listRuns),
];

/** Small answers, not whole ones: the description is not asked. */
export const operationRoutes: readonly Route[] = [...described, ...routes.map((route) => ({ ...route, undescribed: true as const }))];
