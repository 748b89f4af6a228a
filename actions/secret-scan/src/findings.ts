import type { Finding, Severity } from "../../../packages/report/model.ts";
import type { KnownFindings } from "./baseline.ts";
import type { IgnoreBook } from "./ignore.ts";
import type { Level, Occurrence, Rule } from "./model.ts";
import { redacted } from "./redact.ts";

/** Where a finding stands with those who look after the repository. */
export type Standing =
  | { readonly kind: "new" }
  | { readonly kind: "baseline" }
  | { readonly kind: "inline" }
  | { readonly kind: "ignored"; readonly reason: string; readonly until: string | undefined };

/** A finding as it may be told: without the secret. */
export interface SecretFinding extends Finding {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
  readonly fingerprint: string;
  readonly level: Level;
  readonly entropy: number;
  readonly redacted: string;
  readonly suppressed: boolean;
  readonly baseline: boolean;
}

const severities: Readonly<Record<Level, Severity>> = { critical: "error", high: "error", medium: "warning", low: "notice" };

export function fingerprintOf(rule: string, { path, hash }: Occurrence): string {
  return `${rule}:${path.replace(/[\r\n]/g, " ")}:${hash}`;
}

export function standingOf(occurrence: Occurrence, rule: string, fingerprint: string, ignored: IgnoreBook, known: KnownFindings): Standing {
  const line = ignored.accepts(occurrence, rule, fingerprint);
  if (occurrence.detection.inline) return { kind: "inline" };
  if (line !== undefined) return { kind: "ignored", reason: line.reason, until: line.until };
  return known.has(occurrence, rule, fingerprint) ? { kind: "baseline" } : { kind: "new" };
}

export function findingOf(occurrence: Occurrence, rule: Rule, fingerprint: string, standing: Standing): SecretFinding {
  const { detection, path, commit, author, date } = occurrence;
  const { line, endLine, column, endColumn, entropy, secret } = detection;
  const suppressed = standing.kind === "inline" || standing.kind === "ignored";
  return {
    rule: rule.id,
    severity: standing.kind === "new" ? severities[rule.level] : "notice",
    message: messageOf(rule, occurrence, standing),
    path,
    line,
    endLine,
    column,
    endColumn,
    ...(commit === undefined ? {} : { commit }),
    ...(author === undefined || author === "" ? {} : { author }),
    ...(date === undefined ? {} : { date }),
    fingerprint,
    level: rule.level,
    entropy,
    redacted: redacted(secret),
    suppressed,
    baseline: standing.kind === "baseline",
    ...(suppressed
      ? {
          suppression:
            standing.kind === "inline"
              ? { by: "comment" }
              : { by: "ignore-file", reason: standing.reason, ...(standing.until === undefined ? {} : { until: standing.until }) },
        }
      : {}),
  };
}

function messageOf(rule: Rule, { commit, detection }: Occurrence, standing: Standing): string {
  const where = ` (${redacted(detection.secret)})${commit === undefined ? "" : `, brought in by ${commit.slice(0, 12)}`}`;
  if (standing.kind === "inline") return `${rule.title}${where}: accepted by a comment.`;
  if (standing.kind === "ignored") return `${rule.title}${where}: accepted${standing.reason === "" ? "" : ` (${standing.reason})`}.`;
  if (standing.kind === "baseline") return `${rule.title}${where}: known from the baseline.`;
  const revoke = rule.revoke === "" ? "" : ` (${rule.revoke})`;
  return `${rule.title}${where}. ${rule.why} Revoke it first${revoke}, then take it out.`;
}
