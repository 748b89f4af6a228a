import type { SecretFinding } from "./findings.ts";
import type { Level, Rule, Skip } from "./model.ts";

/** GitHub takes no more of one run. */
const mostResults = 25_000;
const scores: Readonly<Record<Level, string>> = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };
const words: Readonly<Record<Level, string>> = { critical: "error", high: "error", medium: "warning", low: "note" };
const order: readonly Level[] = ["critical", "high", "medium", "low"];

export interface SarifFile {
  readonly text: string;
  readonly leftOut: number;
}

/** SARIF 2.1.0 with what GitHub code scanning reads. Fingerprints depend on rule, path and secret alone, so that no rebase makes an alert anew. */
export function sarifOf(
  findings: readonly SecretFinding[],
  rules: readonly Rule[],
  skipped: readonly Skip[],
  complete: boolean,
): SarifFile {
  const ranked = findings.toSorted(
    (a, b) => Number(a.suppressed || a.baseline) - Number(b.suppressed || b.baseline) || order.indexOf(a.level) - order.indexOf(b.level),
  );
  const shown = ranked.slice(0, mostResults);
  const used = [...new Set(shown.map(({ rule }) => rule))].sort();
  const places = new Map(used.map((rule, index) => [rule, index]));
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "forge secret-scan",
            informationUri: "https://github.com/org/forge",
            rules: used.flatMap((id) => (known.has(id) ? [descriptor(known.get(id) as Rule)] : [])),
          },
        },
        invocations: [
          {
            executionSuccessful: complete,
            toolExecutionNotifications: skipped.slice(0, 100).map(({ reason, name, incomplete }) => ({
              level: incomplete ? "error" : "note",
              message: { text: name === "" ? reason : `${name}: ${reason}` },
            })),
          },
        ],
        columnKind: "utf16CodeUnits",
        results: shown.map((finding) => resultOf(finding, places.get(finding.rule) ?? 0)),
      },
    ],
  };
  return { text: `${JSON.stringify(log, undefined, 1)}\n`, leftOut: findings.length - shown.length };
}

function descriptor({ id, title, why, revoke, level }: Rule): object {
  const help = `${why} Revoke it first${revoke === "" ? "" : `: ${revoke}`}. Then take it out of the code.`;
  return {
    id,
    name: title,
    shortDescription: { text: title },
    fullDescription: { text: `${title}. ${why}` },
    help: { text: help },
    ...(revoke === "" ? {} : { helpUri: revoke }),
    defaultConfiguration: { level: words[level] },
    properties: { "security-severity": scores[level], tags: ["security", "secret"], precision: "high" },
  };
}

function resultOf(finding: SecretFinding, ruleIndex: number): object {
  const { rule, level, message, path, line, endLine, column, endColumn, fingerprint, commit, date, suppressed, baseline } = finding;
  return {
    ruleId: rule,
    ruleIndex,
    level: words[level],
    kind: "fail",
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(path), uriBaseId: "%SRCROOT%" },
          region: { startLine: line, startColumn: column, endLine, endColumn: Math.max(endColumn, endLine === line ? column : 1) },
        },
      },
    ],
    partialFingerprints: { primaryLocationLineHash: `${fingerprint.slice(-12)}:1`, "forgeSecret/v1": fingerprint.slice(-12) },
    properties: {
      "security-severity": scores[level],
      fingerprint,
      ...(typeof commit === "string" ? { commit } : {}),
      ...(typeof date === "string" ? { date } : {}),
    },
    ...(suppressed
      ? {
          suppressions: [
            {
              kind:
                finding["suppression"] !== undefined && (finding["suppression"] as { by: string }).by === "comment"
                  ? "inSource"
                  : "external",
              status: "accepted",
            },
          ],
        }
      : {}),
    ...(baseline ? { baselineState: "unchanged" } : {}),
  };
}

/** A relative reference: every segment escaped, lone surrogates replaced. */
function uriOf(path: string): string {
  return new TextDecoder()
    .decode(new TextEncoder().encode(path))
    .split("/")
    .map((segment) => encodeURIComponent(segment))
    .join("/");
}
