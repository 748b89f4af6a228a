import { UserError } from "../../../packages/frame/errors.ts";
import type { ExecResult } from "../../../packages/frame/ports.ts";
import type { Provider } from "../src/ports.ts";
import type { Opening } from "./opening.ts";

const askTimeout = 60_000;
const executeTimeout = 1_800_000;

/** Programs of the user's own, as lists of arguments: no shell reads them, so a release's name cannot become a command. */
export function openCommand({ settings, exec, workingDirectory, log }: Opening<"command">): Provider {
  const run = (argv: readonly string[], timeout: number): Promise<ExecResult> => {
    const [program = "", ...args] = argv;
    return exec.run(program, args, { cwd: workingDirectory, timeout });
  };
  const current = async (): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(settings.current, askTimeout);
    const release = new TextDecoder().decode(stdout).trim();
    if (exitCode !== 0)
      throw new UserError(`\`${settings.current[0] ?? ""}\` (current) ended with ${exitCode}${lastLine(stderr)}.`, { exitCode: 3 });
    if (release === "" || release.length > 200 || /\p{Cc}/u.test(release)) {
      throw new UserError(`\`${settings.current[0] ?? ""}\` (current) did not print one line with the release that runs.`, { exitCode: 3 });
    }
    return release;
  };
  return {
    current: async () => ({ release: await current(), others: [], commit: "", rollback: false }),
    resolve: async (name) => name,
    commitOf: async () => "",
    async look(release) {
      // A list of arguments knows no quotes: what begins with a dash would be an option.
      if (release.startsWith("-"))
        return { present: false, why: `${release} begins with a dash, and a program would take it for an option` };
      if (settings.exists.length === 0) return { present: true, why: "no `exists` was given, so it was not asked for" };
      const from = settings.exists.some((part) => part.includes("{from}")) ? await current() : "";
      const { exitCode } = await run(filled(settings.exists, from, release), askTimeout);
      return exitCode === 0
        ? { present: true, why: `${release} exists` }
        : { present: false, why: `${release} does not exist (\`exists\` ended with ${exitCode})` };
    },
    credentials: async () => undefined,
    async steps(from, to) {
      const argv = filled(settings.execute, from, to);
      const back = filled(settings.execute, to, from);
      const step = {
        kind: "run",
        what: `run ${JSON.stringify(argv)}`,
        undo: `run ${JSON.stringify(back)}`,
        with: { argv: JSON.stringify(argv) },
      };
      return [step];
    },
    async apply(step, { from, to }, guard) {
      const now = await current();
      if (now === to) return { result: "already", why: `${to} runs` };
      if (now !== from) return { result: "conflict", why: `${now} runs, and neither ${from} nor ${to}` };
      await guard();
      const argv = JSON.parse(step.with["argv"] ?? "[]") as readonly string[];
      const { exitCode, stderr } = await run(argv, executeTimeout);
      if (exitCode !== 0) {
        log.debug(stderr);
        throw new UserError(`\`${argv[0] ?? ""}\` (execute) ended with ${exitCode}${lastLine(stderr)}. Run it again to go on.`, {
          exitCode: 3,
        });
      }
      return { result: "done", why: `${to} was brought back` };
    },
    async settled({ to }) {
      const now = await current();
      return { ok: now === to, why: now === to ? `${to} runs` : `${now} runs, and not ${to}` };
    },
  };
}

function filled(argv: readonly string[], from: string, to: string): readonly string[] {
  return argv.map((part) => part.replaceAll(/\{(from|to)\}/g, (_, name) => (name === "from" ? from : to)));
}

function lastLine(stderr: string): string {
  const line = stderr.trim().split("\n").at(-1)?.trim() ?? "";
  return line === "" ? "" : `: ${line.slice(0, 200)}`;
}
