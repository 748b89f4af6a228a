import type { Block, Report } from "../../../packages/report/model.ts";

/** A report with the same text wherever the model holds one, in folded and open sections. */
export function everyField(text: string): Report {
  const blocks: readonly Block[] = [
    { kind: "paragraph", text },
    {
      kind: "paragraph",
      text: [text, { code: text }, { strong: text }, { link: text, text }, { link: "https://host.example/a", text }, text],
    },
    { kind: "paragraph", text: { link: "https://host.example/b", text, code: true } },
    { kind: "list", items: [text, [{ code: text }, " ", text], { place: text, line: 1 }, { place: "src/a.ts", line: 2, text }] },
    {
      kind: "table",
      columns: [{ title: text }, { title: text, align: "right" }, { title: "C" }],
      rows: [[text, { code: text }, [{ place: text, line: 3, endLine: 4 }, { strong: text }]], ["short"], ["a", "b", "c", "too many"]],
      more: 2,
    },
    { kind: "code", text: `before\n${text}\nafter`, language: text },
    {
      kind: "trend",
      title: text,
      unit: text,
      points: [
        { label: text, value: 1 },
        { label: text, value: 3 },
        { label: "x", value: 2 },
      ],
    },
    {
      kind: "bars",
      title: text,
      unit: text,
      bars: [
        { label: text, value: 1 },
        { label: text, value: 3 },
      ],
    },
  ];
  return {
    action: "coverage-gate",
    id: text,
    version: text,
    verdict: "fail",
    headline: text,
    outputs: { verdict: "fail", summary: text },
    rules: [
      { name: text, verdict: "fail", actual: text, limit: text, unit: text, why: text, path: text },
      { name: "minimum", verdict: "pass", actual: 84.2, limit: 80, unit: "%" },
    ],
    findings: [
      { rule: text, severity: "error", message: text, path: text, line: 3, endLine: 5 },
      { rule: "minimum", severity: "notice", message: text },
    ],
    sections: [
      { title: text, blocks },
      { title: text, folded: true, blocks },
    ],
    notes: [text, `${text} ${text}`],
    inputs: { minimum: text },
    commit: text,
    head: text,
    base: text,
    baseline: { commit: text, distance: 2 },
    enforced: true,
    runUrl: "https://github.com/acme/shop/actions/runs/1",
    data: { text, nested: [{ text }] },
  };
}
