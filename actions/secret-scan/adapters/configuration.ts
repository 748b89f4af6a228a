import { openAllowlists } from "../src/allow.ts";
import { readGitleaks } from "../src/config/gitleaks.ts";
import { kindOfConfig } from "../src/config/own.ts";
import type { ConfigReader } from "../src/config/reader.ts";
import { readSecretlint, withIgnored } from "../src/config/secretlint.ts";
import { pathOccurrences } from "../src/path-rules.ts";

/** A bundle of its own: most repositories have no configuration, and their runs do not load what reads one. */
export function openConfiguration(): ConfigReader {
  return {
    kind: async (path, text) => kindOfConfig(path, text),
    gitleaks: async (text, path) => readGitleaks(text, path),
    async secretlint(text, path, ignore) {
      const { parseYaml } = await import("../../../packages/frame/adapters/yaml.ts");
      const config = readSecretlint(parseYaml(text, { file: path }), path);
      return ignore === undefined ? config : withIgnored(config, ignore);
    },
    allowlists: async (rules, allow) => openAllowlists(rules, allow),
    pathOccurrences: async (paths, rules) => pathOccurrences(paths, rules),
  };
}
