import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const settings = [
  "user.name=Test",
  "user.email=test@example.invalid",
  "commit.gpgsign=false",
  "core.autocrlf=false",
  "core.hooksPath=/dev/null",
  "init.defaultBranch=main",
  // Quick: no hooks to copy, nothing to tidy up.
  "init.templateDir=",
  "gc.auto=0",
  "maintenance.auto=false",
];

/** Runs git in a test's repository, independent of this machine's settings. */
export function git(folder: string, ...args: readonly string[]): string {
  const options = settings.flatMap((setting) => ["-c", setting]);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  return execFileSync("git", [...options, ...args], { cwd: folder, encoding: "utf8", env: { ...env, GIT_CONFIG_NOSYSTEM: "1" } }).trim();
}

/** Writes files, path by path. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Commits everything that is not ignored, in a new repository where there is none; gives the commit. */
export function commitAll(folder: string, message: string): string {
  if (!existsSync(join(folder, ".git"))) git(folder, "init", "--quiet");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--allow-empty", "--message", message);
  return git(folder, "rev-parse", "HEAD");
}
