import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonOf } from "../../test/actions/report/sample.ts";
import { archive } from "../../test/bundles/report/archive.ts";
import { type FakeGitHub, startFakeGitHub } from "../../test/fake-github/server.ts";
import type { Row } from "./coverage-gate.ts";
import { measureInterleaved, type Program } from "./whole-process.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "report", "index.js");
const head = "b".repeat(40);
const bare = (folder: string): Program => ({ command: process.execPath, args: ["-e", "0"], cwd: folder });

function report(folder: string, inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>): Program {
  for (const name of ["output", "summary"]) writeFileSync(join(folder, name), "");
  return {
    command: process.execPath,
    args: [bundle],
    cwd: folder,
    env: {
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: folder,
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      GITHUB_REPOSITORY: "octo/app",
      ...env,
    },
  };
}

/** What the report costs over a process that does nothing: four gates merged, and the worst artifact refused that is taken off the network at all. */
export async function* benchReport(runs: number): AsyncGenerator<Row> {
  const folder = mkdtempSync(join(tmpdir(), "forge-bench-report-"));
  const fake = await startFakeGitHub();
  try {
    mkdirSync(join(folder, "reports"));
    for (const action of ["coverage-gate", "bundle-size", "benchmark-compare", "secret-scan"])
      writeFileSync(join(folder, "reports", `${action}.json`), jsonOf({ action }));
    arrange(fake);
    const programs = {
      bare: bare(folder),
      merged: report(folder, { reports: "reports/*.json" }, { GITHUB_EVENT_NAME: "workflow_dispatch" }),
      refused: report(folder, { "run-id": "1", token: "ghs_bench" }, { GITHUB_EVENT_NAME: "workflow_run", GITHUB_API_URL: fake.url }),
    };
    const { bare: peer, merged, refused } = await measureInterleaved(programs, { runs, exitCodes: [0, 2] });
    yield { what: "four gates merged", ours: merged, peer, peerName: "bare node", promise: "at most 100 ms more" };
    yield { what: "a hostile artifact refused", ours: refused, peer, peerName: "bare node", promise: "at most 5 s and 300 MB" };
  } finally {
    await fake.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rich reports up to the limit, and the last one is none. */
function arrange(fake: FakeGitHub): void {
  const repository = fake.state.addRepository("octo/app");
  fake.state.addRepository("stranger/app");
  fake.state.addPullRequest(repository, { number: 7, head: { ref: "change", sha: head, repository: "stranger/app" } });
  fake.state.addRun(repository, { id: 1, headSha: head, headRepository: "stranger/app" });
  fake.state.addActionsToken("ghs_bench", repository, { actions: "read", pull_requests: "write" });
  fake.state.rate = { limit: 1_000_000, remaining: 1_000_000, reset: 4_000_000_000 };
  const rich = jsonOf().replace('"data": {}', `"data": {"a":[${"[],".repeat(24_000)}0]}`);
  const letter = JSON.stringify({ schema: "forge-artifact/1", pull_request: 7, head_sha: head });
  const files = Array.from({ length: 8 }, (_, index) => ({ name: `coverage-gate.g${index}.json`, content: rich }));
  const packed = archive([{ name: "forge.json", content: letter }, ...files, { name: "coverage-gate.last.json", content: "{}" }]);
  fake.state.addArtifact(repository, { run: 1, name: "forge-report", archive: packed });
}
