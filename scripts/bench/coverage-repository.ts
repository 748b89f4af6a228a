import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ReportName, reports, sourcePath } from "./coverage-reports.ts";

const changedFiles = 300;
const changedLines = 20;

/** The repository that a generated report speaks of: its files on `main`, and a branch `change` that rewrites some lines in 300 of them. */
export function ensureRepository(cache: string, name: ReportName, extension: string): string {
  const folder = join(cache, `repository-${name}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.part`;
  rmSync(fresh, { recursive: true, force: true });
  const { files, lines } = reports[name];
  const write = (index: number, line: (number: number) => string): void => {
    const path = join(fresh, sourcePath(index, extension));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Array.from({ length: lines }, (_, number) => `${line(number)}\n`).join(""));
  };
  for (let index = 0; index < files; index++) write(index, (number) => `line ${number}`);
  git(fresh, "init", "--quiet", "--initial-branch=main");
  git(fresh, "add", "--all");
  git(fresh, "commit", "--quiet", "--message", "base");
  git(fresh, "checkout", "--quiet", "-b", "change");
  for (let index = 0; index < Math.min(files, changedFiles); index++) {
    write(index * Math.floor(files / Math.min(files, changedFiles)), (number) =>
      number % 10 === 3 && number < changedLines * 10 ? `changed ${number}` : `line ${number}`,
    );
  }
  git(fresh, "commit", "--quiet", "--all", "--message", "change");
  renameSync(fresh, folder);
  return folder;
}

function git(folder: string, ...args: readonly string[]): void {
  const settings = ["user.name=Bench", "user.email=bench@example.invalid", "commit.gpgsign=false", "gc.auto=0"];
  execFileSync("git", [...settings.flatMap((setting) => ["-c", setting]), ...args], { cwd: folder, stdio: "ignore" });
}
