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

/** Runs an action to its end as this process: sets the exit code, never throws. The one line of every action's `main.ts`. */
export async function start<M extends Manifest, P>(definition: Definition<M, P>): Promise<void> {
  const version = versionOf(definition.manifest.action);
  const name = `${definition.manifest.action} ${version}`;
  stopOnSignals(name);
  process.on("uncaughtException", (error) => dieOfBug(name, error));
  quietWhenUnread();
  process.on("unhandledRejection", (error) => dieOfBug(name, error));
  try {
    const host = await openHost(definition.manifest, version, process.env);
    process.exitCode = (await runAction(definition, host)).exitCode;
  } catch (error) {
    if (isUserError(error)) {
      say(error.message);
      process.exitCode = error.exitCode;
    } else dieOfBug(name, error);
  }
  // A keep-alive connection or an idle worker must not hold a finished step open.
  setTimeout(() => process.exit(), 500).unref();
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
