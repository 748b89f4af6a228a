import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import type { Event, PullRequest } from "../event.ts";
import { originHead } from "./places.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

type Json = Readonly<Record<string, unknown>>;

/** Reads what happened from the runner's variables and the event's payload. Without an event's name this is a laptop: `local`. */
export async function readEvent(environment: Environment): Promise<Event> {
  const text = (name: string): string => environment[name] ?? "";
  const payload = await readPayload(environment);
  const group = objectAt(payload, "merge_group");
  return {
    name: text("GITHUB_EVENT_NAME") || "local",
    repository: text("GITHUB_REPOSITORY"),
    sha: text("GITHUB_SHA"),
    ref: text("GITHUB_REF"),
    defaultBranch: stringAt(objectAt(payload, "repository"), "default_branch") ?? originHead(resolve(text("GITHUB_WORKSPACE") || ".")),
    pullRequest: pullRequestOf(payload),
    mergeGroup:
      group === undefined ? undefined : { baseSha: stringAt(group, "base_sha") ?? "", headSha: stringAt(group, "head_sha") ?? "" },
    before: pushStart(payload),
    forced: payload.forced === true,
    ...(payload.deleted === true ? { deleted: true } : {}),
    runId: text("GITHUB_RUN_ID"),
    runAttempt: text("GITHUB_RUN_ATTEMPT"),
    job: text("GITHUB_JOB"),
    serverUrl: text("GITHUB_SERVER_URL") || "https://github.com",
    apiUrl: text("GITHUB_API_URL") || "https://api.github.com",
  };
}

async function readPayload(environment: Environment): Promise<Json> {
  const path = environment.GITHUB_EVENT_PATH;
  if (path === undefined || path === "") return {};
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined || text.trim() === "") return {};
  try {
    const payload: unknown = JSON.parse(text);
    return typeof payload === "object" && payload !== null && !Array.isArray(payload) ? (payload as Json) : {};
  } catch (cause) {
    throw new UserError(`The event's payload ${path} (GITHUB_EVENT_PATH) is not JSON: ${messageOf(cause)}.`, { cause });
  }
}

function pullRequestOf(payload: Json): PullRequest | undefined {
  const pull = objectAt(payload, "pull_request");
  const number = pull?.number ?? payload.number;
  if (pull === undefined || typeof number !== "number") return undefined;
  const head = objectAt(pull, "head");
  const base = objectAt(pull, "base");
  const headRepository = stringAt(objectAt(head, "repo"), "full_name");
  const baseRepository = stringAt(objectAt(base, "repo"), "full_name") ?? stringAt(objectAt(payload, "repository"), "full_name");
  return {
    number,
    headSha: stringAt(head, "sha") ?? "",
    baseSha: stringAt(base, "sha") ?? "",
    baseRef: stringAt(base, "ref") ?? "",
    fork:
      head !== undefined &&
      baseRepository !== undefined &&
      headRepository !== baseRepository &&
      (headRepository !== undefined || head.repo === null),
  };
}

function pushStart(payload: Json): string | undefined {
  const before = payload.before;
  return typeof before === "string" && !/^0*$/.test(before) ? before : undefined;
}

function objectAt(parent: Json | undefined, key: string): Json | undefined {
  const value = parent?.[key];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function stringAt(parent: Json | undefined, key: string): string | undefined {
  const value = parent?.[key];
  return typeof value === "string" ? value : undefined;
}
