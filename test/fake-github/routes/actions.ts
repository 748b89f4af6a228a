import { type Answer, failure, type Needs, notFound, onRepository, type RepositoryCall, type Route } from "../route.ts";
import { fullRepository, htmlUrl, nodeId, repositoryUrl } from "../shapes.ts";
import type { Artifact, WorkflowRun } from "../state.ts";

const reading: Needs = [["actions", "read"]];

export const actionsRoutes: readonly Route[] = [
  onRepository("GET", "/actions/runs/{run_id}", reading, (call): Answer => {
    const run = call.repository.runs.get(Number(call.parameters.run_id));
    return run === undefined ? notFound() : { status: 200, body: runShape(call, run) };
  }),
  onRepository("GET", "/actions/runs/{run_id}/artifacts", reading, (call): Answer => {
    const { repository, query } = call;
    const run = Number(call.parameters.run_id);
    if (!repository.runs.has(run)) return notFound();
    const name = query.get("name");
    const shown = repository.artifacts.filter((artifact) => artifact.run === run && (name === null || artifact.name === name));
    return { status: 200, body: { total_count: shown.length, artifacts: shown.map((artifact) => artifactShape(call, artifact)) } };
  }),
  onRepository("GET", "/actions/artifacts/{artifact_id}/{archive_format}", reading, (call): Answer => {
    // Also for public repositories, nobody may download without saying who they are.
    if (call.token === undefined) return failure(401, "Requires authentication");
    const artifact = find(call);
    if (artifact === undefined || call.parameters.archive_format !== "zip") return notFound();
    if (artifact.expired) return failure(410, "Artifact has expired");
    return {
      status: 302,
      headers: { location: `${new URL(call.origin).origin}/storage/${call.repository.fullName}/${artifact.id}?sig=secret` },
    };
  }),
  {
    method: "GET",
    path: "/storage/{owner}/{repo}/{artifact_id}",
    needs: [],
    undescribed: true,
    handle: (call): Answer => {
      // The storage is another server: it knows the signature and no token.
      if (call.token !== undefined || call.query.get("sig") !== "secret") return failure(403, "AuthenticationFailed");
      const repository = call.state.repository(call.parameters.owner ?? "", call.parameters.repo ?? "");
      const artifact = repository?.artifacts.find(({ id }) => String(id) === call.parameters.artifact_id);
      return artifact === undefined ? notFound() : { status: 200, raw: { type: "application/zip", content: artifact.archive } };
    },
  },
];

function find(call: RepositoryCall): Artifact | undefined {
  return call.repository.artifacts.find(({ id }) => String(id) === call.parameters.artifact_id);
}

/** A whole run, as every list and answer shows it. */
export function runShape({ origin, repository, state }: RepositoryCall, run: WorkflowRun): unknown {
  const url = `${repositoryUrl(origin, repository)}/actions/runs/${run.id}`;
  const [owner = "", name = ""] = run.headRepository.split("/");
  const home = state.repository(owner, name) ?? repository;
  const below = ["jobs", "logs", "cancel", "rerun", "artifacts"].map((part) => [`${part}_url`, `${url}/${part}`]);
  return {
    id: run.id,
    node_id: nodeId("WorkflowRun", run.id),
    name: "CI",
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: ".github/workflows/ci.yml",
    display_title: "A change",
    run_number: 1,
    run_attempt: run.attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: 1,
    url,
    html_url: `${htmlUrl(repository)}/actions/runs/${run.id}`,
    pull_requests: run.pulls.map((number) => {
      const end = {
        ref: run.headBranch,
        sha: run.headSha,
        repo: { id: repository.id, url: repositoryUrl(origin, repository), name: repository.name },
      };
      return { id: number + 5000, number, url: `${repositoryUrl(origin, repository)}/pulls/${number}`, head: end, base: end };
    }),
    created_at: "2026-11-21T00:00:00Z",
    updated_at: "2026-11-21T00:00:00Z",
    check_suite_url: `${repositoryUrl(origin, repository)}/check-suites/1`,
    workflow_url: `${repositoryUrl(origin, repository)}/actions/workflows/1`,
    ...Object.fromEntries(below),
    head_commit: {
      id: run.headSha,
      tree_id: "0".repeat(40),
      message: "A change",
      timestamp: "2026-11-21T00:00:00Z",
      author: { name: "Octo Cat", email: "octocat@example.com" },
      committer: { name: "Octo Cat", email: "octocat@example.com" },
    },
    repository: fullRepository(origin, repository),
    head_repository: fullRepository(origin, home),
  };
}

function artifactShape({ origin, repository }: RepositoryCall, { id, name, size, expired, run }: Artifact): unknown {
  const url = `${repositoryUrl(origin, repository)}/actions/artifacts/${id}`;
  return {
    id,
    node_id: nodeId("Artifact", id),
    name,
    size_in_bytes: size,
    url,
    archive_download_url: `${url}/zip`,
    expired,
    created_at: "2026-11-21T00:00:00Z",
    updated_at: "2026-11-21T00:00:00Z",
    expires_at: "2027-02-19T00:00:00Z",
    workflow_run: { id: run },
  };
}
