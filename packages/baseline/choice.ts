import { UserError } from "../frame/errors.ts";

/** Where baselines are kept, as the `baseline` input says it. */
export type Choice =
  /** The cache on a runner; on a laptop the data branch, where the clone has it. */
  | { readonly kind: "auto" }
  | { readonly kind: "none" }
  | { readonly kind: "cache" }
  | { readonly kind: "branch"; readonly name: string }
  | { readonly kind: "file"; readonly path: string };

export const usualBranch = "forge-data";

/** Reads `auto`, `none`, `cache`, `branch`, `branch:<name>`, or the path of a file. A `UserError` for a name that no branch can have. */
export function parseChoice(text: string, defaultBranch?: string): Choice {
  const given = text.trim();
  if (given === "" || given === "auto") return { kind: "auto" };
  if (given === "none" || given === "cache") return { kind: given };
  if (given === "branch") return { kind: "branch", name: usualBranch };
  if (!given.startsWith("branch:")) return { kind: "file", path: fileOf(given) };
  return { kind: "branch", name: branchOf(given.slice("branch:".length), defaultBranch) };
}

function fileOf(path: string): string {
  if (!path.includes("\0") && !path.endsWith("/")) return path;
  throw new UserError(
    `baseline: ${JSON.stringify(path)} is not the path of a file. Allowed: auto, none, cache, branch, branch:<name> or a path.`,
  );
}

function branchOf(name: string, defaultBranch: string | undefined): string {
  if (!isBranchName(name)) {
    throw new UserError(`baseline: ${JSON.stringify(name)} is not the name of a branch. Example: branch:${usualBranch}.`);
  }
  if (name === defaultBranch) {
    throw new UserError(
      `baseline: the branch ${name} holds the project itself. Give the data a branch of its own, such as branch:${usualBranch}.`,
    );
  }
  return name;
}

/** Stricter than git: letters, digits, `.`, `_`, `-` and single slashes, so that a name is the same in a path and in a URL. */
function isBranchName(name: string): boolean {
  if (name.length > 200 || !/^[A-Za-z0-9_][A-Za-z0-9._/-]*$/.test(name)) return false;
  return !/\.\.|\/\/|\/\.|\.\/|[./]$|\.lock$|\.lock\//.test(name) && name !== "HEAD" && !name.startsWith("refs/");
}
