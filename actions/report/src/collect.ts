import { isUserError, UserError } from "../../../packages/frame/errors.ts";
import { hasGlob } from "../../../packages/frame/glob.ts";
import type { Files } from "../../../packages/frame/ports.ts";
import { printableLine } from "../../../packages/frame/printable.ts";
import { readReport } from "../../../packages/report/json.ts";
import type { Report } from "../../../packages/report/model.ts";
import type { Gate } from "./model.ts";

/** The action's own report lies in the same folder and is no gate. */
const own = "report";
const mostFiles = 500;
const mostBytes = 16 * 1024 ** 2;
const mostBytesTogether = 64 * 1024 ** 2;

export interface Collected {
  readonly gates: readonly Gate[];
  /** Some file is no report: that is exit code 2, whatever the others say. */
  readonly unreadable: boolean;
}

/** `coverage-gate`, `coverage-gate.web`. */
export function fileNameOf({ action, id }: Pick<Report, "action" | "id">): string {
  return id === "" ? action : `${action}.${id}`;
}

/** The folder where this job's actions wrote their reports is the one that this action's own report will lie in. */
export function defaultReports(reportPath: string | undefined): string[] {
  const folder = reportPath?.replaceAll("\\", "/").replace(/\/[^/]*$/, "");
  return folder === undefined ? [] : [`${folder}/*.json`];
}

/** Reads every report that the globs name. A file that is no report does not hide the others: it is a gate whose verdict is not known. */
export async function collect(patterns: readonly string[], files: Files): Promise<Collected> {
  const { globs, absent } = await lookUp(patterns, files);
  const paths = globs.length === 0 ? [] : await files.glob(globs);
  if (paths.length > mostFiles)
    throw new UserError(`reports: ${paths.length} files match. Allowed: at most ${mostFiles}. Give narrower globs.`);
  const gates: Gate[] = [...absent];
  let unreadable = false;
  const seen = new Set<string>();
  let together = 0;
  for (const path of paths) {
    const read = await readOne(path, files);
    together += "size" in read ? read.size : 0;
    if (together > mostBytesTogether) throw new UserError(`reports: the files have more than ${mostBytesTogether} bytes together.`);
    if ("wrong" in read) {
      unreadable ||= read.unreadable;
      gates.push({ name: printableLine(lastName(path), 100), verdict: "unknown", headline: read.wrong });
    } else if (read.report.action !== own && !seen.has(read.text)) {
      seen.add(read.text);
      gates.push(gateOf(read.report));
    }
  }
  return { gates, unreadable };
}

/** A folder means the reports in it; a file that is named and not there is a gate that has not reported. */
async function lookUp(patterns: readonly string[], files: Files): Promise<{ globs: string[]; absent: Gate[] }> {
  const globs: string[] = [];
  const absent: Gate[] = [];
  for (const pattern of patterns) {
    const found = hasGlob(pattern) || pattern.startsWith("!") ? undefined : ((await files.stat(pattern)) ?? "absent");
    if (found === "absent") {
      const headline = `${pattern} does not exist.`;
      absent.push({ name: printableLine(lastName(pattern), 100), verdict: "unknown", headline });
    } else globs.push(found?.kind === "folder" ? `${pattern.replace(/\/+$/, "")}/**/*.json` : pattern);
  }
  return { globs, absent };
}

export function gateOf(report: Report): Gate {
  return { name: fileNameOf(report), verdict: report.verdict, headline: report.headline, report };
}

type Read =
  | { readonly report: Report; readonly text: string; readonly size: number }
  | { readonly wrong: string; readonly unreadable: boolean };

async function readOne(path: string, files: Files): Promise<Read> {
  try {
    const found = await files.stat(path);
    if (found !== undefined && found.size > mostBytes)
      return { wrong: `${path} has ${found.size} bytes; a report has at most ${mostBytes}.`, unreadable: true };
    const text = await files.readText(path, mostBytes);
    return { report: readReport(text, path), text, size: text.length };
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { wrong: error.message, unreadable: error.exitCode === 2 };
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.json$/, "");
}
