import type { Masker } from "../frame/masking.ts";
import type { Report } from "./model.ts";

const words: Readonly<Record<string, ReadonlySet<string>>> = {
  verdict: new Set(["pass", "warn", "fail", "neutral", "unknown"]),
  severity: new Set(["error", "warning", "notice"]),
  kind: new Set(["paragraph", "list", "table", "code", "trend", "bars"]),
  align: new Set(["left", "right"]),
};

/**
 * The report without secrets, to be made before it is rendered: renderers escape, and an escaped secret is no longer the secret that a masker knows.
 * The words of the format stay, so that a secret "pass" cannot make a report unreadable.
 */
export function maskedReport(report: Report, masker: Pick<Masker, "deep">): Report {
  return masker.deep(report, (key, text) => words[key]?.has(text) === true);
}
