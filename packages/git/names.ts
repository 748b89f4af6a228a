import { UserError } from "../frame/errors.ts";

/** Branch and tag names that may be put into a refspec: git's own rules for names, and nothing that has a meaning in a refspec. */
export function isBranchName(name: string): boolean {
  if (name === "" || name.length > 1_024 || hasControl(name)) return false;
  if (/^[-/]|[\s~^:?*[\\]|\.\.|@\{|\/\/|[/.]$|\.lock$/.test(name)) return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}

/** Refuses what git would take for an option, for a range or for more than one line. */
export function checkRevision(text: string, input = "base"): string {
  const name = text.trim();
  const wrong = name === "" || name.length > 1_024 || name.startsWith("-") || name.includes("..") || hasControl(name);
  if (wrong) {
    const shown = JSON.stringify(text.slice(0, 100));
    throw new UserError(
      `${input}: ${shown} is no name of a commit. Give a branch, a tag or a commit, such as main or origin/main; a name may not start with "-", hold ".." or control characters.`,
    );
  }
  return name;
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 32 || code === 127) return true;
  }
  return false;
}
