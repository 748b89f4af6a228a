import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { watchPermissions } from "./permissions.ts";
import { planted, watchSecrets } from "./planted.ts";
import { parseFileCommands, readCommands, type WorkflowCommand } from "./runner-protocol.ts";

export const root = resolve(import.meta.dirname, "..", "..");

export interface BundleInput {
  /** The checkout; the process starts in it. */
  readonly workspace: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** `pull_request`, `push` …; `push` on main where nothing is said. */
  readonly eventName?: string;
  readonly event?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The job's temporary folder; a fresh one for each run unless a job of several steps is played. */
  readonly temp?: string;
  readonly node?: string;
  readonly nodeArgs?: readonly string[];
  readonly timeoutMs?: number;
  /** Gets the process when it has been started, to send it a signal. */
  readonly started?: (child: ChildProcess) => void;
}

export interface BundleRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams as the runner's log shows them: commands taken out, masks applied. */
  readonly log: string;
  readonly commands: readonly WorkflowCommand[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The report that the output `report` points to; absent after a cancelled run. */
  readonly report: Report | undefined;
}

/** The parts of a report that tests read. */
export interface Report {
  readonly [field: string]: unknown;
  readonly verdict: string;
  readonly headline: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly rules: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly actual?: unknown;
    readonly limit?: unknown;
    readonly why?: string;
  }[];
  readonly findings: readonly {
    readonly rule: string;
    readonly path?: string;
    readonly line?: number;
    readonly endLine?: number;
    readonly message: string;
  }[];
  readonly notes?: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

const folders: string[] = [];

/** A folder that is removed by `cleanUp`. */
export function temporaryFolder(name = "forge-test-"): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  folders.push(folder);
  return folder;
}

export function cleanUp(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** What the runner gives every step, and nothing of this machine's own GITHUB_ or INPUT_ variables. */
function runnerEnvironment(given: BundleInput, temp: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(INPUT_|GITHUB_|RUNNER_|ACTIONS_|FORGE_|NODE_OPTIONS|CI$|VITEST)/.test(name),
  );
  const files = ["OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY"].map(
    (name) => [`GITHUB_${name}`, join(temp, "_runner_file_commands", name.toLowerCase())] as const,
  );
  mkdirSync(join(temp, "_runner_file_commands"), { recursive: true });
  for (const [, path] of files) writeFileSync(path, "");
  const eventPath = join(temp, "event.json");
  writeFileSync(eventPath, JSON.stringify(given.event ?? {}));
  const variables: Record<string, string | undefined> = {
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(files),
    ...planted,
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: given.workspace,
    GITHUB_EVENT_NAME: given.eventName ?? "push",
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_REPOSITORY: "octo/app",
    GITHUB_REF: "refs/heads/main",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_API_URL: "http://127.0.0.1:9",
    GITHUB_RUN_ID: "1001",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_JOB: "test",
    RUNNER_TEMP: temp,
    ...Object.fromEntries(
      Object.entries(given.inputs ?? {}).map(([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value]),
    ),
    ...given.env,
  };
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Runs `dist/<action>/index.js` as a runner would, and reads back everything a runner would. */
export async function runBundle(action: string, given: BundleInput): Promise<BundleRun> {
  const temp = given.temp ?? temporaryFolder("forge-runner-");
  const env = runnerEnvironment(given, temp);
  const bundle = join(root, "dist", action, "index.js");
  const checkPermissions = watchPermissions(action, env["GITHUB_API_URL"]);
  const checkSecrets = watchSecrets(env, temp);
  const child = spawn(given.node ?? process.execPath, [...(given.nodeArgs ?? []), bundle], {
    cwd: given.workspace,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  given.started?.(child);
  const ended = await waitFor(child, given);
  checkPermissions();
  checkSecrets(ended);
  const outputs = parseFileCommands(readRegular(env["GITHUB_OUTPUT"]));
  const { commands, log } = readCommands(ended.stdout, ended.stderr);
  const reportPath = outputs["report"] ?? "";
  return {
    ...ended,
    log,
    commands,
    outputs,
    summary: readRegular(env["GITHUB_STEP_SUMMARY"]),
    report: existsSync(reportPath) ? (JSON.parse(readFileSync(reportPath, "utf8")) as Report) : undefined,
  };
}

/** Empty where a test has put something else, such as a device, in the file's place. */
function readRegular(path = ""): string {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, "utf8") : "";
}

export interface CommandRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line in a folder, with a laptop's environment. */
export async function runForge(
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string | undefined>> = {},
  node?: string,
): Promise<CommandRun> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(INPUT_|GITHUB_|RUNNER_|ACTIONS_|FORGE_|NODE_OPTIONS|CI$|VITEST)/.test(name),
  );
  const variables = Object.fromEntries(
    Object.entries({ ...Object.fromEntries(inherited), ...env }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const child = spawn(node ?? process.execPath, [join(root, "dist", "forge", "index.js"), ...args], {
    cwd: folder,
    env: variables,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return waitFor(child, {});
}

async function waitFor(
  child: ChildProcess,
  { timeoutMs = 60_000 }: Pick<BundleInput, "timeoutMs">,
): Promise<CommandRun & { signal: NodeJS.Signals | null }> {
  const streams = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      streams[name] += text;
    });
  }
  const timeout = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode, ended) => {
      clearTimeout(timeout);
      resolve({ exitCode, signal: ended, ...streams });
    });
  });
}
