import type { FoundPath, Occurrence, Rule } from "../model.ts";
import type { GitleaksConfig } from "./gitleaks.ts";
import type { ConfigKind } from "./own.ts";
import type { TargetedAllowance } from "./rules.ts";
import type { SecretlintConfig } from "./secretlint.ts";

/** What is needed only where a repository brings a configuration. */
export interface ConfigReader {
  kind(path: string, text: string): Promise<ConfigKind>;
  gitleaks(text: string, path: string): Promise<GitleaksConfig>;
  /** `ignore`: the text of the `.secretlintignore`. */
  secretlint(text: string, path: string, ignore?: string): Promise<SecretlintConfig>;
  /** Says whether the configuration accepts a finding, or its rule does not look at that path. */
  allowlists(rules: readonly Rule[], allow: readonly TargetedAllowance[]): Promise<(occurrence: Occurrence) => boolean>;
  /** Findings of rules that look at paths alone. */
  pathOccurrences(paths: readonly FoundPath[], rules: readonly Rule[]): Promise<Occurrence[]>;
}

/** Where the owners of configurations look for them, the first that exists counts. */
export const usualConfigs = [
  ".gitleaks.toml",
  ".betterleaks.toml",
  "gitleaks.toml",
  ".forge-secrets.toml",
  ".secretlintrc",
  ".secretlintrc.json",
  ".secretlintrc.yaml",
  ".secretlintrc.yml",
];
