import type { Block, Report } from "../../../packages/report/model.ts";

const trend: Block = {
  kind: "trend",
  title: "Lines",
  unit: "%",
  points: [81.2, 81.9, 82.4, 82.1, 83.3, 83.05, 84.3, 84.21].map((value, index) => ({ label: `run ${index + 1}`, value })),
};

const common = {
  action: "coverage-gate",
  id: "web",
  version: "1.2.0",
  inputs: { minimum: "80" },
  commit: "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
  head: "b94d27b9934d3e08a52e52d7da7dabfac484efe3",
  base: "c0ffee0123456789abcdef0123456789abcdef01",
  enforced: true,
  runUrl: "https://github.com/acme/shop/actions/runs/1234567",
  findings: [],
  data: {},
} as const;

export const passing: Report = {
  ...common,
  verdict: "pass",
  headline: "84.21% of lines are covered (minimum 80%), 0.91 points more than the base",
  outputs: { verdict: "pass", coverage: "84.21" },
  rules: [
    { name: "minimum", verdict: "pass", actual: 84.21, limit: 80, unit: "%" },
    { name: "minimum-patch", verdict: "pass", actual: 91.6, limit: 80, unit: "%" },
    { name: "maximum-drop", verdict: "pass", actual: "+0.91", limit: 1, unit: "points" },
  ],
  baseline: { commit: common.base, distance: 0 },
  sections: [{ title: "Trend", blocks: [trend] }],
};

export const failing: Report = {
  ...common,
  verdict: "fail",
  headline: "62.50% of the changed lines are covered, the minimum is 80%",
  outputs: { verdict: "fail", coverage: "84.21" },
  rules: [
    { name: "minimum", verdict: "pass", actual: 84.21, limit: 80, unit: "%" },
    { name: "minimum-patch", verdict: "fail", actual: 62.5, limit: 80, unit: "%", why: "7 more covered lines would do" },
    { name: "maximum-drop", verdict: "unknown", limit: 1, unit: "points", why: "no baseline yet" },
  ],
  notes: ["src/legacy/** is accepted until 2026-12-31: rewritten in Q1."],
  findings: [
    { rule: "minimum-patch", severity: "warning", message: "No test runs this.", path: "src/cart/total.ts", line: 14, endLine: 19 },
    { rule: "minimum-patch", severity: "warning", message: "No test runs this.", path: "src/cart/total.ts", line: 20, endLine: 21 },
    { rule: "minimum-patch", severity: "warning", message: "No test runs this.", path: "src/pay/[slug].tsx", line: 3 },
  ],
  sections: [
    {
      title: "Files that made it so",
      blocks: [
        {
          kind: "table",
          columns: [{ title: "File" }, { title: "Patch", align: "right" }, { title: "Uncovered lines" }],
          rows: [
            [{ place: "src/cart/total.ts" }, "50.00%", { place: "src/cart/total.ts", line: 14, endLine: 21, text: "14-21" }],
            [{ place: "src/pay/[slug].tsx" }, "75.00%", { place: "src/pay/[slug].tsx", line: 3, text: "3" }],
          ],
          more: 12,
        },
      ],
    },
    {
      title: "By package",
      folded: true,
      blocks: [
        {
          kind: "bars",
          title: "Package",
          unit: "%",
          bars: [
            { label: "cart", value: 50 },
            { label: "pay", value: 3.5 },
          ],
        },
      ],
    },
  ],
};

export const unknown: Report = {
  ...common,
  id: "",
  verdict: "unknown",
  headline: "coverage/lcov.info is truncated: its last record has no end",
  outputs: { verdict: "unknown", coverage: "" },
  rules: [{ name: "minimum", verdict: "unknown", limit: 80, unit: "%", why: "the report cannot be trusted" }],
  notes: ["Was the test run killed?"],
  sections: [],
};
