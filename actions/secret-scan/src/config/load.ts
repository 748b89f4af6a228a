import { UserError } from "../../../../packages/frame/errors.ts";
import { compileGlob } from "../../../../packages/frame/glob.ts";
import type { Files } from "../../../../packages/frame/ports.ts";
import type { Rule } from "../model.ts";
import { type ConfigReader, usualConfigs } from "./reader.ts";
import { extended, type RuleSet } from "./rules.ts";
import type { SecretlintConfig } from "./secretlint.ts";

const deepestExtends = 2;

export interface RuleSources {
  readonly files: Files;
  readonly reader: ConfigReader;
  /** The built-in rules. */
  readonly catalogue: readonly Rule[];
}

/** The configuration that `config` names, or the first in a usual place; the built-in rules without one. */
export async function loadRules(sources: RuleSources, given: string | undefined): Promise<RuleSet> {
  const { files, reader, catalogue } = sources;
  const path = given === "none" ? undefined : (given ?? (await firstUsual(files)));
  if (path === undefined) return { rules: catalogue, allow: [], notes: [] };
  const text = await files.readText(path);
  if ((await reader.kind(path, text)) === "gitleaks") return loadGitleaks(sources, path, text, 0);
  return secretlint(await reader.secretlint(text, path, await secretlintIgnore(files)), catalogue);
}

async function firstUsual(files: Files): Promise<string | undefined> {
  for (const name of usualConfigs) {
    const path = files.workspace === files.workingDirectory ? name : `${files.workspace}/${name}`;
    if ((await files.stat(name))?.kind === "file") return name;
    if ((await files.stat(path))?.kind === "file") return path;
  }
  return undefined;
}

async function secretlintIgnore(files: Files): Promise<string | undefined> {
  const path = files.workspace === files.workingDirectory ? ".secretlintignore" : `${files.workspace}/.secretlintignore`;
  return (await files.stat(path))?.kind === "file" ? files.readText(path) : undefined;
}

async function loadGitleaks(sources: RuleSources, path: string, text: string, depth: number): Promise<RuleSet> {
  const { files, reader, catalogue } = sources;
  const config = await reader.gitleaks(text, path);
  if (config.path === undefined) return extended(config, undefined, path, catalogue);
  if (depth >= deepestExtends)
    return extended(
      { ...config, notes: [...config.notes, `${path}: \`extend\` is followed ${deepestExtends} times only.`] },
      undefined,
      path,
      catalogue,
    );
  if (config.useDefault) throw new UserError(`${path}: \`extend\` has both useDefault and path. Allowed: one of them.`);
  const base = await loadGitleaks(sources, config.path, await files.readText(config.path), depth + 1);
  return extended(config, base, path, catalogue);
}

function secretlint({ off, allow, notes }: SecretlintConfig, catalogue: readonly Rule[]): RuleSet {
  const matchers = off.map(compileGlob);
  return {
    rules: catalogue.filter((rule) => !matchers.some((matches) => matches(rule.id))),
    allow: allow.map((allowance) => ({
      ...allowance,
      targets: catalogue.filter((rule) => allowance.targets.some((glob) => compileGlob(glob)(rule.id))).map(({ id }) => id),
    })),
    notes,
  };
}
