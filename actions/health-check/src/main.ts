import { lazily } from "../../../packages/frame/adapters/lazily.ts";
import { start } from "../../../packages/frame/adapters/start.ts";
import manifest from "./manifest.ts";
import type { OpenProber } from "./model.ts";
import { run } from "./run.ts";

start({
  manifest,
  run,
  bind: ({ exec, clock }) => ({
    openProber: (options: Parameters<OpenProber>[0]) =>
      lazily(async () => (await import("../../../packages/probe/adapters/prober.ts")).openProber({ ...options, exec, clock })),
  }),
});
