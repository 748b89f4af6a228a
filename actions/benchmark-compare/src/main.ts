import { lazily } from "../../../packages/frame/adapters/lazily.ts";
import { start } from "../../../packages/frame/adapters/start.ts";
import manifest from "./manifest.ts";
import type { Machine, Trees } from "./ports.ts";
import { run } from "./run.ts";

start({
  manifest,
  run,
  bind: ({ exec, files, log }) => ({
    machine: lazily<Machine>(async () => (await import("../adapters/machine.ts")).openMachine()),
    trees: lazily<Trees>(async () => (await import("../adapters/trees.ts")).openTrees({ exec, files, log })),
  }),
});
