/** One series as the list knows it; `src/dashboard.ts` writes these, with short names because there are hundreds. */
export interface Head {
  /** Name, suite, metric, unit. */
  readonly n: string;
  readonly s: string;
  readonly m: string;
  readonly u: string;
  /** Commits that begin a step. */
  readonly t: readonly string[];
  /** What this run says of it. */
  readonly r?: string;
  /** Its last values, for the small line in the list. */
  readonly l: readonly number[];
}

export type Run = readonly [commit: string, date: string, host: number];

/** First run, values, and steps from run to run where they are not all 1. */
export type Packed = readonly [first: number, values: readonly number[], steps?: readonly number[]];

/** What the page's scripts share: the list's is there first, the chart's comes later. */
export interface Page {
  readonly heads: readonly Head[];
  /** Set behind the list, before the chart. */
  readonly runs: readonly Run[];
  readonly hosts: readonly string[];
  /** Series in one file of data; undefined where the page holds it all. */
  readonly shardSize?: number;
  chosen?: number;
  /** The chart's, once its code is there. */
  show?: (index: number) => void;
}

declare global {
  var forge: Page;
  var forgeShard: (from: number, data: readonly Packed[]) => void;
}
