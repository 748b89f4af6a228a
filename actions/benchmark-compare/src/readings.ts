import type { HostFacts, Measure, ResultFile } from "./model.ts";
import { keyOf } from "./model.ts";
import { median } from "./statistics/order.ts";

/** One side of one benchmark: a value a round, and all values of its files. */
export interface Side {
  /** `undefined` where a round has none. */
  readonly rounds: readonly (number | undefined)[];
  readonly all: readonly number[];
  readonly failed?: string;
}

export interface Pair {
  readonly measure: Measure;
  /** Absent where the side does not know the benchmark. */
  readonly base?: Side;
  readonly head?: Side;
  /** The sides measure different things under one name. */
  readonly mismatch?: string;
}

/** Benchmarks of both sides by name, in the order of their first file. */
export function pairUp(base: readonly ResultFile[], head: readonly ResultFile[], suite: string): Pair[] {
  const [before, after] = [sidesOf(base, suite), sidesOf(head, suite)];
  const keys = new Set([...after.keys(), ...before.keys()]);
  return [...keys].flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    const measure = now?.measure ?? old?.measure;
    if (measure === undefined) return [];
    const mismatch =
      old !== undefined && now !== undefined && old.measure.unit !== now.measure.unit && old.side.all.length > 0 && now.side.all.length > 0
        ? `it is measured in ${old.measure.unit} on the base and in ${now.measure.unit} now`
        : undefined;
    return [
      {
        measure,
        ...(old === undefined ? {} : { base: old.side }),
        ...(now === undefined ? {} : { head: now.side }),
        ...(mismatch === undefined ? {} : { mismatch }),
      },
    ];
  });
}

function sidesOf(files: readonly ResultFile[], suite: string): Map<string, { measure: Measure; side: Side }> {
  const found = new Map<string, { measure: Measure; rounds: (number | undefined)[]; all: number[]; failed?: string }>();
  for (const [round, file] of files.entries()) {
    for (const given of file.measures) {
      const measure = suite === "" || given.suite !== "" ? given : { ...given, suite };
      const key = keyOf(measure);
      const entry = found.get(key) ?? { measure, rounds: new Array<number | undefined>(files.length).fill(undefined), all: [] };
      if (measure.values.length > 0) entry.rounds[round] = median(measure.values);
      for (const value of measure.values) entry.all.push(value);
      if (measure.failed !== undefined) entry.failed ??= measure.failed;
      found.set(key, entry);
    }
  }
  return new Map(
    [...found].map(([key, { measure, rounds, all, failed }]) => [
      key,
      { measure, side: { rounds, all, ...(failed === undefined ? {} : { failed }) } },
    ]),
  );
}

/** Why times of the two sides cannot be compared, if the files say so. */
export function differentHosts(base: readonly ResultFile[], head: readonly ResultFile[]): string | undefined {
  const cpus = (files: readonly ResultFile[]): string[] =>
    [...new Set(files.map(({ host }) => host.cpu ?? "").filter((cpu) => cpu !== ""))].sort();
  const [before, after] = [cpus(base), cpus(head)];
  if (before.length === 0 || after.length === 0 || before.join("\n") === after.join("\n")) return undefined;
  return `different hosts: the base ran on ${before.join(", ")}, this on ${after.join(", ")}`;
}

export function hostOf(files: readonly ResultFile[]): HostFacts {
  return files.map(({ host }) => host).find((host) => Object.keys(host).length > 0) ?? {};
}
