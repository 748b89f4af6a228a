/**
 * What is wrong with a report's content and where. Parsers throw it; whoever knows the file's name turns the offset into a line and the whole
 * into a `UserError`. Recognised by its name, because a worker's classes are not the main thread's.
 */
export class ReportFault extends Error {
  override readonly name = "ReportFault";
  /** Bytes from the start of what the parser was handed; `undefined` where the end of the file is meant. */
  offset: number | undefined;

  constructor(reason: string, offset?: number) {
    super(reason);
    this.offset = offset;
  }
}

export function isReportFault(error: unknown): error is ReportFault {
  return error instanceof Error && error.name === "ReportFault" && "offset" in error;
}

/** A piece of a report for an error message: short, on one line, in backticks. */
export function quoted(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}`]+/gu, " ");
  return `\`${plain.length > 60 ? `${plain.slice(0, 60)}…` : plain}\``;
}
