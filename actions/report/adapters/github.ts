import { UserError } from "../../../packages/frame/errors.ts";
import type { Event } from "../../../packages/frame/event.ts";
import type { Clock, Http, Log } from "../../../packages/frame/ports.ts";
import type { Client, Failure } from "../../../packages/github/client.ts";
import { inWords } from "../../../packages/github/failures.ts";
import { type Place, readComment, upsertComment } from "../../../packages/github/upsert.ts";
import type { ArtifactFacts, CheckRun, GitHub, Posted, PullFacts, ReportPorts, RunFacts } from "../src/model.ts";
import { downloadArtifact } from "./download.ts";
import { arrayAt, artifactFacts, pullFacts, runFacts, textAt } from "./facts.ts";

interface World {
  readonly http: Http;
  readonly log: Log;
  readonly clock: Clock;
}

export function openGitHub(world: World): ReportPorts["github"] {
  let opened: Promise<GitHub> | undefined;
  return {
    open: (token, event) => {
      opened ??= open(token, event, world);
      return opened;
    },
  };
}

async function open(token: string, event: Event, { http, log, clock }: World): Promise<GitHub> {
  const [owner, repo] = event.repository.split("/");
  if (owner === undefined || repo === undefined || owner === "" || repo === "")
    throw new UserError("It is not known which repository this is (GITHUB_REPOSITORY).");
  const { openClient } = await import("../../../packages/github/adapters/client.ts");
  const client = openClient({ token, apiUrl: event.apiUrl, log, pace: { now: () => clock.now() } });
  return new Repository(client, { owner, repo }, (artifact, maxBytes) => downloadArtifact({ http, token, event }, artifact, maxBytes));
}

type Home = Readonly<Record<"owner" | "repo", string>>;

class Repository implements GitHub {
  readonly #client: Client;
  readonly #home: Home;
  readonly download: GitHub["download"];

  constructor(client: Client, home: Home, download: GitHub["download"]) {
    this.#client = client;
    this.#home = home;
    this.download = download;
  }

  async run(id: number): Promise<RunFacts | undefined> {
    return runFacts(await this.#get(`run ${id}`, "/actions/runs/{run_id}", { run_id: id }, "actions: read"));
  }

  async artifacts(run: number, name: string): Promise<ArtifactFacts[]> {
    const route = "/actions/runs/{run_id}/artifacts";
    const data = await this.#get(`the artifacts of run ${run}`, route, { run_id: run, name, per_page: 100 }, "actions: read");
    const found = arrayAt(data, "artifacts").flatMap((value) => artifactFacts(value) ?? []);
    return found.filter((artifact) => artifact.name === name).sort((a, b) => b.id - a.id);
  }

  async pull(number: number): Promise<PullFacts | undefined> {
    return pullFacts(await this.#get(`pull request ${number}`, "/pulls/{pull_number}", { pull_number: number }, "pull-requests: write"));
  }

  async pullsFrom(repository: string | undefined, branch: string): Promise<PullFacts[]> {
    if (repository === undefined) return [];
    const owner = repository.split("/", 1)[0] ?? "";
    if (owner === "" || branch === "") return [];
    // Closed ones too: a pull request may be merged as soon as the run is green, which is before it is reported.
    const query = { head: `${owner}:${branch}`, state: "all", per_page: 100 };
    const data = await this.#get(`the pull requests of ${owner}`, "/pulls", query, "pull-requests: write");
    return (Array.isArray(data) ? data : [])
      .flatMap((value) => pullFacts(value) ?? [])
      .filter((pull) => pull.headBranch === branch && pull.headRepository?.toLowerCase() === repository.toLowerCase());
  }

  async commits(pull: number): Promise<string[]> {
    const listed = await this.#client.list("GET /repos/{owner}/{repo}/pulls/{pull_number}/commits", { ...this.#home, pull_number: pull });
    return "failure" in listed ? [] : listed.items.flatMap((commit) => textAt(commit, "sha") ?? []);
  }

  async comment(pull: number, key: string): Promise<string | undefined> {
    const read = await readComment(this.#client, this.#place(pull), key);
    if ("skipped" in read) throw new UserError(`The comments of pull request ${pull} cannot be read: ${read.skipped}.`, { exitCode: 3 });
    return read.text;
  }

  async post(pull: number, key: string, text: (previous: string | undefined) => Promise<string | undefined>): Promise<Posted> {
    const posted = await upsertComment(this.#client, this.#place(pull), key, text);
    return "skipped" in posted ? { skipped: withAdvice(posted.skipped, "pull-requests: write") } : posted;
  }

  async check({ name, headSha, conclusion, title, summary }: CheckRun): Promise<{ skipped: string } | undefined> {
    const reply = await this.#client.request("POST /repos/{owner}/{repo}/check-runs", {
      ...this.#home,
      name,
      head_sha: headSha,
      status: "completed",
      conclusion,
      output: { title, summary },
    });
    return reply.ok ? undefined : { skipped: withAdvice(inWords(reply.failure), "checks: write") };
  }

  /** The answer; nothing where there is nothing at that address. */
  async #get(what: string, path: string, parameters: Readonly<Record<string, unknown>>, permission: string): Promise<unknown> {
    const reply = await this.#client.request(`GET /repos/{owner}/{repo}${path}`, { ...this.#home, ...parameters });
    if (reply.ok) return reply.data;
    if (reply.failure.kind === "missing") return undefined;
    throw new UserError(`GitHub was asked for ${what}: ${reasonOf(reply.failure, permission)}.`, { exitCode: 3 });
  }

  #place(number: number): Place {
    return { ...this.#home, number };
  }
}

function reasonOf(failure: Failure, permission: string): string {
  return failure.kind === "rights" ? withAdvice(inWords(failure), permission) : inWords(failure);
}

/** Told by the token and not by the event, so Dependabot's runs and read-only settings are covered. */
function withAdvice(reason: string, permission: string): string {
  if (!/\(403: Resource not accessible/.test(reason)) return reason;
  return `the token may only read, as for pull requests from forks and by Dependabot; elsewhere the job needs \`permissions: ${permission}\``;
}
