import type { Skip } from "./model.ts";

export interface SkipGroup {
  readonly reason: string;
  readonly count: number;
  readonly names: readonly string[];
  readonly incomplete: boolean;
}

const mostNames = 100;

/** What was left out, by reason. */
export function groupSkips(skipped: readonly Skip[]): SkipGroup[] {
  const groups = new Map<string, { reason: string; count: number; names: string[]; incomplete: boolean }>();
  for (const { reason, name, incomplete } of skipped) {
    const group = groups.get(reason) ?? { reason, count: 0, names: [], incomplete };
    group.count++;
    if (name !== "" && group.names.length < mostNames) group.names.push(name);
    groups.set(reason, group);
  }
  return [...groups.values()];
}
