import { parseUnifiedDiff } from "../../../packages/diff/unified.ts";
import { isUserError } from "../../../packages/frame/errors.ts";
import type { Event } from "../../../packages/frame/event.ts";
import type { Change, ChangedFile, Diff, Files } from "../../../packages/frame/ports.ts";

/** What is under judgement, or why nobody can tell. */
export interface Changed {
  readonly files: readonly ChangedFile[];
  /** 40 hex digits, where git or the event knows it. */
  readonly base: string | undefined;
  /** In words: `merge base of main and HEAD`. */
  readonly rule: string;
  /** It comes from the `diff` input and not from git. */
  readonly given?: boolean;
  readonly unknown?: string;
  /** What was odd about a given diff. */
  readonly notes?: readonly string[];
}

export interface ChangeRequest {
  readonly base: string | undefined;
  readonly diff: string | undefined;
  /** Some rule cannot be judged without it, so a wrong checkout is worth stopping for. */
  readonly needed: boolean;
}

/**
 * The change by `diff` or by git. A mistake of the user's (exit code 2: a bad ref, a checkout too shallow to tell) is thrown when a rule
 * needs the answer; evidence that is not there (no git at all) makes it unknown.
 */
export async function readChange(request: ChangeRequest, ports: { diff: Diff; files: Files }, event: Event): Promise<Changed> {
  if (request.diff !== undefined) {
    const notes: string[] = [];
    const files = parseUnifiedDiff(await ports.files.read(request.diff), request.diff, notes);
    return { notes, files, base: await quietBase(request.base, ports.diff, event), rule: `the diff ${request.diff}`, given: true };
  }
  try {
    const change: Change = await ports.diff.change(request.base);
    return { files: change.files, base: change.base, rule: change.rule };
  } catch (error) {
    if (!isUserError(error)) throw error;
    if (error.exitCode === 2 && (request.needed || request.base !== undefined)) throw error;
    return { files: [], base: eventBase(event), rule: "", unknown: error.message };
  }
}

async function quietBase(base: string | undefined, diff: Diff, event: Event): Promise<string | undefined> {
  try {
    return (await diff.change(base)).base;
  } catch (error) {
    if (!isUserError(error) || (base !== undefined && error.exitCode === 2)) throw error;
    return eventBase(event);
  }
}

function eventBase(event: Event): string | undefined {
  return event.pullRequest?.baseSha ?? event.mergeGroup?.baseSha ?? event.before;
}
