import type { Verdict } from "../../../packages/frame/outcome.ts";
import { printableLine } from "../../../packages/frame/printable.ts";
import type { Gate } from "./model.ts";

/** Worst first: what decides stands first, in the verdict and in every table. */
const order: readonly Verdict[] = ["fail", "unknown", "pass", "neutral"];

const mostHeadline = 2_000;

/** The worst of fail, unknown, pass and neutral; without gates there is nothing to judge by. */
export function worstVerdict(gates: readonly Gate[]): Verdict {
  return order.find((verdict) => gates.some((gate) => gate.verdict === verdict)) ?? "unknown";
}

export function worstFirst(gates: readonly Gate[]): Gate[] {
  return gates.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The answer in one line: what decided, and how many say what. */
export function headlineOf(gates: readonly Gate[]): string {
  const [first] = worstFirst(gates);
  if (first === undefined) return "No gate has reported.";
  const counts = order.map((verdict) => [verdict, gates.filter((gate) => gate.verdict === verdict).length] as const);
  const told = counts.filter(([, count]) => count > 0).map(([verdict, count]) => `${count} ${verdict}`);
  const all = gates.length === 1 ? `1 gate: ${first.verdict}` : `${gates.length} gates: ${told.join(", ")}`;
  if (first.verdict === "pass" && gates.length > 1) return `${all}.`;
  return printableLine(`${all}. ${first.name}: ${first.headline}`, mostHeadline);
}
