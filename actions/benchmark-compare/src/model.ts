/** Which way a value is better. `none`: neither; it is shown and never flagged. */
export type Direction = "lower" | "higher" | "none";

/** One metric of one benchmark in one result file, in base units (ns, B, per second). */
export interface Measure {
  readonly suite: string;
  /** Parameters are part of it. */
  readonly name: string;
  readonly metric: string;
  readonly unit: string;
  readonly direction: Direction;
  /** Bytes, allocations, instructions: the same work gives the same value, so one value decides. */
  readonly exact: boolean;
  /** One per process invocation, fork or `-count` line. Empty where it failed. */
  readonly values: readonly number[];
  /** Why it has no value, in words. */
  readonly failed?: string;
}

/** What a result file says of the machine it was made on. */
export interface HostFacts {
  readonly cpu?: string;
  readonly system?: string;
}

export interface ResultFile {
  readonly source: string;
  readonly format: string;
  readonly measures: readonly Measure[];
  readonly host: HostFacts;
}

/** One value of the history, in base units. */
export interface StoredValue {
  readonly name: string;
  readonly metric: string;
  readonly unit: string;
  readonly direction: Direction;
  readonly value: number;
}

/** One run of one suite. */
export interface StoredRun {
  readonly commit: string;
  /** ISO 8601. */
  readonly date: string;
  readonly suite: string;
  /** The class of machines: what runs must have in common for their times to be compared. */
  readonly host: string;
  readonly benchmarks: readonly StoredValue[];
}

/** How a benchmark is told apart from others: never by its place in a file. */
export function keyOf({ suite, name, metric }: Pick<Measure, "suite" | "name" | "metric">): string {
  return JSON.stringify([suite, name, metric]);
}
