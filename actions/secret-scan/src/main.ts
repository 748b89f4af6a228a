import { lazily } from "../../../packages/frame/adapters/lazily.ts";
import { start } from "../../../packages/frame/adapters/start.ts";
import manifest from "./manifest.ts";
import type { SecretScanner, YamlText } from "./model.ts";
import { run } from "./run.ts";

start({
  manifest,
  run,
  bind: ({ files, exec, log }) => ({
    scanner: lazily<SecretScanner>(async () => (await import("../adapters/scanner.ts")).openScanner({ files, exec, log })),
    catalogue: { rules: async () => (await import("../adapters/catalogue.ts")).catalogue },
    yaml: lazily<YamlText>(async () => {
      const { parseYaml } = await import("../../../packages/frame/adapters/yaml.ts");
      return { parse: async (text, file) => parseYaml(text, { file }) };
    }),
  }),
});
