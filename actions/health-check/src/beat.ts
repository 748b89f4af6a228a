import { UserError } from "../../../packages/frame/errors.ts";
import type { YamlInput } from "../../../packages/frame/manifest.ts";
import { judgeObservation } from "../../../packages/probe/judge.ts";
import type { Prober } from "../../../packages/probe/model.ts";
import { beatName } from "../../../packages/probe/target-kinds.ts";
import { parseTargets } from "../../../packages/probe/targets.ts";
import type { HealthInputs, HealthPorts } from "./model.ts";

/** What came of the heartbeat. */
export interface Beat {
  readonly recorded: boolean;
  readonly words: string;
}

const address = /^https?:\/\//i;

/** Refuses a name or address that no heartbeat can have, before anything is asked. */
export function checkBeat({ beat }: HealthInputs, log: HealthPorts["log"]): void {
  if (beat === undefined) return;
  if (address.test(beat)) {
    // Whoever knows such an address can send the heartbeat.
    log.secret(beat);
    if (URL.canParse(beat)) return;
  }
  if (!beatName.test(beat))
    throw new UserError(
      "beat: that is no name of a heartbeat. Allowed: letters, digits and dashes, at most 80, or an address that begins with https://. Example: nightly-backup",
    );
}

export async function recordBeat(inputs: HealthInputs, ports: HealthPorts, prober: Prober): Promise<Beat | undefined> {
  const { beat } = inputs;
  if (beat === undefined) return undefined;
  if (address.test(beat)) return send(beat, inputs.timeout, prober);
  if (!inputs["save-state"]) return { recorded: false, words: "the heartbeat was not recorded: save-state is false" };
  const saved = (await ports.baseline.remember?.(`beat-${beat}`, { schema: 1, at: ports.clock.now() }, true)) ?? {
    skipped: "this store remembers nothing",
  };
  return "saved" in saved
    ? { recorded: true, words: `the heartbeat ${beat} is recorded` }
    : { recorded: false, words: `the heartbeat ${beat} was not recorded: ${saved.skipped}` };
}

async function send(url: string, timeout: number, prober: Prober): Promise<Beat> {
  const place = (): string => "beat";
  const given: YamlInput = { value: [{ name: "beat", url }], where: place, whereKey: place };
  const [target] = parseTargets(given, { attempts: 1, interval: 0, timeout, prometheus: undefined });
  if (target === undefined) return { recorded: false, words: "the heartbeat was not sent" };
  const sample = judgeObservation(target, await prober.probe(target, timeout));
  return sample.status === "healthy"
    ? { recorded: true, words: "the heartbeat was sent" }
    : { recorded: false, words: `the heartbeat was not sent: ${sample.reason}` };
}
