import { UserError } from "../../../packages/frame/errors.ts";
import type { YamlInput } from "../../../packages/frame/manifest.ts";
import type { Baseline, Clock, Exec, Log } from "../../../packages/frame/ports.ts";
import { parseNetwork } from "../../../packages/probe/addresses.ts";
import { checkTargets } from "../../../packages/probe/check.ts";
import type { AllowPrivate, CheckSettings, Target } from "../../../packages/probe/model.ts";
import { parseTargets } from "../../../packages/probe/targets.ts";
import type { Checks } from "../src/ports.ts";

export interface ChecksContext {
  readonly exec: Exec;
  readonly log: Log;
  readonly clock: Clock;
  readonly baseline: Baseline;
}

const settings: CheckSettings = {
  deadline: 300_000,
  startupDeadline: undefined,
  successStreak: 1,
  duration: undefined,
  minSuccess: 1,
  concurrency: 16,
};
/** What came back may take a moment to come up; targets that need longer say so by `attempts` and `interval`. */
const defaults = { attempts: 5, interval: 2_000, timeout: 5_000, prometheus: undefined };

/** health-check's own targets and probes. */
export function openChecks({ exec, log, clock, baseline }: ChecksContext): Checks {
  const read = (given: YamlInput): readonly Target[] => {
    const targets = parseTargets(given, defaults);
    for (const secret of targets.flatMap((target) => target.secrets)) log.secret(secret);
    if (targets.every(({ control }) => control)) throw new UserError("verify: no target is given that could be healthy.");
    return targets;
  };
  return {
    async prepare(given, allowed) {
      read(given);
      allowance(allowed);
    },
    async check(given, allowed) {
      const { openProber } = await import("../../../packages/probe/adapters/prober.ts");
      const prober = openProber({ allowPrivate: allowance(allowed), exec, memory: baseline, clock });
      const found = await checkTargets(read(given), settings, { prober, clock, memory: baseline, log });
      return {
        status: found.status,
        rows: found.targets.map(({ name, status, evidence, reason }) => ({ name, status, why: `${evidence} (${reason})` })),
      };
    },
  };
}

/** `true`, `false`, or addresses and networks. */
function allowance(given: readonly string[]): AllowPrivate {
  const items = given
    .flatMap((item) => item.split(","))
    .map((item) => item.trim())
    .filter((item) => item !== "");
  const word = items.length === 1 ? items[0]?.toLowerCase() : undefined;
  if (items.length === 0 || word === "false") return false;
  if (word === "true") return true;
  const wrong = items.find((item) => parseNetwork(item) === undefined);
  if (wrong !== undefined)
    throw new UserError(
      `allow-private: "${wrong.slice(0, 80)}" is no address and no network. Allowed: true, false, or one a line. Example: 10.0.0.0/8`,
    );
  return items;
}
