import { lazily } from "../../../packages/frame/adapters/lazily.ts";
import { start } from "../../../packages/frame/adapters/start.ts";
import manifest from "./manifest.ts";
import type { Desks } from "./ports.ts";
import { run } from "./run.ts";

start({
  manifest,
  run,
  bind: ({ files, log, clock }) => ({
    desks: lazily<Desks>(async () => (await import("../adapters/desks.ts")).openDesks({ files, log, clock })),
  }),
});
