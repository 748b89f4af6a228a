/** What the rest of this package asks GitHub through. Nothing here throws for what GitHub or the network does. */

/** Why a request gave nothing. */
export type FailureKind =
  /** The token may not do this (403). */
  | "rights"
  /** The token is not valid (401). */
  | "token"
  /** Not there, or not visible to this token (404, 410). */
  | "missing"
  /** Refused as wrong or in conflict (409, 422, other 4xx). */
  | "invalid"
  /** A rate limit whose end is further away than we wait. */
  | "limit"
  /** 5xx, no answer, or an answer that broke off. */
  | "down";

export interface Failure {
  readonly kind: FailureKind;
  /** 0 where there was no answer. */
  readonly status: number;
  /** GitHub's own words, or the network's. */
  readonly message: string;
  /** GitHub may have carried the request out all the same. */
  readonly maybeDone: boolean;
}

export type Reply =
  | { readonly ok: true; readonly status: number; readonly data: unknown; readonly hasNextPage: boolean }
  | { readonly ok: false; readonly failure: Failure };

export interface RequestOptions {
  /** Whether doing it twice is the same as doing it once; by default true for everything but POST. */
  readonly repeatable?: boolean;
  /** The file itself instead of JSON about it. */
  readonly raw?: boolean;
}

export interface Client {
  /** `route` as in GitHub's reference: `GET /repos/{owner}/{repo}`; parameters fill the path, the query or the body. */
  request(route: string, parameters?: Readonly<Record<string, unknown>>, options?: RequestOptions): Promise<Reply>;
  /** All pages; an incomplete list is a failure. */
  list(
    route: string,
    parameters?: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly items: readonly unknown[] } | { readonly failure: Failure }>;
  /** The login that this token acts as (`github-actions[bot]`), where it can be found out. */
  login(): Promise<string | undefined>;
  /** GitHub's clock in milliseconds since 1970, from the `Date` of its last answer; `undefined` before the first. Exact to a second. */
  serverTime(): number | undefined;
  /** Waits within this client's patience; false when that is used up. */
  pause(milliseconds: number): Promise<boolean>;
}

/** How long things may take; tests put in their own time. */
export interface Pace {
  now(): number;
  wait(milliseconds: number): Promise<void>;
  /** From 0 up to 1. */
  random(): number;
  /** Milliseconds after which one request is given up. */
  readonly requestTimeout: number;
  /** Milliseconds that all waiting between requests may take together. */
  readonly patience: number;
  /** Milliseconds after which no further request is started. */
  readonly deadline: number;
}

export const usualPace: Pace = {
  now: () => Date.now(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: () => Math.random(),
  requestTimeout: 10_000,
  patience: 30_000,
  deadline: 60_000,
};
