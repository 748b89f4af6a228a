import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepareForAct } from "../../packages/cli/adapters/act.ts";
import { exampleProject, openPullRequest, type Project } from "./project.ts";
import { type ActRun, runAct } from "./run-act.ts";

/** A GitHub that refuses everything. act gives the job no token, which is the poorest case of a fork. */
const api = createServer((_request, response) => {
  response.writeHead(403, { "content-type": "application/json" }).end('{"message":"Resource not accessible by integration"}');
});

let root = "";
let apiUrl = "";
let count = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "forge-act-"));
  mkdirSync(join(root, "library"));
  prepareForAct(join(root, "library"), new URL("../../", import.meta.url));
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const address = api.address();
  if (typeof address === "object" && address !== null) apiUrl = `http://127.0.0.1:${address.port}`;
});

afterAll(async () => {
  await new Promise((resolve) => api.close(resolve));
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
});

const workflow = (settings: string) => `name: Quality
on: pull_request
permissions: {}
jobs:
  quality:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - name: Test
        run: npm run coverage
      - name: Quality gate
        id: quality
        uses: org/forge/composite/quality-gate@v1
        with:
          coverage-reports: coverage/lcov.info
${settings}
      - name: Say
        if: always()
        env:
          FOUND: \${{ steps.quality.outputs.verdict }} \${{ steps.quality.outputs.coverage-gate }} \${{ steps.quality.outputs.secret-scan }}
        run: echo "$FOUND"
`;

function run(change: "tested" | "untested", settings = ""): Promise<ActRun> {
  const scratch = join(root, `run-${++count}`);
  const project: Project = exampleProject(join(scratch, "project"));
  rmSync(join(project.path, ".github"), { recursive: true });
  project.write(".github/workflows/quality.yml", workflow(settings));
  project.commit("Call the quality gate");
  const { payload } = openPullRequest(project, change);
  return runAct({
    event: "pull_request",
    payload,
    project: project.path,
    library: join(root, "library"),
    scratch,
    caches: join(scratch, "caches"),
    apiUrl,
  });
}

test("tested code passes without a token", async () => {
  const done = await run("tested");
  expect(done.printed["Say"]?.trim(), done.log).toBe("pass pass pass");
  expect(done.exitCode).toBe(0);
});

test("untested code fails the step, after every part has run", async () => {
  const done = await run("untested");
  expect(done.printed["Say"]?.trim(), done.log).toBe("fail fail pass");
  expect(done.exitCode).not.toBe(0);
});

test("no gate on is an error, never a silent green", async () => {
  const done = await run("tested", '          coverage: "false"\n          secrets: "false"');
  expect(done.printed["Say"]?.trim(), done.log).toBe("");
  expect(done.exitCode).not.toBe(0);
});
