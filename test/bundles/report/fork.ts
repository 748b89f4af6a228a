import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type FakeArtifacts, startFakeArtifacts } from "../../fake-github/artifact-service.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Artifact, PullRequest, Repository, WorkflowRun } from "../../fake-github/state.ts";
import { onDefaultBranch } from "../events.ts";
import { type BundleRun, cleanUp, runBundle, temporaryFolder } from "../harness.ts";
import type { Packed } from "./archive.ts";
import { head, jsonOf, token } from "./merge.ts";

export const runId = 4242;
export const fork = "stranger/app";

export const letter = (given: Readonly<Record<string, unknown>> = {}): Packed => ({
  name: "forge.json",
  content: JSON.stringify({ schema: "forge-artifact/1", pull_request: 7, head_sha: head, ...given }),
});
export const gate: Packed = { name: "coverage-gate.json", content: jsonOf() };

interface Arranged {
  readonly repository: Repository;
  readonly pull: PullRequest;
}

/** GitHub with its artifacts, and the second half of fork-report, for the tests of one file. */
export class ForkReports {
  fake!: FakeGitHub;
  service!: FakeArtifacts;

  /** A pull request from a fork, and its finished run; the token is that of fork-report. */
  arrange(
    given: { run?: Partial<WorkflowRun>; pull?: Partial<PullRequest>; artifact?: Partial<Artifact> & { archive: Buffer } } = {},
  ): Arranged {
    const repository = this.fake.state.addRepository("octo/app");
    this.fake.state.addRepository(fork);
    this.fake.state.addRepository("other/app");
    repository.git.commitFiles("main", { "README.md": "# App\n" });
    const pull = this.fake.state.addPullRequest(repository, {
      number: 7,
      head: { ref: "change", sha: head, repository: fork },
      ...given.pull,
    });
    this.fake.state.addPullRequest(repository, { number: 8, head: { ref: "change", sha: "8".repeat(40), repository: "other/app" } });
    this.fake.state.addRun(repository, { id: runId, headSha: head, headRepository: fork, ...given.run });
    if (given.artifact !== undefined) this.fake.state.addArtifact(repository, { run: runId, name: "forge-report", ...given.artifact });
    this.fake.state.addActionsToken(token, repository, { actions: "read", pull_requests: "write" });
    return { repository, pull };
  }

  report(inputs: Readonly<Record<string, string>> = {}): Promise<BundleRun> {
    const happening = onDefaultBranch("workflow_run", "f".repeat(40));
    const env = { ...happening.env, GITHUB_API_URL: this.fake.url };
    return runBundle("report", { ...happening, env, workspace: temporaryFolder(), inputs: { token, "run-id": String(runId), ...inputs } });
  }
}

export function forkReports(): ForkReports {
  const here = new ForkReports();
  beforeAll(async () => {
    here.fake = await startFakeGitHub();
    here.service = await startFakeArtifacts();
  });
  beforeEach(() => {
    here.fake.reset();
    here.service.reset();
  });
  afterEach(() => here.fake.verify());
  afterAll(async () => {
    await Promise.all([here.fake.close(), here.service.close()]);
    cleanUp();
  });
  return here;
}
