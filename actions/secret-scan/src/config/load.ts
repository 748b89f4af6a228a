import { UserError } from "../../../../packages/frame/errors.ts";
import { compileGlob } from "../../../../packages/frame/glob.ts";
import type { Files } from "../../../../packages/frame/ports.ts";
import { type ConfigReader, usualConfigs } from "./reader.ts";
import { builtIn, extended, type RuleSet } from "./rules.ts";
import type { SecretlintConfig } from "./secretlint.ts";

const deepestExtends = 2;

/** The configuration that `config` names, or the first in a usual place; the built-in rules without one. */
export async function loadRules(
  files: Files,
  given: string | undefined,
  reader: ConfigReader,
): Promise<RuleSet & { readonly file?: string }> {
  if (given === "none") return builtIn();
  const path = given ?? (await firstUsual(files));
  if (path === undefined) return builtIn();
  const text = await files.readText(path);
  const gitleaks = (await reader.kind(path, text)) === "gitleaks";
  const set = gitleaks
    ? await loadGitleaks(files, reader, path, text, 0)
    : secretlint(await reader.secretlint(text, path, await secretlintIgnore(files)));
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

async function secretlintIgnore(files: Files): Promise<string | undefined> {
  const path = files.workspace === files.workingDirectory ? ".secretlintignore" : `${files.workspace}/.secretlintignore`;
  return (await files.stat(path))?.kind === "file" ? files.readText(path) : undefined;
}

async function loadGitleaks(files: Files, reader: ConfigReader, path: string, text: string, depth: number): Promise<RuleSet> {
  const config = await reader.gitleaks(text, path);
  if (config.path === undefined) return extended(config, undefined, path);
  if (depth >= deepestExtends)
    return extended(
      { ...config, notes: [...config.notes, `${path}: \`extend\` is followed ${deepestExtends} times only.`] },
      undefined,
      path,
    );
  if (config.useDefault) throw new UserError(`${path}: \`extend\` has both useDefault and path. Allowed: one of them.`);
  return extended(config, await loadGitleaks(files, reader, config.path, await files.readText(config.path), depth + 1), path);
}

function secretlint({ off, allow, notes }: SecretlintConfig): RuleSet {
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
