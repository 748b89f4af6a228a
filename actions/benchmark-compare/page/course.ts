import type { Head, Packed, Page } from "./data.ts";

export interface Point {
  readonly commit: string;
  readonly date: string;
  readonly host: number;
  readonly value: number;
}

/** A stretch of points by their places, both included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Level extends Stretch {
  readonly low: number;
  readonly high: number;
}

/** One series as it is drawn. */
export interface Course {
  readonly head: Head;
  readonly points: readonly Point[];
  /** Places at which a step begins. */
  readonly steps: readonly number[];
  readonly levels: readonly Level[];
  readonly machines: readonly (Stretch & { readonly host: number })[];
}

export function pointsOf([first, values, steps]: Packed, { runs }: Page): Point[] {
  let at = first;
  return values.map((value, place) => {
    if (place > 0) at += steps?.[place] ?? 1;
    const [commit, date, host] = runs[at] ?? ["", "", -1];
    return { commit, date, host, value };
  });
}

/** A logarithm shows only what is above zero. */
export function courseOf(head: Head, all: readonly Point[], logarithmic: boolean): Course {
  const points = logarithmic ? all.filter(({ value }) => value > 0) : all;
  const steps = points.flatMap(({ commit }, place) => (head.t.includes(commit) ? [place] : []));
  const levels = stretches(points.length, (place) => steps.includes(place)).flatMap((stretch) => levelOf(points, stretch));
  const machines = stretches(points.length, (place) => points[place]?.host !== points[place - 1]?.host);
  return { head, points, steps, levels, machines: machines.map((each) => ({ ...each, host: points[each.from]?.host ?? -1 })) };
}

function stretches(count: number, begins: (place: number) => boolean): Stretch[] {
  const starts = Array.from({ length: count }, (_, place) => place).filter((place) => place === 0 || begins(place));
  return starts.map((from, index) => ({ from, to: (starts[index + 1] ?? count) - 1 }));
}

/** The median's 95 % interval, by the median deviation, a little wider for few values. */
function levelOf(points: readonly Point[], { from, to }: Stretch): Level[] {
  const values = points.slice(from, to + 1).map(({ value }) => value);
  const count = values.length;
  if (count < 4) return [];
  const level = median(values);
  const spread = 1.8582 * median(values.map((value) => Math.abs(value - level)));
  const reach = (spread * (1.96 + 2.4 / count)) / Math.sqrt(count);
  return [{ from, to, low: level - reach, high: level + reach }];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
