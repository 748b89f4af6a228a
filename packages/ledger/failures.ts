/**
 * What should be remembered could not be delivered now: GitHub is down, limits us, or other runs are in the way. Nothing is wrong with what
 * was given, and a later run can deliver it. Recognised by its name, because bundles share no classes.
 */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

export function isUnreachable(error: unknown): error is Unreachable {
  return error instanceof Error && error.name === "Unreachable";
}

/** A permission that the job lacks: `contents` or `issues`. What reads or writes with it says so by throwing this. */
export class MissingRight extends Error {
  override readonly name = "MissingRight";
  readonly permission: Permission;

  constructor(permission: Permission, message: string) {
    super(message);
    this.permission = permission;
  }
}

export type Permission = "contents" | "issues";

export function isMissingRight(error: unknown): error is MissingRight {
  return error instanceof Error && error.name === "MissingRight" && "permission" in error;
}
