import { lazily } from "../../../packages/frame/adapters/lazily.ts";
import { start } from "../../../packages/frame/adapters/start.ts";
import { maskedReport } from "../../../packages/report/masked.ts";
import manifest from "./manifest.ts";
import type { ReportPorts } from "./model.ts";
import { run } from "./run.ts";

start({
  manifest,
  run,
  ownComment: true,
  bind: ({ http, log, clock }, host) => ({
    github: lazily<ReportPorts["github"]>(async () => (await import("../adapters/github.ts")).openGitHub({ http, log, clock })),
    artifacts: lazily<ReportPorts["artifacts"]>(async () => (await import("../adapters/artifacts.ts")).openArtifacts()),
    deflate: lazily<ReportPorts["deflate"]>(async () => (await import("../adapters/deflate.ts")).openDeflate()),
    letter: {
      clean: (report) => maskedReport(report, host.masker),
      write: async (report, spare) =>
        host.masker.mask(await host.commentBody(maskedReport({ ...report, version: host.version }, host.masker), spare)),
    },
  }),
});
