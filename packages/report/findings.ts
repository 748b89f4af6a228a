import type { Finding } from "./model.ts";
import { worstFindingsFirst } from "./wording.ts";

/** Findings of one rule that say the same about lines that follow one another become one; it stands where the worst of them stood. */
export function joinedFindings(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, { finding: Finding; rank: number }[]>();
  const joined: { finding: Finding; rank: number }[] = [];
  const numbers = new Map<string, number>();
  // Texts are numbered, because keys that hold the messages of ten thousand findings would be as large as the report.
  const numberOf = (text: string): number => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  worstFindingsFirst(findings).forEach((finding, rank) => {
    if (finding.path === undefined || finding.line === undefined) {
      joined.push({ finding, rank });
      return;
    }
    const key = [finding.severity, finding.rule, finding.path, finding.message].map(numberOf).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ finding, rank }]);
    else group.push({ finding, rank });
  });
  for (const group of groups.values()) joined.push(...joinedLines(group));
  return joined.toSorted((a, b) => a.rank - b.rank).map((entry) => entry.finding);
}

function joinedLines(group: readonly { finding: Finding; rank: number }[]): { finding: Finding; rank: number }[] {
  const result: { finding: Finding; rank: number }[] = [];
  for (const entry of group.toSorted((a, b) => firstLine(a.finding) - firstLine(b.finding))) {
    const last = result.at(-1);
    if (last === undefined || lastLine(last.finding) + 1 < firstLine(entry.finding)) {
      result.push(entry);
      continue;
    }
    const endLine = Math.max(lastLine(last.finding), lastLine(entry.finding));
    result[result.length - 1] = { finding: { ...withoutColumns(last.finding), endLine }, rank: Math.min(last.rank, entry.rank) };
  }
  return result;
}

function firstLine(finding: Finding): number {
  return finding.line ?? 0;
}

function lastLine(finding: Finding): number {
  return Math.max(finding.endLine ?? 0, firstLine(finding));
}

/** Columns of one line say nothing about a range. */
function withoutColumns(finding: Finding): Finding {
  const { column: _column, endColumn: _endColumn, ...rest } = finding;
  return rest;
}
