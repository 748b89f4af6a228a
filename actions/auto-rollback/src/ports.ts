import type { Event } from "../../../packages/frame/event.ts";
import type { Inputs, YamlInput } from "../../../packages/frame/manifest.ts";
import type { Ports } from "../../../packages/frame/ports.ts";
import type { Held, Locks } from "../../../packages/ledger/lock.ts";
import type { Store } from "../../../packages/ledger/store.ts";
import type { Plan, Step } from "../../../packages/releases/book.ts";
import type manifest from "./manifest.ts";
import type { ProviderSettings } from "./provider-settings.ts";

export type RollbackInputs = Inputs<typeof manifest>;

/** What runs now. */
export interface Running {
  /** As this provider names releases. */
  readonly release: string;
  /** Where parts of it are at different releases (a rollback that was left half done): what else runs. */
  readonly others: readonly string[];
  /** Empty where the provider does not know it. */
  readonly commit: string;
  /** The provider's own evidence that a rollback put this release there. */
  readonly rollback: boolean;
}

export interface Artifact {
  readonly present: boolean;
  readonly why: string;
}

/** What came of a step: `conflict` where what is there is neither what the plan left nor what it goes to. */
export interface Applied {
  readonly result: "done" | "already" | "conflict";
  readonly why: string;
}

export interface Settled {
  readonly ok: boolean;
  readonly why: string;
}

/** One kind of release, and the way back. Throws `UserError`s with exit code 3 for what could not be reached. */
export interface Provider {
  current(): Promise<Running>;
  /** The provider's own name of a release that a person named; the name itself where it knows no other. */
  resolve(name: string): Promise<string>;
  /** The commit that a release was made of; empty where the provider does not know it. */
  commitOf(release: string): Promise<string>;
  /** Whether what is needed to run a release is still there. */
  look(release: string): Promise<Artifact>;
  /** What is missing for writing, in words; `undefined` where nothing is known to be missing. */
  credentials(): Promise<string | undefined>;
  /** What has to be done, in order; the same for the same state of the world. Each step looks first, so all of them may be repeated. `left` says what is left. */
  steps(from: string, to: string, left: "bad" | "good"): Promise<readonly Step[]>;
  /** Carries one step out; `guard` is to be called right before anything is changed, and throws where this run may not go on. */
  apply(step: Step, plan: Plan, guard: () => Promise<void>): Promise<Applied>;
  /** Waits until what was changed has come to rest, and reads it back. */
  settled(plan: Plan): Promise<Settled>;
}

export interface ProviderOptions {
  readonly settings: ProviderSettings;
  readonly environment: string;
  readonly token: string | undefined;
  readonly event: Event;
  readonly workingDirectory: string;
}

export interface Providers {
  open(options: ProviderOptions): Promise<Provider>;
}

/** What git knows of commits. */
export interface History {
  /** The commit of a tag, a branch or a commit's name; empty where there is none. */
  resolve(name: string): Promise<string>;
  head(): Promise<string>;
  /** Gets the commits if they are not here; says why it could not. */
  ensure(commits: readonly string[]): Promise<string | undefined>;
  changes(from: string, to: string): Promise<readonly { readonly path: string; readonly status: "added" | "modified" | "removed" }[]>;
  paths(commit: string): Promise<readonly string[]>;
  /** `undefined` where there is no such file. */
  show(commit: string, path: string): Promise<Uint8Array | undefined>;
}

export interface HistoryOptions {
  readonly token: string | undefined;
  readonly event: Event;
}

export interface Histories {
  open(options: HistoryOptions): Promise<History>;
}

/** Who has approved a plan. */
export interface Approval {
  /** Login; empty while nobody has. */
  readonly by: string;
  /** Where it can be approved, or was. */
  readonly url: string;
  readonly why: string;
}

/** What somebody is asked to approve. */
export interface ApprovalRequest {
  readonly plan: Plan;
  /** When this was planned first: the same plan of another day is another request. */
  readonly since: string;
  /** Twelve hex digits that all requests for this deployment have in common. */
  readonly place: string;
  readonly title: string;
  readonly body: string;
}

/** An issue that asks for approval, opened by this token's user and still open. */
export interface OpenRequest {
  readonly number: number;
  readonly hash: string;
  readonly since: string;
  /** Empty where it does not say. */
  readonly place: string;
}

/** What came of a request, as GitHub's reason for closing an issue and as Markdown for people. */
export interface Fate {
  readonly reason: "completed" | "not_planned";
  readonly words: string;
}

/** An opened ledger, with one clock. */
export interface Desk {
  /** Milliseconds since 1970: GitHub's clock, or this machine's for `file`. */
  now(): number;
  readonly store: Store;
  readonly locks: Locks;
  /** Renews the lock while the work lasts. */
  whileHeld<T>(held: Held, work: () => Promise<T>): Promise<T>;
  /** Asks for approval by comment: opens the issue of this plan if there is none, and reads it. */
  approvedByComment(request: ApprovalRequest): Promise<Approval>;
  /** Whether a reviewer of the environment has let this run pass. */
  approvedByReviewer(environment: string): Promise<Approval>;
  /** None where there is no token to ask with. */
  openRequests(): Promise<readonly OpenRequest[]>;
  /** Says what came of it, once, and closes it. */
  closeRequest(request: OpenRequest, fate: Fate): Promise<void>;
}

export interface DeskOptions {
  readonly backend: RollbackInputs["backend"];
  readonly token: string | undefined;
  readonly event: Event;
}

export interface Desks {
  open(options: DeskOptions): Promise<Desk>;
}

export interface Health {
  readonly status: "healthy" | "degraded" | "down" | "unknown";
  readonly rows: readonly { readonly name: string; readonly status: string; readonly why: string }[];
}

/** health-check's targets. */
export interface Checks {
  /** Reads the targets and throws for what is wrong with them, before anything is done. */
  prepare(targets: YamlInput, allowPrivate: readonly string[]): Promise<void>;
  check(targets: YamlInput, allowPrivate: readonly string[]): Promise<Health>;
}

export type RollbackPorts = Ports & {
  readonly desks: Desks;
  readonly providers: Providers;
  readonly histories: Histories;
  readonly checks: Checks;
};
