import { openExec } from "../../../packages/frame/adapters/exec.ts";
import { parseYaml } from "../../../packages/frame/adapters/yaml.ts";
import { openProber } from "../../../packages/probe/adapters/prober.ts";
import { checkTargets } from "../../../packages/probe/check.ts";
import type { AllowPrivate, CheckResult, CheckSettings, Memory, TargetResult } from "../../../packages/probe/model.ts";
import { parseTargets } from "../../../packages/probe/targets.ts";

export interface Asked {
  readonly settings?: Partial<CheckSettings>;
  readonly allowPrivate?: AllowPrivate;
  readonly memory?: Memory;
  readonly now?: () => number;
  readonly prometheus?: string;
}

export function memory(): Memory & { readonly kept: Map<string, unknown> } {
  const kept = new Map<string, unknown>();
  return {
    kept,
    recall: async (name) => kept.get(name),
    remember: async (name, data) => {
      kept.set(name, structuredClone(data));
      return { saved: name };
    },
  };
}

/** Targets as YAML or as values, checked for real. */
export async function check(targets: unknown, asked: Asked = {}): Promise<CheckResult> {
  const given = parseYaml(typeof targets === "string" ? targets : JSON.stringify(targets), { input: "targets" });
  const parsed = parseTargets(given, { attempts: 1, interval: 10, timeout: 2_000, prometheus: asked.prometheus });
  const clock = { now: asked.now ?? (() => Date.now()) };
  const prober = openProber({ allowPrivate: asked.allowPrivate ?? true, exec: openExec(), memory: asked.memory, clock });
  const settings = {
    deadline: 10_000,
    startupDeadline: undefined,
    successStreak: 1,
    duration: undefined,
    minSuccess: 1,
    concurrency: 64,
    ...asked.settings,
  };
  return checkTargets(parsed, settings, { prober, clock, memory: asked.memory, log: { debug: () => {}, warning: () => {} } });
}

export async function one(target: Readonly<Record<string, unknown>>, asked: Asked = {}): Promise<TargetResult> {
  const { targets } = await check([{ name: "it", ...target }], asked);
  const [result] = targets;
  if (result === undefined) throw new Error("nothing was checked");
  return result;
}

export function verdict({ status, reason }: TargetResult): readonly [string, string] {
  return [status, reason];
}
