import type { Verdict } from "../../../packages/frame/outcome.ts";
import { whyUnjudged } from "./baseline.ts";
import { algorithmNames, bytesText, deltaText, percentText } from "./bytes.ts";
import type { Told } from "./data.ts";
import type { Judgement } from "./judge.ts";
import { growthOf, packagesOf } from "./modules.ts";
import { sumOf } from "./rows.ts";

/** One line: the answer, the rule that decided with its number and limit, and the package that grew most. */
export function headlineOf(verdict: Verdict, told: Told): string {
  // Names of files and limits may hold line ends.
  return sentence(verdict, told).replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

function sentence(verdict: Verdict, told: Told): string {
  const { judgements } = told;
  const neutral = [
    ...new Set(judgements.filter(({ rule }) => rule.verdict === "neutral").map(({ rule }) => `${rule.name} was not judged: ${rule.why}`)),
  ];
  const open = neutral.length === 0 ? "" : `; ${neutral[0]}${neutral.length === 1 ? "" : ` (and ${neutral.length - 1} more)`}`;
  if (verdict === "fail" || verdict === "unknown") return `${deciding(judgements, verdict)}${culprit(told)}${open}`;
  if (verdict === "neutral") return `Nothing to judge: ${neutral[0] ?? "there are no budgets"}. ${total(told)}${culprit(told)}`;
  return `${total(told)}${holding(judgements)}${culprit(told)}${open}`;
}

function deciding(judgements: readonly Judgement[], verdict: "fail" | "unknown"): string {
  const found = judgements.filter(({ rule }) => rule.verdict === verdict);
  const text = found[0]?.words ?? "";
  const others = found.slice(1).map(({ rule }) => rule.name);
  const word = verdict === "fail" ? (others.length === 1 ? "fails" : "fail") : others.length === 1 ? "is unknown" : "are unknown";
  const named = others.length > 3 ? `${others.slice(0, 3).join(", ")} and ${others.length - 3} more` : others.join(", ");
  return others.length === 0 ? text : `${text}; ${named} ${word} too`;
}

/** `Bundle 455.8 kB gzip, +40 B (0.00 %)`. */
function total({ found, rows }: Told): string {
  const first = found.compression[0] ?? "gzip";
  const sum = sumOf(rows, first);
  const size = `Bundle ${bytesText(sum.now)} ${algorithmNames[first]}`;
  if ("missing" in found.baseline || whyUnjudged(found.baseline, found.build.versions)(first) !== undefined) return size;
  const percent = percentText(sum.now - sum.before, sum.before);
  return `${size}, ${deltaText(sum.now - sum.before)}${percent === undefined ? "" : ` (${percent} %)`}`;
}

function holding(judgements: readonly Judgement[]): string {
  const passed = judgements.filter(({ rule }) => rule.verdict === "pass").length;
  const warned = judgements.filter(({ rule }) => rule.verdict === "warn");
  const held = passed === 0 ? "" : `; ${passed} ${passed === 1 ? "limit holds" : "limits hold"}`;
  return `${held}${warned.length === 0 ? "" : `; soft: ${warned[0]?.words}${warned.length === 1 ? "" : ` (and ${warned.length - 1} more)`}`}`;
}

/** The package that grew most, else the project's own module. */
function culprit({ modules, found }: Told): string {
  if (modules === undefined || "missing" in found.baseline || found.baseline.past.modules === undefined) return "";
  const grown = packagesOf(modules).find(({ name, size, previousSize }) => name !== "" && size > previousSize);
  if (grown !== undefined) return `; ${grown.name} grew most: ${deltaText(grown.size - grown.previousSize)}`;
  const [own] = modules;
  return own === undefined || growthOf(own) <= 0 ? "" : `; ${own.path} grew most: ${deltaText(growthOf(own))}`;
}
