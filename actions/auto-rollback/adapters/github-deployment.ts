import { UserError } from "../../../packages/frame/errors.ts";
import type { Client } from "../../../packages/github/client.ts";
import { inWords } from "../../../packages/github/failures.ts";
import { at, numberAt, textAt } from "../../../packages/ledger/adapters/access.ts";
import type { Plan } from "../../../packages/releases/book.ts";
import type { Applied, Provider, Settled } from "../src/ports.ts";
import type { Opening } from "./opening.ts";

const mostDeployments = 30;
const deployTimeout = 1_800_000;
const unheard = 45_000;
const pause = 2_000;

interface Deployment {
  readonly id: number;
  readonly ref: string;
  readonly sha: string;
  readonly rollback: boolean;
  /** The plan that asked for it. */
  readonly plan: string;
  readonly state: string;
  /** When a run of ours was about to start the workflow, if nobody has taken the deployment up since; else empty. */
  readonly mark: string;
}

/** How the status begins that is set before the workflow is started. A run that dies in between leaves it behind. */
const markWords = "Forge starts ";

/** GitHub Deployments: an earlier ref is deployed anew, by whatever listens to them, or by a workflow that is started. */
export async function openDeployment(given: Opening<"deployment">): Promise<Provider> {
  const { openClient } = await import("../../../packages/github/adapters/client.ts");
  const { settings, token, event, log, environment, clock } = given;
  const [owner = "", repo = ""] = event.repository.split("/");
  const client = openClient({
    token: token ?? "",
    apiUrl: event.apiUrl,
    log,
    pace: { deadline: deployTimeout + 600_000, patience: deployTimeout },
  });
  const server = new Deployments(client, { owner, repo }, environment);
  return {
    async current() {
      const found = (await server.list()).find(({ state }) => state === "success");
      if (found === undefined)
        throw new UserError(`No deployment to ${environment} has succeeded yet, so it is not known what runs.`, { exitCode: 3 });
      return { release: await server.releaseOf(found.ref, found.sha), others: [], commit: found.sha, rollback: found.rollback };
    },
    resolve: async (name) => server.releaseOf(name, await server.commitOf(name)),
    commitOf: (release) => server.commitOf(release),
    async look(release) {
      const commit = await server.commitOf(release);
      return commit === ""
        ? { present: false, why: `there is no ref ${release}` }
        : { present: true, why: `${release} is at ${commit.slice(0, 12)}` };
    },
    credentials: async () => (token === undefined || token === "" ? "no token was given (deployments: write)" : undefined),
    async steps(from, to) {
      const create = {
        kind: "deployment",
        what: `create a deployment of ${to} to ${environment}`,
        undo: `create a deployment of ${from}`,
        with: { from, to },
      };
      if (settings.workflow === "") return [create];
      const { workflow } = settings;
      const inputs = JSON.stringify(
        Object.fromEntries(Object.entries(settings.inputs).map(([name, value]) => [name, filled(value, from, to)])),
      );
      const start = {
        kind: "workflow",
        what: `start the workflow ${workflow} with ${inputs}`,
        undo: `start it for ${from}`,
        with: { workflow, inputs, from, to },
      };
      return [create, start];
    },
    async apply(step, plan, guard) {
      if (step.kind === "deployment") return server.create(plan, guard);
      return server.start(step.with, plan, event.defaultBranch ?? "main", guard);
    },
    async settled(plan) {
      const start = clock.now();
      for (;;) {
        const state = settledState(await server.list(), plan, clock.now() - start);
        if (state !== undefined) return state;
        if (!(await client.pause(pause))) return { ok: false, why: "the deployment did not end in time" };
      }
    },
  };
}

/** `undefined` while it is going on. A deployment that nobody has taken up is no success. */
function settledState(deployments: readonly Deployment[], { hash, to }: Plan, waited: number): Settled | undefined {
  const made = deployments.find(({ plan }) => plan === hash);
  if (made === undefined) return { ok: false, why: "the deployment is not there any more" };
  if (made.state === "success" || made.state === "inactive")
    return { ok: made.state === "success", why: `deployment ${made.id} of ${to}: ${made.state}` };
  if (made.state === "failure" || made.state === "error") return { ok: false, why: `deployment ${made.id} of ${to}: ${made.state}` };
  if (isIdle(made) && waited > unheard) return { ok: false, why: `nobody has taken deployment ${made.id} of ${to} up` };
  return waited > deployTimeout ? { ok: false, why: `deployment ${made.id} is still ${made.state}` } : undefined;
}

/** Nobody has taken it up. */
function isIdle({ state, mark }: Deployment): boolean {
  return state === "" || state === "pending" || mark !== "";
}

class Deployments {
  readonly #client: Client;
  readonly #place: { readonly owner: string; readonly repo: string };
  readonly #environment: string;

  constructor(client: Client, place: { owner: string; repo: string }, environment: string) {
    this.#client = client;
    this.#place = place;
    this.#environment = environment;
  }

  /** Newest first, with their newest states. */
  async list(): Promise<readonly Deployment[]> {
    const data = await this.#get("/deployments", { environment: this.#environment, per_page: mostDeployments });
    const found: Deployment[] = [];
    for (const item of Array.isArray(data) ? (data as readonly unknown[]) : []) {
      const id = numberAt(item, "id") ?? 0;
      const statuses = await this.#get("/deployments/{deployment_id}/statuses", { deployment_id: id, per_page: 1 });
      const payload = at(item, "payload");
      const state = textAt(statuses, 0, "state");
      const isMark = state === "queued" && textAt(statuses, 0, "description").startsWith(markWords);
      found.push({
        id,
        ref: textAt(item, "ref"),
        sha: textAt(item, "sha"),
        rollback: at(payload, "rollback") === true,
        plan: textAt(payload, "plan"),
        state,
        mark: isMark ? textAt(statuses, 0, "created_at") : "",
      });
      if (state === "success") break;
    }
    return found;
  }

  async commitOf(ref: string): Promise<string> {
    const reply = await this.#client.request("GET /repos/{owner}/{repo}/commits/{ref}", { ...this.#place, ref });
    return reply.ok ? textAt(reply.data, "sha") : "";
  }

  /** A branch is at another commit tomorrow, so what was deployed of it is known by its commit. */
  async releaseOf(ref: string, commit: string): Promise<string> {
    if (ref === commit || commit === "") return ref;
    const reply = await this.#client.request("GET /repos/{owner}/{repo}/git/ref/{ref}", { ...this.#place, ref: `heads/${ref}` });
    return reply.ok && textAt(reply.data, "ref") === `refs/heads/${ref}` ? commit : ref;
  }

  async create(plan: Plan, guard: () => Promise<void>): Promise<Applied> {
    const all = await this.list();
    const standing = all.find((each) => each.plan === plan.hash);
    if (standing !== undefined) return { result: "already", why: `deployment ${standing.id}` };
    const running = all.find(({ state }) => state === "success");
    const release = running === undefined ? "nothing" : await this.releaseOf(running.ref, running.sha);
    if (release !== plan.from) return { result: "conflict", why: `${release} runs, and not ${plan.from}` };
    await guard();
    const given = {
      ...this.#place,
      ref: plan.to,
      environment: this.#environment,
      auto_merge: false,
      required_contexts: [],
      payload: { rollback: true, from: plan.from, to: plan.to, plan: plan.hash },
      description: `Rollback from ${plan.from} to ${plan.to}`.slice(0, 140),
    };
    const reply = await this.#client.request("POST /repos/{owner}/{repo}/deployments", given, { repeatable: false });
    if (reply.ok) return { result: "done", why: `deployment ${numberAt(reply.data, "id") ?? 0}` };
    const made = reply.failure.maybeDone ? (await this.list()).find((each) => each.plan === plan.hash) : undefined;
    if (made !== undefined) return { result: "done", why: `deployment ${made.id}` };
    throw new UserError(`The deployment could not be created: ${inWords(reply.failure)}. It takes \`deployments: write\`.`, {
      exitCode: 3,
    });
  }

  /**
   * Only while nobody has taken the deployment up: a second start would deploy twice. A status is set before the start, so that a run that goes on
   * where another has died knows whether there may have been one; then GitHub's list of runs tells, once it has had the time to show it.
   */
  async start(given: Readonly<Record<string, string>>, plan: Plan, branch: string, guard: () => Promise<void>): Promise<Applied> {
    const { workflow = "" } = given;
    const place = { ...this.#place, workflow_id: workflow };
    const taken = await this.#taken(plan, place, branch);
    if (taken.by !== "") return { result: taken.id === 0 ? "conflict" : "already", why: taken.by };
    await guard();
    const status = { ...this.#place, deployment_id: taken.id, state: "queued", description: `${markWords}${workflow}`.slice(0, 140) };
    const marked = await this.#client.request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", status);
    if (!marked.ok) {
      const why = `The deployment's status could not be set, so the workflow was not started: ${inWords(marked.failure)}`;
      throw new UserError(`${why}. It takes \`deployments: write\`.`, { exitCode: 3 });
    }
    await guard();
    const inputs = JSON.parse(given["inputs"] ?? "{}") as Readonly<Record<string, string>>;
    const path = "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";
    const reply = await this.#client.request(path, { ...place, ref: branch, inputs }, { repeatable: false });
    if (reply.ok) return { result: "done", why: `${workflow} was started` };
    throw new UserError(`The workflow could not be started: ${inWords(reply.failure)}. It takes \`actions: write\`.`, { exitCode: 3 });
  }

  /** The deployment's id, and what has taken it up; empty where nobody has, and no start can be on its way any more. */
  async #taken(plan: Plan, workflow: object, branch: string): Promise<{ readonly id: number; readonly by: string }> {
    for (;;) {
      const made = (await this.list()).find((each) => each.plan === plan.hash);
      if (made === undefined) return { id: 0, by: "the deployment is not there any more" };
      const { id, mark } = made;
      if (!isIdle(made)) return { id, by: `deployment ${id} is ${made.state}` };
      if (mark === "") return { id, by: "" };
      const run = await this.#runSince(workflow, branch, mark);
      if (run !== 0) return { id, by: `run ${run} was started` };
      if ((this.#client.serverTime() ?? 0) - Date.parse(mark) > unheard) return { id, by: "" };
      if (!(await this.#client.pause(pause)))
        throw new UserError("It is not known yet whether the workflow was started. Run it again to go on.", { exitCode: 3 });
    }
  }

  /** The workflow's oldest run that was dispatched since then; 0 where there is none. */
  async #runSince(workflow: object, branch: string, since: string): Promise<number> {
    const given = { ...this.#place, ...workflow, event: "workflow_dispatch", branch, per_page: 100 };
    const reply = await this.#client.request("GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", given);
    if (!reply.ok) throw new UserError(`Runs cannot be read: ${inWords(reply.failure)}. It takes \`actions: write\`.`, { exitCode: 3 });
    const runs = at(reply.data, "workflow_runs");
    const dispatched = Array.isArray(runs) ? (runs as readonly unknown[]) : [];
    const found = dispatched.findLast((run) => Date.parse(textAt(run, "created_at")) >= Date.parse(since));
    return numberAt(found, "id") ?? 0;
  }

  async #get(path: string, given: Readonly<Record<string, unknown>>): Promise<unknown> {
    const reply = await this.#client.request(`GET /repos/{owner}/{repo}${path}`, { ...this.#place, ...given });
    if (reply.ok) return reply.data;
    throw new UserError(`Deployments cannot be read: ${inWords(reply.failure)}. It takes \`deployments: read\`.`, { exitCode: 3 });
  }
}

function filled(text: string, from: string, to: string): string {
  return text.replaceAll(/\{(from|to)\}/g, (_, name) => (name === "from" ? from : to));
}
