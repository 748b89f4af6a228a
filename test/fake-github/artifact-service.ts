import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Upload {
  readonly id: string;
  readonly name: string;
  /** The job that made it; another attempt is another job. */
  readonly job: string;
  blocks: Map<string, Buffer>;
  content: Buffer;
  finalized: boolean;
}

/** The runner's artifact service and its storage, in memory, as strict about what it is sent as the real ones. */
export interface FakeArtifacts {
  /** For the environment of a step. */
  readonly environment: Readonly<Record<string, string>>;
  /** From now on the jobs of the next attempt run. */
  rerun(): void;
  /** Finished ones by name. */
  readonly artifacts: ReadonlyMap<string, Buffer>;
  /** Each request as `POST CreateArtifact` or `PUT block`. */
  readonly requests: readonly string[];
  /** What the real services would have refused. */
  readonly problems: readonly string[];
  /** `denied`: nothing may be created. `down`: 503. `storage-down`: the storage answers 503. */
  /** Of the fields in answers: GitHub's, or act's. */
  spelling: "snake_case" | "camelCase";
  mode: "whole" | "denied" | "down" | "storage-down";
  reset(): void;
  close(): Promise<void>;
}

export async function startFakeArtifacts(): Promise<FakeArtifacts> {
  const fake = new Fake();
  await fake.listen();
  return fake;
}

const run = "11111111-1111-1111-1111-111111111111";

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function listed({ name, job, content }: Upload): unknown {
  return { workflow_run_backend_id: run, workflow_job_run_backend_id: job, name, size: String(content.length) };
}

function tokenOf(job: string): string {
  return `${part({ alg: "none" })}.${part({ scp: `Actions.Example Actions.Results:${run}:${job}` })}.signature`;
}

class Fake implements FakeArtifacts {
  uploads: Upload[] = [];
  #attempt = 1;
  #made = 0;
  requests: string[] = [];
  problems: string[] = [];
  mode: FakeArtifacts["mode"] = "whole";
  spelling: FakeArtifacts["spelling"] = "snake_case";
  readonly #server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => void this.#serve(request, response));

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  get environment(): Record<string, string> {
    return { ACTIONS_RESULTS_URL: this.#url, ACTIONS_RUNTIME_TOKEN: tokenOf(this.#job) };
  }

  get #job(): string {
    return `22222222-2222-2222-2222-${String(this.#attempt).padStart(12, "0")}`;
  }

  rerun(): void {
    this.#attempt += 1;
  }

  get artifacts(): Map<string, Buffer> {
    return new Map(this.uploads.filter(({ finalized }) => finalized).map(({ name, content }) => [name, content]));
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  reset(): void {
    this.uploads = [];
    this.requests = [];
    this.problems = [];
    this.mode = "whole";
    this.spelling = "snake_case";
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? "/", this.#url);
    const storage = url.pathname.startsWith("/blobs/");
    this.requests.push(storage ? `PUT ${url.searchParams.get("comp") ?? ""}` : `POST ${url.pathname.split("/").at(-1) ?? ""}`);
    const [status, answer] = storage ? this.#store(request, url, body) : this.#twirp(request, url, body);
    const plain = answer === undefined ? "" : JSON.stringify(answer);
    const text =
      this.spelling === "snake_case"
        ? plain
        : plain.replaceAll(/"([a-z_]+)":/g, (key) => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
    response.writeHead(status, { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) });
    response.end(text);
  }

  #twirp(request: IncomingMessage, url: URL, body: Buffer): readonly [number, unknown] {
    if (this.mode === "down") return [503, { code: "unavailable" }];
    if (request.headers.authorization !== `Bearer ${tokenOf(this.#job)}`) return [401, { code: "unauthenticated" }];
    if (!url.pathname.startsWith("/twirp/github.actions.results.api.v1.ArtifactService/")) return [404, { code: "bad_route" }];
    const asked = JSON.parse(body.toString()) as Record<string, unknown>;
    if (asked.workflow_run_backend_id !== run) return [403, { code: "permission_denied" }];
    const name = String(asked.name);
    switch (url.pathname.split("/").at(-1)) {
      case "CreateArtifact":
        return this.#create(name, asked);
      case "FinalizeArtifact":
        return this.#finalize(name, asked);
      case "ListArtifacts":
        return [200, { artifacts: this.uploads.filter((upload) => upload.name === asked.name_filter).map(listed) }];
      case "DeleteArtifact":
        return this.#delete(name, asked);
      default:
        return [404, { code: "bad_route" }];
    }
  }

  #delete(name: string, asked: Readonly<Record<string, unknown>>): readonly [number, unknown] {
    const found = this.uploads.findIndex((upload) => upload.name === name && upload.job === asked.workflow_job_run_backend_id);
    if (found < 0) return [404, { code: "not_found" }];
    this.uploads.splice(found, 1);
    return [200, { ok: true, artifact_id: "1" }];
  }

  #create(name: string, asked: Readonly<Record<string, unknown>>): readonly [number, unknown] {
    if (this.mode === "denied") return [403, { code: "permission_denied" }];
    if (asked.version !== 4) this.problems.push(`version ${String(asked.version)}`);
    if (/[":<>|*?\r\n\\/]/.test(name)) this.problems.push(`the name ${name}`);
    if (this.uploads.some((upload) => upload.name === name))
      return [409, { code: "already_exists", msg: "an artifact with this name already exists on the workflow run" }];
    if (asked.workflow_job_run_backend_id !== this.#job) return [403, { code: "permission_denied" }];
    this.#made += 1;
    const id = String(this.#made);
    this.uploads.push({ id, name, job: this.#job, blocks: new Map(), content: Buffer.alloc(0), finalized: false });
    return [200, { ok: true, signed_upload_url: `${this.#url}blobs/${id}?sig=secret` }];
  }

  #finalize(name: string, asked: Readonly<Record<string, unknown>>): readonly [number, unknown] {
    const upload = this.uploads.find((candidate) => candidate.name === name);
    if (upload === undefined) return [404, { code: "not_found" }];
    if (asked.size !== String(upload.content.length)) this.problems.push(`size ${String(asked.size)} of ${upload.content.length}`);
    if (asked.hash !== `sha256:${createHash("sha256").update(upload.content).digest("hex")}`)
      this.problems.push(`hash ${String(asked.hash)}`);
    upload.finalized = true;
    return [200, { ok: true, artifact_id: "1" }];
  }

  #store(request: IncomingMessage, url: URL, body: Buffer): readonly [number, unknown?] {
    if (this.mode === "storage-down") return [503];
    const upload = this.uploads.find(({ id }) => id === url.pathname.split("/").at(-1));
    if (upload === undefined || url.searchParams.get("sig") !== "secret") return [403];
    if (request.method !== "PUT" || request.headers.authorization !== undefined)
      this.problems.push("the storage takes PUT without a token");
    if (url.searchParams.get("comp") === "block") {
      upload.blocks.set(url.searchParams.get("blockid") ?? "", body);
      return [201];
    }
    const named = [...body.toString().matchAll(/<Latest>([^<]*)<\/Latest>/g)].map(([, id = ""]) => upload.blocks.get(id));
    if (named.length === 0 || named.some((block) => block === undefined)) return [400];
    upload.content = Buffer.concat(named.map((block) => block ?? Buffer.alloc(0)));
    return [201];
  }
}
