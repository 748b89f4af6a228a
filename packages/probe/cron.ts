/** Cron words in a time zone: when something should last have happened. */

export interface Schedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Both days were restricted, so either is enough, as in cron. */
  readonly either: boolean;
}

const named: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};
const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] as const;
const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** The schedule, or in words what is wrong with it. */
export function parseSchedule(text: string): Schedule | string {
  const fields = (named[text.trim().toLowerCase()] ?? text.trim()).split(/\s+/);
  if (fields.length !== 5) return "cron words have five fields: minute, hour, day, month, weekday.";
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  const minutes = parseField(minute, 0, 59, []);
  const hours = parseField(hour, 0, 23, []);
  const days = parseField(day, 1, 31, []);
  const months = parseField(month, 1, 12, monthNames);
  const weekdays = parseField(weekday, 0, 7, dayNames);
  if (minutes === undefined) return `"${minute.slice(0, 40)}" is no minute.`;
  if (hours === undefined) return `"${hour.slice(0, 40)}" is no hour.`;
  if (days === undefined) return `"${day.slice(0, 40)}" is no day of a month.`;
  if (months === undefined) return `"${month.slice(0, 40)}" is no month.`;
  if (weekdays === undefined) return `"${weekday.slice(0, 40)}" is no weekday.`;
  const folded = new Set([...weekdays].map((each) => each % 7));
  const either = !day.startsWith("*") && !weekday.startsWith("*");
  const schedule = { minutes, hours, days, months, weekdays: folded, either };
  return happens(schedule) ? schedule : "that day never comes.";
}

function happens({ days, months, either }: Schedule): boolean {
  const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return either || [...months].some((month) => [...days].some((day) => day <= (longest[month - 1] ?? 0)));
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

function parseField(text: string, low: number, high: number, names: readonly string[]): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const range = parseRange(part, { low, high, names });
    if (range === undefined) return undefined;
    for (let value = range.from; value <= range.to; value += range.by) values.add(value);
  }
  return values;
}

function parseRange(part: string, bounds: Bounds): { from: number; to: number; by: number } | undefined {
  const match = /^(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/(\d{1,2}))?$/.exec(part);
  if (match === null) return undefined;
  const [, first = "", last, step] = match;
  const by = step === undefined ? 1 : Number(step);
  const from = first === "*" ? bounds.low : wordValue(first, bounds);
  let to = last === undefined ? from : wordValue(last, bounds);
  // `5/15` runs to the end, as `*` does.
  if (last === undefined && (first === "*" || step !== undefined)) to = bounds.high;
  if (first === "*" && last !== undefined) return undefined;
  return from === undefined || to === undefined || to < from || by < 1 ? undefined : { from, to, by };
}

function wordValue(word: string, { low, high, names }: Bounds): number | undefined {
  const index = names.indexOf(word.toLowerCase());
  if (index >= 0) return index + (low === 1 ? 1 : 0);
  const value = /^\d{1,2}$/.test(word) ? Number(word) : undefined;
  return value !== undefined && value >= low && value <= high ? value : undefined;
}

export function knownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return zone !== "";
  } catch {
    return false;
  }
}

const minuteLength = 60_000;
const dayLength = 86_400_000;
/** A 29 February can be eight years away. */
const farthest = 8 * 366 + 2;

/** The last time at or before `now` (milliseconds since 1970) at which the schedule was due; undefined where there was none in eight years. */
export function lastDue(schedule: Schedule, zone: string, now: number): number | undefined {
  const offset = offsets(zone);
  const today = Math.floor((now + offset(now)) / dayLength);
  for (let day = today + 1; day > today - farthest; day--) {
    if (!onDay(schedule, day)) continue;
    const due = lastOfDay(schedule, day, offset, now);
    if (due !== undefined) return due;
  }
  return undefined;
}

function onDay(schedule: Schedule, day: number): boolean {
  const date = new Date(day * dayLength);
  if (!schedule.months.has(date.getUTCMonth() + 1)) return false;
  const byDay = schedule.days.has(date.getUTCDate());
  const byWeekday = schedule.weekdays.has(date.getUTCDay());
  return schedule.either ? byDay || byWeekday : byDay && byWeekday;
}

function lastOfDay(schedule: Schedule, day: number, offset: (instant: number) => number, now: number): number | undefined {
  let best: number | undefined;
  for (const hour of schedule.hours) {
    for (const minute of schedule.minutes) {
      const local = day * dayLength + hour * 3_600_000 + minute * minuteLength;
      const instant = instantOf(local, offset);
      if (instant <= now && (best === undefined || instant > best)) best = instant;
    }
  }
  return best;
}

/** Local time to an instant: one that occurs twice is its first occurrence, one that is skipped is moved forward by the gap. */
function instantOf(local: number, offset: (instant: number) => number): number {
  const before = offset(local - dayLength);
  const after = offset(local + dayLength);
  const early = local - before;
  if (offset(early) === before) return early;
  const late = local - after;
  return offset(late) === after ? late : early;
}

/** How far local time is ahead of UTC, in milliseconds. */
function offsets(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const known = new Map<number, number>();
  return (instant) => {
    // Clocks change at quarters of an hour only.
    const slot = Math.floor(instant / 900_000);
    const remembered = known.get(slot);
    if (remembered !== undefined) return remembered;
    const parts = Object.fromEntries(format.formatToParts(new Date(slot * 900_000)).map(({ type, value }) => [type, Number(value)]));
    const local = Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day, parts.hour, parts.minute, parts.second);
    const difference = local - slot * 900_000;
    known.set(slot, difference);
    return difference;
  };
}
