import { parse } from "yaml";
import type { Change } from "./commits.ts";

interface Declared {
  readonly required?: boolean;
  readonly fallback?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly options?: readonly string[];
}
type Names = Readonly<Record<string, Declared | null>>;
interface Contract {
  readonly inputs: Names;
  readonly outputs: Names;
  readonly secrets: Names;
}
type Found = Pick<Change, "bump" | "text">;

/**
 * What changed for callers between two `action.yml` or reusable workflows, whatever the commits call it: what they can no longer give,
 * rely on or must now give is breaking, what is new is a feature.
 */
export function contractChanges(before: string, after: string): Found[] {
  const old = contractOf(before);
  const now = contractOf(after);
  return [
    ...inputChanges("input", old.inputs, now.inputs),
    ...inputChanges("secret", old.secrets, now.secrets),
    ...outputChanges(old, now),
  ];
}

function contractOf(text: string): Contract {
  const file = (parse(text) ?? {}) as Record<string, unknown>;
  const on = file["on"] as { workflow_call?: Record<string, unknown> | null } | undefined;
  const declared = (typeof on === "object" && on !== null ? on.workflow_call : file) ?? {};
  const names = (key: string): Names => ((declared as Record<string, unknown>)[key] ?? {}) as Names;
  return { inputs: names("inputs"), outputs: names("outputs"), secrets: names("secrets") };
}

function* inputChanges(kind: "input" | "secret", before: Names, now: Names): Generator<Found> {
  for (const [name, old] of Object.entries(before)) {
    const spec = now[name];
    if (spec === undefined) yield { bump: "major", text: `the ${kind} ${name} is gone` };
    else yield* specChanges(`${kind} ${name}`, old ?? {}, spec ?? {});
  }
  for (const [name, spec] of Object.entries(now)) {
    if (name in before) continue;
    const mustBeGiven = spec?.required === true && spec.fallback === undefined && spec.default === undefined;
    yield mustBeGiven
      ? { bump: "major", text: `the new ${kind} ${name} must be given` }
      : { bump: "minor", text: `the new ${kind} ${name}` };
  }
}

function* specChanges(name: string, old: Declared, now: Declared): Generator<Found> {
  if (now.required === true && old.required !== true) yield { bump: "major", text: `the ${name} must now be given` };
  if (old.type !== now.type) yield { bump: "major", text: `the ${name} is now of the type ${now.type ?? "string"}` };
  const gone = (old.options ?? []).filter((option) => now.options !== undefined && !now.options.includes(option));
  if (gone.length > 0) yield { bump: "major", text: `the ${name} no longer takes ${gone.join(", ")}` };
  if (fallbackOf(old) !== fallbackOf(now)) yield { bump: "minor", text: `the ${name} has another default` };
}

function fallbackOf({ fallback, default: given }: Declared): string {
  return String(fallback ?? given ?? "");
}

function* outputChanges({ outputs: before }: Contract, { outputs: now }: Contract): Generator<Found> {
  for (const name of Object.keys(before)) if (!(name in now)) yield { bump: "major", text: `the output ${name} is gone` };
  for (const name of Object.keys(now)) if (!(name in before)) yield { bump: "minor", text: `the new output ${name}` };
}
