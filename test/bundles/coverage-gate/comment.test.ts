import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Permissions, Repository } from "../../fake-github/state.ts";
import { type Happening, proposed, pushed } from "../events.ts";
import { cleanUp } from "../harness.ts";
import { edit, type PullRequest, pullRequest } from "../pull-request.ts";
import { ended, gate, type Lines, lcov, notes, source } from "./gate.ts";

let fake: FakeGitHub;
let pull: PullRequest;
beforeAll(async () => {
  fake = await startFakeGitHub();
  pull = pullRequest({
    before: { "src/a.js": source(10) },
    change: { "src/a.js": source(13) },
    reports: { "coverage/lcov.info": lcov({ "src/a.js": "1111111111001" }) },
  });
});
beforeEach(() => fake.reset());
afterEach(() => fake.verify());
afterAll(async () => {
  await fake.close();
  cleanUp();
});

const token = "ghs_job";
const inputs = { comment: "true", token, minimum: "0", "minimum-patch": "80" };

function repository(permissions: Permissions = { contents: "read", pull_requests: "write" }): Repository {
  const made = fake.state.addRepository("octo/app");
  made.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addPullRequest(made, { number: 7 });
  fake.state.addActionsToken(token, made, permissions);
  return made;
}

function through(api: FakeGitHub, happening: Happening = pull.happening): Happening {
  return { ...happening, env: { ...happening.env, GITHUB_API_URL: api.url } };
}

describe("the comment", () => {
  it("has the marker, the answer, the rule and the lines, and costs a few requests", async () => {
    const { comments } = repository();
    const run = await gate(pull.folder, inputs, through(fake));
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(comments).toHaveLength(1);
    const body = comments[0]?.body ?? "";
    expect(body).toMatch(/^<!-- forge:coverage-gate -->\n/);
    expect(body).toContain("Patch coverage 33.33% is below minimum-patch 80%");
    expect(body).toContain(`${pull.head}/src/a.js#L11-L12`);
    expect(fake.requests.length).toBeLessThanOrEqual(6);
    expect(
      fake.requests
        .flatMap(({ needs }) => needs)
        .filter((need) => need.endsWith("=write"))
        .sort(),
    ).toEqual(["issues=write", "pull_requests=write"]);
  });

  it("is one, whatever runs again: the same text, another text, another id beside it", async () => {
    const { comments } = repository();
    await gate(pull.folder, inputs, through(fake));
    const [first] = comments;
    await gate(pull.folder, inputs, through(fake));
    await gate(pull.folder, { ...inputs, "minimum-patch": "30" }, through(fake));
    expect(comments.map(({ id }) => id)).toEqual([first?.id]);
    expect(comments[0]?.body).toMatch(/pass/i);
    await gate(pull.folder, { ...inputs, id: "web" }, through(fake));
    expect(comments).toHaveLength(2);
    expect(comments[1]?.body).toContain("<!-- forge:coverage-gate.web -->");
  });

  it("is found among 250 others, and a forged marker is left alone", async () => {
    const made = repository();
    fake.state.addComment(made, { issue: 7, author: "stranger", body: "<!-- forge:coverage-gate -->\nI am green" });
    for (let index = 0; index < 250; index++) fake.state.addComment(made, { issue: 7, author: "octocat", body: `remark ${index}` });
    for (let turn = 0; turn < 3; turn++) await gate(pull.folder, { ...inputs, minimum: String(turn) }, through(fake));
    expect(made.comments.filter(({ author }) => author === "github-actions[bot]")).toHaveLength(1);
    expect(made.comments[0]?.body).toContain("I am green");
  });

  it("two runs at once with different ids leave one each", async () => {
    const { comments } = repository();
    await Promise.all(["web", "api"].map((id) => gate(pull.folder, { ...inputs, id }, through(fake))));
    expect(comments.map(({ body }) => body.split("\n")[0]).sort()).toEqual([
      "<!-- forge:coverage-gate.api -->",
      "<!-- forge:coverage-gate.web -->",
    ]);
  });

  it("stays within GitHub's limit with 5,000 files and 60,000 lines, worst first, and says what is left out", async () => {
    const { comments } = repository();
    const names = Array.from({ length: 5_000 }, (_, index) => `packages/quite-a-long-name-${index % 50}/src/module-${index}.js`);
    const big = pullRequest({
      before: { "README.md": "x\n" },
      change: Object.fromEntries(names.map((name, index) => [name, source(index === 4_321 ? 40 : 12)])),
    });
    const report = Object.fromEntries(
      names.map((name, index): [string, Lines] => [name, index === 4_321 ? "0".repeat(40) : "011111111111"]),
    );
    edit(big.folder, { "coverage/lcov.info": lcov(report) });
    const run = await gate(big.folder, { ...inputs, "minimum-patch": "95" }, through(fake, big.happening));
    expect(ended(run), run.log.slice(0, 2_000)).toEqual([1, "fail"]);
    const body = comments[0]?.body ?? "";
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_000);
    expect(body.indexOf("module-4321.js")).toBeGreaterThan(0);
    expect(body.indexOf("module-4321.js")).toBeLessThan(body.indexOf("module-0.js"));
    expect(body).toMatch(/more|Left out/);
    expect(Buffer.byteLength(run.summary)).toBeLessThanOrEqual(1_048_576);
    expect(run.outputs).toMatchObject({ "uncovered-files": "5000", "patch-total": "60028" });
    expect(run.report?.data["files"]).toHaveLength(5_000);
  });
});

describe("what does not decide the verdict", () => {
  const verdicts = { failing: inputs, passing: { ...inputs, "minimum-patch": "30" } };

  it.each([
    ["a fork, whose token may only read", { pull_requests: "read" }, true, /forks/],
    ["a job without the permission", { contents: "read" }, false, /pull-requests: write/],
  ] as const)("%s", async (_, permissions, fork, reason) => {
    const { comments } = repository(permissions);
    const happening = through(fake, proposed({ base: pull.base, head: pull.head, tested: pull.merge }, { fork }));
    const failing = await gate(pull.folder, verdicts.failing, happening);
    const passing = await gate(pull.folder, verdicts.passing, happening);
    expect([failing.exitCode, passing.exitCode]).toEqual([1, 0]);
    expect(notes(failing)).toMatch(/No comment was posted/);
    expect(notes(failing)).toMatch(reason);
    expect(failing.summary).toMatch(reason);
    expect(passing.commands.map(({ name }) => name)).not.toContain("error");
    expect(comments).toEqual([]);
  });

  it("no token, and an invalid one", async () => {
    repository();
    const none = await gate(pull.folder, { ...verdicts.passing, token: "" }, through(fake));
    expect([none.exitCode, fake.requests.length]).toEqual([0, 0]);
    expect(notes(none)).toContain("no token");
    const invalid = await gate(pull.folder, { ...verdicts.passing, token: "ghs_other" }, through(fake));
    expect(invalid.exitCode).toBe(0);
    expect(notes(invalid)).toMatch(/not valid/);
  });

  it("a repository that the token cannot see", async () => {
    const run = await gate(pull.folder, verdicts.failing, through(fake));
    expect(run.exitCode).toBe(1);
    expect(notes(run)).toContain("No comment was posted");
  });

  it("a limit that lasts longer than anyone waits", async () => {
    repository();
    fake.fault({ times: Number.POSITIVE_INFINITY }, { kind: "rate-limit", resetIn: 3_000 });
    const run = await gate(pull.folder, verdicts.passing, through(fake));
    expect(run.exitCode).toBe(0);
    expect(notes(run)).toMatch(/rate limit/);
    expect(fake.requests).toHaveLength(1);
  });

  it("an API that is down: summary, annotations and exit code are all there", async () => {
    const happening = { ...pull.happening, env: { ...pull.happening.env, GITHUB_API_URL: "http://127.0.0.1:9" } };
    const run = await gate(pull.folder, verdicts.failing, happening);
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(notes(run)).toMatch(/GitHub did not answer/);
    expect(run.summary).toContain("Patch coverage 33.33%");
  });

  it("an answer that was lost after the comment was posted does not post it twice", async () => {
    const { comments } = repository();
    fake.fault({ method: "POST", path: "/comments" }, { kind: "status", status: 502, after: true });
    const run = await gate(pull.folder, verdicts.failing, through(fake));
    expect(run.exitCode).toBe(1);
    expect(comments).toHaveLength(1);
  });
});

describe("requests that are not made", () => {
  it("none without `comment`, on a push, or when the inputs are wrong", async () => {
    repository();
    await gate(pull.folder, { ...inputs, comment: "false" }, through(fake));
    await gate(pull.folder, inputs, through(fake, pushed(pull.merge, { before: pull.base })));
    expect((await gate(pull.folder, { ...inputs, minimum: "many" }, through(fake))).exitCode).toBe(2);
    expect(fake.requests).toEqual([]);
  });
});

describe("a GitHub Enterprise Server", () => {
  it("is spoken to below /api/v3, and linked to", async () => {
    const server = await startFakeGitHub({ prefix: "/api/v3" });
    try {
      const made = server.state.addRepository("octo/app");
      server.state.addPullRequest(made, { number: 7 });
      server.state.addActionsToken(token, made, { pull_requests: "write" });
      const happening = through(server);
      const env = { ...happening.env, GITHUB_SERVER_URL: "https://git.example.com" };
      const run = await gate(pull.folder, inputs, { ...happening, env });
      expect(ended(run), run.log).toEqual([1, "fail"]);
      expect(made.comments[0]?.body).toContain("https://git.example.com/octo/app/blob/");
      expect(server.requests.every(({ path }) => !path.startsWith("(outside"))).toBe(true);
      server.verify();
    } finally {
      await server.close();
    }
  });
});
