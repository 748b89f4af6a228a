import type { Stretch } from "./course.ts";

/** What part of a course is looked at. `last` is the course's last place. */
export function within({ from, to }: Stretch, last: number): Stretch {
  const start = Math.max(0, Math.min(from, last));
  return { from: start, to: Math.max(start, Math.min(to, last)) };
}

export function closer({ from, to }: Stretch): Stretch {
  const quarter = Math.floor((to - from) / 4);
  return { from: from + quarter, to: to - quarter };
}

export function earlier({ from, to }: Stretch): Stretch {
  const by = Math.min(from, Math.ceil((to - from) / 2));
  return { from: from - by, to: to - by };
}

export function later({ from, to }: Stretch, last: number): Stretch {
  const by = Math.min(last - to, Math.ceil((to - from) / 2));
  return { from: from + by, to: to + by };
}

/** Where a key moves the readout; undefined where it is none of the chart's. */
export function moved(key: string, at: number | undefined, { from, to }: Stretch): number | undefined {
  if (key === "Home") return from;
  if (key === "End") return to;
  if (key === "ArrowRight") return at === undefined ? from : Math.min(to, at + 1);
  if (key === "ArrowLeft") return at === undefined ? to : Math.max(from, at - 1);
  return undefined;
}
