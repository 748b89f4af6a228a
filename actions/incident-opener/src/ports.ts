import type { Event as RunEvent } from "../../../packages/frame/event.ts";
import type { Inputs } from "../../../packages/frame/manifest.ts";
import type { Ports } from "../../../packages/frame/ports.ts";
import type { Locks } from "../../../packages/ledger/lock.ts";
import type { Store } from "../../../packages/ledger/store.ts";
import type manifest from "./manifest.ts";

export type Backend = "branch" | "issue" | "file";

export interface IssueView {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly open: boolean;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly author: string;
}

export interface IssueDraft {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
}

export interface IssueChange {
  readonly title?: string;
  readonly body?: string;
  readonly labels?: readonly string[];
  readonly state?: "open" | "completed" | "duplicate";
}

/** What somebody did to an issue. */
export interface Observed {
  readonly id: string;
  readonly at: number;
  readonly kind: "assigned" | "labeled" | "commented" | "closed" | "reopened";
  /** Login. */
  readonly by: string;
  /** Whether GitHub shows them as somebody who belongs to the repository, which it does not do for everybody who does. */
  readonly insider?: boolean;
  /** The assignee, the label, the comment's text, or why it was closed. */
  readonly what: string;
}

/** Where incidents are shown. Throws `Unreachable` and `MissingRight`. */
export interface Tracker {
  /** Issues with this label, open and closed, oldest first; only those that the token itself opened. */
  find(label: string): Promise<readonly IssueView[]>;
  /** `undefined` for one that is not there any more. */
  get(number: number): Promise<IssueView | undefined>;
  observe(number: number): Promise<readonly Observed[]>;
  /** Whether this login may push to the repository. */
  mayWrite(login: string): Promise<boolean>;
  /**
   * Opens an issue, once: where an answer was lost, the issues with `label` are read before anything is tried again. Names that cannot be assigned are
   * left out and told.
   */
  create(draft: IssueDraft, label: string): Promise<{ readonly issue: IssueView; readonly notes: readonly string[] }>;
  update(number: number, change: IssueChange): Promise<void>;
  /** Writes the one comment with this key. */
  comment(number: number, key: string, text: string): Promise<void>;
}

/** An opened ledger and tracker, with one clock: GitHub's. */
export interface Desk {
  backend(): Backend;
  now(): number;
  /** Whether `now` is the time that GitHub has told. */
  knowsTime(): boolean;
  readonly store: Store;
  readonly locks: Locks;
  readonly tracker: Tracker;
}

export interface DeskOptions {
  readonly backend: Backend | "auto";
  readonly token: string | undefined;
  readonly event: RunEvent;
}

export interface Desks {
  open(options: DeskOptions): Promise<Desk>;
  /** What earlier runs could not deliver. */
  letters(): Promise<readonly { readonly name: string; readonly text: string }[]>;
  /** Keeps something for the next run; gives the path. */
  keep(name: string, text: string): Promise<string>;
  discard(name: string): Promise<void>;
}

export type IncidentInputs = Inputs<typeof manifest>;
export type IncidentPorts = Ports & { readonly desks: Desks };
