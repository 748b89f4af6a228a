import type { Context } from "../../../packages/frame/context.ts";
import { isProposal } from "../../../packages/frame/event.ts";
import type { Outputs } from "../../../packages/frame/manifest.ts";
import type { Outcome, Verdict } from "../../../packages/frame/outcome.ts";
import { checkTargets } from "../../../packages/probe/check.ts";
import type { CheckResult, Memory, Prober, Status, TargetResult } from "../../../packages/probe/model.ts";
import type { Rule } from "../../../packages/report/model.ts";
import { type Beat, checkBeat, recordBeat } from "./beat.ts";
import { dataOf, headlineOf, ruleOf, sectionsOf } from "./describe.ts";
import { keepHistory, type Past, readHistory } from "./history.ts";
import type manifest from "./manifest.ts";
import type { HealthInputs, HealthPorts } from "./model.ts";
import { readAllowed, readSettings, readTargets } from "./settings.ts";

export type HealthOutputs = Outputs<typeof manifest>;

const nothing: CheckResult = {
  status: "healthy",
  reason: "ok",
  targets: [],
  availability: undefined,
  latency: { p50: undefined, p95: undefined, p99: undefined },
};

/** Reads the targets, asks all of them within the deadline, judges each, and remembers what came of it. */
export async function run(inputs: HealthInputs, ports: HealthPorts, context: Context): Promise<Outcome<HealthOutputs>> {
  checkBeat(inputs, ports.log);
  const targets = readTargets(inputs, ports.log);
  const settings = readSettings(inputs, targets);
  const memory = memoryOf(ports, inputs);
  const prober = ports.openProber({ allowPrivate: readAllowed(inputs), memory });
  const end = targets.length === 0 ? 0 : (await prober.elapsed()) + settings.deadline;
  const result =
    targets.length === 0 ? nothing : await checkTargets(targets, settings, { prober, clock: ports.clock, memory, log: ports.log });
  const beat = await recordBeat(inputs, ports, prober);
  const verdict = verdictOf(result, inputs, beat);
  return {
    verdict,
    headline: words(result, beat),
    outputs: outputsOf(result),
    ...(result.targets.some(({ refused }) => refused === true) ? { exitCode: 2 } : {}),
    report: {
      rules: [...result.targets.map((target) => ruleOf(target, ruleVerdict(target, inputs))), ...beatRule(beat)],
      findings: [],
      sections: targets.length === 0 ? [] : sectionsOf(result, await inTime(historyOf(result, inputs, ports, context), prober, end)),
      notes: beat === undefined || targets.length === 0 ? [] : [`${beat.words[0]?.toUpperCase()}${beat.words.slice(1)}.`],
      data: dataOf(result),
    },
  };
}

function memoryOf({ baseline }: HealthPorts, inputs: HealthInputs): Memory {
  const remember = async (name: string, data: unknown) =>
    (await baseline.remember?.(name, data, true)) ?? { skipped: "this store remembers nothing" };
  return {
    look: async (name) => (await baseline.look?.(name, true)) ?? { nothing: true },
    ...(inputs["save-state"] ? { remember } : {}),
  };
}

/** Proposals and laptops leave no mark on the history. */
async function historyOf(result: CheckResult, inputs: HealthInputs, ports: HealthPorts, context: Context): Promise<readonly Past[]> {
  if (!inputs["save-state"]) return [];
  const before = await readHistory(ports);
  if (before === undefined) return [];
  return isProposal(context.event) || context.terminal ? before : keepHistory(ports, before, result);
}

/** The history, as long as the store gives it before the deadline. */
async function inTime(history: Promise<readonly Past[]>, prober: Prober, end: number): Promise<readonly Past[]> {
  const left = Math.max(100, end - (await prober.elapsed()));
  return Promise.race([history, prober.wait(left).then(() => [])]);
}

function verdictOf({ status }: CheckResult, inputs: HealthInputs, beat: Beat | undefined): Verdict {
  const verdict = ofStatus(status, inputs);
  return verdict === "pass" && beat?.recorded === false ? ofStatus("unknown", inputs) : verdict;
}

function ofStatus(status: Status, inputs: HealthInputs): Verdict {
  if (status === "healthy") return "pass";
  if (status === "down") return "fail";
  if (status === "degraded") return inputs["fail-on"].includes("degraded") ? "fail" : "pass";
  return inputs["on-unknown"] === "warn" ? "neutral" : "unknown";
}

function ruleVerdict({ status, control }: TargetResult, inputs: HealthInputs): Rule["verdict"] {
  if (control) return status === "healthy" ? "pass" : "warn";
  const verdict = ofStatus(status, inputs);
  return status === "degraded" && verdict === "pass" ? "warn" : verdict;
}

function beatRule(beat: Beat | undefined): Rule[] {
  if (beat === undefined) return [];
  return [{ name: "beat", verdict: beat.recorded ? "pass" : "unknown", ...(beat.recorded ? {} : { why: beat.words }) }];
}

function words(result: CheckResult, beat: Beat | undefined): string {
  if (result.targets.length === 0) return beat?.words ?? "there was nothing to do";
  return beat?.recorded === false ? `${headlineOf(result)}; ${beat.words}` : headlineOf(result);
}

function outputsOf({ status, reason, targets, availability, latency }: CheckResult): HealthOutputs {
  const count = (wanted: Status): number => targets.filter((target) => !target.control && target.status === wanted).length;
  return {
    status,
    healthy: count("healthy"),
    degraded: count("degraded"),
    down: count("down"),
    unknown: count("unknown"),
    availability: availability?.toFixed(2),
    p50: latency.p50,
    p95: latency.p95,
    p99: latency.p99,
    reason,
  };
}
