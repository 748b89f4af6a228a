import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How much of a failed command's output is shown. */
const shownLines = 15;

/**
 * Runs a program to its end and gives what it printed (both streams, in order of arrival). No shell.
 * Throws with `missing` when the program is not there, and with the end of its output when it fails, so that a registry's refusal is seen.
 */
export function command(
  program: string,
  args: readonly string[],
  options: { env?: Record<string, string>; missing?: string; cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const cwd = options.cwd === undefined ? {} : { cwd: options.cwd };
    const child = spawn(program, args, { ...cwd, env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new Error(options.missing ?? `${program} is not installed here`, { cause: error }) : error);
    });
    child.on("close", (code, signal) => {
      const output = Buffer.concat(chunks).toString("utf8");
      if (code === 0) resolve(output);
      else reject(new Error(`${[program, ...args].join(" ")} failed (${signal ?? code}):\n${lastLines(output)}`));
    });
  });
}

function lastLines(output: string): string {
  return output.trimEnd().split("\n").slice(-shownLines).join("\n");
}

/** Makes a module with an `install` runnable: prints the path, or why there is none and exits with 1. */
export async function runnable(moduleUrl: string, install: () => Promise<string>): Promise<void> {
  if (process.argv[1] !== fileURLToPath(moduleUrl)) return;
  try {
    process.stdout.write(`${await install()}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
