import { appendFileSync } from "node:fs";
import * as core from "@actions/core";
import { annotationsOf } from "../../report/annotations.ts";
import { renderMarkdown, summaryLimit } from "../../report/markdown.ts";
import { renderTerminal } from "../../report/terminal.ts";
import { messageOf } from "../errors.ts";
import type { Publication } from "../host.ts";
import type { Masker } from "../masking.ts";
import type { Log } from "../ports.ts";
import { printable } from "../printable.ts";
import type { Environment } from "./environment.ts";
import type { Surface } from "./surface.ts";

/** A GitHub runner (or act): step outputs, job summary, annotations, and a log in which nothing can be taken for a command. */
export function openRunner(environment: Environment, masker: Masker): Surface {
  const say = (text: string): void => core.info(printable(masker.mask(text)));
  const debug = (text: string): void => core.debug(printable(masker.mask(text)));
  const log: Log = {
    debug,
    info: debug,
    notice: say,
    warning: (text) => core.warning(printable(masker.mask(text))),
    secret: (value) => {
      if (masker.add(value)) core.setSecret(value);
    },
  };
  return {
    log,
    async publish(publication) {
      const { report } = publication;
      core.info(masker.mask(renderTerminal(report, { colour: false, width: 120, folded: false, unicode: true })).trimEnd());
      if (!report.enforced) sayNotEnforced(publication);
      annotate(publication, masker);
      writeSummary(environment.GITHUB_STEP_SUMMARY, publication, masker, log);
      writeOutputs(environment.GITHUB_OUTPUT, report.outputs);
    },
  };
}

function sayNotEnforced({ report }: Publication): void {
  if (report.verdict === "fail" || report.verdict === "unknown")
    core.info("Not enforced (enforce: false): with enforcement this step would fail.");
}

/** The answer as an annotation where it is bad news, then the findings, worst first, within what the runner shows. */
function annotate({ report, exitCode }: Publication, masker: Masker): void {
  const show = { error: core.error, warning: core.warning, notice: core.notice } as const;
  const bad = report.verdict === "fail" || report.verdict === "unknown";
  const severity = exitCode === 0 ? "warning" : "error";
  if (bad) show[severity](printable(masker.mask(report.headline)), { title: report.action });
  for (const annotation of annotationsOf(report, bad ? { [severity]: 1 } : {})) {
    const { severity, message, title, path, line, endLine, column, endColumn } = annotation;
    show[severity](printable(masker.mask(message)), {
      title: printable(title),
      ...(path === undefined ? {} : { file: printable(path) }),
      ...(line === undefined ? {} : { startLine: line, endLine: endLine ?? line }),
      ...(column === undefined ? {} : { startColumn: column, endColumn: endColumn ?? column }),
    });
  }
}

/**
 * Step outputs as blocks whose delimiter their value does not hold, whatever it is. The toolkit makes delimiters of random numbers, for
 * which it loads `node:crypto`; and it prints outputs where there is no file for them.
 */
function writeOutputs(path: string | undefined, outputs: Readonly<Record<string, string>>): void {
  if (path === undefined || path === "") return;
  let text = "";
  for (const [name, value] of Object.entries(outputs)) {
    let delimiter = "forge";
    while (value.includes(delimiter)) delimiter += "_";
    text += `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
  }
  appendFileSync(path, text);
}

function writeSummary(path: string | undefined, { report }: Publication, masker: Masker, log: Log): void {
  if (path === undefined || path === "") return;
  try {
    appendFileSync(path, `${masker.mask(renderMarkdown(report, { limitBytes: summaryLimit, medium: "summary" }))}\n`);
  } catch (error) {
    log.warning(`The job summary could not be written: ${messageOf(error)}.`);
  }
}
