import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepareForAct } from "../../packages/cli/adapters/act.ts";
import { exampleProject, openPullRequest } from "./project.ts";
import { type ActRun, runAct } from "./run-act.ts";

let root = "";
let count = 0;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "forge-act-"));
  mkdirSync(join(root, "library"));
  prepareForAct(join(root, "library"), new URL("../../", import.meta.url));
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
});

const workflow = (inputs: string) => `name: Benchmarks
on: pull_request
permissions: {}
jobs:
  compare:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
        with:
          fetch-depth: 2
      - name: Compare
        id: compare
        uses: org/forge/actions/benchmark-compare@v1
        with:
${inputs}
      - name: Say
        if: always()
        env:
          FOUND: \${{ steps.compare.outputs.verdict }} \${{ steps.compare.outputs.regressions }} \${{ steps.compare.outputs.compared }}
        run: echo "$FOUND"
`;

/** What it measures is the size of a source file, which the pull request has changed or not. */
function run(inputs: string): Promise<ActRun> {
  const scratch = join(root, `run-${++count}`);
  const project = exampleProject(join(scratch, "project"));
  rmSync(join(project.path, ".github"), { recursive: true });
  project.write(".github/workflows/benchmarks.yml", workflow(inputs));
  project.commit("Compare benchmarks");
  const { payload } = openPullRequest(project, "untested");
  return runAct({
    event: "pull_request",
    payload,
    project: project.path,
    library: join(root, "library"),
    scratch,
    caches: join(scratch, "caches"),
    apiUrl: "http://127.0.0.1:9",
  });
}

const measured = (text: string): string => `          baseline: none
          rounds: "2"
          command: |
            ${text}`;

test("what the change makes worse fails the step, measured in two worktrees", async () => {
  const size = `printf '[{"name":"src","unit":"bytes","value":%s}]' "$(cat src/*.js | wc -c)"`;
  const done = await run(`          alert-threshold: 0.01%\n          fail-threshold: 0.02%\n          margin: "0"\n${measured(size)}`);
  expect(done.printed["Say"]?.trim(), done.log).toBe("fail 1 1");
  expect(done.exitCode).not.toBe(0);
});

test("what stays as it is passes", async () => {
  const done = await run(measured(`echo '[{"name":"constant","unit":"bytes","value":64}]'`));
  expect(done.printed["Say"]?.trim(), done.log).toBe("pass 0 1");
  expect(done.exitCode).toBe(0);
});
