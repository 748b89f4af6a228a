import { UserError } from "../../../packages/frame/errors.ts";
import type { RollbackInputs } from "./ports.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { readSettings } from "./settings.ts";

/** What this run is to do, from its inputs. */
export interface Asked {
  readonly operation: RollbackInputs["operation"];
  readonly environment: string;
  readonly service: string;
  readonly verdict: RollbackInputs["verdict"];
  readonly before: RollbackInputs["verdict-before"];
  readonly settings: ProviderSettings;
  readonly deployment: string;
  readonly to: string;
  readonly migrations: readonly string[];
  readonly maxAge: number;
  readonly window: number;
  readonly approval: RollbackInputs["approval"];
  readonly dryRun: boolean;
  /** The kill switch as it was given, where it is on; else empty. */
  readonly kill: string;
  /** A verdict decides, and no person. */
  readonly automatic: boolean;
}

const longestName = 200;

export function ask(inputs: RollbackInputs): Asked {
  const { operation, verdict } = inputs;
  const problems: string[] = [];
  if (operation === "auto" && verdict === undefined) {
    problems.push(
      "verdict: is needed with `operation: auto`, and nothing was given. Allowed: pass, fail, unknown; usually health-check's output of that name.",
    );
  }
  if (inputs.provider === undefined) {
    problems.push(
      "provider: is needed, and nothing was given. Allowed: git-tag, git-revert, release, npm, oci, deployment, kubernetes, helm, command. Example: npm",
    );
  }
  for (const name of ["environment", "service", "deployment", "to"] as const) {
    const text = inputs[name] ?? "";
    if (text.length > longestName || /[\n\t]/.test(text))
      problems.push(`${name}: ${text.length} characters were given. Allowed: one line, at most ${longestName} characters.`);
  }
  const settings = attempt(problems, () => (inputs.provider === undefined ? undefined : readSettings(inputs.provider, inputs.settings)));
  if (problems.length > 0 || settings === undefined) throw new UserError(problems.join(" "), { problems });
  return {
    operation,
    environment: inputs.environment.trim() || "production",
    service: (inputs.service ?? "").trim(),
    verdict,
    before: inputs["verdict-before"],
    settings,
    deployment: (inputs.deployment ?? "").trim(),
    to: (inputs.to ?? "").trim(),
    migrations: inputs.migrations ?? [],
    maxAge: inputs["max-age"],
    window: inputs.window,
    approval: inputs.approval,
    dryRun: inputs["dry-run"],
    kill: killSwitch(inputs["kill-switch"]),
    automatic: operation === "auto" || verdict !== undefined,
  };
}

function attempt<T>(problems: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "UserError") throw error;
    const given = (error as UserError).problems;
    problems.push(...(given.length > 0 ? given : [error.message]));
    return undefined;
  }
}

/** On unless it says that it is off: nobody who reaches for it in a hurry should have to look up how it is spelt. */
export function killSwitch(given: string | undefined): string {
  const text = (given ?? "").trim();
  return ["", "0", "false", "off", "no"].includes(text.toLowerCase()) ? "" : text;
}
