import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { stageLibrary } from "./library.ts";
import { exampleProject, mergeRequest, type Project, type PullRequest, pushPayload } from "./project.ts";
import { type ActRequest, type ActRun, runAct } from "./run-act.ts";

const gate = "Bundle size";
const requests: string[] = [];
/** A GitHub that refuses everything, as it does whoever has no token. */
const api = createServer((request, response) => {
  requests.push(`${request.method} ${request.url}`);
  response.writeHead(403, { "content-type": "application/json" }).end('{"message":"Resource not accessible by integration"}');
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
  project = exampleProject(join(scratch, "project"), "web");
});

let runs = 0;

function run(event: string, payload: unknown, further: Partial<ActRequest> = {}): Promise<ActRun> {
  const folders = { project: project.path, library, scratch: join(scratch, `run-${++runs}`), caches: join(scratch, "caches") };
  return runAct({ event, payload, ...folders, apiUrl, ...further });
}

/** Opens a pull request with one of the example's changes, built, while `main` moves on. */
function propose(change: "library" | "by-hand"): PullRequest {
  const from = join(project.path, "changes", change);
  project.git("switch", "--quiet", "--create", "sorted");
  project.git("apply", join("changes", change, "change.diff"));
  for (const file of readdirSync(join(project.path, "public"))) rmSync(join(project.path, "public", file));
  for (const built of ["public", "meta.json"]) cpSync(join(from, built), join(project.path, built), { recursive: true });
  project.commit("Sort the harbours");
  project.git("switch", "--quiet", "main");
  return mergeRequest(project, "sorted");
}

/** The example's workflow with other inputs for its gate. */
function withInputs(lines: string): void {
  const path = ".github/workflows/bundle-size.yml";
  const step = "uses: org/forge/actions/bundle-size@v1\n";
  project.write(path, project.read(path).replace(step, `${step}        with:\n${lines}\n`));
  project.commit("Other inputs");
}

test("main stores its sizes; the pull request that brings a library in fails by its first visit, and is told which library", async () => {
  const push = await run("push", pushPayload(project));
  expect(push.results, push.log).toMatchObject({ [gate]: "success" });
  expect(push.printed["Say what was found"]).toContain("first visit");

  const done = await run("pull_request", propose("library").payload);
  expect(done.results, done.log).toMatchObject({ [gate]: "failure", "Say what was found": "success" });
  expect(done.exitCodes[gate]).toBe(1);
  expect(done.exitCode).not.toBe(0);
  const said = done.printed["Say what was found"] ?? "";
  expect(said).toContain("first visit: max");
  expect(said).toMatch(/lodash-es grew most: \+\d+\.\d kB/);
  expect(done.summary).toContain("main-ZNTMYJGI.js");
  expect(done.annotations.map(({ level, message }) => `${level} ${message}`).join("\n")).toContain("error");
});

test("the same without a library passes", async () => {
  await run("push", pushPayload(project));
  const done = await run("pull_request", propose("by-hand").payload);
  expect(done.results[gate], done.log).toBe("success");
  expect(done.printed["Say what was found"]).toMatch(/^Bundle 1\.40 kB gzip, \+\d+ B \(.*\); 3 limits hold/);
  expect(done.exitCode).toBe(0);
});

test("nothing stored, no token, and a comment wanted: limits hold, growth is not judged, the comment is what is missing", async () => {
  withInputs("          comment: true");
  const done = await run("pull_request", propose("by-hand").payload, { withoutCache: true });
  expect(done.results[gate], done.log).toBe("success");
  expect(done.printed["Say what was found"]).toContain("max-increase was not judged");
  expect(done.summary).toContain("token");
  expect(requests.filter((request) => !request.startsWith("GET "))).toEqual([]);
});
