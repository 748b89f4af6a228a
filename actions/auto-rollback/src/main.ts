import { lazily } from "../../../packages/frame/adapters/lazily.ts";
import { start } from "../../../packages/frame/adapters/start.ts";
import manifest from "./manifest.ts";
import type { Checks, Desks, Histories, Providers } from "./ports.ts";
import { run } from "./run.ts";

start({
  manifest,
  run,
  bind: ({ files, log, clock, exec, baseline }) => ({
    desks: lazily<Desks>(async () => (await import("../adapters/desks.ts")).openDesks({ files, log, clock })),
    providers: lazily<Providers>(async () => (await import("../adapters/providers.ts")).openProviders({ exec, log, clock })),
    histories: lazily<Histories>(async () => (await import("../adapters/histories.ts")).openHistories({ exec, files, log })),
    checks: lazily<Checks>(async () => (await import("../adapters/checks.ts")).openChecks({ exec, log, clock, baseline })),
  }),
});
