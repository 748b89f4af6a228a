import { UserError } from "../../../../packages/frame/errors.ts";
import { compileTest, parseOrRefuse } from "../engine/compile.ts";
import type { Allowance, Finder, Requirement, Rule, RuleLimits } from "../model.ts";
import { isTable, parseToml, type Toml, type TomlTable } from "./toml.ts";

/** What a `.gitleaks.toml` says. */
export interface GitleaksConfig {
  readonly rules: readonly Rule[];
  /** For all rules, or for those that `targets` names. */
  readonly allow: readonly (Allowance & { readonly targets: readonly string[] })[];
  readonly useDefault: boolean;
  readonly path: string | undefined;
  readonly disabled: readonly string[];
  /** Rules without a pattern of their own: they change one that is extended. */
  readonly changes: ReadonlySet<string>;
  readonly notes: readonly string[];
}

const rootKeys = ["title", "description", "extend", "rules", "allowlist", "allowlists", "minversion", "prefilter", "filter", "validate"];
const ruleKeys = [
  "id",
  "description",
  "regex",
  "path",
  "entropy",
  "secretgroup",
  "keywords",
  "tags",
  "allowlist",
  "allowlists",
  "required",
  "skipreport",
  "severity",
  "filter",
  "prefilter",
  "validate",
  "tokenefficiency",
  "confidence",
  "specificity",
  "attributes",
];

/** Reads it as gitleaks does: keys in any case, unknown ones are a note, patterns in Go's syntax. A `UserError` for what gitleaks refuses too. */
export function readGitleaks(source: string, file: string): GitleaksConfig {
  const root = lowered(parseToml(source, file));
  const notes: string[] = [];
  for (const key of Object.keys(root)) if (!rootKeys.includes(key)) notes.push(`${file}: the key "${key}" is not known and was not used.`);
  for (const key of ["prefilter", "filter", "validate"]) refuseExpression(root, key, file, "the configuration", notes);
  const extend = isTable(root["extend"]) ? lowered(root["extend"]) : {};
  const changes = new Set<string>();
  const extending = extend["usedefault"] === true || text(extend["path"]) !== undefined;
  const rules = uniqueRules(tables(root["rules"]).map((rule) => readRule(lowered(rule), file, notes, extending ? changes : undefined)));
  const allow = [...tables(root["allowlists"]), ...tables(root["allowlist"])].map((entry) => {
    const table = lowered(entry);
    return { ...readAllowance(table, `${file}: the global allowlist`, notes), targets: texts(table["targetrules"]) };
  });
  return {
    rules,
    allow,
    useDefault: extend["usedefault"] === true,
    path: typeof extend["path"] === "string" && extend["path"] !== "" ? extend["path"] : undefined,
    disabled: texts(extend["disabledrules"]),
    changes,
    notes,
  };
}

/** Later rules of one id replace earlier ones, as in gitleaks' map. */
function uniqueRules(rules: readonly Rule[]): Rule[] {
  return [...new Map(rules.map((rule) => [rule.id, rule])).values()];
}

function lowered(table: TomlTable): TomlTable {
  const result: TomlTable = {};
  for (const [key, value] of Object.entries(table)) result[key.toLowerCase()] = value;
  return result;
}

function tables(value: Toml | undefined): TomlTable[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).filter(isTable);
}

/** A list of texts; a single text stands for a list of one. */
function texts(value: Toml | undefined): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
}

function text(value: Toml | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function refuseExpression(table: TomlTable, key: string, file: string, where: string, notes: string[]): void {
  if (table[key] === undefined) return;
  if (key === "validate") notes.push(`${file}: ${where} has "validate", which is not run: nothing is sent anywhere.`);
  else
    throw new UserError(
      `${file}: ${where} has "${key}", an expression that is not supported. Write it as \`entropy\`, \`[[allowlists]]\`, \`path\` or \`stopwords\`.`,
    );
}

function readRule(rule: TomlTable, file: string, notes: string[], changes: Set<string> | undefined): Rule {
  const id = text(rule["id"]);
  if (id === undefined)
    throw new UserError(
      `${file}: a rule has no id${text(rule["description"]) === undefined ? "" : ` (${JSON.stringify(rule["description"])})`}.`,
    );
  for (const key of Object.keys(rule))
    if (!ruleKeys.includes(key)) notes.push(`${file}: rule "${id}" has the key "${key}", which is not known and was not used.`);
  for (const key of ["prefilter", "filter", "validate"]) refuseExpression(rule, key, file, `rule "${id}"`, notes);
  const regex = text(rule["regex"]);
  const path = text(rule["path"]);
  if (regex === undefined && path === undefined && changes !== undefined) changes.add(id);
  else if (regex === undefined && path === undefined) throw new UserError(`${file}: rule "${id}" has neither \`regex\` nor \`path\`.`);
  if (path !== undefined) parseOrRefuse(id, path);
  return {
    id,
    title: text(rule["description"]) ?? id,
    why: "Your configuration looks for it.",
    revoke: "",
    level: levelOf(rule["severity"]),
    keywords: texts(rule["keywords"])
      .map((keyword) => keyword.toLowerCase())
      .filter((keyword) => keyword !== ""),
    finder: finderOf(id, regex, rule, file),
    generic: /generic/i.test(id),
    limits: limitsOf(id, path, rule, file, notes),
  };
}

function levelOf(value: Toml | undefined): Rule["level"] {
  const word = typeof value === "string" ? value.toLowerCase() : "";
  return word === "low" || word === "medium" || word === "critical" ? word : "high";
}

function finderOf(id: string, regex: string | undefined, rule: TomlTable, file: string): Finder {
  if (regex === undefined) return { kind: "path" };
  const { groups } = parseOrRefuse(id, regex);
  const group = typeof rule["secretgroup"] === "number" ? rule["secretgroup"] : 0;
  if (group > groups)
    throw new UserError(
      `${file}: rule "${id}" has secretGroup ${group}, but its pattern has ${groups === 1 ? "1 group" : `${groups} groups`}.`,
    );
  const entropy = typeof rule["entropy"] === "number" && rule["entropy"] > 0 ? { entropy: rule["entropy"] } : {};
  return { kind: "pattern", source: regex, guarded: false, binary: true, ...(group > 0 ? { group } : {}), ...entropy };
}

function limitsOf(id: string, path: string | undefined, rule: TomlTable, file: string, notes: string[]): RuleLimits {
  const allow = [...tables(rule["allowlists"]), ...tables(rule["allowlist"])].map((entry) =>
    readAllowance(lowered(entry), `${file}: the allowlist of rule "${id}"`, notes),
  );
  const required = tables(rule["required"]).map((entry) => requirementOf(lowered(entry), id, file));
  return { ...(path === undefined ? {} : { path }), allow, required, skipReport: rule["skipreport"] === true };
}

function requirementOf(entry: TomlTable, id: string, file: string): Requirement {
  const rule = text(entry["id"]);
  if (rule === undefined) throw new UserError(`${file}: a \`required\` of rule "${id}" has no id.`);
  const lines = entry["withinlines"];
  const columns = entry["withincolumns"];
  return { rule, ...(typeof lines === "number" ? { lines } : {}), ...(typeof columns === "number" ? { columns } : {}) };
}

function readAllowance(table: TomlTable, where: string, notes: string[]): Allowance {
  const target = text(table["regextarget"])?.toLowerCase() ?? "secret";
  if (target !== "secret" && target !== "match" && target !== "line")
    throw new UserError(`${where} has the regexTarget "${target}". Allowed: match, line.`);
  const condition = (text(table["condition"]) ?? "OR").toUpperCase();
  if (!["OR", "AND", "||", "&&"].includes(condition)) throw new UserError(`${where} has the condition "${condition}". Allowed: AND, OR.`);
  const patterns = texts(table["regexes"]);
  for (const pattern of [...patterns, ...texts(table["paths"])]) compileTest(where, pattern);
  if (patterns.some((pattern) => /\^true\|false\|null\$/.test(pattern)))
    notes.push(`${where} has "^true|false|null$", which accepts every secret that holds "false": \`^(?:true|false|null)$\` is meant.`);
  return {
    description: text(table["description"]) ?? "",
    all: condition === "AND" || condition === "&&",
    commits: texts(table["commits"]).map((commit) => commit.toLowerCase()),
    paths: texts(table["paths"]),
    patterns,
    target,
    stopwords: texts(table["stopwords"]).map((word) => word.toLowerCase()),
  };
}
