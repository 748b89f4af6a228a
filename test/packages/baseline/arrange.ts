import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BaselineContext } from "../../../packages/baseline/store.ts";
import { openFiles } from "../../../packages/frame/adapters/files.ts";
import type { Event } from "../../../packages/frame/event.ts";
import type { Diff } from "../../../packages/frame/ports.ts";
import { memoryLog, pushEvent } from "../github/arrange.ts";

/** The name of the n-th commit of a straight line of history. */
export const commit = (n: number): string => n.toString(16).padStart(40, "e");

/** A straight line of commits 1, 2, 3 …, and files by `<commit or ref>:<path>`. */
export function lineOfCommits(shown: Readonly<Record<string, string>> = {}, root?: string): Diff {
  return {
    root: async () => root,
    paths: async () => [],
    change: async () => ({ base: "", head: "", rule: "", files: [] }),
    toHead: async (_, line) => line,
    ancestors: async (of, limit) => {
      const n = Number.parseInt(of.replace(/^e+/, ""), 16);
      return Array.from({ length: Math.min(limit, n) }, (_, back) => commit(n - back));
    },
    show: async (at, path) => {
      const text = shown[`${at}:${path}`];
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    names: async (at, folder) => {
      const inside = Object.keys(shown).filter((path) => path.startsWith(`${at}:${folder}/`));
      return [...new Set(inside.map((path) => path.slice(`${at}:${folder}/`.length).replace(/\/.*$/, "")))].sort();
    },
  };
}

const folders: string[] = [];

export async function newFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "forge-baseline-")));
  folders.push(folder);
  return folder;
}

export async function removeFolders(): Promise<void> {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

/** A run of `coverage-gate` on a push of commit `n` to main. */
export async function contextAt(
  n: number,
  more: Partial<Omit<BaselineContext, "event">> & { event?: Partial<Event>; url?: string; folder?: string } = {},
): Promise<BaselineContext> {
  const { event, url = "http://127.0.0.1:9", folder, ...rest } = more;
  const here = folder ?? (await newFolder());
  let now = Date.UTC(2026, 10, 21) + n * 1000;
  return {
    action: "coverage-gate",
    id: "",
    event: pushEvent({ url }, { sha: commit(n), ...event }),
    files: await openFiles(here, "."),
    diff: lineOfCommits(),
    log: memoryLog(),
    clock: { now: () => now++ },
    token: undefined,
    branches: [],
    environment: {},
    terminal: false,
    ...rest,
  };
}

export const pullRequest = {
  name: "pull_request",
  ref: "refs/pull/7/merge",
  pullRequest: { number: 7, headSha: "b".repeat(40), baseSha: "a".repeat(40), baseRef: "main", fork: false },
} as const satisfies Partial<Event>;
