import { type Course, type Event, type EventKind, isLive, type Policy, type Target } from "./course.ts";
import { flappingPercent } from "./flapping.ts";
import { Current } from "./occurrence.ts";
import type { Severity } from "./severity.ts";

const flappingStarts = 20;
const flappingEnds = 5;
const flappingPause = 30 * 60_000;

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

class Follower {
  readonly #usual: Policy;
  /** That of the latest sample: what a run says about patience holds from its sample on, and changes nothing that has been. */
  #policy: Policy;
  readonly #done: Current[] = [];
  readonly #targets = new Map<string, Target>();
  #now: Current | undefined;
  #history: boolean[] = [];
  #percent = 0;
  #flapping = false;
  #lastFlapping = Number.NEGATIVE_INFINITY;

  constructor(policy: Policy) {
    this.#usual = policy;
    this.#policy = policy;
  }

  take(event: Event): void {
    const current = this.#now;
    if (event.kind === "fail" || event.kind === "pass" || event.kind === "open") this.#policy = event.policy ?? this.#usual;
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
      occurrences: [...this.#done, ...(this.#now === undefined ? [] : [this.#now])].map((occurrence) => occurrence.seen()),
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
    if (this.#now === undefined || this.#now.phase === "pending") {
      this.#forget(this.#done.pop());
      return;
    }
    this.#noteFlapping(this.#flap(false), at);
    if (this.#now.phase === "closed" || this.#now.phase === "duplicate") this.#now.unmute();
    else this.#now.pass(at, this.#policy, this.#flapping);
  }

  #resolveByHand(event: Event): void {
    for (const target of this.#targets.values()) this.#targets.set(target.name, { ...target, failing: false, since: event.at });
    const pending = this.#now?.phase === "pending";
    this.#forget(pending ? this.#done.pop() : this.#now);
    if (!pending) this.#now?.resolve(event.at, event.by);
  }

  /** What never became an incident leaves what was before, and what somebody has called over does not flap. */
  #forget(goesOn: Current | undefined): void {
    this.#now = goesOn;
    this.#history = [];
    this.#percent = 0;
    this.#flapping = false;
  }

  #begin(at: number, severity: Severity): void {
    if (this.#now !== undefined) this.#done.push(this.#now);
    this.#now = new Current(at, severity);
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
