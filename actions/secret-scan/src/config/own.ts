import { UserError } from "../../../../packages/frame/errors.ts";
import { isTable, parseToml } from "./toml.ts";

export type ConfigKind = "gitleaks" | "secretlint";

/** Told by name, else by content. */
export function kindOfConfig(path: string, text: string): ConfigKind {
  if (/\.toml$/i.test(path)) return "gitleaks";
  if (/secretlintrc|\.json$|\.ya?ml$/i.test(path)) return "secretlint";
  if (/\.[cm]?[jt]s$/i.test(path))
    throw new UserError(
      `config: ${path} is a program, which is not run. Allowed: TOML in gitleaks' form, or .secretlintrc in JSON or YAML.`,
    );
  const first = text.trimStart()[0];
  if (first === "{") return "secretlint";
  if (isTable(parseToml(text, path))) return "gitleaks";
  throw new UserError(`config: ${path} is neither TOML nor a .secretlintrc.`);
}
