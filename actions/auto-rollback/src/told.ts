import type { Migration } from "../../../packages/migrations/classify.ts";
import type { Attempt, Plan, Transition } from "../../../packages/releases/book.ts";
import type { Health } from "./ports.ts";
import type { Decision, Rail, Reason } from "./reason.ts";

/** All that a run has found out and done. */
export interface Told {
  readonly decision: Decision;
  readonly reason: Reason;
  readonly headline: string;
  readonly from: string;
  readonly to: string;
  readonly rails: readonly Rail[];
  readonly plan?: Plan | undefined;
  readonly attempt?: Attempt | undefined;
  readonly timeline?: readonly Transition[] | undefined;
  readonly migrations?: readonly Migration[] | undefined;
  readonly fromCommit?: string | undefined;
  readonly verified?: boolean | undefined;
  readonly health?: Health | undefined;
  /** Seconds. */
  readonly duration?: number | undefined;
  readonly approval?: { readonly why: string; readonly url: string } | undefined;
  readonly notes?: readonly string[] | undefined;
  /** A verification that ended well: `verify` has no decision of its own. */
  readonly passes?: boolean | undefined;
}
