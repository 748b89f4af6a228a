import { UserError } from "../../../packages/frame/errors.ts";
import type { YamlInput } from "../../../packages/frame/manifest.ts";
import type { Ports } from "../../../packages/frame/ports.ts";
import { parseNetwork } from "../../../packages/probe/addresses.ts";
import type { AllowPrivate, CheckSettings, Target } from "../../../packages/probe/model.ts";
import { secretsIn, splitAddress } from "../../../packages/probe/secrets.ts";
import { parseTargets } from "../../../packages/probe/targets.ts";
import type { HealthInputs } from "./model.ts";

const sixHours = 21_600_000;
/** What is kept of the deadline for the store, at most: a few requests to GitHub. */
const longestSave = 3_000;

/** The targets of either input; empty where there is only a heartbeat to record. Credentials are hidden before anything can be said about them. */
export function readTargets(inputs: HealthInputs, log: Pick<Ports["log"], "secret">): readonly Target[] {
  const given = givenTargets(inputs);
  for (const secret of [...secretsIn(given?.value), ...splitAddress(inputs.prometheus ?? "").secrets]) log.secret(secret);
  if (given === undefined) return [];
  const targets = parseTargets(given, {
    attempts: inputs["max-attempts"] ?? inputs.attempts,
    interval: inputs["retry-delay"] ?? inputs.interval,
    timeout: inputs.timeout,
    prometheus: inputs.prometheus,
  });
  for (const secret of targets.flatMap(({ secrets }) => secrets)) log.secret(secret);
  return targets;
}

function givenTargets(inputs: HealthInputs): YamlInput | undefined {
  const { url, targets } = inputs;
  if (url !== undefined && targets !== undefined) throw new UserError("url: `targets` was given too. Allowed: one of both.");
  if (targets !== undefined && inputs.conditions !== undefined)
    throw new UserError("conditions: these belong to `url`, but `targets` was given. State them in each target.");
  if (targets !== undefined) return targets;
  if (url !== undefined) return fromUrl(inputs, url);
  if (inputs.beat !== undefined) return undefined;
  throw new UserError("url: nothing was given to check. Allowed: `url`, `targets`, or `beat`. Example: https://example.com/health");
}

function fromUrl(inputs: HealthInputs, url: string): YamlInput {
  const headers = headersOf(inputs);
  const redirect = inputs["follow-redirect"];
  const addresses = url.split("|").map((each) => each.trim());
  const value = [...new Set(addresses)].map((address) => ({
    url: address,
    ...(/^https?:/i.test(address) ? { "follow-redirect": redirect === "yes" || redirect === "true", headers } : {}),
    ...(inputs.conditions === undefined ? {} : { conditions: inputs.conditions }),
  }));
  // There is one place: the input, or its conditions.
  const where = (path: readonly (string | number)[]): string => (path[1] === "conditions" ? "conditions" : "url");
  return { value, where, whereKey: where };
}

function headersOf(inputs: HealthInputs): Record<string, string> {
  const auth = inputs["basic-auth"];
  const bytes = new TextEncoder().encode(auth ?? "");
  return {
    ...(inputs.cookie === undefined ? {} : { cookie: inputs.cookie }),
    ...(auth === undefined ? {} : { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` }),
  };
}

export function readAllowed(inputs: HealthInputs): AllowPrivate {
  const items = inputs["allow-private"].flatMap((item) => item.split(/[,\s]+/)).filter((item) => item !== "");
  const [only] = items;
  if (items.length === 1 && (only === "true" || only === "false")) return only === "true";
  const wrong = items.find((item) => parseNetwork(item) === undefined);
  if (wrong !== undefined) {
    throw new UserError(
      `allow-private: ${JSON.stringify(wrong.slice(0, 80))} is not allowed. Allowed: true, false, or addresses and networks. Example: 10.0.0.0/8`,
    );
  }
  return items;
}

export function readSettings(inputs: HealthInputs, targets: readonly Target[]): CheckSettings {
  const { duration } = inputs;
  const streak = inputs["success-streak"];
  const problems = targets.flatMap((target) => contradictions(target, inputs));
  const share = inputs["min-success"];
  const deadline = inputs.deadline ?? Math.min(sixHours, longest(inputs, targets));
  const settings = {
    deadline,
    reserve: inputs["save-state"] && inputs.baseline !== "none" ? Math.min(longestSave, deadline / 10) : 0,
    startupDeadline: inputs["startup-deadline"],
    successStreak: streak,
    duration,
    minSuccess: Number(share.units) / 10 ** share.scale / 100,
    concurrency: inputs.concurrency,
  };
  if (settings.deadline <= 0) problems.push("deadline: 0 was given. Allowed: more than 0. Example: 2m");
  if (duration !== undefined && duration > settings.deadline)
    problems.push(`duration: ${duration / 1000} s do not fit into the deadline of ${settings.deadline / 1000} s.`);
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
  return settings;
}

function contradictions({ name, interval, attempts }: Target, inputs: HealthInputs): string[] {
  const { duration } = inputs;
  const streak = inputs["success-streak"];
  const shown = JSON.stringify(name.slice(0, 80));
  const problems: string[] = [];
  if (duration !== undefined && (interval <= 0 || duration < interval))
    problems.push(`duration: ${duration / 1000} s hold no sample of ${shown}, whose interval is ${interval / 1000} s.`);
  if (duration !== undefined && interval > 0 && duration / interval > 100_000)
    problems.push(`duration: more than 100000 samples of ${shown} were asked for.`);
  if (streak > attempts) problems.push(`success-streak: ${streak} successes do not fit into the ${attempts} attempts of ${shown}.`);
  return problems;
}

/** What all of it can take at most, in as many rounds as the concurrency makes of it. */
function longest(inputs: HealthInputs, targets: readonly Target[]): number {
  const each = targets.map(({ attempts, timeout, interval }) => attempts * (timeout + interval) + timeout);
  const rounds = Math.ceil(targets.length / inputs.concurrency);
  return 5_000 + rounds * (Math.max(0, ...each) + (inputs["startup-deadline"] ?? 0) + (inputs.duration ?? 0));
}
