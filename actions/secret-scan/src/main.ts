import { lazily } from "../../../packages/frame/adapters/lazily.ts";
import { start } from "../../../packages/frame/adapters/start.ts";
import type { ConfigReader } from "./config/reader.ts";
import manifest from "./manifest.ts";
import type { SecretScanner } from "./model.ts";
import { run } from "./run.ts";

start({
  manifest,
  run,
  bind: ({ files, exec, log }) => ({
    scanner: lazily<SecretScanner>(async () => (await import("../adapters/scanner.ts")).openScanner({ files, exec, log })),
    catalogue: { rules: async () => (await import("../adapters/catalogue.ts")).catalogue },
    configuration: lazily<ConfigReader>(async () => (await import("../adapters/configuration.ts")).openConfiguration()),
  }),
});
