import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GitStore } from "./git-store.ts";
import { type Ask, asking } from "./scenarios.ts";
import { type FakeGitHub, startFakeGitHub } from "./server.ts";
import type { Repository } from "./state.ts";

let fake: FakeGitHub;
let open: Repository;
let closed: Repository;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
beforeEach(() => {
  fake.reset();
  open = fake.state.addRepository("org/open");
  closed = fake.state.addRepository("org/closed", { private: true });
  for (const repository of [open, closed]) {
    repository.git.commitFiles("main", { "README.md": "# Read me\n" });
    fake.state.addPullRequest(repository, { number: 1 });
  }
});
afterAll(() => fake.close());

const as = (token: string): Ask => asking(fake.url, token);

describe("whoever asks", () => {
  beforeEach(() => {
    fake.state.addActionsToken("ghs_open", open, { contents: "read", pull_requests: "read" });
    fake.state.addActionsToken("ghs_closed", closed, { checks: "write" });
    fake.state.addUserToken("ghp_person", "octocat", closed, { issues: "read" });
  });

  test.each([
    ["an unknown token", "nobody", "GET", "/repos/org/open", 401, "Bad credentials"],
    ["a job's token for its user", "ghs_open", "GET", "/user", 403, "Resource not accessible by integration"],
    ["a person for itself", "ghp_person", "GET", "/user", 200, undefined],
    [
      "a token that may only read, writing",
      "ghs_open",
      "POST",
      "/repos/org/open/issues/1/comments",
      403,
      "Resource not accessible by integration",
    ],
    [
      "a person that may only read, writing",
      "ghp_person",
      "POST",
      "/repos/org/closed/issues/1/comments",
      403,
      "Resource not accessible by personal access token",
    ],
    ["a stranger to something private", "ghs_open", "GET", "/repos/org/closed", 404, "Not Found"],
    ["a stranger writing to something private", "ghs_open", "POST", "/repos/org/closed/issues/1/comments", 404, "Not Found"],
    [
      "a token without that permission",
      "ghs_closed",
      "GET",
      "/repos/org/closed/contents/README.md",
      403,
      "Resource not accessible by integration",
    ],
    ["anybody reading something public", "ghs_closed", "GET", "/repos/org/open/contents/README.md", 200, undefined],
    ["for what is not there", "ghs_open", "GET", "/repos/org/open/pulls/99", 404, "Not Found"],
  ])("%s", async (_, token, method, path, status, message) => {
    const answer = await as(token)(method, path, method === "POST" ? { body: "x" } : undefined);
    expect(answer.status).toBe(status);
    if (message !== undefined) expect(answer.data).toMatchObject({ message, status: String(status) });
    fake.verify();
  });

  test("a request without a token may read what is public and nothing else", async () => {
    const headers = { "user-agent": "forge-tests" };
    expect((await fetch(`${fake.url}/repos/org/open`, { headers })).status).toBe(200);
    expect((await fetch(`${fake.url}/repos/org/closed`, { headers })).status).toBe(404);
    expect((await fetch(`${fake.url}/repos/org/open/issues/1/comments`, { method: "POST", headers, body: '{"body":"x"}' })).status).toBe(
      401,
    );
  });
});

describe("limits", () => {
  beforeEach(() => fake.state.addActionsToken("t", open, { issues: "write", checks: "write", contents: "write" }));

  test.each([
    [65_536, 201],
    [65_537, 422],
  ])("a comment of %i characters is answered %i", async (length, status) => {
    const answer = await as("t")("POST", "/repos/org/open/issues/1/comments", { body: "😀".repeat(10) + "x".repeat(length - 10) });
    expect(answer.status).toBe(status);
    if (status === 422) {
      expect(answer.data).toMatchObject({
        message: "Validation Failed",
        errors: [{ resource: "IssueComment", code: "unprocessable", message: "Body is too long (maximum is 65536 characters)" }],
      });
    }
    fake.verify();
  });

  test.each([
    [50, 201],
    [51, 422],
  ])("a check with %i annotations is answered %i", async (count, status) => {
    const annotations = Array.from({ length: count }, (_, line) => ({
      path: "a.ts",
      start_line: line + 1,
      end_line: line + 1,
      annotation_level: "warning",
      message: "look",
    }));
    const body = {
      name: "gate",
      head_sha: "a".repeat(40),
      status: "completed",
      conclusion: "success",
      output: { title: "t", summary: "s", annotations },
    };
    expect((await as("t")("POST", "/repos/org/open/check-runs", body)).status).toBe(status);
    if (count > 50) expect(() => fake.verify()).toThrow("annotations must NOT have more than 50 items");
    else fake.verify();
  });

  test("nothing is left of the rate limit", async () => {
    fake.state.rate.remaining = 1;
    expect((await as("t")("GET", "/repos/org/open")).status).toBe(200);
    expect((await as("t")("GET", "/repos/org/open")).data).toMatchObject({ message: expect.stringContaining("API rate limit exceeded") });
    expect((await as("t")("GET", "/rate_limit")).data).toMatchObject({ rate: { limit: 1000, remaining: 0, used: 1000 } });
    fake.verify();
  });
});

describe("what would be fiction", () => {
  beforeEach(() => fake.state.addActionsToken("t", open, { issues: "write", contents: "write" }));

  test.each([
    ["an unknown route", "GET", "/repos/org/open/unicorns", undefined, /unknown route: GET \/repos\/org\/open\/unicorns/],
    ["an unknown query", "GET", "/repos/org/open/issues/1/comments?sort=asc", undefined, /query "sort" is not described/],
    ["a query of the wrong type", "GET", "/repos/org/open/issues/1/comments?page=two", undefined, /query "page" must be integer/],
    [
      "a body without what is required",
      "POST",
      "/repos/org/open/git/refs",
      { ref: "refs/heads/x" },
      /body must have required property 'sha'/,
    ],
    ["a body of the wrong type", "POST", "/repos/org/open/issues/1/comments", { body: 7 }, /body\/body must be string/],
    ["no body", "POST", "/repos/org/open/issues/1/comments", undefined, /the body is missing/],
  ])("%s is a failure of the test", async (_, method, path, body, problem) => {
    await as("t")(method, path, body);
    expect(() => fake.verify()).toThrow(problem);
  });
});

describe("every route's answer is what GitHub describes", () => {
  test.each([
    "/repos/org/open",
    "/repos/org/open/pulls/1",
    "/repos/org/open/branches/main",
    "/repos/org/open/compare/main...main",
    "/repos/org/open/git/ref/heads%2Fmain",
    "/repos/org/open/git/trees/main?recursive=1",
    "/repos/org/open/contents/README.md",
    "/repos/org/open/contents/docs",
    "/rate_limit",
    "/user",
  ])("%s", async (path) => {
    open.git.commitFiles("main", { "docs/a.md": "a\n" });
    fake.state.addUserToken("t", "octocat", open, { contents: "write" });
    expect((await as("t")("GET", path)).status).toBe(200);
    fake.verify();
  });

  test("a comparison of two lines of work", async () => {
    fake.state.addUserToken("t", "octocat", open, {});
    const base = open.git.refs.get("refs/heads/main") ?? "";
    open.git.refs.set("refs/heads/work", base);
    open.git.commitFiles("work", { "new.ts": "a\nb\n" });
    open.git.commitFiles("main", { "README.md": "# Changed\n" });
    expect((await as("t")("GET", "/repos/org/open/compare/main...work")).data).toMatchObject({
      status: "diverged",
      ahead_by: 1,
      behind_by: 1,
      merge_base_commit: { sha: base },
      files: [{ filename: "new.ts", status: "added" }],
    });
    fake.verify();
  });
});

describe("faults", () => {
  beforeEach(() => fake.state.addActionsToken("t", open, { issues: "write" }));
  const post = () => as("t")("POST", "/repos/org/open/issues/1/comments", { body: "x" });

  test("before and after the deed", async () => {
    fake.fault({ method: "POST" }, { kind: "status", status: 502 });
    await expect(post()).rejects.toThrow();
    expect(open.comments).toHaveLength(0);
    fake.fault({ method: "POST" }, { kind: "status", status: 502, after: true });
    await expect(post()).rejects.toThrow();
    expect(open.comments).toHaveLength(1);
    expect((await post()).status).toBe(201);
    expect(fake.requests.map(({ status, fault }) => [status, fault])).toEqual([
      [502, "status"],
      [502, "status"],
      [201, undefined],
    ]);
  });

  test("can be skipped to, and end", async () => {
    fake.fault({ path: /comments$/, skip: 1, times: 2 }, { kind: "answer", status: 409, message: "Conflict" });
    const statuses = [];
    for (let index = 0; index < 4; index++) statuses.push((await post()).status);
    expect(statuses).toEqual([201, 409, 409, 201]);
  });

  test.each(["reset-mid-body", "truncated-json"] as const)("%s", async (kind) => {
    fake.fault({}, { kind, after: true });
    await expect(post()).rejects.toThrow();
    expect(open.comments).toHaveLength(1);
  });

  test("a stall ends when the client gives up, or at the reset", async () => {
    fake.fault({}, { kind: "stall" });
    const waiting = post();
    const refused = expect(waiting).rejects.toThrow();
    await expect.poll(() => fake.requests.length, { timeout: 20_000 }).toBe(1);
    fake.reset();
    await refused;
  });
});

test("a child process reaches it by its address", async () => {
  const script = `const r = await fetch(process.env.GITHUB_API_URL + "/repos/org/open", { headers: { "user-agent": "child" } }); console.log(r.status)`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...process.env, GITHUB_API_URL: fake.url },
  });
  expect(stdout.trim()).toBe("200");
  expect(fake.requests).toHaveLength(1);
});

test("objects have the hashes that git gives them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "forge-git-"));
  try {
    const store = new GitStore();
    const files = { "b.txt": "b\n", "b/c.txt": "c\n", "b-d.txt": "d\n", "ä.txt": "ä\n" };
    const sha = store.commitFiles("main", files, "Arrange\n");
    const env = { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", HOME: folder };
    const git = (...args: string[]): string => execFileSync("git", args, { cwd: folder, env, encoding: "utf8" }).trim();
    git("init", "--quiet");
    await promisify(execFile)("mkdir", ["b"], { cwd: folder });
    for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
    git("add", ".");
    expect(git("write-tree")).toBe(store.commits.get(sha)?.tree);
    const person = { NAME: "Octocat", EMAIL: "octocat@example.com", DATE: "1795132800 +0000" };
    const identity = Object.fromEntries(
      ["AUTHOR", "COMMITTER"].flatMap((who) => Object.entries(person).map(([what, value]) => [`GIT_${who}_${what}`, value])),
    );
    const made = execFileSync("git", ["commit-tree", git("write-tree")], {
      cwd: folder,
      env: { ...env, ...identity },
      input: "Arrange\n",
      encoding: "utf8",
    });
    expect(made.trim()).toBe(sha);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
