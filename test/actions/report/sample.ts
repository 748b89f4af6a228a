import { renderJson } from "../../../packages/report/json.ts";
import type { Report } from "../../../packages/report/model.ts";

/** A gate's report, as its action would write it. */
export function reportOf(given: Partial<Report> = {}): Report {
  const { action = "coverage-gate", verdict = "pass" } = given;
  return {
    action,
    id: "",
    version: "1.0.0",
    verdict,
    headline: `Coverage 91.20%, minimum 80%: ${verdict}`,
    outputs: { verdict },
    rules: [{ name: "minimum", verdict, actual: 91.2, limit: 80, unit: "%" }],
    findings: [],
    inputs: {},
    commit: "a".repeat(40),
    enforced: true,
    sections: [{ title: "Files", blocks: [{ kind: "paragraph", text: "All of them." }] }],
    data: {},
    ...given,
  };
}

export function jsonOf(given: Partial<Report> = {}): string {
  return `${renderJson(reportOf(given))}\n`;
}
