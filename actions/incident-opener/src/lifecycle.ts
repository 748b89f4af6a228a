import { flappingPercent } from "./flapping.ts";
import { type Severity, worse } from "./severity.ts";

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

const flappingStarts = 20;
const flappingEnds = 5;
const flappingPause = 30 * 60_000;
const enoughPasses = 3;

/** The order in which events of one second are taken: good news first, so that a failure in the same second is not lost. */
const rank: Readonly<Record<EventKind, number>> = {
  closed: 0,
  resolve: 1,
  pass: 2,
  fail: 3,
  open: 4,
  update: 5,
  acknowledge: 6,
  reopened: 7,
};

/** The events in the order in which they count, each once. */
export function inOrder(events: readonly Event[]): Event[] {
  const unique = new Map(events.map((event) => [event.id, event]));
  return [...unique.values()].sort((a, b) => a.at - b.at || rank[a.kind] - rank[b.kind] || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** What all the events together mean at `now`. */
export function follow(events: readonly Event[], policy: Policy, now: number): Course {
  const course = new Follower(policy);
  for (const event of inOrder(events)) course.take(event);
  return course.at(now);
}

/** Whether the issue of an occurrence is open. */
export function isLive(phase: Phase): boolean {
  return phase === "open" || phase === "acknowledged" || phase === "mitigated";
}

class Follower {
  readonly #policy: Policy;
  readonly #done: Occurrence[] = [];
  readonly #targets = new Map<string, Target>();
  #now: Current | undefined;
  #history: boolean[] = [];
  #percent = 0;
  #flapping = false;
  #lastFlapping = Number.NEGATIVE_INFINITY;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  take(event: Event): void {
    const current = this.#now;
    const meaning: Readonly<Record<EventKind, () => void>> = {
      fail: () => this.#fail(event, false),
      open: () => this.#fail(event, true),
      pass: () => this.#pass(event),
      resolve: () => this.#resolveByHand(event),
      update: () => current?.worsen(event.at, event.severity),
      acknowledge: () => current?.acknowledge(event),
      closed: () => current?.closeByHand(event),
      reopened: () => current?.reopenByHand(event),
    };
    meaning[event.kind]();
  }

  at(now: number): Course {
    this.#expire(now);
    const last = this.#now?.seen();
    const phase = last?.phase ?? "quiet";
    const flapping = this.#flapping && isLive(phase);
    return {
      state: flapping ? "flapping" : phase,
      flapping,
      flappingPercent: Math.round(this.#percent * 100) / 100,
      occurrences: last === undefined ? this.#done : [...this.#done, last],
      targets: [...this.#targets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
  }

  #fail(event: Event, atOnce: boolean): void {
    const { at, target = "" } = event;
    const severity = event.severity ?? "high";
    this.#mark(target, true, at);
    this.#expire(at);
    const started = this.#flap(true);
    if (this.#now?.muted) return;
    if (this.#now === undefined || this.#now.phase === "closed" || this.#now.phase === "duplicate") this.#begin(at, severity);
    this.#now?.fail(at, severity, atOnce, this.#policy, this.#flapping);
    this.#noteFlapping(started, at);
  }

  #pass({ at, target = "" }: Event): void {
    this.#mark(target, false, at);
    this.#expire(at);
    if ([...this.#targets.values()].some(({ failing }) => failing)) return;
    const started = this.#flap(false);
    this.#noteFlapping(started, at);
    if (this.#now?.phase === "pending") this.#now = undefined;
    else if (this.#now?.phase === "closed" || this.#now?.phase === "duplicate") this.#now.unmute();
    else this.#now?.pass(at, this.#policy, this.#flapping);
  }

  #resolveByHand(event: Event): void {
    for (const target of this.#targets.values()) this.#targets.set(target.name, { ...target, failing: false, since: event.at });
    if (this.#now?.phase === "pending") this.#now = undefined;
    this.#now?.resolve(event.at, event.by);
    this.#flapping = false;
    this.#history = [];
  }

  #begin(at: number, severity: Severity): void {
    if (this.#now !== undefined) this.#done.push(this.#now.seen());
    this.#now = new Current(at, severity, this.#done.length);
  }

  /** A resolved incident becomes a closed one when it can no longer be reopened. */
  #expire(now: number): void {
    const current = this.#now;
    if (current?.phase !== "resolved" || current.resolvedAt === undefined) return;
    if (now - current.resolvedAt > this.#policy.reopenWithin) current.expire(current.resolvedAt + this.#policy.reopenWithin);
  }

  #mark(name: string, failing: boolean, at: number): void {
    const before = this.#targets.get(name);
    this.#targets.set(name, { name, failing, since: before?.failing === failing ? before.since : at });
  }

  /** True when flapping begins with this sample. */
  #flap(failing: boolean): boolean {
    this.#history = [...this.#history, failing].slice(-21);
    this.#percent = flappingPercent(this.#history);
    const before = this.#flapping;
    this.#flapping = before ? this.#percent >= flappingEnds : this.#percent >= flappingStarts;
    return this.#flapping && !before;
  }

  #noteFlapping(started: boolean, at: number): void {
    if (!started || this.#now === undefined) return;
    const quiet = at - this.#lastFlapping >= flappingPause;
    if (quiet) this.#lastFlapping = at;
    this.#now.flap(at, quiet);
  }
}

/** The occurrence that goes on. */
class Current {
  readonly #index: number;
  readonly #since: number;
  readonly #transitions: Transition[] = [];
  readonly #notes: Note[] = [];
  #severity: Severity;
  #openedAt: number | undefined;
  #acknowledged: { readonly at: number; readonly by: string | undefined } | undefined;
  #recoveredAt: number | undefined;
  #passes = 0;
  #reopened = 0;
  #duplicateOf: number | undefined;
  #lastNote = Number.NEGATIVE_INFINITY;
  phase: Phase = "pending";
  resolvedAt: number | undefined;
  /** Closed by a person who does not want it, for as long as this streak of failures lasts. */
  muted = false;

  constructor(since: number, severity: Severity, index: number) {
    this.#since = since;
    this.#severity = severity;
    this.#index = index;
    this.#transitions.push({ at: since, to: "pending" });
  }

  seen(): Occurrence {
    return {
      phase: this.phase,
      severity: this.#severity,
      since: this.#since,
      openedAt: this.#openedAt,
      acknowledgedAt: this.#acknowledged?.at,
      acknowledgedBy: this.#acknowledged?.by,
      recoveredAt: this.#recoveredAt,
      resolvedAt: this.resolvedAt,
      reopened: this.#reopened,
      duplicateOf: this.#duplicateOf,
      transitions: [...this.#transitions],
      notes: [...this.#notes],
    };
  }

  fail(at: number, severity: Severity, atOnce: boolean, policy: Policy, flapping: boolean): void {
    const escalates = worse(severity, this.#severity) !== this.#severity;
    if (escalates) this.#severity = severity;
    this.#passes = 0;
    if (this.phase === "pending") {
      if (atOnce || at - this.#since >= policy.for) this.#open(at);
      return;
    }
    if (escalates) this.#escalate(at);
    if (this.phase === "resolved") this.#reopen(at, policy, flapping);
    else if (this.phase === "mitigated") this.#backToWork(at, flapping);
  }

  /** A live incident is worse than it was thought to be. */
  worsen(at: number, severity: Severity | undefined): void {
    if (severity === undefined || worse(severity, this.#severity) === this.#severity) return;
    this.#severity = severity;
    if (isLive(this.phase)) this.#escalate(at);
  }

  pass(at: number, policy: Policy, flapping: boolean): void {
    if (!isLive(this.phase)) return;
    this.#passes += 1;
    if (this.phase !== "mitigated") {
      this.phase = "mitigated";
      this.#recoveredAt = at;
      if (!flapping && policy.resolveAfter > 0) this.#transitions.push({ at, to: "mitigated" });
    }
    if (flapping) return;
    const since = this.#recoveredAt ?? at;
    const steady = this.#passes >= enoughPasses && at - since >= policy.resolveAfter;
    if (policy.resolveAfter === 0 || steady) this.resolve(at, undefined);
  }

  acknowledge({ at, by }: Event): void {
    if (this.#acknowledged !== undefined || !isLive(this.phase)) return;
    this.#acknowledged = { at, by };
    if (this.phase === "open") this.phase = "acknowledged";
    this.#transitions.push({ at, to: "acknowledged", ...(by === undefined ? {} : { by }) });
  }

  resolve(at: number, by: string | undefined): void {
    if (!isLive(this.phase)) return;
    this.phase = "resolved";
    this.#recoveredAt ??= at;
    this.resolvedAt = at;
    this.#transitions.push({ at, to: "resolved", ...(by === undefined ? {} : { by }) });
    this.#note(at, "resolved");
  }

  closeByHand({ at, by, reason }: Event): void {
    if (!isLive(this.phase)) return;
    const duplicate = reason?.startsWith("duplicate") === true;
    this.phase = duplicate ? "duplicate" : reason === "not_planned" ? "closed" : "resolved";
    this.muted = this.phase !== "resolved";
    this.#duplicateOf = duplicate ? Number(/#(\d{1,10})$/.exec(reason)?.[1] ?? 0) || undefined : undefined;
    this.#recoveredAt ??= at;
    this.resolvedAt = at;
    this.#transitions.push({ at, to: this.phase, ...(by === undefined ? {} : { by }) });
  }

  reopenByHand({ at, by }: Event): void {
    if (isLive(this.phase) || this.phase === "pending") return;
    this.muted = false;
    this.#revive(at, by);
  }

  unmute(): void {
    this.muted = false;
  }

  expire(at: number): void {
    this.phase = "closed";
    this.#transitions.push({ at, to: "closed" });
  }

  flap(at: number, worthANote: boolean): void {
    if (!isLive(this.phase)) return;
    this.#transitions.push({ at, to: "flapping" });
    if (worthANote) this.#note(at, "flapping");
  }

  #open(at: number): void {
    this.phase = "open";
    this.#openedAt = at;
    this.#transitions.push({ at, to: "open", severity: this.#severity });
  }

  #reopen(at: number, policy: Policy, flapping: boolean): void {
    this.#revive(at, undefined);
    if (at - this.#lastNote >= policy.cooldown && !flapping) this.#note(at, "reopened");
  }

  #revive(at: number, by: string | undefined): void {
    this.#reopened += 1;
    this.resolvedAt = undefined;
    this.#recoveredAt = undefined;
    this.phase = this.#acknowledged === undefined ? "open" : "acknowledged";
    this.#transitions.push({ at, to: "reopened", ...(by === undefined ? {} : { by }) });
  }

  #backToWork(at: number, flapping: boolean): void {
    this.#recoveredAt = undefined;
    this.phase = this.#acknowledged === undefined ? "open" : "acknowledged";
    if (!flapping) this.#transitions.push({ at, to: this.phase });
  }

  #escalate(at: number): void {
    this.#transitions.push({ at, to: "escalated", severity: this.#severity });
    this.#note(at, "escalated");
  }

  #note(at: number, about: Note["about"]): void {
    this.#lastNote = at;
    this.#notes.push({ key: `${this.#index}-${about}-${Math.floor(at / 1000)}`, at, about });
  }
}
