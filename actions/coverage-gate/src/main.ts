import { lazily } from "../../../packages/frame/adapters/lazily.ts";
import { start } from "../../../packages/frame/adapters/start.ts";
import manifest from "./manifest.ts";
import type { ReportReader } from "./model.ts";
import { run } from "./run.ts";

start({
  manifest,
  run,
  bind: ({ files, log }) => ({ reports: lazily<ReportReader>(async () => (await import("../adapters/reader.ts")).openReader(files, log)) }),
});
