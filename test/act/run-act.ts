import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import type { Observed, ReportFile } from "./observed-workflow.ts";

export interface ActRequest {
  readonly event: string;
  readonly payload: unknown;
  /** The repository that the workflow runs in; what is checked out there is what is tested. */
  readonly project: string;
  /** The folder that `org/forge@v1` stands for. */
  readonly library: string;
  /** Folders that stand for further actions, by `owner/name@ref`. */
  readonly actions?: Readonly<Record<string, string>>;
  /** A folder of its own for each run. */
  readonly scratch: string;
  /** Where act keeps caches; shared by runs that are to see each other's. */
  readonly caches: string;
  readonly apiUrl: string;
  /** Secrets of the repository; `GITHUB_TOKEN` is the job's token. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Switches act's cache service off. */
  readonly withoutCache?: boolean;
}

export interface ActRun {
  /** act's own: 0 when all jobs succeeded. */
  readonly exitCode: number;
  /** What each step ended as (`success`, `failure`, `skipped`), by its name. */
  readonly results: Readonly<Record<string, string>>;
  /** What each step printed, by its name. */
  readonly printed: Readonly<Record<string, string>>;
  /** What each step set as outputs, by its name. What a short step prints can get lost when act is busy; this does not. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The exit code that a failing step ended with, by its name. */
  readonly exitCodes: Readonly<Record<string, number>>;
  /** The annotations that reached the runner, in order. */
  readonly annotations: readonly Annotation[];
  /** The job summary, in Markdown. */
  readonly summary: string;
  /** What a later step read of the gate, where the workflow observes it. */
  readonly observed: Observed | undefined;
  /** The report that the gate's `report` output named, where the workflow observes it. */
  readonly report: ReportFile | undefined;
  /** Everything act said, for messages of failing tests. */
  readonly log: string;
}

export interface Annotation {
  readonly level: string;
  readonly message: string;
  /** `file`, `line`, `endLine`, `title` … as the action gave them. */
  readonly properties: Readonly<Record<string, string>>;
}

/** One line of act's log with `--json`. */
interface LogLine {
  readonly msg?: string;
  readonly step?: string;
  readonly stage?: string;
  readonly stepResult?: string;
  readonly raw_output?: boolean;
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  /** The Markdown of a `summary` line. */
  readonly content?: string;
  readonly kvPairs?: Readonly<Record<string, string>>;
}

/** Runs the project's workflows for an event in act's host mode, with this Node and without anything of the user's own configuration. */
export async function runAct(request: ActRequest): Promise<ActRun> {
  const act = process.env.FORGE_ACT;
  if (act === undefined) throw new Error("FORGE_ACT does not say where act is: start these tests with `npm run test:act`");
  mkdirSync(request.scratch, { recursive: true });
  const file = (name: string) => join(request.scratch, name);
  writeFileSync(file("event.json"), JSON.stringify(request.payload));
  writeFileSync(
    file("secrets"),
    Object.entries(request.secrets ?? {})
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  mkdirSync(file("home/.config/act"), { recursive: true });
  // Without this file act asks on the terminal which images it should use.
  writeFileSync(file("home/.config/act/actrc"), "");
  const args = [
    request.event,
    "--json",
    "--platform=ubuntu-latest=-self-hosted",
    `--local-repository=org/forge@v1=${request.library}`,
    ...Object.entries(request.actions ?? {}).map(([reference, folder]) => `--local-repository=${reference}=${folder}`),
    `--eventpath=${file("event.json")}`,
    `--secret-file=${file("secrets")}`,
    `--env=GITHUB_API_URL=${request.apiUrl}`,
    `--env=OBSERVED=${request.scratch}`,
    `--artifact-server-path=${file("artifacts")}`,
    "--artifact-server-addr=127.0.0.1",
    `--artifact-server-port=${await freePort()}`,
    ...(request.withoutCache ? ["--no-cache-server"] : ["--cache-server-addr=127.0.0.1", `--cache-server-path=${request.caches}`]),
  ];
  const home = { HOME: file("home"), XDG_CONFIG_HOME: file("home/.config"), XDG_CACHE_HOME: file("home/.cache") };
  const env = { ...home, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };
  const { exitCode, log } = await finished(act, args, { cwd: request.project, env });
  return { exitCode, log, ...readLog(log), observed: readJson(file("observed.json")), report: readJson(file("report.json")) };
}

function finished(
  program: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<{ exitCode: number; log: string }> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { ...options, timeout: 100_000, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode === "number") resolve({ exitCode, log: stdout + stderr });
      else reject(error);
    });
  });
}

function readLog(log: string): Pick<ActRun, "results" | "printed" | "outputs" | "exitCodes" | "annotations" | "summary"> {
  const results: Record<string, string> = {};
  const printed: Record<string, string> = {};
  const outputs: Record<string, Record<string, string>> = {};
  const exitCodes: Record<string, number> = {};
  const annotations: Annotation[] = [];
  let summary = "";
  const lines = log.split("\n").filter((text) => text.startsWith("{"));
  for (const line of lines.map((text): LogLine => JSON.parse(text))) {
    const { step, msg = "" } = line;
    if (line.command === "summary") summary += line.content ?? "";
    if (step === undefined) continue;
    if (line.command === "set-output") outputs[step] = { ...outputs[step], [line.name ?? ""]: line.arg ?? "" };
    if (line.raw_output) printed[step] = (printed[step] ?? "") + msg;
    if (line.stage === "Main" && line.stepResult !== undefined) results[step] = line.stepResult;
    const exit = /^exit status ([0-9]+)/.exec(msg)?.[1];
    if (exit !== undefined) exitCodes[step] = Number(exit);
    annotations.push(...annotationOf(line));
  }
  return { results, printed, outputs, exitCodes, annotations, summary };
}

function annotationOf(line: LogLine): Annotation[] {
  const { command: level, arg: message = "", kvPairs: properties = {} } = line;
  return level === "error" || level === "warning" || level === "notice" ? [{ level, message, properties }] : [];
}

function readJson<T>(path: string): T | undefined {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** act's artifact server has a fixed port unless told otherwise, and two runs at once would meet there. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
