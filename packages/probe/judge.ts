import { firstBroken, speaksOfFailure } from "./conditions.ts";
import type { Facts, Observation, Status, Target } from "./model.ts";

/** Hides secrets: what is shown of an answer is cut, and half of a secret is not known for one any more. */
export interface Masking {
  mask(text: string): string;
}
const plain: Masking = { mask: (text) => text };
/** Code units of an answer that are shown, and how much is looked at for secrets before that cut. */
const shownUnits = 60;
const maskedUnits = 8_192;

function shown(text: string, masking: Masking): string {
  const masked = masking.mask(text.slice(0, maskedUnits));
  // Put together anew: a slice would keep the whole of a long body in memory.
  const copy = Array.from(masked.slice(0, shownUnits)).join("");
  return masked.length > shownUnits ? `${copy}…` : copy;
}

/** One request, judged. */
export interface Sample {
  readonly status: Status;
  readonly reason: string;
  readonly evidence: string;
  readonly elapsed: number;
  readonly refused?: true;
}

/** The default for a disk without conditions: used percent from which on it counts as full. */
const fullDisk = 90;

/** Stated conditions alone decide what an answer means; without any it is 2xx, exit code 0, or the protocol's own yes. */
export function judgeObservation(target: Target, seen: Observation, masking: Masking = plain): Sample {
  const { failure } = seen;
  const sample = (status: Status, reason: string, evidence: string): Sample => ({ status, reason, evidence, elapsed: seen.elapsed });
  if (failure !== undefined) {
    const told = {
      ...sample(failure.status, failure.reason, seen.evidence),
      ...(failure.refused === undefined ? {} : { refused: failure.refused }),
    };
    const judged = failure.status === "down" && speaksOfFailure(target.conditions);
    if (!judged || firstBroken(target.conditions, seen.facts, undefined, target.kind) !== undefined) return told;
    return sample("healthy", "ok", `${seen.evidence}, as the conditions ask`);
  }
  if (target.conditions.length === 0) return byDefault(target, seen, sample);
  if (seen.facts.series !== undefined) return overTime(target, seen, seen.facts.series, sample);
  const broken = firstBroken(target.conditions, seen.facts, seen.elapsed, target.kind);
  if (broken === undefined) return sample("healthy", "ok", seen.evidence);
  return sample("down", broken.reason, `${broken.condition.text} does not hold: ${shown(broken.actual, masking)}`);
}

type Make = (status: Status, reason: string, evidence: string) => Sample;

function byDefault({ kind }: Target, { facts, evidence }: Observation, sample: Make): Sample {
  if (kind === "http" || kind === "https") {
    const good = facts.status !== undefined && facts.status >= 200 && facts.status < 300;
    return good
      ? sample("healthy", "ok", evidence)
      : sample("down", "http.status", `${evidence}, and without conditions only 2xx is healthy`);
  }
  if (kind === "command" && facts.status !== 0) return sample("down", "command.exit", evidence);
  if (kind === "dns" && facts.rcode !== "NOERROR") return sample("down", "dns.rcode", evidence);
  if (kind === "disk" && (facts.value ?? 100) >= fullDisk)
    return sample("down", "disk.full", `${evidence}, and from ${fullDisk} % on it counts as full`);
  return sample("healthy", "ok", evidence);
}

/** A range of Prometheus: what has failed at every step for the whole time is down, what has only begun to fail is degraded. */
function overTime(target: Target, seen: Observation, series: readonly (number | undefined)[], sample: Make): Sample {
  const broken = series.map((value) =>
    value === undefined ? undefined : firstBroken(target.conditions, { ...seen.facts, value }, seen.elapsed, target.kind),
  );
  const failing = series.map((value, index) => value !== undefined && broken[index] !== undefined);
  if (series.at(-1) === undefined) return sample("unknown", "prom.empty", "there is no value for now");
  if (failing.at(-1) !== true) return sample("healthy", "ok", seen.evidence);
  const last = broken.at(-1);
  const words = `${last?.condition.text ?? ""} does not hold: ${last?.actual ?? ""}`;
  const reason = last?.reason ?? "prom.assert";
  const began = series.length - failing.toReversed().findIndex((each) => !each);
  const minutes = (target.for ?? 0) / 1000;
  if (failing.every(Boolean)) return sample("down", reason, `${words}, for ${minutes} s`);
  if (series.some((value, index) => value !== undefined && !failing[index]))
    return sample("degraded", reason, `${words}, not yet for ${minutes} s (since step ${began} of ${series.length})`);
  return sample("unknown", "prom.gaps", `${words}, and there are no values for a part of the last ${minutes} s`);
}

/** What a failure to get any facts looks like. */
export function failed(
  status: "degraded" | "down" | "unknown",
  reason: string,
  evidence: string,
  elapsed: number,
  facts: Partial<Facts> = {},
): Observation {
  return { failure: { status, reason }, facts: { connected: false, ...facts }, evidence, elapsed };
}
