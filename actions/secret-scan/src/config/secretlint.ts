import { UserError } from "../../../../packages/frame/errors.ts";
import type { YamlInput } from "../../../../packages/frame/manifest.ts";
import type { Allowance } from "../model.ts";

/** What a `.secretlintrc` says of our rules. */
export interface SecretlintConfig {
  /** Globs of rule ids that are off. */
  readonly off: readonly string[];
  readonly allow: readonly (Allowance & { readonly targets: readonly string[] })[];
  readonly notes: readonly string[];
}

/** Our rules that look for what a rule of secretlint looks for; globs. */
const ours: Readonly<Record<string, readonly string[]>> = {
  aws: ["aws-*"],
  gcp: ["gcp-*", "google-*", "private-key"],
  azure: ["azure-*"],
  github: ["github-*"],
  gitlab: ["gitlab-*"],
  npm: ["npm-*"],
  slack: ["slack-*"],
  sendgrid: ["sendgrid-*"],
  shopify: ["shopify-*"],
  privatekey: ["private-key"],
  basicauth: ["url-password"],
  openai: ["openai-*"],
  anthropic: ["anthropic-*"],
  linear: ["linear-*"],
  "1password": ["onepassword-*"],
  "database-connection-string": ["url-password"],
  notion: ["notion-*"],
  figma: ["figma-*"],
  groq: ["groq-*"],
  huggingface: ["huggingface-*"],
  databricks: ["databricks-*"],
  docker: ["docker-*"],
  grafana: ["grafana-*"],
  hashicorp: ["vault-*", "terraform-*"],
};

type Entry = {
  readonly id?: unknown;
  readonly rules?: unknown;
  readonly disabled?: unknown;
  readonly allows?: unknown;
  readonly options?: unknown;
  readonly allowMessageIds?: unknown;
};

export function readSecretlint(config: YamlInput, file: string): SecretlintConfig {
  const { value } = config;
  if (typeof value !== "object" || value === null || !("rules" in value) || !Array.isArray(value.rules)) {
    throw new UserError(
      `${file}: a .secretlintrc has a list \`rules\`. Example: {"rules": [{"id": "@secretlint/secretlint-rule-preset-recommend"}]}`,
    );
  }
  const result = { off: [] as string[], allow: [] as (Allowance & { targets: readonly string[] })[], notes: [] as string[] };
  for (const [index, entry] of value.rules.entries()) addEntry(entry as Entry, `${config.where(["rules", index])}`, result);
  return result;
}

function addEntry(
  entry: Entry,
  where: string,
  result: { off: string[]; allow: (Allowance & { targets: readonly string[] })[]; notes: string[] },
): void {
  if (typeof entry !== "object" || entry === null || typeof entry.id !== "string")
    throw new UserError(`${where}: a rule of a .secretlintrc has an \`id\`.`);
  const name = entry.id.replace(/^@[\w.-]+\/secretlint-rule-/, "").replace(/^secretlint-rule-/, "");
  if (Array.isArray(entry.rules)) for (const inner of entry.rules) addEntry(inner as Entry, where, result);
  const targets = name.startsWith("preset-") ? ["*"] : ours[name];
  if (targets === undefined) {
    result.notes.push(`${where}: there is no rule here for "${entry.id}"; it was not used.`);
    return;
  }
  if (entry.disabled === true) result.off.push(...targets);
  if (Array.isArray(entry.allowMessageIds) && entry.allowMessageIds.length > 0)
    result.notes.push(`${where}: allowMessageIds was not used; name the rule in \`rules\` instead.`);
  const options = entry.options;
  const allows = typeof options === "object" && options !== null && "allows" in options ? options.allows : entry.allows;
  const patterns = (Array.isArray(allows) ? allows : []).filter((item) => typeof item === "string").map(patternOf);
  if (patterns.length > 0)
    result.allow.push({ description: entry.id, all: false, commits: [], paths: [], patterns, target: "match", stopwords: [], targets });
}

/** `/pattern/flags` or a plain text. */
function patternOf(text: string): string {
  const [, body, flags = ""] = /^\/(.+)\/([a-z]*)$/s.exec(text) ?? [];
  if (body === undefined) return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const known = [...flags].filter((flag) => "ims".includes(flag)).join("");
  return known === "" ? body.replaceAll("\\/", "/") : `(?${known})${body.replaceAll("\\/", "/")}`;
}

export function withIgnored(config: SecretlintConfig, text: string): SecretlintConfig {
  const paths = ignoredPaths(text);
  if (paths === undefined)
    return {
      ...config,
      notes: [...config.notes, ".secretlintignore has lines with `!`, so nothing of it was used: name the paths in `paths`."],
    };
  if (paths.length === 0) return config;
  const allowance = {
    description: ".secretlintignore",
    all: false,
    commits: [],
    paths,
    patterns: [],
    target: "match",
    stopwords: [],
    targets: ["*"],
  } as const;
  return { ...config, allow: [...config.allow, allowance] };
}

/** Patterns for the paths that a `.secretlintignore` names, in gitignore's syntax; `undefined` where it takes something back with `!`. */
function ignoredPaths(text: string): string[] | undefined {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  return lines.some((line) => line.startsWith("!")) ? undefined : lines.map(pathPattern);
}

function pathPattern(line: string): string {
  const folder = line.endsWith("/");
  const body = line.replace(/^\/|\/$/g, "");
  const anchored = line.startsWith("/") || body.includes("/");
  const pattern = (body.match(/\*\*\/|\/?\*\*|\*|\?|[^*?/]+|\//g) ?? []).map(globPart).join("");
  return `${anchored ? "^" : "(?:^|/)"}${pattern}${folder ? "/" : "(?:/|$)"}`;
}

function globPart(part: string): string {
  if (part === "**/") return "(?:.*/)?";
  if (part.endsWith("**")) return part.startsWith("/") ? "/.*" : ".*";
  if (part === "*") return "[^/]*";
  return part === "?" ? "[^/]" : part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
}
