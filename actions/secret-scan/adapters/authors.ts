import type { Git } from "../../../packages/git/command.ts";

export interface Authorship {
  readonly author: string;
  /** ISO 8601. */
  readonly date: string;
}

/** Who made the commits, by name alone. */
export async function authorsOf(git: Git, commits: readonly string[]): Promise<ReadonlyMap<string, Authorship>> {
  const authors = new Map<string, Authorship>();
  if (commits.length === 0) return authors;
  const args = [
    "-c",
    "log.showSignature=false",
    "log",
    "--no-walk=unsorted",
    "--stdin",
    "-z",
    "--no-notes",
    "--no-show-signature",
    "--no-patch",
    "--no-color",
    "--no-mailmap",
    "--format=%H%n%aI%n%an",
  ];
  const text = await git.text(args, { input: `${commits.join("\n")}\n` });
  for (const entry of text.split("\0")) {
    const [commit = "", date = "", author = ""] = entry.replace(/^\n/, "").split("\n");
    if (commit !== "") authors.set(commit, { author: author.includes("@") ? "" : author, date });
  }
  return authors;
}
