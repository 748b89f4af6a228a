import { lazily } from "../../../packages/frame/adapters/lazily.ts";
import { start } from "../../../packages/frame/adapters/start.ts";
import manifest from "./manifest.ts";
import type { Machine, PageParts, Trees } from "./ports.ts";
import { run } from "./run.ts";

start({
  manifest,
  run,
  bind: ({ exec, files, log }) => ({
    machine: lazily<Machine>(async () => (await import("../adapters/machine.ts")).openMachine()),
    page: lazily<PageParts>(async () => (await import("../adapters/page.ts")).openPage()),
    trees: lazily<Trees>(async () => (await import("../adapters/trees.ts")).openTrees({ exec, files, log })),
  }),
});
