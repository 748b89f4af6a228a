import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { codeOf, messageOf, UserError } from "../errors.ts";
import type { Exec, ExecResult } from "../ports.ts";

/*
 * On node:child_process and not on @actions/exec 3.0.0, which cannot do what this port promises: it gives no hold on the child, so nothing
 * can be ended after a timeout; it keeps decoding stdout into one string, line breaks or not (40 MB of NUL-separated output cost 8.5 s and
 * 670 MB, 20 MB cost 2.4 s); it leaves stdin open, so that a program that asks for a password waits for ever; it hands `.cmd` files to a
 * shell; and it turns a death by signal into the exit code `null`.
 */

type RunOptions = NonNullable<Parameters<Exec["run"]>[2]>;

const windows = process.platform === "win32";
const largestOutput = 1024 ** 3;
const keptStderr = 65_536;
/** How long after SIGTERM a program may still tidy up. */
const grace = 2_000;
/** How long stdout may stay silent after the program's end, when something that it left behind still holds it open. */
const silence = 2_000;

/** What children never get: the action's inputs and state, and the keys to the cache, the artifacts and the identity provider. */
const withheld = /^(?:INPUT_|STATE_|ACTIONS_(?:RUNTIME|ID_TOKEN|RESULTS|CACHE)_)/i;

/** The environment of a child: the process's own without what is withheld, then `extra`. */
export function childEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  extra: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && !withheld.test(name)) environment[name] = value;
  }
  for (const [name, value] of Object.entries(extra)) {
    if (value === undefined) delete environment[name];
    else environment[name] = value;
  }
  return environment;
}

/**
 * Programs of this machine. Throws a `UserError` with exit code 2 for a program or folder that is not there, with 3 after a timeout or when
 * more than 1 GiB of stdout would have to be kept (`output` has no such limit). A death by signal n is the exit code 128 + n.
 */
export function openExec(): Exec {
  return { run: (command, args, options = {}) => new Promise((resolve, reject) => start(command, args, options, resolve, reject)) };
}

function start(
  command: string,
  args: readonly string[],
  options: RunOptions,
  resolve: (result: ExecResult) => void,
  reject: (error: unknown) => void,
): void {
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      cwd: options.cwd,
      env: childEnvironment(process.env, options.env),
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      // A group of its own, so that a timeout reaches what the program has started too.
      detached: !windows,
      windowsHide: true,
    });
  } catch (error) {
    reject(startError(command, options.cwd, error));
    return;
  }
  const output = gather(options.output);
  const stderr = tail(keptStderr);
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    end(child);
  };
  const timer =
    options.timeout === undefined ? undefined : setTimeout(() => fail(timeoutError(command, args, options.timeout)), options.timeout);
  track(child);
  child.stdout?.on("data", (piece: Buffer) => {
    try {
      if (failure === undefined) output.take(piece);
    } catch (error) {
      fail(error);
    }
  });
  child.stderr?.on("data", stderr.take);
  child.on("exit", () => closeWhenSilent(child));
  // A program may end without having read its input; its exit code says what matters.
  child.stdin?.on("error", () => {});
  child.stdin?.end(options.input);
  child.on("error", (error) => {
    clearTimeout(timer);
    living.delete(child);
    reject(startError(command, options.cwd, error));
  });
  child.on("close", (code, signal) => {
    clearTimeout(timer);
    living.delete(child);
    if (failure !== undefined) reject(failure);
    else
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stdout: output.all(), stderr: stderr.text() });
  });
}

function gather(output: ((piece: Uint8Array) => void) | undefined): { take(piece: Uint8Array): void; all(): Uint8Array } {
  const pieces: Uint8Array[] = [];
  let size = 0;
  return {
    take(piece) {
      if (output !== undefined) {
        output(piece);
        return;
      }
      size += piece.length;
      if (size > largestOutput) throw new UserError("A program wrote more than 1 GiB to its standard output.", { exitCode: 3 });
      pieces.push(piece);
    },
    all: () => (pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, size)),
  };
}

/** Keeps the end of a text: what a program says last is why it failed. */
function tail(limit: number): { take(piece: Uint8Array): void; text(): string } {
  let kept = Buffer.alloc(0);
  return {
    take(piece) {
      const all = Buffer.concat([kept, piece]);
      kept = all.length > limit ? all.subarray(all.length - limit) : all;
    },
    text: () => kept.toString("utf8"),
  };
}

/** Something that a program started may hold its stdout open long after the program's own end: that is not waited for. */
function closeWhenSilent(child: ChildProcess): void {
  let heard = false;
  const listen = (): void => {
    heard = true;
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  const check = (): void => {
    heard = false;
    setTimeout(() => {
      // Timers run before what has arrived in the meantime is read, so one more turn of the loop is given.
      setImmediate(() => {
        if (heard) check();
        else {
          child.stdout?.destroy();
          child.stderr?.destroy();
        }
      });
    }, silence).unref();
  };
  check();
}

const living = new Set<ChildProcess>();

function track(child: ChildProcess): void {
  // The children are in groups of their own, so nobody else ends them when this process ends.
  if (living.size === 0 && process.listeners("exit").indexOf(endLiving) < 0) process.on("exit", endLiving);
  living.add(child);
}

function endLiving(): void {
  for (const child of living) signal(child, "SIGKILL");
}

function end(child: ChildProcess): void {
  signal(child, "SIGTERM");
  const timer = setTimeout(() => signal(child, "SIGKILL"), grace);
  child.on("close", () => {
    clearTimeout(timer);
    // What it started may have closed stdout and lived on.
    signal(child, "SIGKILL");
  });
}

function signal(child: ChildProcess, name: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    if (windows)
      spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).on("error", () => child.kill());
    else process.kill(-child.pid, name);
  } catch {
    // It has ended by itself.
  }
}

function timeoutError(command: string, args: readonly string[], timeout: number | undefined): UserError {
  const what = [command, ...args.filter((each) => /^[a-z][a-z-]*$/.test(each)).slice(0, 1)].join(" ");
  return new UserError(`\`${what}\` did not end within ${(timeout ?? 0) / 1000} s and was stopped.`, { exitCode: 3 });
}

function startError(command: string, cwd: string | undefined, cause: unknown): UserError {
  const code = codeOf(cause);
  if (cwd !== undefined && !existsSync(cwd))
    return new UserError(`The folder ${cwd}, where \`${command}\` was to run, does not exist.`, { cause });
  if (code === "ENOENT") return new UserError(`The program \`${command}\` was not found on this machine (PATH).`, { cause });
  if (code === "EACCES") return new UserError(`The program \`${command}\` may not be started: permission denied.`, { cause });
  return new UserError(`The program \`${command}\` could not be started: ${messageOf(cause)}.`, { cause });
}
