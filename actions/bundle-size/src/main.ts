import { lazily } from "../../../packages/frame/adapters/lazily.ts";
import { start } from "../../../packages/frame/adapters/start.ts";
import manifest from "./manifest.ts";
import type { BaseBuilder, Sizer, StatsReader } from "./model.ts";
import { run } from "./run.ts";

await start({
  manifest,
  run,
  bind: ({ files, log, exec }) => ({
    sizes: lazily<Sizer>(async () => (await import("../adapters/sizer.ts")).openSizer(log)),
    stats: lazily<StatsReader>(async () => (await import("../adapters/stats-reader.ts")).openStatsReader()),
    builder: lazily<BaseBuilder>(async () => (await import("../adapters/base-build.ts")).openBaseBuilder({ files, log, exec })),
  }),
});
