import { isUserError } from "../frame/errors.ts";
import type { Event } from "../frame/event.ts";
import type { Log } from "../frame/ports.ts";
import { type Environment, lastWords } from "./command.ts";
import type { Repository } from "./repository.ts";

/** Gets what a shallow checkout lacks. */
export interface Fetcher {
  /**
   * Fetches commits and branches; `depth` only where the clone is shallow. Branches end up in `refs/forge/<name>`. Gives the reason when it
   * fails, never throws for that. All calls together take at most two minutes.
   */
  fetch(wanted: readonly Wanted[], depth: number | undefined): Promise<string | undefined>;
  /** What git needs in its environment to fetch missing objects by itself, as partial clones do. */
  lazyEnvironment(): Promise<Environment>;
}

export type Wanted = { readonly commit: string } | { readonly branch: string };

export interface FetchOptions {
  readonly repository: Repository;
  readonly event: Event;
  readonly token: string | undefined;
  readonly log: Log;
  /** A laptop's repository is not changed. */
  readonly allowed: boolean;
  /** Milliseconds for all fetches together. */
  readonly budget?: number;
}

export function fetchedBranch(name: string): string {
  return `refs/forge/${name}`;
}

export function openFetcher(options: FetchOptions): Fetcher {
  const { repository, token, log, event } = options;
  const { git } = repository;
  let left = options.budget ?? 120_000;
  let remote: Promise<Remote> | undefined;
  const findRemote = (): Promise<Remote> => (remote ??= remoteOf(repository, event));

  const once = async (args: readonly string[], env: Environment): Promise<string | undefined> => {
    const started = performance.now();
    try {
      const result = await git.run(args, { env, timeout: Math.max(1, Math.ceil(left)) });
      return result.exitCode === 0 ? undefined : lastWords(result.stderr);
    } catch (error) {
      // Stopped for time: a reason like any other.
      if (isUserError(error) && error.exitCode === 3) return error.message;
      throw error;
    } finally {
      left -= performance.now() - started;
    }
  };

  const attempt = async (args: readonly string[], env: Environment): Promise<string | undefined> => {
    let failed = await once(args, env);
    for (let tries = 0; failed !== undefined && isLocked.test(failed) && tries < lockTries; tries++) {
      await new Promise((resolve) => setTimeout(resolve, lockPause));
      failed = await once(args, env);
    }
    return failed;
  };

  return {
    async fetch(wanted, depth) {
      if (!options.allowed) return "outside CI the repository is left as it is.";
      const { name, authenticates } = await findRemote();
      if (name === undefined) return "the repository has no remote that it could be fetched from.";
      const flags = ["--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-gc"];
      const depthFlag = depth === undefined ? [] : [`--depth=${depth}`];
      const args = ["fetch", ...flags, ...depthFlag, "--end-of-options", name, ...wanted.map(refspec)];
      const own = slow;
      const environments = token !== undefined && authenticates ? [{ ...own, ...authentication(event, token, log) }, own] : [own];
      let reason: string | undefined;
      for (const env of environments) {
        if (left <= 0) return reason ?? "the time for fetching was used up.";
        const failed = await attempt(args, env);
        if (failed === undefined) return undefined;
        log.debug(`git fetch: ${failed}`);
        // The first reason is the telling one: without the token a private repository only says that it asks for a password.
        reason ??= failed;
      }
      return reason;
    },
    async lazyEnvironment() {
      if (!options.allowed || token === undefined) return {};
      const partial = await git.run(["config", "--get-regexp", "^(extensions\\.partialclone|remote\\..*\\.promisor)$"]);
      if (partial.exitCode !== 0 || !(await findRemote()).authenticates) return {};
      return authentication(event, token, log);
    },
  };
}

/** Another fetch in the same checkout holds one of its locks, or has just changed what this one had read. */
const isLocked = /\.lock': File exists|shallow file has changed/;
const lockTries = 40;
const lockPause = 250;

function refspec(wanted: Wanted): string {
  return "commit" in wanted ? wanted.commit : `+refs/heads/${wanted.branch}:${fetchedBranch(wanted.branch)}`;
}

export interface Remote {
  /** A remote's name or a URL without credentials. */
  readonly name: string | undefined;
  /** Whether the token belongs to that server. */
  readonly authenticates: boolean;
}

/** `origin`, whose URL may hold a password and therefore stays in git's configuration; without one, the server that the event names. */
export async function remoteOf(repository: Repository, event: Event): Promise<Remote> {
  const asked = await repository.git.run(["config", "--get", "remote.origin.url"]);
  const url = new TextDecoder().decode(asked.stdout).trim();
  const server = originOf(event.serverUrl);
  const known = server !== undefined && /^[\w.-]+\/[\w.-]+$/.test(event.repository);
  const own = known ? { name: `${server}/${event.repository}`, authenticates: true } : undefined;
  if (asked.exitCode !== 0 || url === "") return own ?? { name: undefined, authenticates: false };
  if (originOf(url) !== undefined) return { name: "origin", authenticates: originOf(url) === server };
  // `git@github.com:owner/name` needs a key that the job may not have, and the token opens the same repository.
  const overSsh = server !== undefined && namesHost(url, new URL(server).hostname);
  return overSsh && own !== undefined ? own : { name: "origin", authenticates: false };
}

/** `git@host:path` or `ssh://git@host/path`. */
function namesHost(url: string, host: string): boolean {
  const place = url.replace(/^ssh:\/\//i, "").replace(/^[^@/:]*@/, "");
  return place.startsWith(`${host}:`) || place.startsWith(`${host}/`);
}

function originOf(url: string): string | undefined {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  return new URL(url).origin;
}

/** Settings in the environment are read by git alone: the token is on no command line, in no file and in no URL. */
export function authentication(event: Event, token: string, log: Log): Environment {
  const credential = Buffer.from(`x-access-token:${token}`).toString("base64");
  log.secret(credential);
  const key = `http.${originOf(event.serverUrl) ?? event.serverUrl}/.extraheader`;
  const settings = [
    // An empty value drops headers that the checkout may have left: the server refuses two.
    [key, ""],
    [key, `AUTHORIZATION: basic ${credential}`],
    ["credential.helper", ""],
  ] as const;
  const environment: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  settings.forEach(([name, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = name;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return environment;
}

/** A connection that has stalled is given up long before the budget is. */
const slow: Environment = { GIT_HTTP_LOW_SPEED_LIMIT: "1000", GIT_HTTP_LOW_SPEED_TIME: "20" };
