import { UserError } from "../../../../packages/frame/errors.ts";
import { compileGlob } from "../../../../packages/frame/glob.ts";
import { type Allowance, type Level, levels, type Rule } from "../model.ts";
import type { GitleaksConfig } from "./gitleaks.ts";

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
  for (const rule of config.rules) {
    if (!config.changes.has(rule.id)) known.set(rule.id, rule);
    else for (const id of changed(rule, known, disabled, file)) known.set(id, withLimits(known.get(id) ?? rule, rule));
  }
  const notes = [...config.notes, ...(base?.notes ?? [])];
  if (known.size === 0 && !extending) {
    notes.push(`${file} has no rules, so the built-in ones are used.`);
    for (const rule of catalogue) known.set(rule.id, rule);
  }
  return { rules: [...known.values()], allow: [...config.allow, ...(base?.allow ?? [])], notes };
}

function changed(rule: Rule, known: ReadonlyMap<string, Rule>, disabled: ReadonlySet<string>, file: string): readonly string[] {
  const ids = ourNames(rule.id);
  const present = ids.filter((id) => known.has(id));
  if (present.length > 0 || ids.some((id) => disabled.has(id))) return present;
  throw new UserError(
    `${file}: rule "${rule.id}" has neither \`regex\` nor \`path\`, and there is no rule of that name that it could change.`,
  );
}

function withLimits(base: Rule, change: Rule): Rule {
  const limits = base.limits ?? { allow: [], required: [], skipReport: false };
  const added = change.limits ?? limits;
  return {
    ...base,
    limits: {
      ...limits,
      allow: [...limits.allow, ...added.allow],
      required: [...limits.required, ...added.required],
      skipReport: limits.skipReport || added.skipReport,
    },
  };
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
