/**
 * What the user gave is wrong, or what was needed is not there: one sentence, and how to mend it.
 * `exitCode` 2: an input, the configuration or a file is wrong. 3: all was right, but the evidence is missing or contradictory.
 *
 * Bundles do not share classes, so an error is recognised by its name and not by `instanceof`: use `isUserError`.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly exitCode: 2 | 3;
  /** Further problems of the same run, each one sentence. */
  readonly problems: readonly string[];

  constructor(message: string, options: { exitCode?: 2 | 3; problems?: readonly string[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? 2;
    this.problems = options.problems ?? [];
  }
}

export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === "UserError" && "exitCode" in error;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a system error (`ENOENT`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
