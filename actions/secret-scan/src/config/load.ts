import { UserError } from "../../../../packages/frame/errors.ts";
import { compileGlob } from "../../../../packages/frame/glob.ts";
import type { YamlInput } from "../../../../packages/frame/manifest.ts";
import type { Files } from "../../../../packages/frame/ports.ts";
import type { YamlText } from "../model.ts";
import { readGitleaks } from "./gitleaks.ts";
import { kindOfConfig, usualConfigs } from "./own.ts";
import { builtIn, extended, type RuleSet } from "./rules.ts";
import { readSecretlint } from "./secretlint.ts";

const deepestExtends = 2;

/** The configuration that `config` names, or the first in a usual place; the built-in rules without one. */
export async function loadRules(files: Files, given: string | undefined, yaml: YamlText): Promise<RuleSet & { readonly file?: string }> {
  if (given === "none") return builtIn();
  const path = given ?? (await firstUsual(files));
  if (path === undefined) return builtIn();
  const text = await files.readText(path);
  const kind = kindOfConfig(path, text);
  const set = kind === "gitleaks" ? await loadGitleaks(files, path, text, 0) : secretlint(await yaml.parse(text, path), path);
  return { ...set, file: path };
}

async function firstUsual(files: Files): Promise<string | undefined> {
  for (const name of usualConfigs) {
    const path = files.workspace === files.workingDirectory ? name : `${files.workspace}/${name}`;
    if ((await files.stat(name))?.kind === "file") return name;
    if ((await files.stat(path))?.kind === "file") return path;
  }
  return undefined;
}

async function loadGitleaks(files: Files, path: string, text: string, depth: number): Promise<RuleSet> {
  const config = readGitleaks(text, path);
  if (config.path === undefined) return extended(config, undefined, path);
  if (depth >= deepestExtends)
    return extended(
      { ...config, notes: [...config.notes, `${path}: \`extend\` is followed ${deepestExtends} times only.`] },
      undefined,
      path,
    );
  if (config.useDefault) throw new UserError(`${path}: \`extend\` has both useDefault and path. Allowed: one of them.`);
  return extended(config, await loadGitleaks(files, config.path, await files.readText(config.path), depth + 1), path);
}

function secretlint(config: YamlInput, path: string): RuleSet {
  const { off, allow, notes } = readSecretlint(config, path);
  const matchers = off.map(compileGlob);
  const set = builtIn();
  return {
    rules: set.rules.filter((rule) => !matchers.some((matches) => matches(rule.id))),
    allow: allow.map((allowance) => ({
      ...allowance,
      targets: set.rules.filter((rule) => allowance.targets.some((glob) => compileGlob(glob)(rule.id))).map(({ id }) => id),
    })),
    notes,
  };
}
