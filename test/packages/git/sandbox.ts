import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { openExec } from "../../../packages/frame/adapters/exec.ts";
import type { Event } from "../../../packages/frame/event.ts";
import type { Diff, Exec, LineRange, Log } from "../../../packages/frame/ports.ts";
import { openDiff } from "../../../packages/git/adapters/diff.ts";

// Neither the tests nor what they test may see the settings of whoever runs them.
process.env.GIT_CONFIG_GLOBAL = "/dev/null";
process.env.GIT_CONFIG_NOSYSTEM = "1";

const identity = {
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
  GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
  GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
};

/** A folder that is gone when the test is. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "forge-git-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Sandbox {
  readonly root: string;
  git(...args: string[]): string;
  write(path: string, content: string | Uint8Array): void;
  /** Commits everything, after writing the given files; gives the commit. */
  commit(files?: Record<string, string | Uint8Array>): string;
}

export function sandboxAt(root: string): Sandbox {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always", ...args], {
      cwd: root,
      env: { ...process.env, ...identity },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1e9,
    }).trimEnd();
  const write = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  return {
    root,
    git,
    write,
    commit(files = {}) {
      for (const [path, content] of Object.entries(files)) write(path, content);
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", "--message", "change");
      return git("rev-parse", "HEAD");
    },
  };
}

export function newRepository(...options: string[]): Sandbox {
  const sandbox = sandboxAt(temporaryFolder());
  sandbox.git("init", "--quiet", "--initial-branch=main", ...options);
  return sandbox;
}

export const plainEvent: Event = {
  name: "local",
  repository: "owner/name",
  sha: "",
  ref: "",
  defaultBranch: undefined,
  pullRequest: undefined,
  mergeGroup: undefined,
  before: undefined,
  forced: false,
  runId: "1",
  runAttempt: "1",
  job: "test",
  serverUrl: "https://github.example",
  apiUrl: "https://github.example/api/v3",
};

export interface Heard {
  readonly secrets: string[];
  readonly lines: string[];
  readonly commands: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string | undefined>> }[];
}

/** The port under test; on a runner unless the event is `local`. */
export function diffOf(
  folder: string,
  event: Partial<Event> = {},
  options: { token?: string; env?: Record<string, string> } = {},
): Diff & { heard: Heard } {
  const heard: Heard = { secrets: [], lines: [], commands: [] };
  const say = (text: string): void => void heard.lines.push(text);
  const log: Log = { debug: say, info: say, notice: say, warning: say, secret: (value) => void heard.secrets.push(value) };
  const real = openExec();
  const exec: Exec = {
    run(command, args, given = {}) {
      const env = { ...given.env, ...options.env };
      heard.commands.push({ args, env });
      return real.run(command, args, { ...given, env });
    },
  };
  const whole = { ...plainEvent, ...event };
  const diff = openDiff({ exec, event: whole, workingDirectory: folder, token: options.token, log, terminal: whole.name === "local" });
  return { ...diff, heard };
}

export function lines(count: number, prefix = "line"): string {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index + 1}\n`).join("");
}

/** Lines as a set of numbers: what ranges stand for. */
export function expand(ranges: readonly LineRange[]): number[] {
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
}
