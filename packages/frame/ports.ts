/** What an action may ask of the world. Each port has an adapter for the runner, for the terminal and for memory. */

/** Progress and explanations. Every line is made safe against workflow commands and terminal escapes by the adapter. */
export interface Log {
  debug(text: string): void;
  /** What is going on: in a terminal only once a run takes over a second, on a runner only in debug logs. */
  info(text: string): void;
  /** Something the user should know and that does not decide the verdict. */
  notice(text: string): void;
  warning(text: string): void;
  /** Text that must never appear in any output from now on, in any usual encoding. */
  secret(value: string): void;
}

/** Files of the workspace. Paths are relative to `workingDirectory` unless absolute, with `/`. Errors are `UserError`s that name the file. */
export interface Files {
  /** Absolute, links resolved. */
  readonly workingDirectory: string;
  /** The root of the checkout, absolute, links resolved. */
  readonly workspace: string;
  read(path: string): Promise<Uint8Array>;
  /** UTF-8, or UTF-16 that begins with its mark; refuses files over `maxBytes` (default 16 MiB). */
  readText(path: string, maxBytes?: number): Promise<string>;
  /** Writes a whole file, or none of it; makes the folders. Only inside the workspace. Pieces of a long text are asked for as they are written. */
  write(path: string, content: string | Uint8Array | Iterable<string>): Promise<void>;
  stat(path: string): Promise<{ readonly size: number; readonly kind: "file" | "folder" | "other" } | undefined>;
  /**
   * Files that match any of the globs (`!` excludes; later patterns win), relative to the working directory, sorted.
   * A pattern without glob characters names one file. `.git` and `node_modules` are not entered unless a pattern names them.
   */
  glob(patterns: readonly string[]): Promise<string[]>;
}

/** First and last line, both inclusive, 1-based. */
export type LineRange = readonly [first: number, last: number];

export interface ChangedFile {
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  readonly previousPath?: string;
  readonly status: "added" | "modified" | "removed" | "renamed";
  readonly binary: boolean;
  /** Lines of the tested tree that the change added or modified, ascending and disjoint. */
  readonly added: readonly LineRange[];
  /** Lines of the base that the change removed or modified. */
  readonly removed: readonly LineRange[];
}

export interface Change {
  /** 40 hex digits; the commit that the tested tree is compared with. */
  readonly base: string;
  /** 40 hex digits; the tested commit (under `pull_request` the merge commit). */
  readonly head: string;
  /** How the base was found, in words for the report: `merge base of main and HEAD`. */
  readonly rule: string;
  readonly files: readonly ChangedFile[];
}

/** What git knows. Loaded only when used. */
export interface Diff {
  /** The repository's root, absolute; `undefined` outside a repository. */
  root(): Promise<string | undefined>;
  /** Every path of the tested tree (tracked, and on a laptop also untracked but not ignored), relative to the root, sorted. */
  paths(): Promise<string[]>;
  /** What is under judgement. `base` is a ref or sha that overrides the event's own rule. */
  change(base?: string): Promise<Change>;
  /** The line of the pull request's head that a line of the tested tree came from; `undefined` when it came from the base. */
  toHead(path: string, line: number): Promise<number | undefined>;
  /** Newest first, first parents only, starting with `commit` itself; at most `limit`. */
  ancestors(commit: string, limit: number): Promise<string[]>;
  /** The bytes of a file at a commit; `undefined` where there is none. */
  show(commit: string, path: string): Promise<Uint8Array | undefined>;
  /** Names of what stands in a folder at a commit, sorted; none where there is no such folder. */
  names(commit: string, folder: string): Promise<string[]>;
}

export interface Comment {
  /**
   * Makes the one comment with this marker say `body` (Markdown, at most 65,000 bytes).
   * Never throws for missing rights: `skipped` says why nothing was posted.
   */
  upsert(marker: string, body: string): Promise<{ readonly url: string } | { readonly skipped: string }>;
}

/** One stored measurement: `data` is the action's own. */
export interface BaselineRecord<D = unknown> {
  readonly schema: "forge-baseline/1";
  readonly action: string;
  readonly id: string;
  /** 40 hex digits. */
  readonly commit: string;
  readonly branch: string;
  /** ISO 8601. */
  readonly created: string;
  readonly data: D;
}

export type BaselineFound<D = unknown> =
  | { readonly record: BaselineRecord<D>; readonly distance: number }
  /** Nothing stored: `missing` says in words why (first run, no cache service here, switched off). */
  | {
      readonly missing: string;
      /** Something is stored, but it is torn or of another shape than a baseline has. */
      readonly torn?: true;
    };

/** What is under a name. `torn` is what was read and makes no sense: it can only be written anew. */
export type Remembered = { readonly data: unknown } | { readonly nothing: true } | { readonly unreadable: string; readonly torn?: true };

export type Published = { readonly saved: string } | { readonly skipped: string };

/** "What was this number at the merge base?" */
export interface Baseline {
  /** The record of `commit`, else of its nearest first-parent ancestor within 50. A torn or foreign record is reported as missing. */
  find(commit: string): Promise<BaselineFound>;
  /** Newest last, as far as the store keeps them. */
  history(limit: number): Promise<readonly BaselineRecord[]>;
  /** Why `save` would store nothing in this run, in words, before its data is made; `undefined` where it would try. */
  refusal(): Promise<string | undefined>;
  /** Stores the data of the tested commit where this event may (pushes to the default branch); else says why not. Never throws. */
  save(
    data: unknown,
    extra?: readonly { readonly name: string; readonly content: string }[],
  ): Promise<{ readonly saved: string } | { readonly skipped: string }>;
  /**
   * What an earlier run has remembered under a name (letters, digits, dashes): no measurement to judge by, but work that need not be done again.
   * Proposals see what proposals and other runs remember, other runs never what proposals do. Never throws; absent where a store has no memory.
   * `lasting` is what must not be forgotten by a cache: a branch store keeps it on the branch, which proposals do not write.
   */
  recall?(name: string, lasting?: boolean): Promise<unknown>;
  /** As `recall`, but tells what is not there from what could not be read. Never throws. */
  look?(name: string, lasting?: boolean): Promise<Remembered>;
  /**
   * Keeps JSON beside what is kept already, under a name of its own (`2026-11/<letters, digits, dashes>`), where this event may; writers at the
   * same time lose nothing. Never throws; `undefined` where a store can keep only one measurement a commit.
   */
  append?(name: string, data: unknown): Promise<{ readonly saved: string } | { readonly skipped: string } | undefined>;
  /** All that was appended in the last 24 months, oldest first. Never throws; `undefined` where nothing can be appended. */
  entries?(): Promise<readonly unknown[] | { readonly missing: string; readonly torn?: true } | undefined>;
  /**
   * Puts files onto a branch of the repository beside what is there, where this event may write baselines; the checkout is not touched. Never
   * throws. `branch` as in the `baseline` input.
   */
  publish?(branch: string, files: readonly { readonly name: string; readonly content: string }[]): Promise<Published>;
  /** Remembers JSON under a name, newest wins. Never throws. */
  remember?(name: string, data: unknown, lasting?: boolean): Promise<{ readonly saved: string } | { readonly skipped: string }>;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Http {
  /** One request; no retries. Throws a `UserError` with exit code 3 on a network failure or after `timeout` milliseconds. */
  request(
    method: string,
    url: string,
    options?: { headers?: Record<string, string>; body?: string; timeout?: number; maxBytes?: number },
  ): Promise<HttpResponse>;
}

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

export interface Exec {
  /** Runs a program with an argument list, never a shell. Gives the exit code instead of throwing on it. */
  run(
    command: string,
    args: readonly string[],
    options?: {
      cwd?: string;
      /** Laid over the environment that children get; `undefined` takes a variable away. */
      env?: Record<string, string | undefined>;
      input?: string;
      /** Milliseconds; a program that takes longer is ended with its children, and a `UserError` with exit code 3 is thrown. */
      timeout?: number;
      /** Gets stdout piece by piece while it comes; `stdout` of the result is empty then. What it throws ends the program and is thrown on. */
      output?: (piece: Uint8Array) => void;
    },
  ): Promise<ExecResult>;
}

export interface Ports {
  readonly log: Log;
  readonly files: Files;
  readonly diff: Diff;
  readonly comment: Comment;
  readonly baseline: Baseline;
  readonly http: Http;
  readonly clock: Clock;
  readonly exec: Exec;
}
