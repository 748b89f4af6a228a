import { UserError } from "./errors.ts";
import type { Given } from "./inputs.ts";
import type { Manifest, YamlInput } from "./manifest.ts";
import { didYouMean } from "./nearest.ts";
import type { Waiver } from "./waivers.ts";

export const configName = ".forge.yml";

/** What `.forge.yml` says to one use of one action. */
export interface ConfigEntry {
  get(name: string): Given | undefined;
  readonly id: string | undefined;
}

type Path = readonly (string | number)[];

/** A node of a larger document, with places kept. */
function nodeAt(file: YamlInput, path: Path, value: unknown): YamlInput {
  return { value, where: (inner) => file.where([...path, ...inner]), whereKey: (inner) => file.whereKey([...path, ...inner]) };
}

/**
 * The settings of an action: a mapping, or a list of mappings told apart by `id`. Unknown keys are refused with their place.
 * Other actions' keys are theirs to check, but a misspelt name of this action is caught here.
 */
export function configEntry(file: YamlInput, manifest: Manifest, id: string | undefined): ConfigEntry {
  const top = asMapping(file, [], file.value, "the file");
  for (const key of Object.keys(top)) {
    const known = [manifest.action, "accept"];
    const hint = known.includes(key) ? "" : didYouMean(key.replaceAll("_", "-"), known);
    if (hint !== "") throw new UserError(`${file.whereKey([key])}: "${key}" is not a key of ${configName}.${hint}`);
  }
  const section = top[manifest.action];
  if (section === undefined || section === null) return { get: () => undefined, id: undefined };
  const path = choosePath(file, manifest.action, section, id);
  const entry = asMapping(file, path, valueAt(section, path), manifest.action);
  refuseUnknownKeys(file, path, entry, manifest);
  return {
    id: typeof entry.id === "string" || typeof entry.id === "number" ? String(entry.id) : undefined,
    get(name) {
      const value = entry[name];
      return value === undefined || value === null
        ? undefined
        : { from: "file", text: textOf(value), node: nodeAt(file, [...path, name], value) };
    },
  };
}

function choosePath(file: YamlInput, action: string, section: unknown, id: string | undefined): Path {
  if (!Array.isArray(section)) return [action];
  const ids = section.map((entry) => (typeof entry === "object" && entry !== null && "id" in entry ? String(entry.id) : ""));
  const repeated = ids.findIndex((one, index) => ids.indexOf(one) !== index);
  if (repeated !== -1) {
    const name = ids[repeated] === "" ? "no `id`" : `the id "${ids[repeated]}"`;
    throw new UserError(`${file.where([action, repeated])}: two entries of ${action} have ${name}. Each needs its own.`);
  }
  const index = ids.indexOf(id ?? "");
  if (index !== -1) return [action, index];
  const named = ids.filter((one) => one !== "").join(", ");
  const asked = id === undefined ? "no `id` was given" : `there is none with the id "${id}"`;
  throw new UserError(`${file.where([action])}: ${action} has several entries, and ${asked}. Give the input \`id\` one of: ${named}.`);
}

function valueAt(section: unknown, path: Path): unknown {
  const index = path[1];
  return typeof index === "number" && Array.isArray(section) ? section[index] : section;
}

function refuseUnknownKeys(file: YamlInput, path: Path, entry: Readonly<Record<string, unknown>>, manifest: Manifest): void {
  const problems: string[] = [];
  for (const key of Object.keys(entry)) {
    if (key in manifest.inputs) continue;
    problems.push(
      `${file.whereKey([...path, key])}: ${manifest.action} has no input "${key}".${didYouMean(key, Object.keys(manifest.inputs))}`,
    );
  }
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
}

function asMapping(file: YamlInput, path: Path, value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  if (path.length === 0 && (value === null || value === undefined)) return {};
  throw new UserError(`${file.where(path)}: ${what} must be a mapping of names to values.`);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item))).join("\n");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const waiverKeys = ["rule", "path", "reason", "until"] as const;

/** The `accept:` list: `{rule, path?, reason, until: YYYY-MM-DD}`. Every mistake is reported with its place. */
export function readWaivers(file: YamlInput): Waiver[] {
  const top = asMapping(file, [], file.value, "the file");
  const list = top.accept;
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw new UserError(`${file.where(["accept"])}: accept must be a list of { rule, path, reason, until }.`);
  const problems: string[] = [];
  const waivers = list.map((item: unknown, index) => readWaiver(file, ["accept", index], item, problems));
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
  return waivers;
}

function readWaiver(file: YamlInput, path: Path, item: unknown, problems: string[]): Waiver {
  const entry = asMapping(file, path, item, "an entry of accept");
  for (const key of Object.keys(entry)) {
    if ((waiverKeys as readonly string[]).includes(key)) continue;
    problems.push(`${file.whereKey([...path, key])}: accept has no key "${key}".${didYouMean(key, waiverKeys)}`);
  }
  const text = (key: string): string => {
    const value = entry[key];
    return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  };
  for (const key of ["rule", "reason"]) if (text(key) === "") problems.push(`${file.where(path)}: accept needs \`${key}\`.`);
  if (!isDay(text("until")))
    problems.push(`${file.where([...path, "until"])}: \`until\` must be a day such as 2027-01-31; "${text("until")}" is not.`);
  const glob = text("path");
  return {
    rule: text("rule"),
    reason: text("reason"),
    until: text("until"),
    where: file.where(path),
    ...(glob === "" ? {} : { path: glob }),
  };
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
