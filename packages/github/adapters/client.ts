import { getOctokit } from "@actions/github";
import type { Log } from "../../frame/ports.ts";
import type { Client, Failure, Pace, Reply, RequestOptions } from "../client.ts";
import { usualPace } from "../client.ts";
import { backOff, type Failed, failureOf, isDown, limitWait, mostTries } from "../failures.ts";

type Parameters = Readonly<Record<string, unknown>>;
type Octokit = ReturnType<typeof getOctokit>;

const jobLogin = "github-actions[bot]";
const mostPages = 100;
const pageSize = 100;
const brokeOff = "the answer broke off";
const silent = (): void => {};

/** A client for one piece of work: its patience and its deadline begin now. */
export function openClient(given: { token: string; apiUrl: string; log: Log; pace?: Partial<Pace> }): Client {
  const { token, apiUrl, log } = given;
  const octokit = getOctokit(token, { baseUrl: apiUrl, log: { debug: silent, info: silent, warn: silent, error: silent } });
  return new OctokitClient(octokit, token, apiUrl, log, { ...usualPace, ...given.pace });
}

class OctokitClient implements Client {
  readonly #octokit: Octokit;
  readonly #token: string;
  readonly #apiUrl: string;
  readonly #log: Log;
  readonly #pace: Pace;
  readonly #end: number;
  #patience: number;
  #login: Promise<string | undefined> | undefined;
  #seen: { readonly theirs: number; readonly ours: number } | undefined;

  constructor(octokit: Octokit, token: string, apiUrl: string, log: Log, pace: Pace) {
    this.#octokit = octokit;
    this.#token = token;
    this.#apiUrl = apiUrl;
    this.#log = log;
    this.#pace = pace;
    this.#end = pace.now() + pace.deadline;
    this.#patience = pace.patience;
  }

  async request(route: string, parameters: Parameters = {}, options: RequestOptions = {}): Promise<Reply> {
    const repeatable = options.repeatable ?? !route.startsWith("POST ");
    for (let tries = 1; ; tries++) {
      const reply = await this.#once(route, parameters, options.raw === true);
      if ("ok" in reply) return reply;
      const wait = limitWait(reply, this.#pace.now());
      if (wait !== undefined) {
        if (await this.#waitForLimit(wait)) continue;
        return { ok: false, failure: limitReached(wait) };
      }
      const again = repeatable && isDown(reply.status) && tries < mostTries;
      if (!again || !(await this.pause(backOff(tries, this.#pace.random())))) return { ok: false, failure: failureOf(reply) };
    }
  }

  async list(route: string, parameters: Parameters = {}): Promise<{ items: unknown[] } | { failure: Failure }> {
    const items: unknown[] = [];
    for (let page = 1; page <= mostPages; page++) {
      const reply = await this.request(route, { ...parameters, per_page: pageSize, page });
      if (!reply.ok) return { failure: reply.failure };
      if (!Array.isArray(reply.data)) return { failure: failureOf({ status: 0, headers: {}, message: "the answer is not a list" }) };
      items.push(...reply.data);
      if (!reply.hasNextPage) return { items };
    }
    return { failure: { kind: "invalid", status: 0, message: `more than ${mostPages * pageSize} entries`, maybeDone: false } };
  }

  login(): Promise<string | undefined> {
    this.#login ??= this.#findLogin();
    return this.#login;
  }

  serverTime(): number | undefined {
    return this.#seen === undefined ? undefined : this.#seen.theirs + (this.#pace.now() - this.#seen.ours);
  }

  async pause(milliseconds: number): Promise<boolean> {
    if (milliseconds > this.#patience || this.#pace.now() + milliseconds > this.#end) return false;
    this.#patience -= milliseconds;
    await this.#pace.wait(milliseconds);
    return true;
  }

  /** GraphQL's viewer is the one question that every kind of token may ask; `GET /user` is closed to those of apps and jobs. */
  async #findLogin(): Promise<string | undefined> {
    const baseUrl = this.#apiUrl.replace(/\/api\/v3\/?$/, "/api");
    const reply = await this.request("POST /graphql", { baseUrl, query: "{viewer{login}}" }, { repeatable: true });
    const viewer = reply.ok ? textAt(reply.data, "data", "viewer", "login") : undefined;
    if (viewer !== undefined) return viewer;
    if (this.#token.startsWith("ghs_")) return jobLogin;
    const user = await this.request("GET /user");
    if (user.ok) return textAt(user.data, "login");
    return user.failure.kind === "rights" ? jobLogin : undefined;
  }

  async #waitForLimit(milliseconds: number): Promise<boolean> {
    if (milliseconds <= this.#patience) this.#log.info(`GitHub's rate limit: waiting ${Math.ceil(milliseconds / 1000)} s, as it asks.`);
    return this.pause(milliseconds);
  }

  async #once(route: string, parameters: Parameters, raw: boolean): Promise<(Reply & { ok: true }) | Failed> {
    const left = this.#end - this.#pace.now();
    if (left <= 0) return { status: 0, headers: {}, message: "out of time" };
    const signal = AbortSignal.timeout(Math.min(this.#pace.requestTimeout, left));
    try {
      const headers = raw ? { accept: "application/vnd.github.raw+json" } : {};
      const { status, data, headers: answered } = await this.#octokit.request(route, { ...parameters, headers, request: { signal } });
      this.#lookAtClock(answered.date);
      if (signal.aborted || isBroken(status, data, raw, answered)) return { status: 0, headers: {}, message: brokeOff };
      return { ok: true, status, data, hasNextPage: /\brel="next"/.test(answered.link ?? "") };
    } catch (error) {
      const failed = failedOf(error);
      this.#lookAtClock(failed.headers.date);
      return failed;
    }
  }

  #lookAtClock(date: string | number | undefined): void {
    const theirs = Date.parse(String(date ?? ""));
    if (!Number.isNaN(theirs)) this.#seen = { theirs, ours: this.#pace.now() };
  }
}

/** JSON that does not parse arrives as the text that it was, and raw text whose connection broke as an empty one. */
function isBroken(status: number, data: unknown, raw: boolean, headers: Parameters): boolean {
  if (status === 204) return false;
  return raw ? data === "" && String(headers["content-length"]) !== "0" : typeof data !== "object" || data === null;
}

function failedOf(error: unknown): Failed {
  const message = error instanceof Error ? error.message : String(error);
  const response = property(error, "response");
  // Octokit gives 500 to a request that was never answered.
  if (typeof response !== "object" || response === null) return { status: 0, headers: {}, message };
  const status = property(error, "status");
  const headers = property(response, "headers");
  const data = property(response, "data");
  const cutOff = typeof data !== "object" && /json/.test(textAt(headers, "content-type") ?? "");
  if (cutOff) return { status: 0, headers: {}, message: brokeOff };
  return {
    status: typeof status === "number" ? status : 0,
    headers: typeof headers === "object" && headers !== null ? (headers as Failed["headers"]) : {},
    message: textAt(data, "message") ?? message,
  };
}

function limitReached(wait: number): Failure {
  const minutes = Math.ceil(wait / 60_000);
  const message = `GitHub's rate limit is used up for another ${minutes === 1 ? "minute" : `${minutes} minutes`}`;
  return { kind: "limit", status: 429, message, maybeDone: false };
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Parameters)[name] : undefined;
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce(property, value);
  return typeof found === "string" && found !== "" ? found : undefined;
}
