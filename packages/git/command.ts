import { UserError } from "../frame/errors.ts";
import type { Exec, ExecResult } from "../frame/ports.ts";

export type Environment = Readonly<Record<string, string | undefined>>;
export type GitOptions = NonNullable<Parameters<Exec["run"]>[2]>;

/** Git, run in one folder, so that neither the user's configuration nor the environment can change what it says. */
export interface Git {
  /** Gives any exit code back. */
  run(args: readonly string[], options?: GitOptions): Promise<ExecResult>;
  /** Stdout as text; throws a `UserError` with exit code 3 and git's last words when it fails. */
  text(args: readonly string[], options?: GitOptions): Promise<string>;
}

/** Variables of git that say how a server is reached: all others (`GIT_DIR`, `GIT_EXTERNAL_DIFF` …) would change what is read. */
const kept = /^GIT_(?:SSL_.*|SSH|SSH_COMMAND|SSH_VARIANT|PROXY_.*|HTTP_.*|EXEC_PATH|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM)$/;

const fixed: Readonly<Record<string, string>> = {
  // Messages are read, so they must be in one language.
  LC_ALL: "C",
  LANGUAGE: "",
  // Nobody is there to answer.
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "",
  SSH_ASKPASS: "",
  GCM_INTERACTIVE: "never",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_LITERAL_PATHSPECS: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
};

/** Settings that could run a program, change the output or tidy up in the middle of a job. */
const settings = [
  "core.quotePath=false",
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "gc.auto=0",
  "maintenance.auto=false",
  "protocol.version=2",
  "fetch.writeCommitGraph=false",
  "submodule.recurse=false",
];

/** The changes to the environment that git's children get: `undefined` takes a variable away. */
export function gitEnvironment(own: Environment): Record<string, string | undefined> {
  const environment: Record<string, string | undefined> = {};
  for (const name of Object.keys(own)) {
    if (name.startsWith("GIT_") && !kept.test(name)) environment[name] = undefined;
  }
  return { ...environment, ...fixed };
}

/**
 * `trusted` is a folder whose files may belong to somebody else: in a container job the checkout does. Git honours `safe.directory` from its
 * command line, and there it holds for this one process and this one folder.
 */
export function openGit(exec: Exec, folder: string, own: Environment, trusted?: string): Git {
  const environment = gitEnvironment(own);
  const given = trusted === undefined ? settings : [...settings, `safe.directory=${trusted}`];
  const before = ["--no-pager", ...given.flatMap((each) => ["-c", each])];
  const run: Git["run"] = (args, options = {}) =>
    exec.run("git", [...before, ...args], { cwd: folder, ...options, env: { ...environment, ...options.env } });
  return {
    run,
    async text(args, options) {
      const result = await run(args, options);
      if (result.exitCode !== 0) throw gitError(args, result.stderr);
      return new TextDecoder().decode(result.stdout);
    },
  };
}

export function gitError(args: readonly string[], stderr: string): UserError {
  return new UserError(`\`git ${args[0] ?? ""}\` failed: ${lastWords(stderr)}`, { exitCode: 3 });
}

/** The sentence in which git says why it stopped, on one line and with a full stop. */
export function lastWords(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const told = lines.find((line) => /^(?:fatal|error|remote): /.test(line)) ?? lines[lines.length - 1] ?? "it gave no reason";
  const text = told.replace(/^(?:fatal|error): /, "").slice(0, 500);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** An object's full name, in repositories with SHA-1 or SHA-256. */
export function isSha(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
