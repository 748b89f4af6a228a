import { UserError } from "../../frame/errors.ts";
import type { Event } from "../../frame/event.ts";
import type { Clock, Log } from "../../frame/ports.ts";
import type { Client, Failure, Pace, RequestOptions } from "../../github/client.ts";
import { inWords } from "../../github/failures.ts";
import { MissingRight, type Permission, Unreachable } from "../failures.ts";

type Parameters = Readonly<Record<string, unknown>>;

/** All that a run may wait for GitHub, in sum. */
export const operationsPace: Partial<Pace> = { requestTimeout: 8_000, patience: 30_000, deadline: 30_000 };

export interface AccessContext {
  readonly event: Event;
  readonly token: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly pace?: Partial<Pace>;
}

export type Answered = { readonly data: unknown } | { readonly failure: Failure };

/**
 * GitHub for what must be remembered: every failure that another run could mend is `Unreachable`, a missing permission says which, and after the
 * first answer that tells us to stay away nothing more is asked.
 */
export class Access {
  readonly place: { readonly owner: string; readonly repo: string };
  readonly random: () => number;
  readonly #client: Client;
  readonly #clock: Clock;
  #gone: Unreachable | undefined;

  constructor(client: Client, place: { owner: string; repo: string }, clock: Clock, random: () => number) {
    this.#client = client;
    this.place = place;
    this.#clock = clock;
    this.random = random;
  }

  /** GitHub's clock; this machine's until GitHub has spoken. */
  now(): number {
    return this.#client.serverTime() ?? this.#clock.now();
  }

  /** Whether GitHub has said what time it is. */
  knowsTime(): boolean {
    return this.#client.serverTime() !== undefined;
  }

  /** The client for those who bring their own requests; `check` afterwards. */
  get client(): Client {
    if (this.#gone !== undefined) throw this.#gone;
    return this.#client;
  }

  async login(): Promise<string> {
    const login = await this.client.login();
    if (login === undefined) throw this.#leave("it could not be found out whose token this is");
    return login;
  }

  /** False when no time is left. */
  async pause(milliseconds: number): Promise<boolean> {
    return this.#client.pause(milliseconds);
  }

  /** Data, or a failure that is about this request alone (not there, refused as wrong). `permission` is what a 403 is about. */
  async ask(permission: Permission, route: string, parameters: Parameters = {}, options: RequestOptions = {}): Promise<Answered> {
    const reply = await this.client.request(route, { ...this.place, ...parameters }, options);
    return reply.ok ? { data: reply.data } : { failure: this.#sort(reply.failure, permission, options.repeatable === false) };
  }

  async list(permission: Permission, route: string, parameters: Parameters = {}): Promise<readonly unknown[]> {
    const found = await this.client.list(route, { ...this.place, ...parameters });
    if ("items" in found) return found.items;
    const failure = this.#sort(found.failure, permission, false);
    throw this.#leave(inWords(failure));
  }

  /** Throws what is not the request's own fault; with `keep` an answer that may have been lost after the deed is given back. */
  #sort(failure: Failure, permission: Permission, keep: boolean): Failure {
    if (failure.kind === "token") throw new UserError(`token: ${inWords(failure)}.`);
    if (failure.status === 410 && /disabled/i.test(failure.message)) {
      throw new UserError("Issues are switched off in this repository: switch them on in its settings.");
    }
    if (failure.kind === "rights") throw new MissingRight(permission, inWords(failure));
    if (failure.kind === "limit" || (failure.kind === "down" && !keep)) throw this.#leave(inWords(failure));
    return failure;
  }

  /** From now on nothing is asked any more. */
  #leave(reason: string): Unreachable {
    this.#gone ??= new Unreachable(reason);
    return this.#gone;
  }

  unexpected(what: string, failure?: Failure): Unreachable {
    return this.#leave(failure === undefined ? what : `${what}: ${inWords(failure)}`);
  }
}

/** Opens GitHub for this run; its thirty seconds begin now. `UserError` where the repository is not known. */
export async function openAccess(context: AccessContext): Promise<Access> {
  const { event, token, log, clock } = context;
  const [owner = "", repo = ""] = event.repository.split("/");
  if (owner === "" || repo === "") throw new UserError("It is not known which repository this is (GITHUB_REPOSITORY).");
  const { openClient } = await import("../../github/adapters/client.ts");
  const pace = { now: () => clock.now(), ...operationsPace, ...context.pace };
  const client = openClient({ token, apiUrl: event.apiUrl, log, pace });
  return new Access(client, { owner, repo }, clock, context.pace?.random ?? Math.random);
}

/** What stands at a path of JSON; `undefined` where something on the way is missing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (node, name) => (typeof node === "object" && node !== null ? (node as Readonly<Record<string | number, unknown>>)[name] : undefined),
    value,
  );
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}
