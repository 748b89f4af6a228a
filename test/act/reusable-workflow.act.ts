import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type FakeGitHub, startFakeGitHub } from "../fake-github/server.ts";
import type { Permissions, Repository } from "../fake-github/state.ts";
import { writeDownloadAction } from "./artifact-action.ts";
import { prepareLibrary } from "./library.ts";
import { exampleProject, openPullRequest, type Project, type PullRequest, propose, repository } from "./project.ts";
import { type ActRequest, type ActRun, runAct } from "./run-act.ts";

const root = mkdtempSync(join(tmpdir(), "forge-act-workflow-"));
/** What callers grant, as a workflow says it and as the API does. */
const grant = { contents: "read", "pull-requests": "write" };
const granted = { contents: "read", pull_requests: "write" } as const;
const download = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c";

let fake: FakeGitHub;
let github: Repository;
let count = 0;

beforeAll(async () => {
  fake = await startFakeGitHub();
  prepareLibrary(join(root, "library"));
  writeDownloadAction(join(root, "download-artifact"));
});

afterAll(async () => {
  await fake.close();
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
});

beforeEach(() => {
  fake.reset();
  github = fake.state.addRepository(repository);
});

/** The example, with a workflow that calls the quality gate and, after it, reads its outputs. */
function caller(example: "javascript" | "python" | "go", settings: Readonly<Record<string, unknown>>): Project {
  const project = exampleProject(join(root, `project-${++count}`), example);
  rmSync(join(project.path, ".github"), { recursive: true });
  const found = ["verdict", "coverage-gate", "secret-scan", "bundle-size"].map((name) => `\${{ needs.quality.outputs.${name} }}`);
  const jobs = {
    quality: { permissions: grant, uses: "org/forge/.github/workflows/quality-gate.yml@v1", with: settings },
    say: {
      needs: "quality",
      "runs-on": "ubuntu-latest",
      "timeout-minutes": 5,
      steps: [{ name: "Say", run: 'echo "$FOUND"', env: { FOUND: found.join(",") } }],
    },
  };
  project.write(
    ".github/workflows/quality.yml",
    stringify({ name: "Quality", on: ["pull_request", "merge_group"], permissions: {}, jobs }),
  );
  project.commit("Call the quality gate");
  return project;
}

function run(project: Project, pull: PullRequest, permissions: Permissions, further: Partial<ActRequest> = {}): Promise<ActRun> {
  const { head, base } = pull;
  fake.state.addPullRequest(github, { number: 7, head: { ref: "coupons", sha: head, repository }, base: { ref: "main", sha: base } });
  fake.state.addActionsToken("ghs_job", github, permissions);
  const scratch = join(root, `run-${++count}`);
  return runAct({
    event: "pull_request",
    payload: pull.payload,
    project: project.path,
    library: join(root, "library"),
    actions: { [download]: join(root, "download-artifact") },
    scratch,
    caches: join(scratch, "caches"),
    apiUrl: fake.url,
    secrets: { GITHUB_TOKEN: "ghs_job" },
    ...further,
  });
}

const javascript = { command: "npm run coverage", "coverage-reports": "coverage/lcov.info" };

describe("a JavaScript repository that calls quality-gate.yml", () => {
  test("passes with tested code: one comment, and outputs for later jobs", async () => {
    const project = caller("javascript", javascript);
    const done = await run(project, openPullRequest(project, "tested"), granted);
    expect(done.printed["Say"]?.trim(), done.log).toBe("pass,pass,pass,");
    expect(done.exitCode).toBe(0);
    expect(github.comments.map(({ issue, body }) => [issue, body.includes("coverage-gate") || body.includes("Coverage")])).toEqual([
      [7, true],
    ]);
    fake.verify();
  });

  test.each([
    ["with the token that is asked for", granted, 1],
    ["with the token of a fork, without a comment", { contents: "read", pull_requests: "read" }, 0],
  ] as const)("fails with untested code, %s", async (_name, permissions, comments) => {
    const project = caller("javascript", javascript);
    const done = await run(project, openPullRequest(project, "untested"), permissions);
    expect(done.outputs["Decide"]?.["verdict"], done.log).toBe("fail");
    expect([done.exitCodes["Decide"], done.results["Secret scan"], github.comments.length], done.log).toEqual([1, "success", comments]);
    fake.verify();
  });

  test("gives the same verdict offline", async () => {
    const project = caller("javascript", javascript);
    const done = await run(project, openPullRequest(project, "untested"), {}, { apiUrl: "http://127.0.0.1:9" });
    expect([done.exitCodes["Decide"], done.results["Report"]], done.log).toEqual([1, "success"]);
    expect(fake.requests).toEqual([]);
  });
});

describe("repositories in other languages, with the reports that their own tools wrote", () => {
  test("Python passes, and shows every gate that is on", async () => {
    const project = caller("python", { "coverage-reports": "coverage/coverage.xml", "coverage-minimum": "85" });
    const pull = propose(
      project,
      () => project.write("NOTES.md", "# Notes\n"),
      () => project.write("CHANGES.md", "# Changes\n"),
    );
    const done = await run(project, pull, granted);
    expect(done.printed["Say"]?.trim(), done.log).toBe("pass,pass,pass,");
    fake.verify();
  });

  test("Go fails below its minimum, and a later job reads that where it is not enforced", async () => {
    const project = caller("go", { "coverage-reports": "coverage/cover.out", "coverage-minimum": "90", enforce: false, secrets: false });
    const pull = propose(
      project,
      () => project.write("NOTES.md", "# Notes\n"),
      () => project.write("CHANGES.md", "# Changes\n"),
    );
    const done = await run(project, pull, granted);
    expect(done.printed["Say"]?.trim(), done.log).toBe("fail,fail,,");
    expect(done.exitCode, done.log).toBe(0);
  });
});
