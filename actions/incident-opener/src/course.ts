import type { Severity } from "./severity.ts";

/** How patient an incident is, in milliseconds. */
export interface Policy {
  readonly for: number;
  readonly resolveAfter: number;
  readonly reopenWithin: number;
  readonly cooldown: number;
}

/**
 * Something that happened: a sample of a check, an order (`open`, `resolve`), or what people did to the issue. Everything that an incident is follows from
 * the set of its events, so they may arrive in any order and more than once.
 */
export interface Event {
  readonly id: string;
  /** Milliseconds since 1970, by GitHub's clock. */
  readonly at: number;
  readonly kind: EventKind;
  /** Which of several things failed or passed; empty for the only one. */
  readonly target?: string;
  readonly severity?: Severity;
  /** Of a sample: how patient its run was, where that is not the record's own policy. */
  readonly policy?: Policy;
  /** Login, or what acted. */
  readonly by?: string;
  /** Of `closed`: why, as GitHub says it; `duplicate of #12` where a comment says of which. */
  readonly reason?: string;
}

export const eventKinds = ["fail", "pass", "open", "update", "acknowledge", "resolve", "closed", "reopened"] as const;
export type EventKind = (typeof eventKinds)[number];

/** Where an incident stands; `quiet` is none. */
export type Phase = "quiet" | "pending" | "open" | "acknowledged" | "mitigated" | "resolved" | "closed" | "duplicate";

/** What people are shown: a live incident that changes too often is `flapping`. */
export type State = Phase | "flapping";

export interface Transition {
  readonly at: number;
  readonly to: State | "escalated" | "reopened";
  readonly by?: string;
  readonly severity?: Severity;
}

/** What deserves a comment, with a key that tells it from every other one of the incident. */
export interface Note {
  readonly key: string;
  readonly at: number;
  readonly about: "escalated" | "flapping" | "reopened" | "resolved";
}

export interface Target {
  readonly name: string;
  readonly failing: boolean;
  readonly since: number;
}

/** One incident from its first failing sample to its end; one issue. */
export interface Occurrence {
  readonly phase: Phase;
  readonly severity: Severity;
  readonly since: number;
  readonly openedAt: number | undefined;
  readonly acknowledgedAt: number | undefined;
  readonly acknowledgedBy: string | undefined;
  /** First pass of the streak that goes on, or that ended it. */
  readonly recoveredAt: number | undefined;
  readonly resolvedAt: number | undefined;
  readonly reopened: number;
  readonly duplicateOf: number | undefined;
  readonly transitions: readonly Transition[];
  readonly notes: readonly Note[];
}

export interface Course {
  readonly state: State;
  readonly flapping: boolean;
  /** Weighted changes among the last 21 samples, in percent. */
  readonly flappingPercent: number;
  /** Oldest first; the last is the one that `state` speaks of, unless that is `quiet`. */
  readonly occurrences: readonly Occurrence[];
  readonly targets: readonly Target[];
}

/** Whether the issue of an occurrence is open. */
export function isLive(phase: Phase): boolean {
  return phase === "open" || phase === "acknowledged" || phase === "mitigated";
}
