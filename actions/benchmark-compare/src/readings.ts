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

interface OneSide {
  readonly measure: Measure;
  readonly side: Side;
}

/** Benchmarks of both sides by name, in the order of their first file. */
export function pairUp(base: readonly ResultFile[], head: readonly ResultFile[], suite: string): Pair[] {
  const [before, after] = [sidesOf(base, suite), sidesOf(head, suite)];
  const pairs: Pair[] = [];
  for (const [key, now] of after) pairs.push(pairOf(before.get(key), now));
  for (const [key, old] of before) if (!after.has(key)) pairs.push({ measure: old.measure, base: old.side });
  return pairs;
}

function pairOf(old: OneSide | undefined, now: OneSide): Pair {
  if (old === undefined) return { measure: now.measure, head: now.side };
  const both = { measure: now.measure, base: old.side, head: now.side };
  if (old.measure.unit === now.measure.unit || old.side.all.length === 0 || now.side.all.length === 0) return both;
  return { ...both, mismatch: `it is measured in ${old.measure.unit} on the base and in ${now.measure.unit} now` };
}

/** `own`: the list of all values is no longer the file's. `latest`: a round's values so far, which may stand in several of its files. */
interface Gathered extends OneSide {
  readonly side: { readonly rounds: (number | undefined)[]; all: readonly number[]; failed?: string };
  own?: number[];
  latest?: { readonly round: number; values: readonly number[] };
}

function sidesOf(files: readonly ResultFile[], suite: string): Map<string, OneSide> {
  const found = new Map<string, Gathered>();
  for (const [round, file] of files.entries()) {
    for (const given of file.measures) {
      const measure = suite === "" || given.suite !== "" ? given : { ...given, suite };
      const key = keyOf(measure);
      let entry = found.get(key);
      if (entry === undefined) {
        entry = { measure, side: { rounds: new Array<number | undefined>(files.length).fill(undefined), all: measure.values } };
        found.set(key, entry);
      } else addValues(entry, measure.values);
      if (measure.values.length > 0) entry.side.rounds[round] = middle(valuesOfRound(entry, round, measure.values));
      if (measure.failed !== undefined) entry.side.failed ??= measure.failed;
    }
  }
  return found;
}

function addValues(entry: Gathered, values: readonly number[]): void {
  entry.own ??= [...entry.side.all];
  for (const value of values) entry.own.push(value);
  entry.side.all = entry.own;
}

function valuesOfRound(entry: Gathered, round: number, values: readonly number[]): readonly number[] {
  const { latest } = entry;
  if (latest?.round !== round) entry.latest = { round, values };
  else latest.values = [...latest.values, ...values];
  return entry.latest?.values ?? values;
}

function middle(values: readonly number[]): number {
  return values.length === 1 ? (values[0] ?? Number.NaN) : median(values);
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
