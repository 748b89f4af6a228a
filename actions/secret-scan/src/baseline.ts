import { UserError } from "../../../packages/frame/errors.ts";
import { ourNames } from "./config/rules.ts";
import type { Occurrence } from "./model.ts";

/** Findings that were known before. */
export interface KnownFindings {
  /** SHA-1 sums are needed to look things up in it. */
  readonly sha1: boolean;
  has(occurrence: Occurrence, rule: string, fingerprint: string): boolean;
}

export const noneKnown: KnownFindings = { sha1: false, has: () => false };

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a report of gitleaks, a baseline of detect-secrets, or a JSON file (or report) of ours. */
export function readBaseline(text: string, file: string): KnownFindings {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, "").trim() || "[]");
  } catch {
    throw new UserError(
      `baseline: ${file} is not JSON. Allowed: a JSON report of gitleaks, a detect-secrets baseline, or what \`json\` wrote.`,
    );
  }
  if (Array.isArray(value) || value === null) return gitleaksBaseline(Array.isArray(value) ? value : [], file);
  if (isObject(value) && isObject(value["results"])) return detectSecretsBaseline(value["results"], file);
  if (isObject(value) && Array.isArray(value["findings"])) return ownBaseline(value["findings"], file);
  throw new UserError(
    `baseline: ${file} has none of the known forms. Allowed: a JSON report of gitleaks, a detect-secrets baseline, or what \`json\` wrote.`,
  );
}

/** By file and secret where the secret is there, else by file, rule and line: never by commit, which a rebase changes. */
function gitleaksBaseline(entries: readonly unknown[], file: string): KnownFindings {
  const secrets = new Set<string>();
  const places = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    if (!isObject(entry) || typeof entry["File"] !== "string" || typeof entry["RuleID"] !== "string")
      throw new UserError(`baseline: entry ${index + 1} of ${file} has no File and RuleID as a report of gitleaks has.`);
    const secret = entry["Secret"];
    if (typeof secret === "string" && secret !== "" && !/REDACTED|\.\.\.$/.test(secret)) secrets.add(`${entry["File"]}\0${secret}`);
    else for (const rule of ourNames(entry["RuleID"])) places.add(`${entry["File"]}\0${rule}\0${String(entry["StartLine"])}`);
  }
  return {
    sha1: false,
    has: ({ path, detection }, rule) => secrets.has(`${path}\0${detection.secret}`) || places.has(`${path}\0${rule}\0${detection.line}`),
  };
}

function detectSecretsBaseline(results: Json, file: string): KnownFindings {
  const known = new Set<string>();
  for (const [path, entries] of Object.entries(results)) {
    if (!Array.isArray(entries)) throw new UserError(`baseline: the results for ${JSON.stringify(path)} in ${file} are no list.`);
    for (const entry of entries)
      if (isObject(entry) && typeof entry["hashed_secret"] === "string")
        known.add(`${path.replaceAll("\\", "/")}\0${entry["hashed_secret"].toLowerCase()}`);
  }
  return { sha1: true, has: ({ path, sha1 }) => sha1 !== undefined && known.has(`${path}\0${sha1}`) };
}

function ownBaseline(entries: readonly unknown[], file: string): KnownFindings {
  const known = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    if (!isObject(entry) || typeof entry["fingerprint"] !== "string")
      throw new UserError(`baseline: finding ${index + 1} of ${file} has no fingerprint.`);
    known.add(entry["fingerprint"]);
  }
  return { sha1: false, has: (_, __, fingerprint) => known.has(fingerprint) };
}
