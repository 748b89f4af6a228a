import { UserError } from "../../../packages/frame/errors.ts";
import { printableLine } from "../../../packages/frame/printable.ts";
import type { Gate } from "./model.ts";

const allowed = /^([a-z][a-z0-9-]{0,63})(?:[. ]([A-Za-z0-9._-]{1,64}))?$/;

/** A gate that must have reported; without an id, whatever its id is. */
export interface Expected {
  readonly action: string;
  readonly id: string | undefined;
}

/** Reads `expected`: `coverage-gate`, `coverage-gate.web`, or as reports print it, `coverage-gate web`. */
export function readExpected(given: readonly string[]): Expected[] {
  const wrong = given.filter((name) => !allowed.test(name));
  if (wrong.length > 0) {
    throw new UserError(
      `expected: "${printableLine(wrong[0] ?? "", 100)}" is not the name of a gate. Allowed: an action's name, or \`action.id\`. Example: coverage-gate.web`,
    );
  }
  return given.map((name) => {
    const [, action = "", id] = allowed.exec(name) ?? [];
    return { action, id };
  });
}

/** The expected gates that have not reported, each as a gate whose verdict is not known. */
export function absentOf(expected: readonly Expected[], gates: readonly Gate[]): Gate[] {
  const names = new Set<string>();
  for (const { action, id } of expected) {
    const there = gates.some(({ report }) => report?.action === action && (id === undefined || report.id === id));
    if (!there) names.add(id === undefined ? action : `${action}.${id}`);
  }
  return [...names].map((name) => ({ name, verdict: "unknown", headline: "It was expected and has not reported." }));
}
