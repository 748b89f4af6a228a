import type { SecretFinding } from "./findings.ts";

/** The `json` file: every finding, sorted so that two runs can be compared line by line, and usable as `baseline`. */
export function jsonOf(findings: readonly SecretFinding[], counts: Readonly<Record<string, number>>): string {
  const sorted = findings.toSorted(
    (a, b) =>
      compare(a.path, b.path) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.rule, b.rule) ||
      compare(String(a["commit"] ?? ""), String(b["commit"] ?? "")),
  );
  return `{\n"schema": "forge-secrets/1",\n"counts": ${JSON.stringify(counts)},\n"findings": [${sorted.map((finding) => `\n${JSON.stringify(finding)}`).join(",")}\n]}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
