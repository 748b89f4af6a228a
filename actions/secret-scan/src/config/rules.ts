import { UserError } from "../../../../packages/frame/errors.ts";
import { compileGlob } from "../../../../packages/frame/glob.ts";
import { type Allowance, type Finder, type Level, levels, type Rule } from "../model.ts";
import type { GitleaksConfig, RuleChange } from "./gitleaks.ts";

export type TargetedAllowance = Allowance & { readonly targets: readonly string[] };

/** Everything that decides which rules run and what they accept. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly allow: readonly TargetedAllowance[];
  readonly notes: readonly string[];
}

/** Names that gitleaks has for what a rule of ours finds. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  "aws-access-token": ["aws-access-key-id", "aws-secret-access-key"],
  "generic-api-key": ["generic-secret"],
  "hashicorp-tf-api-token": ["terraform-cloud-token"],
  "npm-access-token": ["npm-access-token", "npm-legacy-token"],
  "curl-auth-user": ["command-line-password"],
  "curl-auth-header": ["http-credentials"],
  "stripe-access-token": ["stripe-secret-key", "stripe-test-key"],
  "openai-api-key": ["openai-api-key", "openai-project-key"],
  "gitlab-rrt": ["gitlab-runner-registration"],
  "gitlab-ptt": ["gitlab-trigger-token"],
  "slack-webhook-url": ["slack-webhook"],
  "microsoft-teams-webhook": ["teams-webhook"],
  "telegram-bot-api-token": ["telegram-bot-token"],
  "sendgrid-api-token": ["sendgrid-key"],
  "azure-ad-client-secret": ["azure-client-secret"],
  "databricks-api-token": ["databricks-token"],
  "github-oauth": ["github-oauth"],
  "rubygems-api-token": ["rubygems-api-key"],
  "pulumi-api-token": ["pulumi-token"],
  "kubernetes-secret-yaml": ["generic-secret"],
  "nuget-config-password": ["generic-secret"],
};

/** The built-in rules that a name of gitleaks' means. */
export function ourNames(name: string): readonly string[] {
  return otherNames[name] ?? [name];
}

/** A configuration, and what it extends, put together with the built-in rules. */
export function extended(config: GitleaksConfig, base: RuleSet | undefined, file: string, catalogue: readonly Rule[]): RuleSet {
  const inherited: Rule[] = [...(base?.rules ?? [])];
  const extending = config.useDefault || config.path !== undefined;
  if (config.useDefault) inherited.push(...catalogue);
  const disabled = new Set(config.disabled.flatMap(ourNames));
  const kept = inherited.filter((rule) => !disabled.has(rule.id));
  const known = new Map(kept.map((rule) => [rule.id, rule]));
  for (const rule of config.rules) addRule(rule, config, known, { disabled, extending, file });
  const notes = [...config.notes, ...(base?.notes ?? [])];
  if (known.size === 0 && !extending) {
    notes.push(`${file} has no rules, so the built-in ones are used.`);
    for (const rule of catalogue) known.set(rule.id, rule);
  }
  return { rules: [...known.values()], allow: [...config.allow, ...(base?.allow ?? [])], notes };
}

interface Extension {
  readonly disabled: ReadonlySet<string>;
  readonly extending: boolean;
  readonly file: string;
}

function addRule(rule: Rule, { changes }: GitleaksConfig, known: Map<string, Rule>, extension: Extension): void {
  const change = changes.get(rule.id) ?? { title: undefined, source: undefined, group: undefined, entropy: undefined };
  const bases = extension.extending ? ourNames(rule.id).filter((id) => known.has(id)) : [];
  const base = known.get(bases[0] ?? "");
  const complete = rule.finder.kind !== "path" || (rule.limits?.path !== undefined && base === undefined);
  if (complete) known.set(rule.id, base === undefined ? rule : merged(base, rule, change));
  else for (const id of changed(rule, bases, extension)) known.set(id, merged(known.get(id) ?? rule, rule, change));
}

function changed(rule: Rule, bases: readonly string[], { disabled, extending, file }: Extension): readonly string[] {
  if (bases.length > 0 || (extending && ourNames(rule.id).some((id) => disabled.has(id)))) return bases;
  throw new UserError(
    `${file}: rule "${rule.id}" has neither \`regex\` nor \`path\`${extending ? ", and there is no rule of that name that it could change" : ""}.`,
  );
}

/** What gitleaks makes of a rule and the one of its name that it extends: what is said counts, lists grow. */
function merged(base: Rule, rule: Rule, change: RuleChange): Rule {
  const own = rule.finder.kind === "pattern";
  const { path, allow = [], required = [], skipReport = false } = rule.limits ?? {};
  const limits = base.limits ?? { allow: [], required: [], skipReport: false };
  const builtIn = base.limits === undefined;
  return {
    ...base,
    id: own ? rule.id : base.id,
    title: change.title ?? base.title,
    level: own ? rule.level : base.level,
    // The words of a built-in rule need not be in what another pattern finds.
    keywords: own && builtIn ? rule.keywords : [...new Set([...base.keywords, ...rule.keywords])],
    generic: own ? rule.generic : base.generic,
    finder: mergedFinder(base.finder, rule.finder, change, builtIn),
    limits: {
      ...limits,
      ...(path === undefined ? {} : { path }),
      allow: [...limits.allow, ...allow],
      required: [...limits.required, ...required],
      skipReport: limits.skipReport || skipReport,
    },
  };
}

function mergedFinder(base: Finder, own: Finder, { group, entropy }: RuleChange, builtIn: boolean): Finder {
  const values = {
    ...(entropy === undefined ? {} : { entropy }),
    ...(group === undefined || (builtIn && own.kind === "path") ? {} : { group }),
  };
  if (own.kind === "pattern") return base.kind === "pattern" && !builtIn ? { ...base, source: own.source, ...values } : own;
  return base.kind === "pattern" ? { ...base, ...values } : base;
}

/** The `rules` and `minimum-severity` inputs. */
export function chosen(set: RuleSet, patterns: readonly string[], minimum: Level): readonly Rule[] {
  const parts = patterns.map((pattern) => ({
    off: pattern.startsWith("!"),
    pattern: pattern.replace(/^!/, ""),
    matches: compileGlob(pattern.replace(/^!/, "")),
  }));
  const unknown = parts.filter(({ matches }) => !set.rules.some((rule) => matches(rule.id)));
  if (unknown.length > 0)
    throw new UserError(
      `rules: there is no rule ${unknown.map(({ pattern }) => JSON.stringify(pattern.slice(0, 80))).join(", ")}. The README lists them all.`,
    );
  const on = parts.filter(({ off }) => !off);
  const lowest = levels.indexOf(minimum);
  return set.rules.filter((rule) => {
    if (levels.indexOf(rule.level) < lowest) return false;
    if (on.length > 0 && !on.some(({ matches }) => matches(rule.id))) return false;
    return !parts.some(({ off, matches }) => off && matches(rule.id));
  });
}
