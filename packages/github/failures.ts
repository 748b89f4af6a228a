import type { Failure } from "./client.ts";

/** A failed request as it came: status 0 without an answer. Header names in lower case. */
export interface Failed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
}

/** How often a repeatable request is tried when the service is down. */
export const mostTries = 3;

/** What GitHub asks of those who run into a secondary limit and are not told for how long. */
const unstatedWait = 60_000;

/**
 * How many milliseconds GitHub wants us to wait; `undefined` when this is not about a rate limit.
 * A limit refuses before anything is done, so even what must not be done twice may be tried again.
 */
export function limitWait({ status, headers, message }: Failed, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const retryAfter = wholeNumber(headers["retry-after"]);
  if (retryAfter !== undefined) return retryAfter * 1000;
  const reset = wholeNumber(headers["x-ratelimit-reset"]);
  if (wholeNumber(headers["x-ratelimit-remaining"]) === 0 && reset !== undefined) {
    // GitHub's clock, where it tells: ours may be off.
    const theirNow = Date.parse(String(headers.date ?? "")) || now;
    return Math.max(reset * 1000 - theirNow, 0) + 1000;
  }
  return status === 429 || /rate limit|abuse detection/i.test(message) ? unstatedWait : undefined;
}

function wholeNumber(value: string | number | undefined): number | undefined {
  const text = String(value ?? "");
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** Milliseconds before the next try of a repeatable request, spread by a quarter either way so that jobs do not march in step. */
export function backOff(tries: number, random: number): number {
  return Math.round(1000 * 3 ** (tries - 1) * (0.75 + random / 2));
}

export function isDown(status: number): boolean {
  return status === 0 || status >= 500;
}

export function failureOf({ status, message }: Failed): Failure {
  return { kind: kindOf(status), status, message, maybeDone: isDown(status) };
}

function kindOf(status: number): Failure["kind"] {
  if (isDown(status)) return "down";
  if (status === 401) return "token";
  if (status === 403) return "rights";
  return status === 404 || status === 410 ? "missing" : "invalid";
}

/** A failure as a sentence's end: `GitHub answered 502`. */
export function inWords({ kind, status, message }: Failure): string {
  const said = firstLine(message);
  switch (kind) {
    case "token":
      return "the token is not valid (401)";
    case "rights":
      return `the token may not do that (403: ${said})`;
    case "missing":
      return "it does not exist, or the token may not see it (404)";
    case "limit":
      return said;
    case "down":
      return status === 0 ? `GitHub did not answer (${said})` : `GitHub answered ${status}`;
    case "invalid":
      return `GitHub refused it (${status}: ${said})`;
  }
}

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0]?.trim() ?? "";
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
