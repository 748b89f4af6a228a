import { UserError } from "../../../packages/frame/errors.ts";
import { globMatcher } from "../../../packages/frame/glob.ts";
import type { YamlInput } from "../../../packages/frame/manifest.ts";
import { didYouMean } from "../../../packages/frame/nearest.ts";
import { isSeverity } from "./severity.ts";

/** A time in which nothing new is opened. Times are those on the wall in `timezone`. */
export interface Silence {
  readonly name: string;
  readonly match: Readonly<Partial<Record<MatchKey, string>>>;
  readonly timezone: string;
  readonly window: Daily | Once;
}

/** Minutes after midnight; `to` at or before `from` is on the next day. `days` are those on which it starts; empty: all. */
export interface Daily {
  readonly from: number;
  readonly to: number;
  readonly days: readonly number[];
}

/** Wall times as `2027-03-27T22:00`, which sort as they follow each other. */
export interface Once {
  readonly begin: string;
  readonly end: string;
}

const matchKeys = ["service", "check", "environment", "severity"] as const;
type MatchKey = (typeof matchKeys)[number];
export type Subject = Readonly<Record<MatchKey, string>>;

const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const keys = ["name", "match", "days", "from", "to", "timezone"] as const;

/** Every mistake is told, with its place. */
export function readSilences(input: YamlInput | undefined): Silence[] {
  if (input === undefined || input.value === null || input.value === undefined) return [];
  if (!Array.isArray(input.value)) {
    throw new UserError(`silences: ${input.where([])}: a list of { name, match, days, from, to, timezone } is needed.`);
  }
  const problems: string[] = [];
  const silences = input.value.map((entry: unknown, index) => readSilence(entry, index, input, problems));
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
  return silences.filter((silence) => silence !== undefined);
}

function readSilence(entry: unknown, index: number, input: YamlInput, problems: string[]): Silence | undefined {
  const complain = (path: readonly (string | number)[], what: string): undefined => {
    problems.push(`silences: ${input.where([index, ...path])}: ${what}`);
    return undefined;
  };
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return complain([], "an entry must be a mapping.");
  const given = entry as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(given)) {
    if (!keys.some((known) => known === key))
      complain([key], `"${key}" is not known.${didYouMean(key, keys)} Allowed: ${keys.join(", ")}.`);
  }
  const name = typeof given.name === "string" || typeof given.name === "number" ? String(given.name) : `silence ${index + 1}`;
  const timezone = given.timezone === undefined ? "UTC" : String(given.timezone);
  if (!isZone(timezone)) complain(["timezone"], `"${timezone}" is not a time zone. Example: Europe/Berlin.`);
  const match = readMatch(given.match, complain);
  const window = readWindow(given, complain);
  return match === undefined || window === undefined ? undefined : { name, match, timezone, window };
}

type Complain = (path: readonly (string | number)[], what: string) => undefined;

function readMatch(value: unknown, complain: Complain): Silence["match"] | undefined {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return complain(["match"], "match must be a mapping.");
  const match: Partial<Record<MatchKey, string>> = {};
  for (const [key, wanted] of Object.entries(value)) {
    const known = matchKeys.find((name) => name === key);
    if (known === undefined)
      complain(["match", key], `"${key}" is not known.${didYouMean(key, matchKeys)} Allowed: ${matchKeys.join(", ")}.`);
    else if (typeof wanted !== "string" || wanted === "") complain(["match", key], `${key} must be a text.`);
    else if (known === "severity" && !isSeverity(wanted)) complain(["match", key], `"${wanted}" is not a severity.`);
    else match[known] = wanted;
  }
  return match;
}

function readWindow(given: Readonly<Record<string, unknown>>, complain: Complain): Silence["window"] | undefined {
  const from = String(given.from ?? "");
  const to = String(given.to ?? "");
  if (isWallTime(from) || isWallTime(to)) {
    if (!isWallTime(from)) return complain(["from"], `"${from}" is not a time such as 2027-03-27T22:00.`);
    if (!isWallTime(to)) return complain(["to"], `"${to}" is not a time such as 2027-03-28T06:00.`);
    if (given.days !== undefined) return complain(["days"], "days are for times that come back every week.");
    return from < to ? { begin: from, end: to } : complain(["to"], `${to} is not after ${from}.`);
  }
  const begin = minutesOf(from);
  const end = minutesOf(to);
  if (begin === undefined || begin === 1440) return complain(["from"], `"${from}" is not a time. Allowed: "22:00" or 2027-03-27T22:00.`);
  if (end === undefined) return complain(["to"], `"${to}" is not a time. Allowed: "05:30" or 2027-03-28T06:00.`);
  if (begin === end) return complain(["to"], `it begins and ends at ${from}. For a whole day give "00:00" and "24:00".`);
  const days = readDays(given.days, complain);
  return days === undefined ? undefined : { from: begin, to: end, days };
}

function readDays(value: unknown, complain: Complain): readonly number[] | undefined {
  if (value === undefined || value === null) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const days = list.map((day) => dayNames.indexOf(String(day).toLowerCase().slice(0, 3)));
  const wrong = days.findIndex((day, index) => day < 0 || !/^[a-z]{3,9}$/i.test(String(list[index])));
  return wrong < 0 ? days : complain(["days", wrong], `"${String(list[wrong])}" is not a day. Allowed: ${dayNames.join(", ")}.`);
}

function isWallTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d$/.test(text)) return false;
  const time = Date.parse(`${text}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function minutesOf(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  const total = Number(hours) * 60 + Number(minutes);
  return total <= 1440 ? total : undefined;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The first silence that holds for the subject at `now`. */
export function silencedBy(silences: readonly Silence[], subject: Subject, now: number): Silence | undefined {
  return silences.find((silence) => concerns(silence.match, subject) && covers(silence, now));
}

function concerns(match: Silence["match"], subject: Subject): boolean {
  return matchKeys.every((key) => {
    const wanted = match[key];
    return wanted === undefined || wanted === subject[key] || globMatcher([wanted])(subject[key]);
  });
}

/**
 * Asked is what the clock on the wall shows. So a time that a change of clocks skips is never silent, one that it repeats is silent both times, and the
 * runner's own time zone plays no part.
 */
export function covers({ window, timezone }: Silence, now: number): boolean {
  const wall = wallClock(now, timezone);
  if ("begin" in window) return wall.text >= window.begin && wall.text < window.end;
  const { from, to, days } = window;
  const starts = (day: number): boolean => days.length === 0 || days.includes((day + 7) % 7);
  if (from < to) return wall.minutes >= from && wall.minutes < to && starts(wall.day);
  return (wall.minutes >= from && starts(wall.day)) || (wall.minutes < to && starts(wall.day - 1));
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function wallClock(now: number, timezone: string): { readonly text: string; readonly minutes: number; readonly day: number } {
  let format = clocks.get(timezone);
  if (format === undefined) {
    const digits = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      calendar: "gregory",
      numberingSystem: "latn",
      ...digits,
    });
    clocks.set(timezone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const date = `${(parts.year ?? "").padStart(4, "0")}-${parts.month}-${parts.day}`;
  const time = `${parts.hour}:${parts.minute}`;
  return { text: `${date}T${time}`, minutes: minutesOf(time) ?? 0, day: new Date(`${date}T00:00:00Z`).getUTCDay() };
}
