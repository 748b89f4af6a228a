import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { checkRequest, checkResponse, operationOf } from "./contract.ts";
import { type Fault, Faults, type Matcher } from "./faults.ts";
import { findRoute } from "./find-route.ts";
import { type Answer, type Call, failure, type Needs, notFound, type Route } from "./route.ts";
import { type FakeGitHub, type Recorded, running } from "./running.ts";
import { type Repository, State, type Token } from "./state.ts";

export type { FakeGitHub, Recorded } from "./running.ts";

/** Starts the fake. `prefix` plays a GHES host: `/api/v3`. */
export async function startFakeGitHub(options: { prefix?: string } = {}): Promise<FakeGitHub> {
  const fake = new Fake(options.prefix ?? "");
  await fake.listen();
  running.set(fake.url, fake);
  return fake;
}

class Fake implements FakeGitHub {
  state = new State();
  requests: Recorded[] = [];
  problems: string[] = [];
  readonly #faults = new Faults();
  readonly #prefix: string;
  readonly #stalled = new Set<ServerResponse>();
  /** Connections stay open between requests: one that is closed just as a client takes it up again would be a fault that nobody planned. */
  readonly #server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => void this.#serve(request, response));

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get url(): string {
    return `${this.#origin}${this.#prefix}`;
  }

  get #origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  fault(matcher: Matcher, fault: Fault): void {
    this.#faults.add(matcher, fault);
  }

  verify(): void {
    if (this.problems.length > 0) throw new Error(`The fake GitHub saw:\n${this.problems.join("\n")}`);
  }

  reset(): void {
    this.state = new State();
    this.requests = [];
    this.problems = [];
    this.#faults.clear();
    for (const response of this.#stalled) response.destroy();
    this.#stalled.clear();
  }

  close(): Promise<void> {
    running.delete(this.url);
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.#answer(request, response, Buffer.concat(chunks).toString("utf8"));
    } catch (error) {
      // A client that goes away in the middle is its own business; anything else is a fault of the fake.
      if (!request.destroyed) this.problems.push(`the fake itself failed: ${error instanceof Error ? error.stack : String(error)}`);
      response.destroy();
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse, text: string): void {
    const method = request.method ?? "GET";
    const target = new URL(request.url ?? "/", this.#origin);
    const path = this.#pathOf(target);
    const found = findRoute(method, path);
    const token = this.#tokenOf(request);
    const record: Recorded = {
      method,
      path,
      query: Object.fromEntries(target.searchParams),
      body: parse(text),
      route: found === undefined ? "" : `${method} ${found.route.path}`,
      login: typeof token === "object" ? token.login : undefined,
      needs: (found?.route.needs ?? []).map(([permission, access]) => `${permission}=${access}`),
      status: 0,
      fault: undefined,
    };
    this.requests.push(record);
    const fault = this.#faults.take(method, path);
    record.fault = fault?.kind;
    const carryOut = (): Answer => this.#carryOut(request, target, found, token, record);
    if (fault === undefined) send(response, record, carryOut(), this.#headers(), "whole");
    else this.#misbehave(fault, response, record, carryOut);
  }

  #pathOf(target: URL): string {
    const { pathname } = target;
    // GHES has its GraphQL beside its REST API, not below it.
    if (this.#prefix !== "" && pathname === this.#prefix.replace(/\/v3$/, "/graphql")) return "/graphql";
    return pathname.startsWith(this.#prefix) ? pathname.slice(this.#prefix.length) : `(outside ${this.#prefix})${pathname}`;
  }

  #tokenOf(request: IncomingMessage): Token | "unknown" | undefined {
    const given = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    return given === undefined ? undefined : (this.state.tokens.get(given) ?? "unknown");
  }

  #carryOut(
    request: IncomingMessage,
    target: URL,
    found: { route: Route; parameters: Record<string, string> } | undefined,
    token: Token | "unknown" | undefined,
    record: Recorded,
  ): Answer {
    const refused = this.#refuse(request, token, record);
    if (refused !== undefined) return refused;
    if (found === undefined) {
      this.problems.push(`unknown route: ${record.method} ${record.path}`);
      return notFound();
    }
    const known = token === "unknown" ? undefined : token;
    const forbidden = this.#forbid(found.route, found.parameters, known);
    if (forbidden !== undefined) return forbidden;
    const call: Call = {
      state: this.state,
      token: known,
      parameters: found.parameters,
      query: target.searchParams,
      body: typeof record.body === "object" && record.body !== null ? (record.body as Record<string, unknown>) : {},
      accept: request.headers.accept ?? "",
      origin: this.url,
      target,
    };
    return this.#checked(found.route, call, record);
  }

  #refuse(request: IncomingMessage, token: Token | "unknown" | undefined, record: Recorded): Answer | undefined {
    if ((request.headers["user-agent"] ?? "") === "") return failure(403, "Request forbidden by administrative rules.");
    if (token === "unknown") return failure(401, "Bad credentials");
    if (record.body === unparsable) return failure(400, "Problems parsing JSON");
    const { rate } = this.state;
    if (record.path === "/rate_limit") return undefined;
    if (rate.remaining <= 0) return failure(403, "API rate limit exceeded for installation ID 1.");
    rate.remaining -= 1;
    return undefined;
  }

  /** As GitHub answers: what may not be seen does not exist, what may not be done is forbidden. */
  #forbid(route: Route, parameters: Readonly<Record<string, string>>, token: Token | undefined): Answer | undefined {
    if (!route.path.startsWith("/repos/")) return undefined;
    const repository = this.state.repository(parameters.owner ?? "", parameters.repo ?? "");
    if (repository === undefined || !sees(token, repository)) return notFound();
    if (holds(token, repository, route.needs)) return undefined;
    if (token === undefined) return failure(401, "Requires authentication");
    return failure(403, `Resource not accessible by ${token.kind === "user" ? "personal access token" : "integration"}`);
  }

  #checked(route: Route, call: Call, record: Recorded): Answer {
    const operation = operationOf(route.method, route.path);
    const where = `${record.method} ${record.path}`;
    if (operation === undefined && route.undescribed !== true)
      this.problems.push(`${record.route} is not in openapi.json: extract it again`);
    if (operation !== undefined) {
      const wrong = checkRequest(operation, call.query, record.body);
      this.problems.push(...wrong.map((problem) => `${where}: ${problem}`));
      if (wrong.length > 0) return failure(422, `Invalid request.\n\n${wrong.join("\n")}`);
    }
    const answer = route.handle(call);
    if (operation !== undefined && answer.raw === undefined) {
      this.problems.push(...checkResponse(operation, answer.status, answer.body).map((problem) => `${where}: ${problem}`));
    }
    return answer;
  }

  #headers(): Record<string, string> {
    const { limit, remaining, reset } = this.state.rate;
    return {
      ...(this.state.time === undefined ? {} : { date: new Date(this.state.time()).toUTCString() }),
      "x-github-request-id": `FAKE:${this.requests.length}`,
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-used": String(limit - remaining),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-resource": "core",
    };
  }

  #misbehave(fault: Fault, response: ServerResponse, record: Recorded, carryOut: () => Answer): void {
    const headers = this.#headers();
    const answer = "after" in fault && fault.after === true ? carryOut() : undefined;
    if (fault.kind === "stall") this.#stalled.add(response);
    else if (fault.kind === "reset-mid-body") send(response, record, answer ?? anything, headers, "cut");
    else if (fault.kind === "truncated-json") send(response, record, answer ?? anything, headers, "half");
    else send(response, record, refusalOf(fault), headers, "whole");
  }
}

const anything: Answer = { status: 200, body: { cut: "x".repeat(200) } };

type Refusal = Exclude<Fault, { kind: "stall" | "reset-mid-body" | "truncated-json" }>;

function refusalOf(fault: Refusal): Answer {
  switch (fault.kind) {
    case "status":
      return { status: fault.status, raw: { type: "text/html; charset=utf-8", content: Buffer.from(`<h1>${fault.status}</h1>`) } };
    case "answer":
      return { ...failure(fault.status, fault.message), headers: fault.headers ?? {} };
    case "secondary-limit": {
      const words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
      return { ...failure(403, words), headers: fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) } };
    }
    case "rate-limit": {
      const reset = String(Math.ceil(Date.now() / 1000) + fault.resetIn);
      const words = "API rate limit exceeded for installation ID 1.";
      return { ...failure(fault.status ?? 429, words), headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset } };
    }
  }
}

const unparsable = Symbol("not JSON");

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return unparsable;
  }
}

function sees(token: Token | undefined, repository: Repository): boolean {
  return !repository.private || (token?.repositories.includes(repository.fullName) ?? false);
}

function holds(token: Token | undefined, repository: Repository, needs: Needs): boolean {
  if (needs.length === 0) return true;
  const within = token?.repositories.includes(repository.fullName) ?? false;
  return needs.some(([permission, access]) => {
    if (access === "read" && !repository.private) return true;
    const held = within ? token?.permissions[permission] : undefined;
    return held === "write" || (held === "read" && access === "read");
  });
}

/** `cut`: half of the body, then the connection breaks; `half`: half of the body as if that were all. */
function send(
  response: ServerResponse,
  record: Recorded,
  answer: Answer,
  headers: Record<string, string>,
  how: "whole" | "cut" | "half",
): void {
  record.status = how === "cut" ? 0 : answer.status;
  const content = answer.raw?.content ?? (answer.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(answer.body)));
  const type = answer.raw?.type ?? "application/json; charset=utf-8";
  const half = content.subarray(0, Math.floor(content.length / 2));
  const sent = how === "half" ? half : content;
  response.writeHead(answer.status, {
    ...headers,
    ...(answer.status === 204 ? {} : { "content-type": type, "content-length": String(sent.length) }),
    ...answer.headers,
  });
  if (how !== "cut") {
    response.end(sent);
    return;
  }
  response.write(half, () => response.destroy());
}
