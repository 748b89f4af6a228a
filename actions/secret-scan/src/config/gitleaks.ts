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
  /** What each rule says itself, for where it changes one that is extended. */
  readonly changes: ReadonlyMap<string, RuleChange>;
  readonly notes: readonly string[];
}

/** What a rule of a configuration says itself. */
export interface RuleChange {
  readonly title: string | undefined;
  readonly source: string | undefined;
  readonly group: number | undefined;
  readonly entropy: number | undefined;
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
  const changes = new Map<string, RuleChange>();
  const from: Source = { file, text: source };
  const rules = uniqueRules(
    tables(root["rules"]).map((rule, index) => readRule(lowered(rule), ruleHeader(from, index), from, notes, changes)),
  );
  const allow = [...tables(root["allowlists"]), ...tables(root["allowlist"])].map((entry) => {
    const table = lowered(entry);
    return { ...readAllowance(table, "the global allowlist", from, notes), targets: texts(table["targetrules"]) };
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

/** A list of texts; a single text is a list with commas between, as gitleaks has it. */
function texts(value: Toml | undefined): string[] {
  if (value === undefined || value === "") return [];
  const items = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [value];
  return items.flatMap((item) => (typeof item === "string" ? [item] : typeof item === "number" ? [String(item)] : []));
}

/** Numbers may stand in quotes. */
function number(value: Toml | undefined): number | undefined {
  const given = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof given === "number" ? given : undefined;
}

/** A configuration with its text, so that a fault can be told by its line. */
interface Source {
  readonly file: string;
  readonly text: string;
}

function place({ file, text }: Source, value: string): string {
  for (const form of [value, JSON.stringify(value).slice(1, -1)]) {
    const at = text.indexOf(form);
    if (at !== -1) return `${file}, line ${text.slice(0, at).split("\n").length}`;
  }
  return file;
}

/** Where a rule begins. */
function ruleHeader({ file, text }: Source, index: number): string {
  const [line] = [...text.split("\n").entries()].filter(([, each]) => /^\s*\[\[\s*["']?rules["']?\s*\]\]/i.test(each))[index] ?? [];
  return line === undefined ? file : `${file}, line ${line + 1}`;
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

function readRule(rule: TomlTable, header: string, from: Source, notes: string[], changes: Map<string, RuleChange>): Rule {
  const { file } = from;
  const id = texts(rule["id"])[0];
  if (id === undefined)
    throw new UserError(
      `${header}: a rule has no id${text(rule["description"]) === undefined ? "" : ` (${JSON.stringify(rule["description"])})`}.`,
    );
  for (const key of Object.keys(rule))
    if (!ruleKeys.includes(key)) notes.push(`${file}: rule "${id}" has the key "${key}", which is not known and was not used.`);
  for (const key of ["prefilter", "filter", "validate"]) refuseExpression(rule, key, file, `rule "${id}"`, notes);
  refuseTypes(rule, `${header}: rule "${id}"`);
  const regex = text(rule["regex"]);
  const path = text(rule["path"]);
  if (path !== undefined) parseOrRefuse(`${place(from, path)}: rule "${id}"`, path);
  const finder = finderOf(id, regex, rule, from);
  changes.set(id, {
    title: text(rule["description"]),
    source: regex,
    group: positive(rule["secretgroup"]),
    entropy: positive(rule["entropy"]),
  });
  return {
    id,
    title: text(rule["description"]) ?? id,
    why: "Your configuration looks for it.",
    revoke: "",
    level: levelOf(rule["severity"]),
    keywords: texts(rule["keywords"])
      .map((keyword) => keyword.toLowerCase())
      .filter((keyword) => keyword !== ""),
    finder,
    generic: false,
    limits: limitsOf(id, path, rule, from, notes),
  };
}

function refuseTypes(rule: TomlTable, where: string): void {
  for (const key of ["regex", "path"])
    if (rule[key] !== undefined && typeof rule[key] !== "string") throw new UserError(`${where} has a \`${key}\` that is no text.`);
  for (const [key, name] of [
    ["entropy", "entropy"],
    ["secretgroup", "secretGroup"],
  ] as const)
    if (rule[key] !== undefined && rule[key] !== "" && number(rule[key]) === undefined)
      throw new UserError(`${where} has the ${name} ${JSON.stringify(rule[key])}. Allowed: a number.`);
}

function levelOf(value: Toml | undefined): Rule["level"] {
  const word = typeof value === "string" ? value.toLowerCase() : "";
  return word === "low" || word === "medium" || word === "critical" ? word : "high";
}

function positive(value: Toml | undefined): number | undefined {
  const given = number(value) ?? 0;
  return given > 0 ? given : undefined;
}

function finderOf(id: string, regex: string | undefined, rule: TomlTable, from: Source): Finder {
  if (regex === undefined) return { kind: "path" };
  const { groups } = parseOrRefuse(`${place(from, regex)}: rule "${id}"`, regex);
  const group = positive(rule["secretgroup"]);
  if (group !== undefined && group > groups)
    throw new UserError(
      `${place(from, regex)}: rule "${id}" has secretGroup ${group}, but its pattern has ${groups === 1 ? "1 group" : `${groups} groups`}.`,
    );
  const entropy = positive(rule["entropy"]);
  return {
    kind: "pattern",
    source: regex,
    guarded: false,
    binary: true,
    ...(group === undefined ? {} : { group }),
    ...(entropy === undefined ? {} : { entropy }),
  };
}

function limitsOf(id: string, path: string | undefined, rule: TomlTable, from: Source, notes: string[]): RuleLimits {
  const allow = [...tables(rule["allowlists"]), ...tables(rule["allowlist"])].map((entry) =>
    readAllowance(lowered(entry), `the allowlist of rule "${id}"`, from, notes),
  );
  const required = tables(rule["required"]).map((entry) => requirementOf(lowered(entry), id, from.file));
  return { ...(path === undefined ? {} : { path }), allow, required, skipReport: rule["skipreport"] === true };
}

function requirementOf(entry: TomlTable, id: string, file: string): Requirement {
  const rule = text(entry["id"]);
  if (rule === undefined) throw new UserError(`${file}: a \`required\` of rule "${id}" has no id.`);
  const lines = number(entry["withinlines"]);
  const columns = number(entry["withincolumns"]);
  return { rule, ...(lines === undefined ? {} : { lines }), ...(columns === undefined ? {} : { columns }) };
}

function readAllowance(table: TomlTable, owner: string, from: Source, notes: string[]): Allowance {
  const where = `${from.file}: ${owner}`;
  const target = text(table["regextarget"])?.toLowerCase() ?? "secret";
  if (target !== "secret" && target !== "match" && target !== "line")
    throw new UserError(`${where} has the regexTarget "${target}". Allowed: match, line.`);
  const condition = (text(table["condition"]) ?? "OR").toUpperCase();
  if (!["OR", "AND", "||", "&&"].includes(condition)) throw new UserError(`${where} has the condition "${condition}". Allowed: AND, OR.`);
  const patterns = texts(table["regexes"]);
  for (const pattern of [...patterns, ...texts(table["paths"])]) compileTest(`${place(from, pattern)}: ${owner}`, pattern);
  if (patterns.some((pattern) => /\^true\|false\|null\$/.test(pattern)))
    notes.push(`${where} has "^true|false|null$", which accepts every secret that holds "false": \`^(?:true|false|null)$\` is meant.`);
  return {
    description: text(table["description"]) ?? "",
    all: condition === "AND" || condition === "&&",
    commits: texts(table["commits"]).map((commit) => commit.trim().toLowerCase()),
    paths: texts(table["paths"]),
    patterns,
    target,
    stopwords: texts(table["stopwords"]).map((word) => word.toLowerCase()),
  };
}
