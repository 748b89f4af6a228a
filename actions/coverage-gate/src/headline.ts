import type { Verdict } from "../../../packages/frame/outcome.ts";
import { percentText } from "./fraction.ts";
import type { Evidence, Judgement } from "./judge.ts";

/** Which failing rule speaks first: the one that its author can mend. */
const order = ["minimum-patch", "minimum", "maximum-drop", "ratchet"];

/** One line: the answer, the rule that decided, its number and its limit. */
export function headlineOf(verdict: Verdict, judgements: readonly Judgement[], evidence: Evidence): string {
  const neutral = judgements.filter(({ rule }) => rule.verdict === "neutral");
  const reasons = [...new Set(neutral.map(({ rule }) => `${rule.name} was not judged: ${rule.why}`))];
  const open = reasons.map((reason) => `; ${reason}`).join("");
  if (verdict === "fail") return deciding(judgements, "fail", open);
  if (verdict === "unknown") return deciding(judgements, "unknown", open);
  if (verdict === "neutral") return `Nothing to judge: ${[...new Set(neutral.map(({ rule }) => `${rule.why} (${rule.name})`))].join("; ")}`;
  return `${passing(judgements, evidence)}${open}`;
}

function deciding(judgements: readonly Judgement[], verdict: "fail" | "unknown", open: string): string {
  const found = judgements.filter(({ rule }) => rule.verdict === verdict).sort((a, b) => rankOf(a) - rankOf(b));
  const others = [...new Set(found.slice(1).map(({ rule }) => rule.name))].filter((name) => name !== found[0]?.rule.name);
  const word = verdict === "fail" ? (others.length === 1 ? "fails" : "fail") : others.length === 1 ? "is unknown" : "are unknown";
  const rest = others.length === 0 ? "" : `; ${others.join(", ")} ${word} too`;
  return `${capital(found[0]?.words ?? "")}${rest}${open}`;
}

function rankOf({ rule }: Judgement): number {
  const rank = order.indexOf(rule.name);
  return rank === -1 ? order.length : rank;
}

function passing(judgements: readonly Judgement[], { totals, patch }: Evidence): string {
  const passed = judgements.filter(({ rule }) => rule.verdict === "pass").sort((a, b) => rankOf(a) - rankOf(b));
  const main = passed.filter(({ rule }) => order.includes(rule.name)).map(({ words }) => words);
  const others = passed.length - main.length;
  const parts = main.length > 0 ? [...main] : [`Coverage ${percentText(totals.ratio) ?? "of nothing"}%`];
  const shown = percentText(patch.ratio);
  if (shown !== undefined && !passed.some(({ rule }) => rule.name === "minimum-patch")) {
    parts.push(`patch coverage ${shown}% of ${patch.ratio.total} changed ${totals.counting.metric}`);
  }
  if (others > 0) parts.push(`${others} ${others === 1 ? "threshold holds" : "thresholds hold"}`);
  return parts.map((part, index) => (index === 0 ? capital(part) : lower(part))).join(", ");
}

/** Sentences may also begin with a rule's or a file's name, which stays as it is. */
function capital(text: string): string {
  return /^(coverage|patch coverage) /.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
}

function lower(text: string): string {
  return /^(Coverage|Patch coverage) /.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}
