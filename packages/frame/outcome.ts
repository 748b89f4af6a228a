import type { ReportBody } from "../report/model.ts";

/**
 * - `pass`: every rule that could be judged holds.
 * - `fail`: a stated rule is broken, and the headline says which.
 * - `neutral`: there was nothing to judge.
 * - `unknown`: the evidence is missing, incomplete or contradictory.
 */
export type Verdict = "pass" | "fail" | "neutral" | "unknown";

export interface Outcome<O = Readonly<Record<string, string | number | boolean | undefined>>> {
  readonly verdict: Verdict;
  /** One line: the answer, the rule that decided, its number and its limit. */
  readonly headline: string;
  readonly outputs: O;
  readonly report: ReportBody;
  /** Something given could not be read, yet there is a result to show: the step exits with 2, enforced or not. */
  readonly exitCode?: 2;
}

/** Exit codes of every action and of the command line. */
export const exitCode = { pass: 0, fail: 1, usage: 2, unknown: 3 } as const;

/** The exit code of a verdict; `enforce: false` turns 1 and 3 into 0. */
export function exitCodeOf(verdict: Verdict, enforce: boolean): number {
  if (!enforce) return exitCode.pass;
  if (verdict === "fail") return exitCode.fail;
  return verdict === "unknown" ? exitCode.unknown : exitCode.pass;
}
