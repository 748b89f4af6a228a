export type Decision = "rolled-back" | "already-rolled-back" | "refused" | "halted" | "planned" | "nothing-to-do";

export type Reason =
  | ""
  | "verdict-unknown"
  | "not-caused"
  | "kill-switch"
  | "is-rollback"
  | "window"
  | "no-verified-good"
  | "too-old"
  | "artifact-missing"
  | "target-is-current"
  | "credentials-missing"
  | "migration"
  | "verify-failed";

export interface Rail {
  readonly name: string;
  /** It does not stand in the way. */
  readonly holds: boolean;
  readonly why: string;
  readonly reason?: Reason;
}

export const holds = (name: string, why: string): Rail => ({ name, holds: true, why });
export const stops = (name: string, reason: Reason, why: string): Rail => ({ name, holds: false, why, reason });
