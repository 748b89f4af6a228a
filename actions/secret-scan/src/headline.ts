import type { Verdict } from "../../../packages/frame/outcome.ts";
import type { SecretFinding } from "./findings.ts";
import type { Rule, ScanResult, Skip } from "./model.ts";

interface Counts {
  readonly new: number;
  readonly baseline: number;
  readonly suppressed: number;
}

/** The answer in one line: how many, the first of them and where. */
export function headlineOf(
  verdict: Verdict,
  counts: Counts,
  first: SecretFinding | undefined,
  rules: readonly Rule[],
  incomplete: readonly Skip[],
  result: ScanResult,
): string {
  if (verdict === "fail") return failure(counts, first, rules);
  if (verdict === "unknown") return `Not everything could be read, so there may be secrets: ${skipText(incomplete)}`;
  if (verdict === "neutral") return result.nothing ?? "There was nothing to scan.";
  const accepted = counts.baseline + counts.suppressed;
  return `No new secret in ${scanned(result)}${accepted === 0 ? "" : ` (${accepted} known or accepted)`}`;
}

function failure(counts: Counts, first: SecretFinding | undefined, rules: readonly Rule[]): string {
  const many = counts.new === 1 ? "1 secret was found" : `${counts.new} secrets were found`;
  if (first === undefined) return many;
  const title = rules.find(({ id }) => id === first.rule)?.title ?? first.rule;
  const commit = typeof first["commit"] === "string" ? ` (commit ${first["commit"].slice(0, 12)})` : "";
  return `${many}: ${title} in ${first.path}:${first.line}${commit}${counts.new > 1 ? " …" : ""}`;
}

function skipText(incomplete: readonly Skip[]): string {
  const [first] = incomplete;
  const more = incomplete.length > 1 ? ` and ${incomplete.length - 1} more` : "";
  return first === undefined ? "" : `${first.name === "" ? "" : `${first.name} `}${first.reason}${more}`;
}

function scanned({ commits, blobs }: ScanResult): string {
  const files = blobs === 1 ? "1 file" : `${blobs} files`;
  return commits === 0 ? files : `${commits === 1 ? "1 commit" : `${commits} commits`}, ${files}`;
}
