import type { SecretFinding } from "./findings.ts";
import type { Level, Rule, Skip } from "./model.ts";
import type { Told } from "./told.ts";

/** GitHub takes no more of one run. */
const mostResults = 25_000;
const scores: Readonly<Record<Level, string>> = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };
const words: Readonly<Record<Level, string>> = { critical: "error", high: "error", medium: "warning", low: "note" };

export interface SarifFile {
  /** The text, each result made when it is asked for. */
  readonly pieces: Iterable<string>;
  readonly leftOut: number;
}

/** SARIF 2.1.0 with what GitHub code scanning reads. Fingerprints depend on rule, path and secret alone, so that no rebase makes an alert anew. */
export function sarifOf(told: Told, rules: readonly Rule[], skipped: readonly Skip[], complete: boolean): SarifFile {
  const used = new Set<string>();
  for (const row of told.gravest(mostResults, true)) used.add(told.at(row)?.rule ?? "");
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const ids = [...used].sort().filter((id) => known.has(id));
  const frame = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "forge secret-scan",
            informationUri: "https://github.com/org/forge",
            rules: ids.map((id) => descriptor(known.get(id) as Rule)),
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
        results: [],
      },
    ],
  };
  return { pieces: sarifPieces(told, frame, ids), leftOut: Math.max(0, told.length - mostResults) };
}

/** The results stand last, so they are written between the two halves of what is around them. */
function* sarifPieces(told: Told, frame: object, ids: readonly string[]): Generator<string> {
  const text = `${JSON.stringify(frame, undefined, 1)}\n`;
  const place = text.lastIndexOf("[]") + 1;
  const places = new Map(ids.map((id, index) => [id, index]));
  let before = `${text.slice(0, place)}\n`;
  for (const row of told.gravest(mostResults, true)) {
    const finding = told.at(row);
    if (finding === undefined) continue;
    yield before + JSON.stringify(resultOf(finding, places.get(finding.rule) ?? 0));
    before = ",\n";
  }
  yield (told.length === 0 ? text.slice(0, place) : "\n") + text.slice(place);
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
