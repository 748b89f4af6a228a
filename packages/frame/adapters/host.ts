import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { openBaseline } from "../../baseline/index.ts";
import { renderJsonPieces } from "../../report/json.ts";
import type { Report } from "../../report/model.ts";
import { configName } from "../config.ts";
import { UserError } from "../errors.ts";
import type { Event } from "../event.ts";
import type { Host, Settings } from "../host.ts";
import type { Manifest, YamlInput } from "../manifest.ts";
import { Masker } from "../masking.ts";
import type { Comment, Diff, Exec, Http, Log, Ports } from "../ports.ts";
import { type Environment, readEvent } from "./environment.ts";
import { openFiles } from "./files.ts";
import { lazily } from "./lazily.ts";
import { claimReport, configPath, readText, writeReport } from "./places.ts";
import { openRunner } from "./runner.ts";
import type { Surface } from "./surface.ts";

/** Secrets that a runner's environment holds besides the inputs. */
const secretVariables = ["GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"] as const;

/** The world as this process sees it: a runner where the runner's files are given, else a terminal. */
export async function openHost(manifest: Manifest, version: string, environment: Environment): Promise<Host> {
  const terminal = isTerminal(environment);
  const masker = new Masker();
  for (const name of secretVariables) masker.add(environment[name] ?? "");
  const surface = terminal ? (await import("./terminal.ts")).openTerminal(environment, masker) : openRunner(environment, masker);
  const event = await readEvent(environment);
  const workspace = resolve(environment.GITHUB_WORKSPACE || process.cwd());
  return {
    terminal,
    event,
    version,
    workingDirectory: environment.FORGE_WORKING_DIRECTORY || ".",
    input: (name) => environment[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] || undefined,
    readYaml: (name, text, folder) => readYamlInput(name, text, resolve(workspace, folder)),
    readConfig: (workingDirectory) => readConfig(workspace, workingDirectory),
    openPorts: (settings) => openPorts({ manifest, settings, surface, event, workspace, environment, terminal }),
    claimReport: async (name) => claimReport(name, workspace, terminal ? undefined : environment.RUNNER_TEMP || undefined),
    async publish(publication, reportPath) {
      if (reportPath !== "") writeReport(reportPath, maskedPieces(publication.report, masker));
      await surface.publish(publication);
    },
    commentBody: async (report, spare) => (await import("./comment-body.ts")).commentBody(report, spare),
    masker,
    secret: (value) => surface.log.secret(value),
  };
}

function* maskedPieces(report: Report, masker: Masker): Generator<string> {
  for (const piece of renderJsonPieces(report)) yield masker.mask(piece);
}

function isTerminal(environment: Environment): boolean {
  if (environment.FORGE_TERMINAL === "1") return true;
  return environment.GITHUB_ACTIONS !== "true" && (environment.GITHUB_OUTPUT ?? "") === "";
}

async function readYamlInput(name: string, text: string, folder: string): Promise<YamlInput> {
  const { parseYaml } = await import("./yaml.ts");
  const path = text.trim();
  const oneLine = !path.includes("\n") && path.length < 1_024 && !/[:{[]\s|^-\s/.test(path);
  if (!oneLine) return parseYaml(text, { input: name });
  const content = readText(resolve(folder, path), path);
  if (content !== undefined) return parseYaml(content, { file: path });
  if (/\.(ya?ml|json)$/i.test(path)) throw new UserError(`${name}: the file ${path} does not exist.`);
  return parseYaml(text, { input: name });
}

async function readConfig(workspace: string, workingDirectory: string): Promise<YamlInput | undefined> {
  const text = readText(configPath(workspace, workingDirectory), configName);
  return text === undefined ? undefined : (await import("./yaml.ts")).parseYaml(text, { file: configName });
}

interface Surroundings {
  readonly manifest: Manifest;
  readonly settings: Settings;
  readonly surface: Surface;
  readonly event: Event;
  readonly workspace: string;
  readonly environment: Environment;
  readonly terminal: boolean;
}

async function openPorts(given: Surroundings): Promise<Ports> {
  const { settings, event, environment, terminal } = given;
  const log: Log = given.surface.log;
  const { token } = settings;
  const scratch = terminal ? tmpdir() : environment.RUNNER_TEMP;
  const files = openFiles(given.workspace, settings.workingDirectory, scratch ? [scratch] : []);
  const clock = { now: () => Date.now() };
  const exec = lazily<Exec>(async () => (await import("./exec.ts")).openExec());
  const { workingDirectory } = files;
  const diff = lazily<Diff>(async () =>
    (await import("../../git/adapters/diff.ts")).openDiff({ exec, event, workingDirectory, token, log, terminal }),
  );
  const comment = lazily<Comment>(async () => (await import("../../github/adapters/comment.ts")).openComment({ event, token, log, clock }));
  const http = lazily<Http>(async () => (await import("./http.ts")).openHttp());
  const baseline = openBaseline(settings.baseline, {
    action: given.manifest.action,
    id: settings.id,
    event,
    files,
    diff,
    log,
    clock,
    token,
    branches: settings.baselineBranches,
    environment,
    terminal,
  });
  return { log, files, diff, comment, baseline, http, clock, exec };
}
