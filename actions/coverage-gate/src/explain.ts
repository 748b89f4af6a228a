import type { Section, Text } from "../../../packages/report/model.ts";
import { percentText } from "./fraction.ts";
import type { Coverage } from "./gather.ts";
import { type Patch, unseenFiles } from "./patch.ts";
import type { LeftOut } from "./paths.ts";
import type { Totals } from "./totals.ts";

const shownWithoutExplain = 50;

/** What was left out, and with `explain` also what was counted: the number, file by file. */
export function explainSections(coverage: Coverage, totals: Totals, patch: Patch, explain: boolean): Section[] {
  const sections: Section[] = [];
  const unseen = explain ? patch.unreported : unseenFiles(patch, totals.files);
  if (unseen.length > 0) {
    const items = limited(
      unseen.map((path) => ({ code: path })),
      explain,
    );
    sections.push({ title: `Changed files that no report speaks of (${unseen.length})`, folded: true, blocks: [{ kind: "list", items }] });
  }
  if (coverage.leftOut.length > 0) {
    const items = limited(coverage.leftOut.map(wordsFor), explain);
    sections.push({ title: `Left out of the reports (${coverage.leftOut.length})`, folded: true, blocks: [{ kind: "list", items }] });
  }
  if (explain) sections.push(countedSection(coverage, totals));
  return sections;
}

function limited(items: readonly Text[], explain: boolean): Text[] {
  if (explain || items.length <= shownWithoutExplain) return [...items];
  return [...items.slice(0, shownWithoutExplain), `and ${items.length - shownWithoutExplain} more; the input explain lists all of them`];
}

function wordsFor({ path, source, reason, candidates }: LeftOut): Text {
  if (reason === "ignored") return [{ code: path }, ": taken out by the input ", { code: "ignore" }];
  if (reason === "not in the repository") return [{ code: path }, " in ", { code: source }, ": no such file in the repository"];
  const several = candidates.flatMap((candidate, index) => [index === 0 ? "" : ", ", { code: candidate }]);
  return [{ code: path }, " in ", { code: source }, ": ambiguous, it could be ", ...several];
}

function countedSection(coverage: Coverage, totals: Totals): Section {
  const rows = totals.files.map(({ path, ratio }): Text[] => [
    { code: path },
    `${ratio.covered} of ${ratio.total}`,
    percentText(ratio) ?? "",
    (coverage.sources.get(path) ?? []).join(", "),
  ]);
  const columns = [
    { title: "File" },
    { title: `Covered ${totals.counting.metric}`, align: "right" as const },
    { title: "%", align: "right" as const },
    { title: "Reports" },
  ];
  return { title: `Counted files (${rows.length})`, folded: true, blocks: [{ kind: "table", columns, rows }] };
}
