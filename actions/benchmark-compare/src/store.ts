import type { Context } from "../../../packages/frame/context.ts";
import { isUserError, UserError } from "../../../packages/frame/errors.ts";
import { type Event, isProposal } from "../../../packages/frame/event.ts";
import type { Ports } from "../../../packages/frame/ports.ts";
import { parseJson } from "./formats/documents.ts";
import { FormatFault } from "./formats/draft.ts";
import { type History, historySchema, importedRuns, joinedHistory, readHistory } from "./history.ts";
import type { StoredRun } from "./model.ts";
import { packRuns } from "./packed.ts";

const largestImport = 128 * 2 ** 20;
const largestRun = 16 * 2 ** 20;
/** Each commit's record in the cache has the whole history, so it is kept short, in characters: some 700 runs of 300 values. */
const longestRecord = 4 * 2 ** 20;
const storedNames = new Set(["", "auto", "none", "cache", "branch"]);

/** What earlier runs have measured. */
export interface Stored {
  readonly history: History;
  readonly notes: readonly string[];
  /** Something is stored that cannot be read. */
  readonly torn?: string;
}

/** The folder that `baseline` names, if it names one. */
export function folderIn(baseline: string): string | undefined {
  const given = baseline.trim();
  return storedNames.has(given) || given.startsWith("branch:") ? undefined : given.replace(/\/+$/, "");
}

export async function loadHistory(baseline: string, ports: Ports, base: string): Promise<Stored> {
  const folder = folderIn(baseline);
  if (folder !== undefined) return loadFolder(folder, ports);
  if (baseline.trim() === "none") return { history: joinedHistory([], []), notes: [] };
  const appended = await ports.baseline.entries?.();
  if (appended !== undefined) return readEntries(appended);
  const found = await ports.baseline.find(base);
  if ("missing" in found) {
    const none: Stored = { history: joinedHistory([], []), notes: [`There is no history: ${found.missing}.`] };
    return found.torn === true ? { ...none, torn: found.missing } : none;
  }
  const history = readHistory(found.record.data);
  if (history === undefined) return { history: joinedHistory([], []), notes: [], torn: "what is stored is no history of benchmarks" };
  return { history, notes: [] };
}

/** What the data branch holds: one entry a run. */
function readEntries(found: readonly unknown[] | { readonly missing: string; readonly torn?: true }): Stored {
  if ("missing" in found) {
    const none: Stored = { history: joinedHistory([], []), notes: [`There is no history: ${found.missing}.`] };
    return found.torn === true ? { ...none, torn: found.missing } : none;
  }
  const histories = found.map(readHistory);
  const lost = histories.filter((history) => history === undefined).length;
  const runs = histories.flatMap((history) => history?.runs ?? []);
  const notes = lost === 0 ? [] : [`${lost} of ${found.length} stored runs are no history of benchmarks, and were left out.`];
  if (found.length === 0) notes.push("There is no history: nothing is stored yet.");
  return { history: joinedHistory(runs, []), notes };
}

/** One file a run, never changed: two runs that end at once both stay. */
async function loadFolder(folder: string, ports: Ports): Promise<Stored> {
  const paths = await ports.files.glob([`${folder}/runs/**/*.json`]);
  const runs: StoredRun[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const history = await ports.files
      .readText(path, largestRun)
      .then((text) => readHistory(parseJson(text)))
      .catch((error: unknown) => {
        if (isUserError(error) || error instanceof FormatFault) return undefined;
        throw error;
      });
    if (history === undefined) notes.push(`${path} is torn or no history of benchmarks, and was left out.`);
    else runs.push(...history.runs);
  }
  return { history: joinedHistory(runs, []), notes };
}

/** Runs that the `import` inputs name. */
export async function importRuns(paths: readonly string[], ports: Ports): Promise<StoredRun[]> {
  const runs: StoredRun[] = [];
  for (const path of paths) {
    const text = (await ports.files.readText(path, largestImport)).replace(/^\ufeff/, "").trim();
    try {
      const json = text.startsWith("window.")
        ? text
            .slice(text.indexOf("=") + 1)
            .trim()
            .replace(/;$/, "")
        : text;
      runs.push(...importedRuns(parseJson(json)));
    } catch (error) {
      if (!(error instanceof FormatFault)) throw error;
      throw new UserError(`import: ${path}${error.line === undefined ? "" : `:${error.line}`} ${error.message}.`, { cause: error });
    }
  }
  return runs;
}

/** Whether this run measured the default branch itself. */
export function mayKeep(event: Event): string | undefined {
  if (isProposal(event)) return "pull requests and merge queues only read the history";
  if (!["push", "schedule", "workflow_dispatch"].includes(event.name)) return `${event.name} does not write the history`;
  const branch = /^refs\/heads\/(.+)$/.exec(event.ref)?.[1];
  const isDefault = event.defaultBranch === undefined ? branch === "main" || branch === "master" : branch === event.defaultBranch;
  return isDefault ? undefined : `${event.ref} is not the default branch`;
}

/** Keeps what was measured, where this event may; says why not otherwise. */
export async function keepRuns(
  baseline: string,
  runs: readonly StoredRun[],
  whole: History,
  ports: Ports,
  context: Context,
): Promise<string> {
  const { event } = context;
  const folder = folderIn(baseline);
  const date = new Date(ports.clock.now()).toISOString();
  const month = date.slice(0, 7);
  const text = JSON.stringify({ schema: historySchema, runs });
  const parts = [date.replaceAll(/[:.]/g, ""), event.sha.slice(0, 12), event.runId, event.runAttempt, event.job, context.id, digest(text)];
  const name = parts
    .map((part) => part.replaceAll(/[^A-Za-z0-9]/g, "-").slice(0, 40))
    .filter((part) => part !== "")
    .join("-");
  if (folder === undefined) {
    const appended = await ports.baseline.append?.(`${month}/${name}`, packRuns(runs));
    if (appended !== undefined) return "saved" in appended ? `History saved: ${appended.saved}.` : `No history saved: ${appended.skipped}.`;
    const saved = await ports.baseline.save(packRuns(whole.runs, longestRecord));
    return "saved" in saved ? `History saved: ${saved.saved}.` : `No history saved: ${saved.skipped}.`;
  }
  const refused = mayKeep(event);
  if (refused !== undefined) return `No history saved: ${refused}.`;
  const path = `${folder}/runs/${month}/${name}.json`;
  await ports.files.write(path, `${text}\n`);
  return `History saved: ${path}.`;
}

/** Tells the legs of a matrix apart, which have all else in common. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}
