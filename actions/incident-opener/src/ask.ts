import { UserError } from "../../../packages/frame/errors.ts";
import type { Event as RunEvent } from "../../../packages/frame/event.ts";
import { fingerprintOf, isFingerprint } from "../../../packages/ledger/fingerprint.ts";
import type { EventKind, Policy } from "./course.ts";
import type { IncidentInputs } from "./ports.ts";
import type { About } from "./record.ts";
import type { Severity } from "./severity.ts";

/** What this run is to do, from its inputs. */
export interface Asked {
  readonly fingerprint: string;
  readonly about: About;
  readonly policy: Policy;
  /** `undefined`: nothing happened that could be recorded. */
  readonly kind: EventKind | undefined;
  /** What was given about it, and not made up. */
  readonly patch: Partial<About>;
  /** The event's severity; an update that gives none changes none. */
  readonly severity: Severity | undefined;
  /** Text and evidence of a live incident are brought up to date. */
  readonly update: boolean;
  /** Which of several things it was; empty without `group`. */
  readonly target: string;
}

const longestLabel = 50;

export async function ask(inputs: IncidentInputs, event: RunEvent): Promise<Asked> {
  const kind = kindOf(inputs);
  const about = aboutOf(inputs, event);
  const fingerprint = await identify(inputs, event, about);
  const policy: Policy = {
    for: inputs.for,
    resolveAfter: inputs["resolve-after"],
    reopenWithin: inputs["reopen-within"],
    cooldown: inputs.cooldown,
  };
  const target = inputs.group === undefined ? "" : [about.service, about.check].filter((name) => name !== "").join(" / ");
  const update = inputs.operation === "update";
  const severity = kind === "update" ? inputs.severity : about.severity;
  return { fingerprint, about, patch: patchOf(inputs, about), policy, kind, severity, update, target };
}

const described = ["title", "summary", "severity", "labels", "runbook", "deployment"] as const;

function patchOf(inputs: IncidentInputs, about: About): Partial<About> {
  return Object.fromEntries(described.filter((name) => inputs[name] !== undefined).map((name) => [name, about[name]]));
}

function kindOf({ operation, verdict }: IncidentInputs): EventKind | undefined {
  if (operation === "resolve" && verdict === "fail") {
    throw new UserError("`operation: resolve` and `verdict: fail` contradict each other: what fails is not resolved.", { exitCode: 3 });
  }
  if (operation === "open" && verdict === "pass") {
    throw new UserError("`operation: open` and `verdict: pass` contradict each other: what passes opens no incident.", { exitCode: 3 });
  }
  switch (operation) {
    case "open":
    case "acknowledge":
    case "resolve":
      return operation;
    case "update":
      return verdict === "fail" ? "fail" : "update";
    case "attempt":
    case "auto":
      if (verdict === undefined) {
        throw new UserError(
          `verdict: is needed with \`operation: ${operation}\`, and nothing was given. Allowed: pass, fail, unknown, neutral; usually a gate's output of that name.`,
        );
      }
      return operation === "auto" && (verdict === "pass" || verdict === "fail") ? verdict : undefined;
  }
}

function aboutOf(inputs: IncidentInputs, event: RunEvent): About {
  const names = {
    service: inputs.service ?? "",
    check: inputs.check ?? "",
    environment: inputs.environment ?? "",
    group: inputs.group ?? "",
  };
  return {
    title: titleOf(inputs, names, event),
    summary: (inputs.summary ?? "").slice(0, 8_000),
    severity: inputs.severity ?? "high",
    ...names,
    labels: splitList("labels", inputs.labels, longestLabel),
    assignees: splitList("assignees", inputs.assignees, 100).map((login) => login.replace(/^@/, "")),
    runbook: (inputs.runbook ?? "").slice(0, 2_000),
    deployment: (inputs.deployment ?? "").slice(0, 500),
  };
}

function titleOf(inputs: IncidentInputs, names: Pick<About, "service" | "check" | "environment" | "group">, event: RunEvent): string {
  if (inputs.title !== undefined && inputs.title.trim() !== "") return inputs.title.trim().slice(0, 1_000);
  const { service, check, environment, group } = names;
  const what = group !== "" ? group : [service, check].filter((name) => name !== "").join(" / ") || (inputs.fingerprint ?? event.job);
  return `${what} is failing${environment === "" ? "" : ` in ${environment}`}`.slice(0, 1_000);
}

function splitList(name: string, items: readonly string[] | undefined, longest: number): readonly string[] {
  const all = (items ?? []).flatMap((item) => item.split(",")).map((item) => item.trim());
  const found = [...new Set(all.filter((item) => item !== ""))];
  const long = found.find((item) => item.length > longest);
  if (long !== undefined)
    throw new UserError(`${name}: "${long.slice(0, 60)}…" has ${long.length} characters. Allowed: at most ${longest}.`);
  if (found.length > 90) throw new UserError(`${name}: ${found.length} were given. Allowed: at most 90.`);
  return found;
}

/** Of who has the trouble and never of what was said about it; the job stands for it where nothing else does. */
async function identify(inputs: IncidentInputs, event: RunEvent, { service, check, environment, group }: About): Promise<string> {
  const repository = event.repository.toLowerCase();
  const given = inputs.fingerprint?.trim() ?? "";
  if (isFingerprint(given)) return given;
  if (given !== "") return fingerprintOf([repository, "fingerprint", given]);
  if (group !== "") return fingerprintOf([repository, "group", environment, group]);
  if (service !== "" || check !== "") return fingerprintOf([repository, "check", environment, service, check]);
  if (event.job !== "") return fingerprintOf([repository, "job", environment, event.job, inputs.id ?? ""]);
  throw new UserError(
    "service: nothing says which incident this is. Give `service` and `check` (or `fingerprint`, or `group`). Example: checkout",
  );
}
