import { type Answer, invalid, type Needs, notFound, onRepository, type RepositoryCall, type Route } from "../route.ts";
import { htmlUrl, integration, nodeId, repositoryUrl } from "../shapes.ts";
import type { CheckRun } from "../state.ts";

const mostAnnotations = 50;
const writing: Needs = [["checks", "write"]];

interface Output {
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
  readonly annotations?: readonly unknown[];
}

export const checkRoutes: readonly Route[] = [
  onRepository("POST", "/check-runs", writing, (call): Answer => {
    const refused = refuseOutput(call.body.output as Output | undefined);
    if (refused !== undefined) return refused;
    const { name, head_sha } = call.body;
    const run: CheckRun = {
      id: call.state.nextId(),
      headSha: String(head_sha),
      name: String(name),
      status: "queued",
      conclusion: null,
      output: { title: null, summary: null, text: null, annotations: 0 },
      created: call.state.nextTime(),
    };
    change(run, call.body);
    call.repository.checkRuns.set(run.id, run);
    return { status: 201, body: shape(call, run) };
  }),
  onRepository("PATCH", "/check-runs/{check_run_id}", writing, (call): Answer => {
    const run = call.repository.checkRuns.get(Number(call.parameters.check_run_id));
    if (run === undefined) return notFound();
    const refused = refuseOutput(call.body.output as Output | undefined);
    if (refused !== undefined) return refused;
    change(run, call.body);
    return { status: 200, body: shape(call, run) };
  }),
];

function refuseOutput(output: Output | undefined): Answer | undefined {
  if ((output?.annotations?.length ?? 0) > mostAnnotations) {
    return invalid("CheckRun", "annotations", "invalid", `annotations exceeds a maximum quantity of ${mostAnnotations}`);
  }
  const long = (["summary", "text"] as const).find((field) => [...(output?.[field] ?? "")].length > 65_535);
  return long === undefined ? undefined : invalid("CheckRun", long, "invalid", `${long} exceeds a maximum bytesize of 65535`);
}

function change(run: CheckRun, body: Readonly<Record<string, unknown>>): void {
  const output = body.output as Output | undefined;
  if (typeof body.conclusion === "string") run.conclusion = body.conclusion;
  run.status = run.conclusion === null ? String(body.status ?? run.status) : "completed";
  run.output = {
    title: output?.title ?? run.output.title,
    summary: output?.summary ?? run.output.summary,
    text: output?.text ?? run.output.text,
    annotations: run.output.annotations + (output?.annotations?.length ?? 0),
  };
}

function shape({ origin, repository, token }: RepositoryCall, run: CheckRun): unknown {
  const url = `${repositoryUrl(origin, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId("CheckRun", run.id),
    head_sha: run.headSha,
    external_id: "",
    url,
    html_url: `${htmlUrl(repository)}/runs/${run.id}`,
    details_url: "https://example.com",
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.created,
    completed_at: run.conclusion === null ? null : run.created,
    output: {
      title: run.output.title,
      summary: run.output.summary,
      text: run.output.text,
      annotations_count: run.output.annotations,
      annotations_url: `${url}/annotations`,
    },
    name: run.name,
    check_suite: { id: 1 },
    app: integration(origin, token?.login ?? "github-actions[bot]"),
    pull_requests: [],
  };
}
