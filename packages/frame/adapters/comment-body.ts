import { commentLimit, renderMarkdown } from "../../report/markdown.ts";
import type { Report } from "../../report/model.ts";

/** The report as Markdown for a pull request's comment. In a file of its own, because most runs post none. */
export function commentBody(report: Report, spare: number = 0): string {
  return renderMarkdown(report, { limitBytes: commentLimit - spare, medium: "comment" });
}
