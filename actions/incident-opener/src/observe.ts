import type { Event, Occurrence } from "./course.ts";
import type { IssueView, Observed, Tracker } from "./ports.ts";
import type { IncidentRecord } from "./record.ts";

/** Each costs a request, in every run. */
const mostAsked = 3;

/** `/ack` must begin the comment, as a word. */
const order = /^\/ack(?![\w/-])/;

/**
 * What people did to the issue, as events: acknowledged (somebody is assigned whom we did not assign, the label, or `/ack` by somebody who may push),
 * closed, reopened. What the issue's own author does is ours.
 */
export async function observedEvents(
  tracker: Tracker,
  issue: IssueView,
  record: IncidentRecord,
  occurrence: Occurrence,
): Promise<readonly Event[]> {
  const known = new Set(record.events.map(({ id }) => id));
  const begins = occurrence.openedAt ?? occurrence.since;
  const events: Event[] = [];
  const deeds = await tracker.observe(issue.number);
  const fresh = deeds.filter(({ id, by }) => !known.has(`issue ${issue.number} ${id}`) && !sameLogin(by, record.author));
  const writers = occurrence.acknowledgedAt === undefined ? await writersAmong(fresh, tracker) : [];
  for (const deed of fresh) {
    const id = `issue ${issue.number} ${deed.id}`;
    const kind = kindOf(deed, record, occurrence, writers);
    if (kind === undefined) continue;
    const by = deed.kind === "assigned" ? deed.what : deed.by;
    const reason = kind === "closed" ? { reason: reasonOf(deed, deeds) } : {};
    events.push({ id, at: Math.max(deed.at, begins), kind, by: by.slice(0, 100), ...reason });
  }
  return events;
}

/**
 * Who of those that say `/ack` may write, up to the first of them. Anybody can comment, so only three are asked about: those who belong to the
 * repository before strangers, and the latest before earlier ones.
 */
async function writersAmong(deeds: readonly Observed[], tracker: Tracker): Promise<readonly string[]> {
  const orders = deeds.filter(({ kind, what }) => kind === "commented" && order.test(what));
  const ranked = orders.toSorted(
    (a, b) => Number(b.insider === true) - Number(a.insider === true) || b.at - a.at || orders.indexOf(b) - orders.indexOf(a),
  );
  const asked = new Set([...new Set(ranked.map(({ by }) => by))].slice(0, mostAsked));
  for (const by of new Set(orders.map((each) => each.by).filter((login) => asked.has(login)))) {
    if (await tracker.mayWrite(by)) return [by];
  }
  return [];
}

function kindOf(
  { kind, what, by }: Observed,
  { about }: IncidentRecord,
  { acknowledgedAt }: Occurrence,
  writers: readonly string[],
): Event["kind"] | undefined {
  if (kind === "closed" || kind === "reopened") return kind;
  if (acknowledgedAt !== undefined) return undefined;
  if (kind === "assigned") return about.assignees.some((login) => sameLogin(login, what)) ? undefined : "acknowledge";
  if (kind === "labeled") return what.toLowerCase() === "acknowledged" ? "acknowledge" : undefined;
  return order.test(what) && writers.includes(by) ? "acknowledge" : undefined;
}

/** GitHub says that it is a duplicate, and only the comment says of what. */
function reasonOf({ what }: Observed, deeds: readonly Observed[]): string {
  if (what !== "duplicate") return what;
  const numbers = deeds.flatMap(({ kind, what: text }) =>
    kind === "commented" ? (/^duplicate of #(\d{1,10})\b/i.exec(text)?.[1] ?? []) : [],
  );
  const last = numbers.at(-1);
  return last === undefined ? what : `duplicate of #${last}`;
}

function sameLogin(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
