import type { Event } from "../../frame/event.ts";
import type { Clock, Comment, Log } from "../../frame/ports.ts";
import type { Pace } from "../client.ts";
import { type Posted, upsertComment } from "../upsert.ts";

export interface CommentContext {
  readonly event: Event;
  readonly token: string | undefined;
  readonly log: Log;
  readonly clock: Clock;
  readonly pace?: Partial<Pace>;
}

/** The sticky comment on the event's pull request. `upsert` never throws for what GitHub does: it says why nothing was posted. */
export function openComment(context: CommentContext): Comment {
  return { upsert: (marker, body) => upsert(context, marker, body) };
}

async function upsert(context: CommentContext, key: string, body: string): Promise<Posted> {
  const { event, token, log, clock } = context;
  const [owner, repo] = event.repository.split("/");
  if (event.pullRequest === undefined) return { skipped: "this run is not about a pull request" };
  if (owner === undefined || repo === undefined) return { skipped: "it is not known which repository this is (GITHUB_REPOSITORY)" };
  if (token === undefined || token === "") return { skipped: "no token" };
  const { openClient } = await import("./client.ts");
  const client = openClient({ token, apiUrl: event.apiUrl, log, pace: { now: () => clock.now(), ...context.pace } });
  const posted = await upsertComment(client, { owner, repo, number: event.pullRequest.number }, key, body);
  return "skipped" in posted ? { skipped: withAdvice(posted.skipped, event.pullRequest.fork) } : posted;
}

/** The one refusal that has an everyday reason gets it told. */
function withAdvice(reason: string, fork: boolean): string {
  if (!/\(403: Resource not accessible/.test(reason)) return reason;
  return fork
    ? "pull requests from forks get a token that may only read"
    : "the token may not write comments: the job needs `permissions: pull-requests: write`";
}
