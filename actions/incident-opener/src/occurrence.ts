import { type Event, isLive, type Note, type Occurrence, type Phase, type Policy, type Transition } from "./course.ts";
import { type Severity, worse } from "./severity.ts";

const enoughPasses = 3;

/** In milliseconds, but by whole seconds: GitHub's clock shows no smaller ones. */
function between(from: number, to: number): number {
  return (Math.floor(to / 1000) - Math.floor(from / 1000)) * 1000;
}

/** The occurrence that goes on. */
export class Current {
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
  #closedByHand = false;
  #lastNote = Number.NEGATIVE_INFINITY;
  phase: Phase = "pending";
  resolvedAt: number | undefined;
  /** Closed by a person who does not want it, for as long as this streak of failures lasts. */
  muted = false;

  constructor(since: number, severity: Severity) {
    this.#since = since;
    this.#severity = severity;
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
    const steady = this.#passes >= enoughPasses || this.#closedByHand;
    this.#passes = 0;
    if (this.phase === "pending") {
      if (atOnce || between(this.#since, at) >= policy.for) this.#open(at);
      return;
    }
    if (escalates) this.#escalate(at);
    if (this.phase === "resolved") this.#reopen(at, policy, steady && !flapping);
    else if (this.phase === "mitigated") this.#backToWork(at, flapping);
  }

  /** A live incident is worse than it was thought to be. */
  worsen(at: number, severity: Severity | undefined): void {
    if (severity === undefined || worse(severity, this.#severity) === this.#severity) return;
    this.#severity = severity;
    if (isLive(this.phase)) this.#escalate(at);
  }

  pass(at: number, policy: Policy, flapping: boolean): void {
    if (isLive(this.phase) || this.phase === "resolved") this.#passes += 1;
    if (!isLive(this.phase)) return;
    if (this.phase !== "mitigated") {
      this.phase = "mitigated";
      this.#recoveredAt = at;
      if (!flapping && policy.resolveAfter > 0) this.#transitions.push({ at, to: "mitigated" });
    }
    if (flapping) return;
    const since = this.#recoveredAt ?? at;
    const steady = this.#passes >= enoughPasses && between(since, at) >= policy.resolveAfter;
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
    this.#closedByHand = by !== undefined;
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
    this.#closedByHand = true;
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

  /** What comes back after a pass or two alternates, and a comment each time would be too much: GitHub tells of the reopening by itself. */
  #reopen(at: number, policy: Policy, worthANote: boolean): void {
    this.#revive(at, undefined);
    if (worthANote && between(this.#lastNote, at) >= policy.cooldown) this.#note(at, "reopened");
  }

  #revive(at: number, by: string | undefined): void {
    this.#reopened += 1;
    this.#closedByHand = false;
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
    // Nothing else tells it: places change when old occurrences are forgotten, and beginnings when an early sample arrives late.
    this.#notes.push({ key: `${about}-${Math.floor(at / 1000)}`, at, about });
  }
}
