import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { codeOf, messageOf, UserError } from "../../../packages/frame/errors.ts";
import type { Files, Log } from "../../../packages/frame/ports.ts";
import { assemble, reportError, withMixedDenominators } from "../src/formats/assemble.ts";
import { isReportFault } from "../src/formats/fault.ts";
import type { Parsed } from "../src/formats/session.ts";
import type { Format, ParsedReport, ReportReader } from "../src/model.ts";
import { locate, parseFile, type ReportFile } from "./report-file.ts";

type Options = Parameters<ReportReader["read"]>[1];

/** Below this, starting a second thread takes longer than reading. */
const worthThreads = 2 * 2 ** 20;

/** Reads reports from files: streamed, big ones on all cores. */
export function openReader(files: Pick<Files, "workingDirectory">, log: Pick<Log, "debug">): ReportReader {
  return {
    async read(paths, options) {
      const found = await Promise.all(paths.map((path) => find(files.workingDirectory, path)));
      const size = found.reduce((sum, file) => sum + file.size, 0);
      const reports = size < worthThreads ? await readInTurn(found, options) : await readOnAllCores(found, options, log);
      for (const { source, format, files } of reports) log.debug(`${source}: ${format}, ${files.length} files`);
      return withMixedDenominators(reports);
    },
  };
}

async function find(folder: string, source: string): Promise<ReportFile> {
  const path = resolve(folder, source);
  const info = await stat(path).catch((error: unknown) => {
    throw unreadable(source, error);
  });
  if (!info.isFile()) throw new UserError(`Coverage report \`${source}\` is no file.`);
  return { source, path, size: info.size };
}

async function readInTurn(files: readonly ReportFile[], options: Options): Promise<ParsedReport[]> {
  const reports: ParsedReport[] = [];
  for (const file of files) reports.push(await readWhole(file, options));
  return reports;
}

async function readWhole(file: ReportFile, options: Options): Promise<ParsedReport> {
  return report(file, [await naming(file, () => parseFile(file.path, options.format, options.counts))]);
}

async function readOnAllCores(files: readonly ReportFile[], options: Options, log: Pick<Log, "debug">): Promise<ParsedReport[]> {
  const { parseOnAllCores } = await import("./report-workers.ts");
  const parsed = await parseOnAllCores(files, options, log);
  const reports: ParsedReport[] = [];
  for (const [i, file] of files.entries()) {
    const parts = parsed[i];
    // A part that could not be read says too little of the whole: reading it in one go gives the true result or the true error.
    reports.push(parts === undefined ? await readWhole(file, options) : report(file, parts));
  }
  return reports;
}

function report(file: ReportFile, parts: readonly Parsed[]): ParsedReport {
  const format: Format = parts[0]?.format ?? "lcov";
  return assemble(
    file.source,
    format,
    parts.map((part) => part.drafted),
  );
}

async function naming<T>(file: ReportFile, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isReportFault(error)) throw codeOf(error) === undefined ? error : unreadable(file.source, error);
    throw reportError(file.source, error, error.offset === undefined ? undefined : await locate(file.path, error.offset));
  }
}

function unreadable(source: string, error: unknown): UserError {
  const reason = codeOf(error) === "ENOENT" ? "does not exist" : `cannot be read (${codeOf(error) ?? messageOf(error)})`;
  return new UserError(`Coverage report \`${source}\` ${reason}.`, { cause: error });
}
