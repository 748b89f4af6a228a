import { UserError } from "../frame/errors.ts";
import { pathName } from "../ledger/journal.ts";
import { longestPath } from "../ledger/store.ts";
import { isAttempt, isMark, isPin, type states } from "./shape.ts";

/**
 * What the ledger knows of the releases of one service in one environment, as the file `releases/<environment>/<service>.json`: which were verified
 * good, which are known to be bad, what was rolled back, and whether a rollback waits to be committed or reverted.
 */
export interface Book {
  readonly schema: "forge-releases/1";
  readonly environment: string;
  readonly service: string;
  /** Oldest mark first; each release once. */
  readonly good: readonly Mark[];
  readonly bad: readonly Mark[];
  /** Set from a rollback's verification until it is committed or reverted: nothing else should be deployed. */
  readonly pin: Pin | null;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
}

export interface Mark {
  readonly release: string;
  /** 40 or 64 hex digits, or empty where it is not known. */
  readonly commit: string;
  /** ISO 8601, by the ledger's clock. */
  readonly at: string;
  /** `<run id>/<attempt>` */
  readonly run: string;
  /** The deployment that brought it, where it was told. */
  readonly deployment: string;
  readonly why: string;
}

export interface Pin {
  /** What runs and has to stay. */
  readonly release: string;
  /** What was left, and must not come back. */
  readonly from: string;
  readonly since: string;
  readonly key: string;
}

/** `proposed` is where a rollback ends that somebody else carries out: a pull request was opened. */
export type AttemptState = (typeof states)[number];

export interface Transition {
  readonly state: AttemptState;
  readonly at: string;
  readonly run: string;
  readonly why: string;
}

export interface Step {
  /** What kind of work it is, as its provider names it. */
  readonly kind: string;
  /** For people: what it does. */
  readonly what: string;
  /** For people: how it is undone. */
  readonly undo: string;
  /** What the provider needs to carry it out. */
  readonly with: Readonly<Record<string, string>>;
}

export interface Plan {
  readonly provider: string;
  readonly environment: string;
  readonly service: string;
  readonly from: string;
  readonly to: string;
  readonly steps: readonly Step[];
  /** SHA-256 of all the rest as canonical JSON, 64 hex digits. */
  readonly hash: string;
}

export interface Attempt {
  /** The idempotency key: the deployment, or what ran. */
  readonly key: string;
  readonly deployment: string;
  /** A verdict asked for it, and no person. */
  readonly automatic: boolean;
  /** Which run works on it; another one may only go on after it has taken the lock. */
  readonly owner: string;
  readonly plan: Plan;
  readonly state: AttemptState;
  readonly timeline: readonly Transition[];
  /** Why it was begun. */
  readonly why: string;
  /** What came of it: `true` where it was verified. */
  readonly verified: boolean;
}

const mostGood = 100;
const mostBad = 500;
const mostAttempts = 50;

export function bookPath(environment: string, service: string): string {
  const folder = bookFolder(environment);
  const left = longestPath - folder.length - ".json".length;
  return `${folder}${pathName(service === "" ? "default" : service, Math.min(120, left))}.json`;
}

/** Books of one environment lie below this path. */
export function bookFolder(environment: string): string {
  return `releases/${pathName(environment)}/`;
}

export function emptyBook(environment: string, service: string): Book {
  return { schema: "forge-releases/1", environment, service, good: [], bad: [], pin: null, attempts: [] };
}

/** Throws a `UserError` with exit code 3 for a damaged book: it is never taken for an empty one. */
export function readBook(text: string, path: string): Book {
  const value = parse(text);
  if (!isBook(value)) {
    throw new UserError(
      `The ledger's file ${path} is damaged, so it is not known which releases are good. Restore it from its history; nothing was changed.`,
      { exitCode: 3 },
    );
  }
  return value;
}

export function renderBook(book: Book): string {
  const kept = { ...book, good: book.good.slice(-mostGood), bad: book.bad.slice(-mostBad), attempts: book.attempts.slice(-mostAttempts) };
  return `${JSON.stringify(kept, undefined, 1)}\n`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isBook(value: unknown): value is Book {
  if (typeof value !== "object" || value === null) return false;
  const given = value as Readonly<Record<string, unknown>>;
  const named = given["schema"] === "forge-releases/1" && typeof given["environment"] === "string" && typeof given["service"] === "string";
  const lists = isList(given["good"], isMark) && isList(given["bad"], isMark) && isList(given["attempts"], isAttempt);
  return named && lists && (given["pin"] === null || isPin(given["pin"]));
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

export function isBad(book: Book, release: string): boolean {
  return book.bad.some((mark) => mark.release === release);
}

export function goodMark(book: Book, release: string): Mark | undefined {
  return book.good.findLast((mark) => mark.release === release);
}

/** The release counts as verified good from now on, as the newest one. */
export function markGood(book: Book, mark: Mark): Book {
  const others = (marks: readonly Mark[]): Mark[] => marks.filter(({ release }) => release !== mark.release);
  return { ...book, good: [...others(book.good), mark], bad: others(book.bad) };
}

/** The release is never gone back to again, until it is marked good. */
export function markBad(book: Book, mark: Mark): Book {
  const others = (marks: readonly Mark[]): Mark[] => marks.filter(({ release }) => release !== mark.release);
  return { ...book, good: others(book.good), bad: [...others(book.bad), mark] };
}

const unfinished: readonly AttemptState[] = ["planned", "awaiting-approval", "locked", "executing", "verifying", "reverting"];

/** The attempt that a run has begun and nobody has ended. */
export function openAttempt(book: Book): Attempt | undefined {
  return book.attempts.findLast(({ state }) => unfinished.includes(state));
}

/** When an attempt began to change things; `undefined` where it never did. */
export function executedAt(attempt: Attempt): string | undefined {
  return attempt.timeline.find(({ state }) => state === "executing")?.at;
}
