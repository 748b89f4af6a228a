import { append, type Entry, journalPath } from "../../../packages/ledger/journal.ts";
import { type Changes, type Snapshot, transact } from "../../../packages/ledger/store.ts";
import { type Course, type Event, isLive } from "./course.ts";
import { type Letter, renderWaiting } from "./letter.ts";
import { follow } from "./lifecycle.ts";
import type { Desk } from "./ports.ts";
import {
  compacted,
  type IncidentRecord,
  newRecord,
  readRecord,
  recordPath,
  renderRecord,
  samePolicy,
  waitingPath,
  withEvents,
} from "./record.ts";
import { worse } from "./severity.ts";
import { iso } from "./times.ts";

export interface Remembered {
  readonly record: IncidentRecord;
  readonly course: Course;
  /** As it was before this run spoke; `undefined` where nothing was known. */
  readonly before: Course | undefined;
  readonly snapshot: Snapshot;
  /** What the record is about has been replaced by what this run says. */
  readonly renewed: boolean;
}

const steady = 21;
const clockGrain = 3_000;

/**
 * Puts a letter's events into the record of its incident, with compare-and-swap. What a transition needs is written in the same commit: the record, the
 * journal, and a note in the outbox that the issue is not up to date yet. A sample that says nothing new is not written.
 */
export async function remember(
  desk: Desk,
  letter: Letter,
  { run, from, update = false, observed = [] }: { run: string; from: Snapshot; update?: boolean; observed?: readonly Event[] },
): Promise<Remembered> {
  const { result, snapshot } = await transact(
    desk.store,
    async (current, tries) => {
      const known = await knownRecord(current, letter.fingerprint);
      const merged = merge(known, letter, desk.now(), update, observed);
      const worth = known === undefined ? merged.course.occurrences.length > 0 : merged.renewed || saysMore(known, merged, tries);
      if (!worth) return { result: merged };
      const message = `${merged.course.state} ${letter.fingerprint}\n\nRun ${run}\n`;
      return { result: merged, message, changes: await changesFor(merged, letter, run, current, known) };
    },
    { from },
  );
  return { ...result, snapshot };
}

export async function knownRecord(snapshot: Snapshot, fingerprint: string): Promise<IncidentRecord | undefined> {
  const text = await snapshot.read(recordPath(fingerprint));
  return text === undefined ? undefined : readRecord(text, fingerprint);
}

type Merged = Omit<Remembered, "snapshot">;

export function merge(
  known: IncidentRecord | undefined,
  letter: Letter,
  now: number,
  update: boolean,
  observed: readonly Event[] = [],
): Merged {
  const base = known ?? newRecord(letter.fingerprint, letter.about, letter.policy);
  const before = known === undefined ? undefined : follow(known.events, known.policy, now);
  const policy = samePolicy(base.policy, letter.policy) ? {} : { policy: letter.policy };
  const record = withEvents(base, [...observed, ...letter.events.map((event) => ({ ...later(event, base, letter), ...policy }))]);
  const course = follow(record.events, record.policy, now);
  const about = update ? { ...base.about, ...letter.patch } : letter.about;
  const differs = JSON.stringify(about) !== JSON.stringify(base.about);
  const renewed = known !== undefined && (update ? differs : renews(before, course, letter));
  return { record: renewed ? { ...record, about } : record, course, before, renewed };
}

/** The `Date` header knows whole seconds: of two runs within one, the one that is recorded later is the later one. */
function later(event: Event, { events }: IncidentRecord, { fresh }: Letter): Event {
  const last = events.at(-1)?.at ?? 0;
  const tied = fresh === true && last >= event.at && last - event.at < clockGrain && !events.some(({ id }) => id === event.id);
  return tied ? { ...event, at: last + 1 } : event;
}

/** An incident that begins, begins again, or escalates is described anew; until then the first description stands. */
function renews(before: Course | undefined, course: Course, { events, about }: Letter): boolean {
  if (!events.some(({ kind }) => kind === "fail" || kind === "open")) return false;
  const then = before?.occurrences.at(-1);
  const now = course.occurrences.at(-1);
  if (then === undefined || now === undefined) return true;
  const begins = !isLive(then.phase) && then.phase !== "pending" && isLive(now.phase);
  return begins || (worse(about.severity, then.severity) !== then.severity && now.severity === about.severity);
}

/** A sample is worth writing when it changes the course, or may still count for flapping or a streak. */
function saysMore(known: IncidentRecord, { record, course, before }: Merged, tries: number): boolean {
  if (record.events.length === known.events.length) return false;
  if (course.state === "quiet" && before?.state === "quiet") return false;
  if (JSON.stringify({ ...course, flappingPercent: 0 }) !== JSON.stringify({ ...before, flappingPercent: 0 })) return true;
  const last = record.events.slice(-steady);
  const first = last[0];
  const same = last.length === steady && last.every(({ kind, target }) => kind === first?.kind && target === first.target);
  // Another run was first: one more failing sample of the same moment is not worth a race.
  return !same && !(tries > 1 && last.at(-1)?.kind === "fail");
}

async function changesFor(
  merged: Merged,
  letter: Letter,
  run: string,
  snapshot: Snapshot,
  known: IncidentRecord | undefined,
): Promise<Changes> {
  const { record, course, before } = merged;
  const path = recordPath(letter.fingerprint);
  const empty = course.occurrences.length === 0 && record.past.length === 0;
  if (empty) return known === undefined ? {} : { [path]: null };
  const latest = record.events.at(-1)?.at ?? 0;
  const changes: Record<string, string | null> = { [path]: renderRecord(compacted(record, latest)) };
  const fresh = freshEntries(merged, letter, run);
  for (const entry of fresh) {
    const journal = journalPath(entry.environment, entry.at);
    changes[journal] = append(changes[journal] ?? (await snapshot.read(journal)) ?? "", [entry]);
  }
  const shows = record.issues.length > 0 || course.occurrences.some(({ openedAt }) => openedAt !== undefined);
  const differs = fresh.length > 0 || merged.renewed || JSON.stringify(course.targets) !== JSON.stringify(before?.targets ?? []);
  if (shows && differs) changes[waitingPath(letter.fingerprint)] = renderWaiting(letter);
  return changes;
}

/** The journal's lines for what this letter brought about. */
function freshEntries({ course, before, record }: Merged, { fingerprint, about }: Letter, run: string): Entry[] {
  const known = new Set((before?.occurrences ?? []).flatMap(({ transitions }) => transitions.map(({ at, to }) => `${at} ${to}`)));
  return course.occurrences.flatMap(({ transitions, since, severity }, index) =>
    transitions
      .filter(({ at, to }) => to !== "pending" && !known.has(`${at} ${to}`))
      .map(({ at, to, by }) => ({
        id: `${fingerprint}-${Math.floor(at / 1000)}-${to}`,
        at: iso(at),
        kind: `incident.${to}`,
        environment: about.environment,
        subject: fingerprint,
        run,
        data: {
          severity,
          since: iso(since),
          title: record.about.title,
          issue: record.issues[index]?.number ?? null,
          ...(by === undefined ? {} : { by }),
        },
      })),
  );
}

/** Whether anything that people would want to know is different. */
export function hasChanged({ before, course }: Pick<Remembered, "before" | "course">): boolean {
  const then = before?.occurrences.at(-1);
  const now = course.occurrences.at(-1);
  return (before?.state ?? "quiet") !== course.state || then?.severity !== now?.severity || then?.since !== now?.since;
}
