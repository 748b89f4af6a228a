import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type FakeGitHub, startFakeGitHub } from "../fake-github/server.ts";
import type { Permissions, Repository } from "../fake-github/state.ts";
import { writeArtifactActions } from "./artifact-action.ts";
import { prepareLibrary } from "./library.ts";
import { exampleProject, openPullRequest, type Project, type PullRequest, propose, repository } from "./project.ts";
import { type ActRequest, type ActRun, runAct } from "./run-act.ts";

const root = mkdtempSync(join(tmpdir(), "forge-act-workflow-"));
/** What callers grant, as a workflow says it and as the API does. */
const grant = { contents: "read", "pull-requests": "write" };
const granted = { contents: "read", pull_requests: "write" } as const;
const downloadCommit = "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c";
const uploadCommit = "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a";
let actions: Record<string, string> = {};

let fake: FakeGitHub;
let github: Repository;
let count = 0;

beforeAll(async () => {
  fake = await startFakeGitHub();
  prepareLibrary(join(root, "library"));
  const { download, upload } = writeArtifactActions(root);
  actions = { [`actions/download-artifact@${downloadCommit}`]: download, [`actions/upload-artifact@${uploadCommit}`]: upload };
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
function caller(
  example: "javascript" | "python" | "go",
  settings: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>> = {},
): Project {
  const project = exampleProject(join(root, `project-${++count}`), example);
  rmSync(join(project.path, ".github"), { recursive: true });
  const found = ["verdict", "coverage-gate", "secret-scan", "bundle-size"].map((name) => `\${{ needs.quality.outputs.${name} }}`);
  const jobs = {
    ...before,
    quality: { needs: Object.keys(before), permissions: grant, uses: "org/forge/.github/workflows/quality-gate.yml@v1", with: settings },
    say: {
      needs: "quality",
      "runs-on": "ubuntu-latest",
      "timeout-minutes": 5,
      steps: [{ name: "Say", run: 'echo "found=$FOUND" >> "$GITHUB_OUTPUT"', env: { FOUND: found.join(",") } }],
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
    actions,
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
    expect(done.outputs["Say"]?.["found"], done.log).toBe("pass,pass,pass,");
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

test("where nothing that matters has changed it is neutral, runs nothing and says nothing, under the same check", async () => {
  const project = caller("javascript", { ...javascript, paths: "src/**\npackage.json" });
  const pull = propose(
    project,
    () => project.write("NOTES.md", "# Notes\n"),
    () => project.write("src/price.js", `// Prices are in cents.\n${project.read("src/price.js")}`),
  );
  const done = await run(project, pull, granted);
  expect([done.outputs["Say"]?.["found"], done.exitCode], done.log).toEqual(["neutral,,,", 0]);
  expect([done.results["Command"], done.results["Coverage gate"], done.results["Decide"]]).toEqual([undefined, undefined, "success"]);
  expect(github.comments).toEqual([]);
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
    expect(done.outputs["Say"]?.["found"], done.log).toBe("pass,pass,pass,");
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
    expect(done.outputs["Say"]?.["found"], done.log).toBe("fail,fail,,");
    expect(done.exitCode, done.log).toBe(0);
  });
});

/** An expression, which GitHub and not this test fills in. */
const shard = `\${{ matrix.shard }}`;

test("reports of a matrix of test shards are merged before they are judged", async () => {
  const steps = [
    { uses: "actions/checkout@v7" },
    {
      uses: `actions/upload-artifact@${uploadCommit}`,
      with: { name: `shard-${shard}`, path: `shards/${shard}/lcov.json` },
    },
  ];
  const shards = { "runs-on": "ubuntu-latest", "timeout-minutes": 5, strategy: { matrix: { shard: ["1", "2"] } }, steps };
  const settings = { artifact: "shard-*", "coverage-reports": "forge-artifacts/**/lcov.json", secrets: false, comment: false };
  const project = caller("javascript", settings, { shards });
  const [first = "", ...others] = project.read("coverage/lcov.info").split(/(?<=end_of_record\n)/);
  // Formats are told by their content; the actions that stand for GitHub's know archives of .json files only.
  project.write("shards/1/lcov.json", first);
  project.write("shards/2/lcov.json", others.join(""));
  const pull = propose(
    project,
    () => project.write("NOTES.md", "# Notes\n"),
    () => project.write("CHANGES.md", "# Changes\n"),
  );
  const done = await run(project, pull, granted);
  expect(done.outputs["Coverage gate"], done.log).toMatchObject({ coverage: "93.65", covered: "59", total: "63" });
  expect([done.outputs["Say"]?.["found"], done.exitCode]).toEqual(["pass,pass,,", 0]);
});

test("stand-alone, as an organisation's ruleset starts it, everything comes from .forge.yml", async () => {
  const project = exampleProject(join(root, `project-${++count}`));
  rmSync(join(project.path, ".github"), { recursive: true });
  project.write(".github/workflows/quality-gate.yml", readFileSync(join(root, "library", ".github/workflows/quality-gate.yml"), "utf8"));
  const gates = "coverage-gate:\n  reports: coverage/lcov.info\n  minimum: 80\n  minimum-patch: 80\n";
  project.write(".forge.yml", `quality-gate:\n  command: npm run coverage\n${gates}`);
  project.commit("Require the quality gate");
  const done = await run(project, openPullRequest(project, "untested"), granted);
  expect(done.outputs["Decide"]?.["verdict"], done.log).toBe("fail");
  expect([done.exitCodes["Decide"], done.results["Secret scan"], github.comments.length]).toEqual([1, undefined, 1]);
});
