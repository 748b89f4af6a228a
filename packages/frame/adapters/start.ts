import { readFileSync, writeSync } from "node:fs";
import { isUserError } from "../errors.ts";
import { type Definition, runAction } from "../frame.ts";
import type { Manifest } from "../manifest.ts";
import { Masker } from "../masking.ts";
import { exitCode } from "../outcome.ts";
import { printableLines } from "../printable.ts";
import { openHost } from "./host.ts";

const here = import.meta.url;
const issues = "https://github.com/org/forge/issues";

/**
 * Runs an action to its end as this process and sets the exit code: the one line of every action's `main.ts`. It returns at once and is not
 * awaited, because a module that awaits keeps the bundler from putting all modules into one scope, which V8 compiles faster.
 */
export function start<M extends Manifest, P>(definition: Definition<M, P>): void {
  const name = `${definition.manifest.action} ${versionOf(definition.manifest.action)}`;
  stopOnSignals(name);
  quietWhenUnread();
  process.on("uncaughtException", (error) => dieOfBug(name, error));
  process.on("unhandledRejection", (error) => dieOfBug(name, error));
  void finish(definition, name);
}

async function finish<M extends Manifest, P>(definition: Definition<M, P>, name: string): Promise<void> {
  try {
    const host = await openHost(definition.manifest, versionOf(definition.manifest.action), process.env);
    process.exitCode = (await runAction(definition, host)).exitCode;
    await Promise.all((host.terminal ? [process.stdout, process.stderr] : [process.stdout]).map(written));
  } catch (error) {
    if (!isUserError(error)) dieOfBug(name, error);
    say(error.message);
    process.exitCode = error.exitCode;
  }
  // Said aloud: a keep-alive connection or an idle worker must not hold a finished step open, and an orderly end takes longer than a start.
  process.exit();
}

/** Until everything that was printed has left the process, also on systems whose pipes are asynchronous. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}

function versionOf(action: string): string {
  try {
    const path = new URL(`../../actions/${action}/package.json`, here);
    const { version }: { version?: unknown } = JSON.parse(readFileSync(path, "utf8"));
    return typeof version === "string" ? version : "unknown";
  } catch {
    return "unknown";
  }
}

/** A cancelled run has no verdict: no output is written, no baseline is saved, and whatever was half written is removed on exit. */
function stopOnSignals(name: string): void {
  const codes = { SIGINT: 130, SIGTERM: 143 } as const;
  for (const [signal, code] of Object.entries(codes)) {
    process.once(signal, () => {
      say(`${name} was cancelled (${signal}): there is no verdict.`);
      process.exit(code);
    });
  }
}

/** `forge run … | head`: a reader that has seen enough is no error. */
function quietWhenUnread(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

function dieOfBug(name: string, error: unknown): never {
  const enforced = process.env.INPUT_ENFORCE?.trim().toLowerCase() !== "false";
  say(`This is a bug in ${name}, not in your project. Please report it, with these lines, at ${issues}`);
  for (let cause: unknown = error, depth = 0; cause !== undefined && depth < 5; depth++) {
    say(`${depth === 0 ? "" : "Caused by: "}${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  process.exit(enforced ? exitCode.unknown : exitCode.pass);
}

function say(text: string): void {
  const masker = new Masker();
  for (const name of ["INPUT_TOKEN", "GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN"]) masker.add(process.env[name] ?? "");
  for (const line of printableLines(masker.mask(text))) writeSync(2, `${line}\n`);
}
