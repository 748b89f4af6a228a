import { Unreachable } from "../../../packages/ledger/failures.ts";
import { fingerprintLabel } from "../../../packages/ledger/fingerprint.ts";
import { type Snapshot, transact } from "../../../packages/ledger/store.ts";
import { isLive, type Note } from "./course.ts";
import { isMarked, issueBody, issueTitle, noteText, type Shown, titledSeverity, wantedLabels } from "./issue-text.ts";
import { readWaiting } from "./letter.ts";
import { follow } from "./lifecycle.ts";
import type { Desk, IssueChange, IssueView } from "./ports.ts";
import { type IncidentRecord, type IssueReference, recordPath, renderRecord, waitingPath } from "./record.ts";
import { knownRecord } from "./remember.ts";

/** A comment about something longer ago would only confuse. */
const oldestNote = 24 * 3_600_000;
/** A list, a creation, and the retries of both. */
const creationTime = 12_000;
const lockWait = 25_000;

export interface Parcel {
  readonly record: IncidentRecord;
  readonly snapshot: Snapshot;
  /** What this run has to show; `undefined` leaves what the issue shows. */
  readonly evidence: string | undefined;
  /** The issue as it was just read. */
  readonly view?: IssueView | undefined;
  /** The title may be brought up to date, though people may have changed it. */
  readonly retitle: boolean;
}

interface Showing extends Pick<Parcel, "evidence" | "retitle"> {
  readonly opened: boolean;
}

export interface Delivered {
  readonly record: IncidentRecord;
  readonly snapshot: Snapshot;
  readonly issue: IssueReference | undefined;
  readonly opened: boolean;
  /** The issue that ours was closed as a duplicate of. */
  readonly duplicateOf: number | undefined;
  readonly notes: readonly string[];
}

export interface Way {
  readonly desk: Desk;
  readonly repository: string;
  readonly runUrl: string | undefined;
  readonly run: string;
  /** How long to wait for another run that is opening the same incident. */
  readonly patient: boolean;
}

/** Makes the issue say what the record says: opens it, edits what differs, closes or reopens it, and writes the comments that are due. */
export async function deliver(way: Way, parcel: Parcel): Promise<Delivered> {
  const late = await closeEarlier(way, parcel);
  const ready = await ensureIssue(way, parcel);
  const shown = shownOf(way, ready.record);
  await closeSurplus(way, ready, shown);
  if (shown === undefined || ready.view === undefined) return settle(way, ready, late);
  if (!ready.opened) await closeStrays(way, ready, shown, ready.view);
  const posted = await bringUpToDate(way, shown, ready.view, { ...parcel, opened: ready.opened });
  return settle(way, ready, [...late, ...posted]);
}

/** Gives the keys of the comments that it wrote. */
async function bringUpToDate(way: Way, shown: Shown, view: IssueView, parcel: Showing): Promise<readonly string[]> {
  const change = changeOf(shown, view, parcel);
  if (Object.keys(change).length > 0) await way.desk.tracker.update(view.number, change);
  const due = notesDue(shown, way.desk.now());
  for (const note of due) {
    await way.desk.tracker.comment(view.number, commentKey(shown.record, note), noteText(note, shown, way.runUrl));
  }
  return due.map(({ key }) => key);
}

/** Issues of incidents that ended without anybody telling them, because another began before the next run could. */
async function closeEarlier(way: Way, { record, snapshot }: Parcel): Promise<readonly string[]> {
  if (!snapshot.paths.includes(waitingPath(record.fingerprint))) return [];
  const shown = shownOf(way, record);
  const earlier = (shown?.course.occurrences ?? []).slice(0, -1);
  const posted: string[] = [];
  for (const [index, occurrence] of [...earlier.entries()].reverse()) {
    const reference = record.issues[index];
    const view = reference ? await way.desk.tracker.get(reference.number) : undefined;
    if (shown === undefined || view?.open !== true) break;
    const course = { ...shown.course, state: occurrence.phase, flapping: false, occurrences: shown.course.occurrences.slice(0, index + 1) };
    const then = { ...shown, course, occurrence };
    posted.push(...(await bringUpToDate(way, then, view, { evidence: undefined, retitle: false, opened: false })));
  }
  return posted;
}

/** Where a list lagged longer than a lock lasts, a run that died has left a second issue. Looked for only when there is something to tell anyway. */
async function closeStrays(way: Way, { record, snapshot }: Ready, { course }: Shown, view: IssueView): Promise<void> {
  if (!snapshot.paths.includes(waitingPath(record.fingerprint))) return;
  for (const { number } of await candidates(way, record, course.occurrences.length - 1)) {
    if (number !== view.number) await closeDuplicate(way, number, view.number, record.fingerprint);
  }
}

/** Events that arrive late may show that two incidents were one, or none. */
async function closeSurplus(way: Way, { record, view }: Ready, shown: Shown | undefined): Promise<void> {
  for (const reference of record.issues.slice(shown?.course.occurrences.length ?? 0)) {
    const issue = reference === null ? undefined : await way.desk.tracker.get(reference.number);
    if (issue?.open !== true) continue;
    if (view === undefined) await way.desk.tracker.update(issue.number, { state: "completed" });
    else await closeDuplicate(way, issue.number, view.number, record.fingerprint);
  }
}

const commentKey = ({ fingerprint }: IncidentRecord, { key }: Note): string => `incident/${fingerprint}/${key}`;

export function shownOf(way: Pick<Way, "desk" | "repository">, record: IncidentRecord): Shown | undefined {
  const course = follow(record.events, record.policy, way.desk.now());
  const occurrence = course.occurrences.at(-1);
  return occurrence === undefined ? undefined : { record, course, occurrence, repository: way.repository };
}

interface Ready {
  readonly record: IncidentRecord;
  readonly snapshot: Snapshot;
  readonly view: IssueView | undefined;
  readonly opened: boolean;
  readonly duplicateOf: number | undefined;
  readonly notes: readonly string[];
}

/** An issue that is there now. */
interface Made extends Pick<Ready, "opened" | "duplicateOf" | "notes"> {
  readonly view: IssueView;
}

const unopened = { view: undefined, opened: false, duplicateOf: undefined, notes: [] } as const;

/** The occurrence's issue: the one that is recorded, else one that a run that died has left, else a new one. */
async function ensureIssue(way: Way, parcel: Parcel): Promise<Ready> {
  const { record, snapshot } = parcel;
  const nothing = { record, snapshot, ...unopened };
  const shown = shownOf(way, record);
  if (shown === undefined) return nothing;
  const recorded = record.issues[shown.course.occurrences.length - 1];
  if (shown.occurrence.openedAt === undefined && !recorded) return nothing;
  if (recorded) {
    const view = parcel.view?.number === recorded.number ? parcel.view : await way.desk.tracker.get(recorded.number);
    if (view !== undefined) return { ...nothing, view };
  }
  return isDue(shown, recorded) ? openUnderLock(way, parcel, recorded?.number) : nothing;
}

/** One that was over before anybody could be told is opened all the same, and closed at once: it happened. */
function isDue({ occurrence }: Shown, recorded: IssueReference | null | undefined): boolean {
  return isLive(occurrence.phase) || (!recorded && occurrence.openedAt !== undefined);
}

async function openUnderLock(way: Way, parcel: Parcel, gone: number | undefined): Promise<Ready> {
  const { desk } = way;
  const { fingerprint } = parcel.record;
  const lock = await desk.locks.acquire(`incident-${fingerprint}`, way.patient ? lockWait : 0);
  if ("busy" in lock) throw new Unreachable("another run is opening the incident, and has not said yet which issue it is");
  try {
    const snapshot = await desk.store.read();
    const record = (await knownRecord(snapshot, fingerprint)) ?? parcel.record;
    const shown = shownOf(way, record);
    const index = (shown?.course.occurrences.length ?? 1) - 1;
    const stored = record.issues[index];
    if (stored && stored.number !== gone) {
      const view = await desk.tracker.get(stored.number);
      if (view !== undefined) return { record, snapshot, ...unopened, view };
    }
    if (shown === undefined || !isDue(shown, stored)) return { record, snapshot, ...unopened };
    await lock.ensure(creationTime);
    const made = (await adopt(way, record, index)) ?? (await create(way, parcel, shown, snapshot));
    const noted = { index, issue: made.view, author: made.view.author, posted: [], done: made.opened };
    return { ...made, ...(await store(way, snapshot, record, noted)) };
  } finally {
    await lock.release().catch(() => undefined);
  }
}

/** Left behind by a run that died before it could say so; of several the first stays. */
async function adopt(way: Way, record: IncidentRecord, index: number): Promise<Made | undefined> {
  const [first, ...others] = await candidates(way, record, index);
  if (first === undefined) return undefined;
  for (const { number } of others) await closeDuplicate(way, number, first.number, record.fingerprint);
  return { ...unopened, view: first };
}

/** Open issues of this incident that its token opened, oldest first. */
async function candidates(way: Way, record: IncidentRecord, index: number): Promise<readonly IssueView[]> {
  const taken = new Set(record.issues.filter((_, other) => other !== index).map((issue) => issue?.number));
  const found = await way.desk.tracker.find(fingerprintLabel(record.fingerprint));
  return found.filter((issue) => issue.open && isMarked(issue.body, record.fingerprint) && !taken.has(issue.number));
}

async function closeDuplicate(way: Way, number: number, of: number, fingerprint: string): Promise<void> {
  await way.desk.tracker.update(number, { state: "duplicate" });
  await way.desk.tracker.comment(number, `incident/${fingerprint}/duplicate`, `Duplicate of #${of}.\n`);
}

async function create(way: Way, parcel: Parcel, shown: Shown, snapshot: Snapshot): Promise<Made> {
  const { record, course, occurrence } = shown;
  const waiting = parcel.evidence ?? readWaiting(await snapshot.read(waitingPath(record.fingerprint))).evidence;
  const draft = {
    title: issueTitle(record.about, occurrence.severity),
    body: issueBody(shown, waiting, ""),
    labels: [...new Set([...wantedLabels(shown), ...record.about.labels])],
    assignees: record.about.assignees,
  };
  const { issue, notes } = await way.desk.tracker.create(draft, fingerprintLabel(record.fingerprint));
  // A list may have lagged behind when it was read before: whoever comes second steps back.
  const [first] = await candidates(way, record, course.occurrences.length - 1);
  if (first === undefined || first.number >= issue.number) return { view: issue, opened: true, duplicateOf: undefined, notes };
  await closeDuplicate(way, issue.number, first.number, record.fingerprint);
  return { view: first, opened: false, duplicateOf: first.number, notes };
}

/** Only what differs; an issue that says everything already is left alone. */
function changeOf(shown: Shown, view: IssueView, { evidence, retitle, opened }: Showing): IssueChange {
  const { record, occurrence } = shown;
  const title = issueTitle(record.about, occurrence.severity);
  // A title without a severity is one that people have written.
  const severity = titledSeverity(view.title);
  const outdated = severity !== undefined && severity !== occurrence.severity;
  const body = issueBody(shown, opened ? undefined : evidence, view.body);
  const kept = view.labels.filter((label) => !label.startsWith("severity:"));
  const labels = [...new Set([...kept, ...wantedLabels(shown), ...(retitle ? record.about.labels : [])])];
  const sameLabels = labels.length === view.labels.length && labels.every((label) => view.labels.includes(label));
  const live = isLive(occurrence.phase);
  return {
    ...((outdated || retitle) && view.title !== title ? { title } : {}),
    ...(plain(view.body) === plain(body) ? {} : { body }),
    ...(sameLabels ? {} : { labels }),
    ...(live === view.open ? {} : { state: live ? ("open" as const) : ("completed" as const) }),
  };
}

const plain = (text: string): string => text.replaceAll("\r\n", "\n").trimEnd();

/** Comments follow each other in time: one that comes to light late is not written. */
function notesDue({ record, occurrence }: Shown, now: number): readonly Note[] {
  const last = Math.max(0, ...record.posted.map((key) => Number(/-(\d+)$/.exec(key)?.[1] ?? 0)));
  return occurrence.notes.filter(({ key, at }) => !record.posted.includes(key) && now - at < oldestNote && Math.floor(at / 1000) >= last);
}

async function settle(way: Way, ready: Ready, posted: readonly string[]): Promise<Delivered> {
  const shown = shownOf(way, ready.record);
  const index = (shown?.course.occurrences.length ?? 1) - 1;
  const reference =
    ready.view === undefined ? (ready.record.issues[index] ?? undefined) : { number: ready.view.number, url: ready.view.url };
  const waits = ready.snapshot.paths.includes(waitingPath(ready.record.fingerprint));
  const rest = { issue: reference ?? undefined, opened: ready.opened, duplicateOf: ready.duplicateOf, notes: ready.notes };
  if (!waits && posted.length === 0) return { ...ready, ...rest };
  const issue = ready.view;
  const author = issue === undefined ? ready.record.author : ready.record.author || issue.author;
  const stored = await store(way, ready.snapshot, ready.record, { index, issue, author, posted, done: true });
  return { ...stored, ...rest };
}

interface Storing {
  readonly index: number;
  readonly issue: IssueView | undefined;
  readonly author: string;
  readonly posted: readonly string[];
  /** The issue is up to date with `record`. */
  readonly done?: boolean;
}

/** Notes down what has been delivered. What another run has recorded in the meantime stays, and so does its note that something is due. */
async function store(
  way: Way,
  from: Snapshot,
  delivered: IncidentRecord,
  { index, issue, author, posted, done = false }: Storing,
): Promise<{ record: IncidentRecord; snapshot: Snapshot }> {
  const path = recordPath(delivered.fingerprint);
  const { result, snapshot } = await transact(
    way.desk.store,
    async (current) => {
      const now = (await knownRecord(current, delivered.fingerprint)) ?? delivered;
      const known = Math.max(follow(now.events, now.policy, way.desk.now()).occurrences.length, index + 1);
      const issues = Array.from({ length: Math.min(Math.max(now.issues.length, index + 1), known) }, (_, at) => now.issues[at] ?? null);
      if (issue !== undefined) issues[index] = { number: issue.number, url: issue.url };
      const record = { ...now, issues, author, posted: [...new Set([...now.posted, ...posted])] };
      const same = now.events.length === delivered.events.length;
      const waiting = waitingPath(delivered.fingerprint);
      const clear = done && same && current.paths.includes(waiting) ? { [waiting]: null } : {};
      const changes = { [path]: renderRecord(record), ...clear };
      return { result: record, changes, message: `Delivered ${delivered.fingerprint}\n\nRun ${way.run}\n` };
    },
    { from },
  );
  return { record: result, snapshot };
}
