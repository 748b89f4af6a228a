import type { Occurrence } from "./course.ts";

/** `2026-11-21 03:04:05 UTC`. */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** ISO 8601 to the second. */
export function iso(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(Math.round(milliseconds / 1000), 0);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Seconds from the first failing sample, each `undefined` until it has happened. */
export interface Measures {
  readonly detect: number | undefined;
  readonly acknowledge: number | undefined;
  readonly recover: number | undefined;
}

/** Recovery ends at the first pass of the streak that resolved the incident, so it is known only once it is over. */
export function measure(occurrence: Occurrence | undefined): Measures {
  if (occurrence === undefined) return { detect: undefined, acknowledge: undefined, recover: undefined };
  const { since, openedAt, acknowledgedAt, recoveredAt, resolvedAt } = occurrence;
  const seconds = (at: number | undefined): number | undefined => (at === undefined ? undefined : Math.round((at - since) / 1000));
  return {
    detect: seconds(openedAt),
    acknowledge: seconds(acknowledgedAt),
    recover: resolvedAt === undefined ? undefined : seconds(recoveredAt),
  };
}
