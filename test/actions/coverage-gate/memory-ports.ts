import type { GateInputs, GatePorts } from "../../../actions/coverage-gate/src/evidence.ts";
import manifest from "../../../actions/coverage-gate/src/manifest.ts";
import { lineTable, unitTable } from "../../../actions/coverage-gate/src/merge.ts";
import { type FileCoverage, type Format, lineState, type ParsedReport } from "../../../actions/coverage-gate/src/model.ts";
import { run } from "../../../actions/coverage-gate/src/run.ts";
import { parseYaml } from "../../../packages/frame/adapters/yaml.ts";
import type { Context } from "../../../packages/frame/context.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import type { Event } from "../../../packages/frame/event.ts";
import { globMatcher } from "../../../packages/frame/glob.ts";
import { parseInputs } from "../../../packages/frame/inputs.ts";
import type { BaselineRecord, Change, ChangedFile, LineRange } from "../../../packages/frame/ports.ts";
import { openWaivers, type Waiver } from "../../../packages/frame/waivers.ts";

export const sha = (digit: string): string => digit.repeat(40);

/** A file as a picture, one character a line from line 1: `+` hit, `-` missed, `i` ignored, `b` hit with one of two branches untaken, anything else no code. */
export function drawn(picture: string): FileCoverage {
  const rows: [number, number, number][] = [];
  const branches: { line: number; covered: boolean; key: number }[] = [];
  for (const [index, letter] of [...picture].entries()) {
    const line = index + 1;
    if (letter === "+" || letter === "b") rows.push([line, lineState.hit, 1]);
    if (letter === "-") rows.push([line, lineState.missed, 0]);
    if (letter === "i") rows.push([line, lineState.ignored, 0]);
    if (letter === "b") branches.push({ line, covered: true, key: 0 }, { line, covered: false, key: 1 });
  }
  return { lines: lineTable(rows), ...(branches.length === 0 ? {} : { branches: unitTable(branches) }) };
}

export function report(source: string, files: Readonly<Record<string, string | FileCoverage>>, format: Format = "lcov"): ParsedReport {
  const parsed = Object.entries(files).map(([path, file]) => ({ path, roots: [], ...(typeof file === "string" ? drawn(file) : file) }));
  return { source, format, files: parsed, notes: [] };
}

export function changed(path: string, added: readonly LineRange[], rest: Partial<ChangedFile> = {}): ChangedFile {
  return { path, status: "modified", binary: false, added, removed: [], ...rest };
}

export interface World {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly reports?: readonly ParsedReport[];
  /** Paths of the repository; by default those that the reports name. `undefined` with `outside`. */
  readonly paths?: readonly string[];
  /** There is no git repository. */
  readonly outside?: boolean;
  /** Files on disk, relative to the working directory or absolute. */
  readonly files?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly changed?: readonly ChangedFile[];
  readonly change?: (base: string | undefined) => Change;
  readonly toHead?: (path: string, line: number) => number | undefined;
  /** Newest first; the first is at `distance` 0 from the base unless `distances` says otherwise. */
  readonly records?: readonly BaselineRecord[];
  readonly distance?: number;
  readonly event?: Partial<Event>;
  readonly terminal?: boolean;
  readonly waivers?: readonly Waiver[];
}

export const pullRequest: Partial<Event> = {
  name: "pull_request",
  sha: sha("c"),
  pullRequest: { number: 7, headSha: sha("e"), baseSha: sha("b"), baseRef: "main", fork: false },
};

export interface Ran {
  readonly outcome: Awaited<ReturnType<typeof run>>;
  readonly files: Map<string, string>;
  readonly saved: unknown[];
  readonly log: string[];
}

/** Runs the gate in a world of values. */
export async function gate(world: World): Promise<Ran> {
  const { files, saved, log, ports } = portsOf(world);
  const given = world.inputs ?? {};
  const { inputs, problems } = await parseInputs(
    manifest,
    (name) => (given[name] === undefined ? undefined : { from: "input", text: given[name] }),
    async (name, text) => parseYaml(text, { input: name }),
  );
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
  const outcome = await run(inputs as GateInputs, ports, contextOf(world));
  return { outcome, files, saved, log };
}

function contextOf(world: World): Context {
  const event: Event = {
    name: "push",
    repository: "octo/app",
    sha: sha("c"),
    ref: "refs/heads/main",
    defaultBranch: "main",
    pullRequest: undefined,
    mergeGroup: undefined,
    before: sha("b"),
    forced: false,
    runId: "1",
    runAttempt: "1",
    job: "test",
    serverUrl: "https://github.com",
    apiUrl: "https://api.github.com",
    ...world.event,
  };
  return { event, id: "", terminal: world.terminal ?? false, waivers: openWaivers(world.waivers ?? [], Date.UTC(2026, 10, 21)) };
}

function portsOf(world: World): { files: Map<string, string>; saved: unknown[]; log: string[]; ports: GatePorts } {
  const here = world.workingDirectory ?? "/work/app";
  const reports = world.reports ?? [];
  const absolute = (path: string): string => (path.startsWith("/") ? path : `${here}/${path}`);
  const files = new Map<string, string>();
  for (const { source } of reports) files.set(absolute(source), "a report");
  for (const [path, text] of Object.entries(world.files ?? {})) files.set(absolute(path), text);
  const saved: unknown[] = [];
  const log: string[] = [];
  const say = (text: string): void => void log.push(text);
  const paths = [...(world.paths ?? reports.flatMap((each) => each.files.map((file) => file.path)))].sort();
  const read = (path: string): string => {
    const text = files.get(absolute(path));
    if (text === undefined) throw new UserError(`${path} does not exist.`);
    return text;
  };
  const [newest] = world.records ?? [];
  const ports: GatePorts = {
    log: { debug: say, info: say, notice: say, warning: say, secret: () => undefined },
    files: {
      workingDirectory: here,
      workspace: here,
      read: async (path) => new TextEncoder().encode(read(path)),
      readText: async (path) => read(path),
      write: async (path, content) =>
        void files.set(absolute(path), content instanceof Uint8Array ? new TextDecoder().decode(content) : [...content].join("")),
      stat: async (path) => (files.has(absolute(path)) ? { size: read(path).length, kind: "file" } : undefined),
      glob: async (patterns) => {
        const names = [...files.keys()].filter((path) => path.startsWith(`${here}/`)).map((path) => path.slice(here.length + 1));
        return names.filter(globMatcher(patterns)).sort();
      },
    },
    diff: {
      root: async () => (world.outside === true ? undefined : "/work/app"),
      paths: async () => paths,
      change: async (base) => {
        if (world.change !== undefined) return world.change(base);
        if (world.outside === true) throw new UserError("This is no git repository.", { exitCode: 3 });
        return { base: sha("b"), head: sha("c"), rule: "merge base of main and HEAD", files: world.changed ?? [] };
      },
      toHead: async (path, line) => (world.toHead === undefined ? line : world.toHead(path, line)),
      ancestors: async (commit) => [commit],
      show: async () => undefined,
      names: async () => [],
    },
    comment: { upsert: async () => ({ skipped: "not here" }) },
    baseline: {
      find: async () => (newest === undefined ? { missing: "first run" } : { record: newest, distance: world.distance ?? 0 }),
      history: async () => [...(world.records ?? [])].reverse(),
      refusal: async () => undefined,
      save: async (data, extra) => {
        saved.push({ data, extra });
        return { saved: "in memory" };
      },
    },
    http: { request: () => Promise.reject(new Error("the gate must not use the network")) },
    clock: { now: () => 0 },
    exec: { run: () => Promise.reject(new Error("the gate must not start programs")) },
    reports: { read: async (wanted) => reports.filter(({ source }) => wanted.includes(source)) },
  };
  return { files, saved, log, ports };
}

/** The error that a run ends with. */
export async function refusal(world: World): Promise<UserError> {
  const error: unknown = await gate(world).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, got ${String(error)}`, { cause: error });
  return error;
}

/** The record that a run on the default branch saves. */
export async function recordOf(world: World, commit: string = sha("b")): Promise<BaselineRecord> {
  const { saved } = await gate({ ...world, event: { ...world.event, sha: commit } });
  const [first] = saved as { data: unknown }[];
  return {
    schema: "forge-baseline/1",
    action: "coverage-gate",
    id: "",
    commit,
    branch: "main",
    created: "2026-11-20T00:00:00Z",
    data: JSON.parse(JSON.stringify(first?.data)),
  };
}
