import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stageLibrary } from "./library.ts";
import { writeObservedWorkflow } from "./observed-workflow.ts";
import { exampleProject, openPullRequest, type Project, pushPayload } from "./project.ts";
import { type ActRequest, type ActRun, runAct } from "./run-act.ts";

const reports = "coverage/lcov.info";
const gate = "Coverage gate";
const requests: string[] = [];
/** A GitHub that is down: everything is answered with 503, and remembered. */
const api = createServer((request, response) => {
  requests.push(`${request.method} ${request.url}`);
  response.writeHead(503).end();
});

let root = "";
let library = "";
let apiUrl = "";
let count = 0;
let scratch = "";
let project: Project;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "forge-act-"));
  library = stageLibrary(join(root, "library"));
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const address = api.address();
  if (typeof address === "object" && address !== null) apiUrl = `http://127.0.0.1:${address.port}`;
});

afterAll(async () => {
  await new Promise((resolve) => api.close(resolve));
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
});

beforeEach(() => {
  requests.length = 0;
  scratch = join(root, `test-${++count}`);
  project = exampleProject(join(scratch, "project"));
});

let runs = 0;

function run(event: string, payload: unknown, further: Partial<ActRequest> = {}): Promise<ActRun> {
  const folders = { project: project.path, library, scratch: join(scratch, `run-${++runs}`), caches: join(scratch, "caches") };
  return runAct({ event, payload, ...folders, apiUrl, ...further });
}

describe("the example's own workflow, as it is shipped", () => {
  test("a push to main passes, and a later step reads the summary", async () => {
    const done = await run("push", pushPayload(project));
    expect(done.results, done.log).toMatchObject({ Test: "success", [gate]: "success", "Say what was found": "success" });
    expect(done.exitCode).toBe(0);
    expect(done.printed["Say what was found"]).toContain("93.65");
  });

  test("a pull request with untested code fails by the patch rule, although the total passes", async () => {
    const { payload } = openPullRequest(project, "untested");
    const done = await run("pull_request", payload);
    expect(done.results, done.log).toMatchObject({ Test: "success", [gate]: "failure", "Say what was found": "success" });
    expect(done.exitCodes[gate]).toBe(1);
    expect(done.exitCode).not.toBe(0);
    expect(done.printed["Say what was found"]).toContain("70.83");
    expect(done.summary.split("\n")[0]).toContain("70.83");
    expect(done.summary).toContain("src/price.js");
  });

  test("the same pull request with tests passes", async () => {
    const { payload } = openPullRequest(project, "tested");
    const done = await run("pull_request", payload);
    expect(done.results[gate], done.log).toBe("success");
    expect(done.exitCode).toBe(0);
  });
});

describe("what a later step reads", () => {
  test("all numbers of a push", async () => {
    writeObservedWorkflow(project, { reports });
    project.commit("Observe");
    const done = await run("push", pushPayload(project));
    expect(done.observed, done.log).toMatchObject({
      outcome: "success",
      outputs: { verdict: "pass", coverage: "93.65", covered: "59", total: "63", "uncovered-files": "2" },
    });
  });

  test("all numbers of a failing pull request, in lines of the tested tree and of its head", async () => {
    writeObservedWorkflow(project, { reports });
    project.commit("Observe");
    const pull = openPullRequest(project, "untested");
    const done = await run("pull_request", pull.payload);
    expect(done.observed, done.log).toMatchObject({
      outcome: "failure",
      outputs: { verdict: "fail", "patch-coverage": "70.83", "patch-covered": "17", "patch-total": "24" },
    });
    const report = done.report;
    expect(report).toMatchObject({ schema: "forge-report/1", action: "coverage-gate", verdict: "fail", commit: pull.merge });
    // main put two lines above the hunk: the tested tree is two below the head that the author sees.
    const prices = report?.data.files.find((file) => file.path === "src/price.js");
    expect(prices?.patch.uncovered).toEqual([
      [30, 31],
      [34, 38],
    ]);
    const findings = report?.findings.map((finding) => [finding.path, finding.line]);
    expect(findings).toContainEqual(["src/price.js", 28]);
    expect(findings).toContainEqual(["src/price.js", 32]);
    const shown = done.annotations.map(({ properties }) => [properties.file, properties.line]);
    expect(shown).toContainEqual(["src/price.js", "28"]);
    expect(shown).toContainEqual(["src/price.js", "32"]);
  });

  test("enforce: false lets the job go on, and still says what would fail", async () => {
    writeObservedWorkflow(project, { reports, enforce: "false" });
    project.commit("Observe");
    const { payload } = openPullRequest(project, "untested");
    const done = await run("pull_request", payload);
    expect(done.observed, done.log).toMatchObject({ outcome: "success", outputs: { verdict: "fail", "patch-coverage": "70.83" } });
    expect(done.results[gate]).toBe("success");
    expect(done.exitCode).toBe(0);
  });
});

describe("what is wrong stays wrong", () => {
  test("a report that is not there is exit code 2, also with enforce: false", async () => {
    writeObservedWorkflow(project, { reports: "coverage/nothing.info", enforce: "false" });
    project.commit("Observe");
    const done = await run("push", pushPayload(project));
    expect(done.exitCodes[gate], done.log).toBe(2);
    expect(done.observed).toMatchObject({ outcome: "failure", outputs: { verdict: "unknown" } });
    expect(done.annotations.map((annotation) => annotation.message).join()).toContain("coverage/nothing.info");
    expect(done.exitCode).not.toBe(0);
  });

  test("every bad input is named in one run", async () => {
    writeObservedWorkflow(project, { reports, minimum: "eighty", metric: "words" });
    project.commit("Observe");
    const done = await run("push", pushPayload(project));
    expect(done.exitCodes[gate], done.log).toBe(2);
    expect(done.log).toContain("eighty");
    expect(done.log).toContain("words");
  });
});

describe("without the world", () => {
  test("GitHub is not asked at all when nothing has to be posted, and the verdict needs no cache service", async () => {
    writeObservedWorkflow(project, { reports });
    project.commit("Observe");
    const { payload } = openPullRequest(project, "untested");
    const done = await run("pull_request", payload, { withoutCache: true });
    expect(done.observed?.outputs.verdict, done.log).toBe("fail");
    expect(requests).toEqual([]);
  });

  test("a comment that cannot be posted does not change the verdict", async () => {
    writeObservedWorkflow(project, { reports, comment: "true", token: "t0ken-of-the-job" });
    project.commit("Observe");
    const { payload } = openPullRequest(project, "tested");
    const done = await run("pull_request", payload);
    expect(done.observed, done.log).toMatchObject({ outcome: "success", outputs: { verdict: "pass" } });
    expect(requests.length).toBeGreaterThan(0);
    // act's own log repeats the command that masks the token.
    expect(JSON.stringify([done.printed, done.annotations, done.summary, done.observed, done.report])).not.toContain("t0ken-of-the-job");
  });
});

test("a push to main leaves a baseline in the cache, and a pull request is compared with it", async () => {
  writeObservedWorkflow(project, { reports, "minimum-patch": "0", "maximum-drop": "1" });
  project.commit("Observe");
  const { payload } = openPullRequest(project, "untested");
  project.git("switch", "--quiet", "main");
  const pushed = await run("push", pushPayload(project));
  expect(pushed.observed?.outputs.verdict, pushed.log).toBe("pass");
  project.git("switch", "--quiet", "--detach", "-");
  const done = await run("pull_request", payload);
  // 72 of 83 lines after 59 of 63, both with the two comment lines of main.
  expect(done.observed?.outputs, done.log).toMatchObject({ verdict: "fail", delta: expect.stringMatching(/^[-\u2212][67]\.[0-9]{2}$/) });
  expect(done.exitCodes[gate]).toBe(1);
});
