import { UserError } from "../../../packages/frame/errors.ts";
import type { Baseline, Clock, Exec, Log } from "../../../packages/frame/ports.ts";
import type { Checks } from "../src/ports.ts";

export interface ChecksContext {
  readonly exec: Exec;
  readonly log: Log;
  readonly clock: Clock;
  readonly baseline: Baseline;
}

export function openChecks(_: ChecksContext): Checks {
  const missing = (): Promise<never> => Promise.reject(new UserError("verify: targets cannot be checked yet.", { exitCode: 3 }));
  return { prepare: missing, check: missing };
}
