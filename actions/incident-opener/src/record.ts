import { UserError } from "../../../packages/frame/errors.ts";
import { type Event, type EventKind, eventKinds, type Occurrence, type Policy } from "./course.ts";
import { follow, inOrder } from "./lifecycle.ts";
import { isSeverity, type Severity } from "./severity.ts";

/** What an incident is about, as its last opening, escalation or update said it. */
export interface About {
  readonly title: string;
  readonly summary: string;
  readonly severity: Severity;
  readonly service: string;
  readonly check: string;
  readonly environment: string;
  readonly group: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly runbook: string;
  readonly deployment: string;
}

export interface IssueReference {
  readonly number: number;
  readonly url: string;
}

/** An incident that is over and whose events are no longer kept. */
export interface Past {
  readonly issue: IssueReference | null;
  readonly severity: Severity;
  readonly since: number;
  readonly resolvedAt: number | null;
  readonly recoveredAt: number | null;
}

/** Everything that is remembered of one fingerprint. */
export interface IncidentRecord {
  readonly schema: "forge-incident/1";
  readonly fingerprint: string;
  readonly about: About;
  readonly policy: Policy;
  readonly events: readonly Event[];
  /** The issue of each occurrence that the events tell of. */
  readonly issues: readonly (IssueReference | null)[];
  /** Who opened them: only issues of this login are ours. */
  readonly author: string;
  /** Keys of the comments that have been written. */
  readonly posted: readonly string[];
  readonly past: readonly Past[];
}

export const recordPath = (fingerprint: string): string => `incidents/${fingerprint}.json`;
export const waitingPath = (fingerprint: string): string => `outbox/${fingerprint}.json`;

export function newRecord(fingerprint: string, about: About, policy: Policy): IncidentRecord {
  return { schema: "forge-incident/1", fingerprint, about, policy, events: [], issues: [], author: "", posted: [], past: [] };
}

/** The record with further events; those that it has already change nothing, whatever they say now. */
export function withEvents(record: IncidentRecord, events: readonly Event[]): IncidentRecord {
  const known = new Set(record.events.map(({ id }) => id));
  return { ...record, events: inOrder([...record.events, ...events.filter(({ id }) => !known.has(id))]) };
}

const mostEvents = 150;
const recentEvents = 25;
/** More than this only an incident that flaps for hours can have; then this many samples are kept. */
const longestFlapping = 400;
const flappingKept = 100;
const mostPast = 20;
const mostPosted = 60;

/** Forgets what no longer matters: the events of incidents that are over, and the middle of long streaks. The course stays what it is. */
export function compacted(record: IncidentRecord, now: number): IncidentRecord {
  if (record.events.length <= mostEvents) return record;
  const { occurrences } = follow(record.events, record.policy, now);
  const last = occurrences.at(-1);
  const over = occurrences.slice(0, -1);
  const events = inOrder(record.events).filter(({ at }) => over.length === 0 || last === undefined || at >= last.since);
  const past = over.map((occurrence, index) => pastOf(occurrence, record.issues[index] ?? null));
  return {
    ...record,
    events: events.length > mostEvents ? shortened(thinned(events)) : events,
    issues: record.issues.slice(over.length),
    past: [...record.past, ...past].slice(-mostPast),
    posted: record.posted.slice(-mostPosted),
  };
}

export function pastOf({ severity, since, resolvedAt, recoveredAt }: Occurrence, issue: IssueReference | null): Past {
  return { issue, severity, since, resolvedAt: resolvedAt ?? null, recoveredAt: recoveredAt ?? null };
}

/** Samples between equal ones say nothing that these do not, but for the last few, which flapping is judged by. */
function thinned(events: readonly Event[]): readonly Event[] {
  const same = (a: Event | undefined, b: Event): boolean =>
    a !== undefined &&
    a.kind === b.kind &&
    a.target === b.target &&
    a.severity === b.severity &&
    samePolicy(a.policy, b.policy) &&
    (a.kind === "fail" || a.kind === "pass");
  return events.filter((event, index) => {
    if (index >= events.length - recentEvents) return true;
    return ![-3, -2, -1, 1].every((step) => same(events[index + step], event));
  });
}

/** The beginning, what people did, and the latest samples. */
function shortened(events: readonly Event[]): readonly Event[] {
  if (events.length <= longestFlapping) return events;
  const first = events.findIndex(({ kind }) => kind === "fail" || kind === "open");
  return events.filter(
    ({ kind }, index) => index === first || index >= events.length - flappingKept || (kind !== "fail" && kind !== "pass"),
  );
}

export function renderRecord(record: IncidentRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Throws a `UserError` with exit code 3 for what no run of this action wrote. */
export function readRecord(text: string, fingerprint: string): IncidentRecord {
  const value = parsed(text);
  const record = isRecordLike(value) && value.fingerprint === fingerprint ? value : undefined;
  const events = record?.events.map(eventOf);
  if (record === undefined || events === undefined || events.includes(undefined)) {
    throw new UserError(
      `The ledger's record ${recordPath(fingerprint)} is not one of this action's: remove it to begin anew, or look who changed it.`,
      { exitCode: 3 },
    );
  }
  return record;
}

/** An event from outside; `undefined` for what is none. */
export function eventOf(value: unknown): Event | undefined {
  if (!isObject(value)) return undefined;
  const { id, at, kind, target, severity, policy, by, reason } = value;
  const texts = [target, by, reason].every((text) => text === undefined || (typeof text === "string" && text.length <= 500));
  if (typeof id !== "string" || id === "" || id.length > 200 || !texts) return undefined;
  if (typeof at !== "number" || !Number.isSafeInteger(at) || at < 0) return undefined;
  if (!eventKinds.some((known: EventKind) => known === kind)) return undefined;
  if (severity !== undefined && !isSeverity(severity)) return undefined;
  if (policy !== undefined && !isPolicy(policy)) return undefined;
  return value as unknown as Event;
}

export function isAbout(value: unknown): value is About {
  if (!isObject(value)) return false;
  const texts = ["title", "summary", "service", "check", "environment", "group", "runbook", "deployment"];
  const lists = ["labels", "assignees"];
  return (
    texts.every((name) => typeof value[name] === "string") && lists.every((name) => isTexts(value[name])) && isSeverity(value.severity)
  );
}

export function samePolicy(a: Policy | undefined, b: Policy | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function isPolicy(value: unknown): value is Policy {
  return isObject(value) && ["for", "resolveAfter", "reopenWithin", "cooldown"].every((name) => Number.isSafeInteger(value[name]));
}

function isRecordLike(value: unknown): value is IncidentRecord {
  if (!isObject(value) || value.schema !== "forge-incident/1") return false;
  const { events, issues, past, posted, author } = value;
  const lists = [events, issues, past].every((list) => Array.isArray(list)) && isTexts(posted);
  return lists && typeof author === "string" && isAbout(value.about) && isPolicy(value.policy);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
