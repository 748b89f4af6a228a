import type { Repository } from "./repository.ts";
import type { Bump } from "./version.ts";

/** A commit as its message describes it (Conventional Commits 1.0.0). */
export interface Change {
  readonly bump: Exclude<Bump, "first">;
  /** `feat`, `fix` …; empty where the message follows no convention. */
  readonly type: string;
  readonly scopes: readonly string[];
  readonly text: string;
  readonly commit: string;
}

const header = /^([a-zA-Z]+)(?:\(([^()]*)\))?(!)?: +(.+)$/;
const breaking = /^BREAKING[ -]CHANGE: /m;

/** Reads a whole commit message. A message without a type is a patch: shipped bytes changed, whatever it says. */
export function changeOf(commit: string, message: string): Change {
  const [subject = "", ...body] = message.trim().split("\n");
  const match = header.exec(subject);
  const type = match?.[1]?.toLowerCase() ?? "";
  const scopes = (match?.[2] ?? "").split(/[,/]/).map((scope) => scope.trim());
  const isBreaking = match?.[3] === "!" || breaking.test(body.join("\n"));
  const bump = isBreaking ? "major" : type === "feat" ? "minor" : "patch";
  return { bump, type, scopes: scopes.filter(Boolean), text: match?.[4] ?? subject, commit };
}

/** Commits since `from` (all of them without it) that touch one of `paths`, newest first, merges left out. */
export function changesBetween(repository: Repository, from: string | undefined, to: string, paths: readonly string[]): Change[] {
  const range = from === undefined ? [to] : [to, `^${from}`];
  const log = repository.git(["log", "--no-merges", "--format=%H%n%B%x00", ...range, "--", ...paths]);
  return log
    .split("\0")
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map((entry) => changeOf(entry.slice(0, entry.indexOf("\n")), entry.slice(entry.indexOf("\n") + 1)))
    .filter(({ type, scopes }) => !(type === "chore" && scopes.includes("release")));
}
