import { UserError } from "../../../packages/frame/errors.ts";
import type { Client } from "../../../packages/github/client.ts";
import { inWords } from "../../../packages/github/failures.ts";
import { at, numberAt, textAt } from "../../../packages/ledger/adapters/access.ts";
import type { Plan } from "../../../packages/releases/book.ts";
import type { Applied, Provider, Settled } from "../src/ports.ts";
import type { Opening } from "./providers.ts";

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
}

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
      return { release: found.ref, others: [], commit: found.sha, rollback: found.rollback };
    },
    resolve: async (name) => name,
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
      const made = (await server.list()).find((each) => each.plan === plan.hash);
      if (step.kind === "deployment")
        return made === undefined ? server.create(plan, guard) : { result: "already", why: `deployment ${made.id}` };
      return server.start(step.with, made, event.defaultBranch ?? "main", guard);
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
  const idle = made.state === "" || made.state === "pending";
  if (idle && waited > unheard) return { ok: false, why: `nobody has taken deployment ${made.id} of ${to} up` };
  return waited > deployTimeout ? { ok: false, why: `deployment ${made.id} is still ${made.state}` } : undefined;
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
      found.push({
        id,
        ref: textAt(item, "ref"),
        sha: textAt(item, "sha"),
        rollback: at(payload, "rollback") === true,
        plan: textAt(payload, "plan"),
        state: textAt(statuses, 0, "state"),
      });
      if (textAt(statuses, 0, "state") === "success") break;
    }
    return found;
  }

  async commitOf(ref: string): Promise<string> {
    const reply = await this.#client.request("GET /repos/{owner}/{repo}/commits/{ref}", { ...this.#place, ref });
    return reply.ok ? textAt(reply.data, "sha") : "";
  }

  async create(plan: Plan, guard: () => Promise<void>): Promise<Applied> {
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

  /** Only while nobody has taken the deployment up: a second start would deploy twice. */
  async start(
    given: Readonly<Record<string, string>>,
    made: Deployment | undefined,
    branch: string,
    guard: () => Promise<void>,
  ): Promise<Applied> {
    if (made !== undefined && made.state !== "" && made.state !== "pending")
      return { result: "already", why: `deployment ${made.id} is ${made.state}` };
    await guard();
    const inputs = JSON.parse(given["inputs"] ?? "{}") as Readonly<Record<string, string>>;
    const reply = await this.#client.request(
      "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
      { ...this.#place, workflow_id: given["workflow"], ref: branch, inputs },
      { repeatable: false },
    );
    if (reply.ok) return { result: "done", why: `${given["workflow"] ?? ""} was started` };
    throw new UserError(`The workflow could not be started: ${inWords(reply.failure)}. It takes \`actions: write\`.`, { exitCode: 3 });
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
