import { UserError } from "../errors.ts";
import type { Event } from "../event.ts";
import { globMatcher } from "../glob.ts";
import type { Host, Publication } from "../host.ts";
import { Masker } from "../masking.ts";
import type { Baseline, BaselineFound, Change, Clock, Comment, Diff, Exec, Files, Http, Log, Ports } from "../ports.ts";
import { commentBody } from "./comment-body.ts";
import { parseYaml } from "./yaml.ts";

export interface MemoryWorld {
  readonly inputs?: Readonly<Record<string, string>>;
  /** The text of `.forge.yml`. */
  readonly config?: string;
  readonly files?: Record<string, string | Uint8Array>;
  readonly event?: Partial<Event>;
  readonly change?: Change | UserError;
  readonly baseline?: BaselineFound;
  /** Milliseconds since 1970. */
  readonly now?: number;
  readonly terminal?: boolean;
}

/** A host without a world: what happened is kept for a test to look at. */
export interface MemoryHost extends Host {
  readonly published: Publication[];
  readonly lines: string[];
  readonly comments: Map<string, string>;
  readonly saved: unknown[];
  readonly files: Record<string, string | Uint8Array>;
}

const nowhere: Event = {
  name: "push",
  repository: "octo/app",
  sha: "a".repeat(40),
  ref: "refs/heads/main",
  defaultBranch: "main",
  pullRequest: undefined,
  mergeGroup: undefined,
  before: undefined,
  forced: false,
  runId: "1",
  runAttempt: "1",
  job: "test",
  serverUrl: "https://github.com",
  apiUrl: "https://api.github.com",
};

export function memoryHost(world: MemoryWorld = {}): MemoryHost {
  const masker = new Masker();
  const lines: string[] = [];
  const published: Publication[] = [];
  const comments = new Map<string, string>();
  const saved: unknown[] = [];
  const files = { ...world.files };
  const claimed = new Set<string>();
  const log = memoryLog(lines, masker);
  const ports: Ports = {
    log,
    files: memoryFiles(files),
    diff: memoryDiff(world),
    comment: memoryComment(comments),
    baseline: memoryBaseline(world.baseline, saved),
    http: unavailable<Http>("http"),
    exec: unavailable<Exec>("exec"),
    clock: { now: () => world.now ?? 0 } satisfies Clock,
  };
  return {
    terminal: world.terminal ?? false,
    event: { ...nowhere, ...world.event },
    version: "0.0.0",
    workingDirectory: ".",
    input: (name) => world.inputs?.[name] || undefined,
    readYaml: async (name, text) => parseYaml(text, { input: name }),
    readConfig: async () => (world.config === undefined ? undefined : parseYaml(world.config, { file: ".forge.yml" })),
    openPorts: async () => ports,
    async claimReport(name) {
      if (claimed.has(name)) throw new UserError(`id: this job already has a report named "${name}".`);
      claimed.add(name);
      return `/reports/${name}.json`;
    },
    publish: async (publication) => void published.push(publication),
    commentBody: async (report, spare) => commentBody(report, spare),
    masker,
    secret: (value) => void masker.add(value),
    published,
    lines,
    comments,
    saved,
    files,
  };
}

function memoryLog(lines: string[], masker: Masker): Log {
  const say = (text: string): void => void lines.push(masker.mask(text));
  return { debug: say, info: say, notice: say, warning: say, secret: (value) => void masker.add(value) };
}

function memoryFiles(files: Record<string, string | Uint8Array>): Files {
  const bytes = (path: string): Uint8Array => {
    const content = files[path];
    if (content === undefined) throw new UserError(`${path} does not exist.`);
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  };
  return {
    workingDirectory: "/work",
    workspace: "/work",
    read: async (path) => bytes(path),
    readText: async (path) => new TextDecoder().decode(bytes(path)),
    write: async (path, content) => {
      files[path] = typeof content === "string" || content instanceof Uint8Array ? content : [...content].join("");
    },
    stat: async (path) => (files[path] === undefined ? undefined : { size: bytes(path).length, kind: "file" }),
    glob: async (patterns) => Object.keys(files).filter(globMatcher(patterns)).sort(),
  };
}

function memoryDiff({ change, files = {} }: MemoryWorld): Diff {
  return {
    root: async () => "/work",
    paths: async () => Object.keys(files).sort(),
    async change() {
      if (change === undefined) throw new UserError("There is no change in this memory.", { exitCode: 3 });
      if (change instanceof UserError) throw change;
      return change;
    },
    toHead: async (_, line) => line,
    ancestors: async (commit) => [commit],
    show: async () => undefined,
    names: async () => [],
  };
}

function memoryComment(comments: Map<string, string>): Comment {
  return {
    async upsert(marker, body) {
      comments.set(marker, body);
      return { url: `https://github.com/octo/app/pull/1#${marker}` };
    },
  };
}

function memoryBaseline(found: BaselineFound | undefined, saved: unknown[]): Baseline {
  return {
    find: async () => found ?? { missing: "first run" },
    history: async () => [],
    refusal: async () => undefined,
    async save(data) {
      saved.push(data);
      return { saved: "in memory" };
    },
  };
}

function unavailable<T extends object>(name: string): T {
  return new Proxy({} as T, {
    get() {
      throw new Error(`The port ${name} has no memory adapter.`);
    },
  });
}
