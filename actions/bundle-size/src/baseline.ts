import type { Context } from "../../../packages/frame/context.ts";
import { isUserError } from "../../../packages/frame/errors.ts";
import type { Ports } from "../../../packages/frame/ports.ts";
import type { Algorithm, Versions } from "./model.ts";
import { libraryOf, type Past, readStored } from "./stored.ts";

/** The build that this one is compared with. */
export interface Compared {
  readonly past: Past;
  readonly commit: string;
  /** How many commits it lies before the base. */
  readonly distance: number;
  /** It was built just now, or by an earlier run of this change. */
  readonly built?: true;
}

export interface Nothing {
  /** Why there is nothing to compare with. */
  readonly missing: string;
  /** Something is stored and cannot be trusted, so the answer is not known. */
  readonly torn?: true;
}

export type BaselineResult = Compared | Nothing;

export interface Base {
  readonly commit: string | undefined;
  /** In words: `merge base of main and HEAD`. */
  readonly rule: string;
  readonly unknown?: string;
}

/** The commit that this build is compared with, by git, else by the event. */
export async function readBase({ diff }: Pick<Ports, "diff">, { event }: Context): Promise<Base> {
  try {
    const { base, rule } = await diff.change();
    return { commit: base, rule };
  } catch (error) {
    if (!isUserError(error)) throw error;
    const commit = event.pullRequest?.baseSha ?? event.mergeGroup?.baseSha ?? event.before;
    return { commit, rule: "", unknown: error.message };
  }
}

export async function readBaseline({ baseline }: Pick<Ports, "baseline">, base: Base): Promise<BaselineResult> {
  if (base.commit === undefined)
    return { missing: base.unknown === undefined ? "nothing tells which commit to compare with" : withoutStop(base.unknown) };
  const found = await baseline.find(base.commit);
  if ("missing" in found) return { missing: found.missing, ...(found.torn === true ? { torn: true } : {}) };
  const past = readStored(found.record.data);
  if (past === undefined) return { missing: "what is stored there is no measurement of a build", torn: true };
  return { past, commit: found.record.commit, distance: found.distance };
}

export function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

/** Why sizes of a compression cannot be compared: nothing is there, or they were made by another library, whose bytes differ by themselves. */
export function whyUnjudged(
  baseline: BaselineResult,
  versions: Versions,
): (algorithm: Algorithm) => { verdict: "neutral" | "unknown"; why: string } | undefined {
  return (algorithm) => {
    if ("missing" in baseline) {
      return { verdict: baseline.torn === true ? "unknown" : "neutral", why: `there is no baseline (${baseline.missing})` };
    }
    const [then, now] = [libraryOf(baseline.past.versions, algorithm), libraryOf(versions, algorithm)];
    if (then !== now)
      return { verdict: "neutral", why: `the baseline's ${algorithm} sizes were made by version ${then || "none"}, these by ${now}` };
    const all = baseline.past.files.every(({ sizes }) => sizes[algorithm] !== undefined);
    return all ? undefined : { verdict: "neutral", why: `the baseline has no ${algorithm} sizes` };
  };
}
