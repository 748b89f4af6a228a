import { visible } from "../frame/printable.ts";
import { joinedFindings } from "./findings.ts";
import type { Finding, Report, Severity } from "./model.ts";
import { clipped, counted, nameOf } from "./wording.ts";

/** Text is raw where it can hold line breaks (`message`); whoever writes a workflow command escapes it for that. */
export interface Annotation {
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  /** From the repository's root. */
  readonly path?: string;
  readonly line?: number;
  readonly endLine?: number;
  /** Only where the range is one line: GitHub refuses columns otherwise. */
  readonly column?: number;
  readonly endColumn?: number;
}

export interface Annotations {
  readonly annotations: readonly Annotation[];
  /** Findings (joined ones counted once) that found no room. */
  readonly leftOut: number;
}

/** The runner shows ten of each type and step, and drops the others silently. */
export const annotationsPerType = 10;
/** The runner cuts messages at 4,096 characters; the title is ours to keep short. */
const longestMessage = 4_000;
const longestTitle = 200;

/**
 * The worst findings as annotations, lines that follow one another joined, at most ten of a type. `taken` counts annotations of the step that the caller
 * makes itself. Where something is left out, the last notice says how much, and where all of it is.
 */
export function rankedAnnotations(report: Report, taken: Readonly<Partial<Record<Severity, number>>> = {}): Annotations {
  const findings = joinedFindings(report.findings);
  const room = (severity: Severity) => Math.max(0, annotationsPerType - (taken[severity] ?? 0));
  const shown = { error: room("error"), warning: room("warning"), notice: room("notice") };
  const complete = (["error", "warning", "notice"] as const).every(
    (severity) => findings.filter((finding) => finding.severity === severity).length <= shown[severity],
  );
  if (!complete) shown.notice = Math.max(0, shown.notice - 1);
  const kept = findings.filter((finding) => shown[finding.severity]-- > 0);
  const annotations = kept.map((finding) => annotationOf(report, finding));
  const leftOut = findings.length - kept.length;
  if (leftOut > 0 && room("notice") > 0) annotations.push(restNotice(report, leftOut));
  return { annotations, leftOut };
}

/** The annotations of `rankedAnnotations`. */
export function annotationsOf(report: Report, taken: Readonly<Partial<Record<Severity, number>>> = {}): readonly Annotation[] {
  return rankedAnnotations(report, taken).annotations;
}

function annotationOf(report: Report, finding: Finding): Annotation {
  const { severity, path, line } = finding;
  const endLine = Math.max(finding.endLine ?? 0, line ?? 0);
  const columns = line !== undefined && endLine === line && finding.column !== undefined;
  return {
    severity,
    title: visible(clipped(`${nameOf(report)}: ${finding.rule}`, longestTitle)),
    message: clipped(finding.message, longestMessage),
    ...(path === undefined ? {} : { path }),
    ...(path === undefined || line === undefined ? {} : { line, endLine }),
    ...(path !== undefined && columns ? { column: finding.column, endColumn: Math.max(finding.endColumn ?? 0, finding.column) } : {}),
  };
}

function restNotice(report: Report, leftOut: number): Annotation {
  const where = report.runUrl === undefined ? "the job summary" : `the job summary: ${report.runUrl}`;
  const message = `${counted(leftOut, "more finding")} not shown here, because GitHub shows ten annotations of a type. All of them are in ${where}`;
  return { severity: "notice", title: nameOf(report), message };
}
