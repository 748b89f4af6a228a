import { isUserError, UserError } from "../../../packages/frame/errors.ts";
import { parseResults } from "./formats/detect.ts";
import { parseJson } from "./formats/documents.ts";
import { FormatFault, measuresOf } from "./formats/draft.ts";
import { isObject, type Json, textOf } from "./formats/json.ts";
import { parseCriterion } from "./formats/native.ts";
import type { ResultFile } from "./model.ts";
import { natural } from "./natural.ts";
import type { ComparePorts } from "./ports.ts";

const largestFile = 64 * 2 ** 20;
const mostFiles = 5_000;
const longestPath = 300;
/** From here on memory is worth sparing. */
const muchText = 4 * 2 ** 20;

export type ReadPorts = Pick<ComparePorts, "files" | "machine">;

/** Reads the result files that globs name, in natural order: `head-2` before `head-10`. */
export async function readResults(input: string, patterns: readonly string[], tool: string, ports: ReadPorts): Promise<ResultFile[]> {
  const { files, machine } = ports;
  const paths = (await files.glob(patterns)).sort(natural);
  if (paths.length === 0)
    throw new UserError(`${input}: no file matches ${patterns.map((pattern) => `\`${pattern.slice(0, longestPath)}\``).join(", ")}.`);
  if (paths.length > mostFiles)
    throw new UserError(`${input}: ${paths.length} files match, and at most ${mostFiles} are read. Give narrower globs.`);
  const sizes = await Promise.all(paths.map(async (path) => (await files.stat(path))?.size ?? 0));
  if (sizes.reduce((sum, size) => sum + size, 0) > muchText) await machine.spareMemory();
  return readAll(
    input,
    paths.map((path) => ({ path, text: () => files.readText(path, largestFile) })),
    tool,
  );
}

/** A file whose text is asked for when its turn comes. */
export interface Unread {
  readonly path: string;
  readonly text: () => Promise<string>;
}

/** Reads files in the order given; those of criterion, several a benchmark, come last and are one result for each of its folders. */
export async function readAll(input: string, files: readonly Unread[], tool: string): Promise<ResultFile[]> {
  const isCriterion = criterionFolders(files.map(({ path }) => path));
  const results: ResultFile[] = [];
  for (const { path, text } of files)
    if (!isCriterion(path)) results.push(await naming(input, path, async () => parseResults(path, await text(), tool)));
  const criterion = files.filter(({ path }) => isCriterion(path));
  return [...results, ...(await readCriterion(input, criterion))];
}

async function naming<T>(input: string, path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isUserError(error)) throw error;
    if (!(error instanceof FormatFault)) throw error;
    throw faultIn(input, path, error);
  }
}

export function faultIn(input: string, path: string, fault: FormatFault): UserError {
  const line = fault.line === undefined ? "" : `:${fault.line}`;
  return new UserError(`${input}: ${path.slice(0, longestPath)}${line} ${fault.message}.`, { cause: fault });
}

const criterionFile = /^(.*?)([^/]+)\/(estimates|sample|benchmark)\.json$/;

/**
 * `<root>/<directory_name>/<new or a baseline>/estimates.json`, as criterion names its files. What else may be called `benchmark.json` or
 * `raw.json` is not criterion's unless it lies beside such a file.
 */
function criterionFolders(paths: readonly string[]): (path: string) => boolean {
  const names = new Map<string, Set<string>>();
  for (const path of paths) {
    const [, folder = "", name = ""] = /^(?:(.*)\/)?([^/]*)$/.exec(path) ?? [];
    names.set(folder, (names.get(folder) ?? new Set()).add(name));
  }
  const isOne = (folder: string, own: ReadonlySet<string>): boolean =>
    own.has("estimates.json") || (own.has("sample.json") && (own.has("benchmark.json") || /(^|\/)new$/.test(folder)));
  const folders = new Set([...names].filter(([folder, own]) => folder !== "" && isOne(folder, own)).map(([folder]) => folder));
  return (path) => folders.has(path.replace(/\/[^/]*$/, "")) && /\/(?:(?:estimates|sample|benchmark|tukey)\.json|raw\.csv)$/.test(path);
}

interface CriterionParts {
  estimates?: Json;
  sample?: Json;
  benchmark?: Json;
}

/** All benchmarks below one root are one round; `change/` holds ratios and is no measurement. */
async function readCriterion(input: string, files: readonly Unread[]): Promise<ResultFile[]> {
  const folders = new Map<string, CriterionParts>();
  const fresh = files.some(({ path }) => path.includes("/new/"));
  for (const { path, text } of files) {
    const [, above = "", run = "", kind] = criterionFile.exec(path) ?? [];
    if (kind === undefined || run === "change" || (fresh && run !== "new")) continue;
    const value = await naming(input, path, async () => parseJson(await text()));
    if (!isObject(value)) throw new UserError(`${input}: ${path} is no file of criterion.`);
    const folder = `${above}${run}`;
    const parts: CriterionParts = folders.get(folder) ?? {};
    folders.set(folder, { ...parts, [kind]: value });
  }
  const roots = new Map<string, { rows: ReturnType<typeof parseCriterion> }>();
  for (const [folder, parts] of folders) {
    if (parts.estimates === undefined && parts.sample === undefined) continue;
    const own = folder.replace(/\/?[^/]+$/, "");
    const directory = textOf(parts.benchmark?.["directory_name"]);
    const root = directory !== "" && own.endsWith(directory) ? own.slice(0, -directory.length) : own.replace(/[^/]*$/, "");
    const found = roots.get(root) ?? { rows: [] };
    found.rows.push(...parseCriterion(parts, own.split("/").at(-1) ?? "benchmark"));
    roots.set(root, found);
  }
  if (files.length > 0 && roots.size === 0)
    throw new UserError(
      `${input}: of criterion's files, none holds a measurement. Name \`estimates.json\` or \`sample.json\` of its \`new\` folders.`,
    );
  return [...roots]
    .sort(([a], [b]) => natural(a, b))
    .map(([root, { rows }]) => ({ source: root, format: "criterion", measures: measuresOf(rows), host: {} }));
}
