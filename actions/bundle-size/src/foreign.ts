import { UserError } from "../../../packages/frame/errors.ts";
import { hasGlob } from "../../../packages/frame/glob.ts";
import { parseBytes, parseDecimal } from "../../../packages/frame/numbers.ts";
import type { Files } from "../../../packages/frame/ports.ts";
import type { Budget } from "./budgets.ts";
import type { Algorithm } from "./model.ts";

/** What an existing configuration of another tool asks for. */
export interface Foreign {
  readonly budgets: readonly Budget[];
  readonly patterns: readonly string[];
  readonly notes: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const nothing: Foreign = { budgets: [], patterns: [], notes: [] };

/** Configurations that cannot be read here: programs without running them, and YAML. */
const unreadable = [
  ".size-limit",
  ".bundlemonrc",
  ".bundlemonrc.yaml",
  ".bundlemonrc.yml",
  ".size-limit.js",
  ".size-limit.cjs",
  ".size-limit.mjs",
  ".size-limit.ts",
  ".size-limit.mts",
  ".size-limit.cts",
  "bundlemon.config.js",
];

/** Looks for size-limit, then for BundleMon, in the order of places that each of them has. */
export async function readForeign(files: Files): Promise<Foreign> {
  const read = await readJson(files, "package.json");
  const manifest = isJson(read) ? read : {};
  const sizeLimit = await firstOf(files, manifest, "size-limit", [".size-limit.json", ".size-limit"]);
  if (sizeLimit !== undefined) return fromSizeLimit(sizeLimit.config, sizeLimit.source, files, bundlersOf(manifest));
  const bundleMon = await firstOf(files, manifest, "bundlemon", [".bundlemonrc", ".bundlemonrc.json", "bundlemon.config.json"]);
  if (bundleMon !== undefined) return fromBundleMon(bundleMon.config, bundleMon.source);
  for (const name of unreadable) {
    if ((await files.stat(name)) !== undefined) {
      return { ...nothing, notes: [`${name} is no JSON and was not taken over: write its limits into \`budgets\`.`] };
    }
  }
  return nothing;
}

async function firstOf(
  files: Files,
  manifest: Json,
  key: string,
  places: readonly string[],
): Promise<{ readonly config: unknown; readonly source: string } | undefined> {
  if (manifest[key] !== undefined) return { config: manifest[key], source: `package.json#${key}` };
  for (const source of places) {
    const config = await readJson(files, source);
    if (config !== undefined) return { config, source };
  }
  return undefined;
}

/** Plugins with which size-limit bundles an entry before it measures it. */
function bundlersOf(manifest: Json): string[] {
  const lists = ["devDependencies", "dependencies"].map((key) => manifest[key]).filter(isJson);
  const names = new Set(lists.flatMap((list) => Object.keys(list)));
  return bundling.filter((name) => names.has(name));
}

async function readJson(files: Files, path: string): Promise<unknown> {
  if ((await files.stat(path))?.kind !== "file") return undefined;
  const text = await files.readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Another tool's YAML, or a package.json that is of no interest here.
    if (["package.json", ".size-limit", ".bundlemonrc"].includes(path)) return undefined;
    throw new UserError(`${path} is not JSON, so its limits cannot be taken over. Mend it, or give \`budgets\`.`, { cause });
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === "string" && item !== "");
}

const longestName = 200;

/** A name that fits on a line, as those of `budgets` do. */
function nameOf(given: unknown, path: string): string {
  const name = typeof given === "string" || typeof given === "number" ? oneLine(String(given)) : "";
  const text = name === "" ? oneLine(path) : name;
  return text.length > longestName ? `${text.slice(0, longestName - 1)}…` : text;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ").trim();
}

/** size-limit means everything in a folder by its name. */
async function withFolders(files: Files, path: string): Promise<string> {
  const negated = path.startsWith("!") ? "!" : "";
  const plain = path
    .slice(negated.length)
    .replace(/^(\.\/)+/, "")
    .replace(/\/+$/, "");
  const folder = !hasGlob(plain) && (await files.stat(plain))?.kind === "folder";
  return `${negated}${plain}${folder ? "/**" : ""}`;
}

/** Options that change what is measured into something that no file on disk has. */
const beyondFiles = [
  "import",
  "entry",
  "ignore",
  "webpack",
  "esbuild",
  "running",
  "config",
  "modifyWebpackConfig",
  "modifyEsbuildConfig",
  "modifyRolldownConfig",
  "rolldown",
] as const;

const bundling = [
  "@size-limit/preset-app",
  "@size-limit/preset-big-lib",
  "@size-limit/preset-small-lib",
  "@size-limit/webpack",
  "@size-limit/webpack-css",
  "@size-limit/esbuild",
  "@size-limit/rolldown",
] as const;

async function fromSizeLimit(config: unknown, source: string, workspace: Files, bundlers: readonly string[]): Promise<Foreign> {
  const entries = Array.isArray(config) ? config : [config];
  const notes: string[] = [];
  const budgets: Budget[] = [];
  for (const [index, entry] of entries.entries()) {
    const where = `${source}, entry ${index + 1}`;
    if (!isJson(entry)) throw new UserError(`${where} is no mapping.`);
    const files = await Promise.all(textsOf(entry["path"]).map((path) => withFolders(workspace, path)));
    const asked = beyondFiles.filter((key) => entry[key] !== undefined && entry[key] !== false);
    const name = nameOf(entry["name"], textsOf(entry["path"]).join(", "));
    if (files.length === 0) {
      notes.push(`${where} was not taken over: it names no file.`);
      continue;
    }
    if (asked.length > 0) {
      notes.push(`${where} ("${name}") was not taken over: ${asked.join(", ")} would have to bundle or run it.`);
      continue;
    }
    const given = entry["limit"] ?? entry["maxSize"];
    const limit = limitOf(given, 1000);
    if (limit === undefined) notes.push(`${where} ("${name}") is only measured: ${whyNoLimit(given)}.`);
    const compression: Algorithm = entry["gzip"] === true ? "gzip" : entry["brotli"] === false ? "none" : "brotli";
    budgets.push({
      name,
      files,
      scope: "group",
      compression,
      noise: 0,
      soft: false,
      where,
      ...(limit === undefined ? {} : { max: limit }),
    });
  }
  const read = `Limits are those of ${source}, because \`budgets\` is not given.`;
  const bundled = entries.some((entry) => isJson(entry) && !["webpack", "esbuild", "rolldown"].some((key) => entry[key] === false));
  if (bundlers.length > 0 && budgets.length > 0 && bundled)
    notes.push(`${bundlers.join(", ")} would bundle what ${source} names before measuring it; here the files are measured as they are.`);
  return finish(budgets, [read, ...notes]);
}

function whyNoLimit(given: unknown): string {
  if (given === undefined) return "it has no limit";
  const shown = shownIn(given);
  const isTime = typeof given === "string" && /^\s*[\d.]+\s*m?s\s*$/i.test(given);
  return isTime ? `its limit ${shown} is a time, for which it would have to be run` : `its limit ${shown} is no size in bytes`;
}

/** Kilobytes are 1000 bytes to size-limit and 1024 to BundleMon. */
function limitOf(value: unknown, kilo: 1000 | 1024): number | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value !== "string") return undefined;
  const text = kilo === 1000 ? value.trim() : value.trim().replace(/\s?([kmg])b$/i, (_, unit: string) => `${unit}ib`);
  return parseBytes(text);
}

function fromBundleMon(config: unknown, source: string): Foreign {
  if (!isJson(config)) throw new UserError(`${source} is no mapping, so its limits cannot be taken over.`);
  const notes = [`Limits are those of ${source}, because \`budgets\` is not given.`];
  const budgets = (["files", "groups"] as const).flatMap((list) => {
    const entries: unknown = config[list] ?? [];
    if (!Array.isArray(entries)) throw new UserError(`${source}: ${list} is no list, so its limits cannot be taken over.`);
    return entries.map((entry, index) => bundleMonBudget(config, list, entry, `${source}, ${list}, entry ${index + 1}`, notes));
  });
  const left = ["reportOutput", "includeCommitMessage", "pathLabels"].filter((key) => config[key] !== undefined);
  if (left.length > 0) notes.push(`${left.join(", ")} of ${source} ${left.length === 1 ? "was" : "were"} not taken over.`);
  return finish(budgets, notes);
}

function bundleMonBudget(config: Json, list: "files" | "groups", entry: unknown, where: string, notes: string[]): Budget {
  if (!isJson(entry) || typeof entry["path"] !== "string") throw new UserError(`${where} has no path.`);
  const base = typeof config["baseDir"] === "string" ? config["baseDir"].replace(/^(\.\/)+/, "").replace(/\/+$/, "") : "";
  const pattern = entry["path"].replace(/^(\.\/)+/, "").replace(/<[^<>/]{1,40}>/g, "*");
  const max = limitOf(entry["maxSize"], 1024);
  const percent = percentOf(entry["maxPercentIncrease"]);
  if (entry["maxSize"] !== undefined && max === undefined) {
    notes.push(`${where}: maxSize ${shownIn(entry["maxSize"])} is no size, so it was not taken over.`);
  }
  if (entry["maxPercentIncrease"] !== undefined && percent === undefined) {
    notes.push(`${where}: maxPercentIncrease ${shownIn(entry["maxPercentIncrease"])} is no percentage, so it was not taken over.`);
  }
  const asked = entry["compression"] ?? config["defaultCompression"];
  if (asked !== undefined && compressionOf(asked) === undefined) {
    notes.push(`${where}: compression ${shownIn(asked)} is none of none, gzip and brotli; gzip is measured.`);
  }
  return {
    name: nameOf(entry["friendlyName"], entry["path"]),
    files: [base === "" || base === "." ? pattern : `${base}/${pattern}`],
    scope: list === "files" ? "file" : "group",
    compression: compressionOf(asked) ?? "gzip",
    noise: 0,
    soft: false,
    where,
    first: list,
    ...(max === undefined ? {} : { max }),
    ...(percent === undefined ? {} : { maxIncreasePercent: percent }),
  };
}

function percentOf(value: unknown): Budget["maxIncreasePercent"] {
  const percent = typeof value === "number" || typeof value === "string" ? parseDecimal(String(value)) : undefined;
  return percent !== undefined && percent.units >= 0n ? percent : undefined;
}

function shownIn(value: unknown): string {
  return JSON.stringify(value).slice(0, 80);
}

function compressionOf(value: unknown): Algorithm | undefined {
  return value === "none" || value === "gzip" || value === "brotli" ? value : undefined;
}

/** Rules are told apart by their names, so a second one of a name gets its number. */
function finish(budgets: readonly Budget[], notes: readonly string[]): Foreign {
  const seen = new Map<string, number>();
  const named = budgets.map((budget) => {
    const count = (seen.get(budget.name) ?? 0) + 1;
    seen.set(budget.name, count);
    return count === 1 ? budget : { ...budget, name: `${budget.name} (${count})` };
  });
  return {
    budgets: named,
    patterns: [...new Set(named.flatMap(({ files }) => files ?? []))].filter((glob) => !glob.startsWith("!")),
    notes,
  };
}
