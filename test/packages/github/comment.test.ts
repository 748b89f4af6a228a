import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openComment } from "../../../packages/github/adapters/comment.ts";
import type { Pace } from "../../../packages/github/client.ts";
import { markerOf } from "../../../packages/github/sticky.ts";
import type { Fault } from "../../fake-github/faults.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Repository } from "../../fake-github/state.ts";
import { arrangeRepository, freePace, jobToken, memoryLog, pullRequestEvent } from "./arrange.ts";

let fake: FakeGitHub;
let repository: Repository;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
beforeEach(() => {
  fake.reset();
  repository = arrangeRepository(fake);
});
afterEach(() => fake.verify());
afterAll(() => fake.close());

function upsert(body: string, options: { token?: string | undefined; pace?: Partial<Pace>; key?: string; fork?: boolean } = {}) {
  const event = pullRequestEvent(fake);
  const pullRequest = event.pullRequest === undefined ? undefined : { ...event.pullRequest, fork: options.fork ?? false };
  const pace = options.pace ?? freePace();
  const token = "token" in options ? options.token : jobToken;
  return openComment({ event: { ...event, pullRequest }, token, log: memoryLog(), clock: { now: () => Date.now() }, pace }).upsert(
    options.key ?? "coverage-gate",
    body,
  );
}

const routesUsed = () => fake.requests.map(({ method, path }) => `${method} ${path.replace("/repos/org/app", "")}`);
const bodies = () => repository.comments.map(({ body }) => body);
const marker = markerOf("coverage-gate");

describe("one comment", () => {
  test("is posted with the marker as its first line, in three requests", async () => {
    expect(await upsert("83.33 %")).toEqual({ url: `https://github.com/org/app/pull/7#issuecomment-${repository.comments[0]?.id}` });
    expect(bodies()).toEqual([`${marker}\n83.33 %`]);
    expect(routesUsed()).toEqual(["GET /issues/7/comments", "POST /issues/7/comments", "GET /issues/7/comments"]);
  });

  test("is rewritten by the next run, in three requests", async () => {
    await upsert("first");
    const before = fake.requests.length;
    const again = await upsert("second");
    expect(again).toEqual({ url: expect.stringContaining("#issuecomment-") });
    expect(bodies()).toEqual([`${marker}\nsecond`]);
    expect(fake.requests.slice(before).map(({ method }) => method)).toEqual(["GET", "POST", "PATCH"]);
    expect(fake.requests.at(before + 1)?.route).toBe("POST /graphql");
  });

  test("is left alone when it says the same already", async () => {
    await upsert("same");
    const before = fake.requests.length;
    await upsert("same");
    expect(fake.requests.slice(before).some(({ method }) => method === "PATCH")).toBe(false);
  });

  test("of another key is another comment", async () => {
    await upsert("a", { key: "coverage-gate" });
    await upsert("b", { key: "coverage-gate.web" });
    expect(repository.comments).toHaveLength(2);
  });

  test("is found behind 250 others, with one request a page", async () => {
    for (let index = 0; index < 250; index++) fake.state.addComment(repository, { issue: 7, author: "octocat", body: `chatter ${index}` });
    await upsert("first");
    const before = fake.requests.length;
    await upsert("second");
    expect(repository.comments).toHaveLength(251);
    expect(repository.comments.at(-1)?.body).toBe(`${marker}\nsecond`);
    expect(fake.requests.slice(before)).toHaveLength(5);
  });

  test("needs no more than pull-requests: write", async () => {
    await upsert("x");
    await upsert("y");
    expect(new Set(fake.requests.flatMap(({ needs }) => (needs.length === 0 ? [] : [needs.join(" or ")])))).toEqual(
      new Set(["issues=read or pull_requests=read", "issues=write or pull_requests=write"]),
    );
  });

  test("is cut at a line where it would be too long, and says so", async () => {
    const lines = Array.from({ length: 7000 }, (_, index) => `line ${index} …`);
    await upsert(lines.join("\n"));
    const [body = ""] = bodies();
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(/\nline \d+ …\n\n\*The rest was cut off/);
  });
});

describe("whose comment it is", () => {
  test("a stranger's forged marker is not touched", async () => {
    fake.state.addComment(repository, { issue: 7, author: "mallory", body: `${marker}\nall is well` });
    await upsert("truth");
    expect(repository.comments.map(({ author, body }) => [author, body])).toEqual([
      ["mallory", `${marker}\nall is well`],
      ["github-actions[bot]", `${marker}\ntruth`],
    ]);
  });

  test("a person called like the bot is not the bot", async () => {
    fake.state.addComment(repository, { issue: 7, author: "github-actions", body: `${marker}\nforged` });
    await upsert("truth");
    expect(repository.comments).toHaveLength(2);
  });

  test("another app edits its own and not the job's", async () => {
    await upsert("by the job");
    fake.state.addAppToken("ghs_app", "forge-app", repository, { issues: "write" });
    await upsert("by the app", { token: "ghs_app" });
    await upsert("by the app again", { token: "ghs_app" });
    expect(bodies()).toEqual([`${marker}\nby the job`, `${marker}\nby the app again`]);
  });

  test("a person's token edits that person's", async () => {
    fake.state.addUserToken("ghp_person", "octocat", repository, { issues: "write" });
    await upsert("one", { token: "ghp_person" });
    await upsert("two", { token: "ghp_person" });
    expect(repository.comments.map(({ author, body }) => [author, body])).toEqual([["octocat", `${marker}\ntwo`]]);
  });

  test.each([
    ["ghs_job", "github-actions[bot]"],
    ["ghp_person", "octocat"],
  ])("without GraphQL %s is still told to be %s", async (token, author) => {
    fake.state.addUserToken("ghp_person", "octocat", repository, { issues: "write" });
    await upsert("one", { token });
    fake.fault({ path: "/graphql", times: Number.POSITIVE_INFINITY }, { kind: "answer", status: 404, message: "Not Found" });
    await upsert("two", { token });
    expect(repository.comments.map((comment) => [comment.author, comment.body])).toEqual([[author, `${marker}\ntwo`]]);
  });

  test("the marker must be the beginning: a quoted one is chatter", async () => {
    fake.state.addComment(repository, { issue: 7, author: "github-actions[bot]", body: `> ${marker}\n> quoted` });
    await upsert("x");
    expect(repository.comments).toHaveLength(2);
  });
});

describe("nothing is posted", () => {
  test("without a token", async () => {
    expect(await upsert("x", { token: undefined })).toEqual({ skipped: "no token" });
    expect(fake.requests).toHaveLength(0);
  });

  test("outside a pull request", async () => {
    const event = { ...pullRequestEvent(fake), pullRequest: undefined };
    const comment = openComment({ event, token: jobToken, log: memoryLog(), clock: { now: () => 0 } });
    expect(await comment.upsert("x", "y")).toEqual({ skipped: "this run is not about a pull request" });
  });

  test.each([
    [false, "the token may not write comments: the job needs `permissions: pull-requests: write`"],
    [true, "pull requests from forks get a token that may only read"],
  ])("with a token that may only read (fork: %s)", async (fork, skipped) => {
    fake.state.addActionsToken("ghs_reader", repository, { contents: "read", pull_requests: "read" });
    expect(await upsert("x", { token: "ghs_reader", fork })).toEqual({ skipped });
    expect(fake.requests).toHaveLength(2);
    expect(bodies()).toEqual([]);
  });

  test("with a token that is not valid", async () => {
    expect(await upsert("x", { token: "ghs_unknown" })).toEqual({ skipped: "the token is not valid (401)" });
  });

  test("on a locked pull request", async () => {
    fake.state.addPullRequest(repository, { number: 7, locked: true });
    expect(await upsert("x")).toEqual({
      skipped: "the token may not do that (403: Unable to create comment because issue is locked.)",
    });
  });

  test("where the pull request cannot be seen", async () => {
    repository.pulls.clear();
    expect(await upsert("x")).toEqual({ skipped: "it does not exist, or the token may not see it (404)" });
  });
});

/** All of them end with one comment, or with none and a reason. */
const passing: readonly (readonly [string, Fault])[] = [
  ["500", { kind: "status", status: 500 }],
  ["502 before", { kind: "status", status: 502 }],
  ["502 after", { kind: "status", status: 502, after: true }],
  ["503", { kind: "status", status: 503 }],
  ["a secondary limit", { kind: "secondary-limit", retryAfter: 5 }],
  ["429 that ends soon", { kind: "rate-limit", resetIn: 3 }],
  ["403 with nothing remaining", { kind: "rate-limit", status: 403, resetIn: 3 }],
  ["a stall", { kind: "stall" }],
  ["a stall after the deed", { kind: "stall", after: true }],
  ["a reset in the body", { kind: "reset-mid-body" }],
  ["a reset in the body after the deed", { kind: "reset-mid-body", after: true }],
  ["half an answer", { kind: "truncated-json" }],
  ["half an answer after the deed", { kind: "truncated-json", after: true }],
];

describe.each(passing)("one fault, %s", (_, fault) => {
  test.each(["GET", "POST"])("at the first %s of a first comment", async (method) => {
    fake.fault({ method, path: "/issues/7/comments" }, fault);
    expect(await upsert("x")).toEqual({ url: expect.stringContaining("#issuecomment-") });
    expect(bodies()).toEqual([`${marker}\nx`]);
  });

  test("at the update", async () => {
    await upsert("old");
    fake.fault({ method: "PATCH" }, fault);
    expect(await upsert("new")).toEqual({ url: expect.stringContaining("#issuecomment-") });
    expect(bodies()).toEqual([`${marker}\nnew`]);
  });

  test("at the look for duplicates", async () => {
    fake.fault({ method: "GET", path: "/issues/7/comments", skip: 1 }, fault);
    expect(await upsert("x")).toEqual({ url: expect.stringContaining("#issuecomment-") });
    expect(bodies()).toEqual([`${marker}\nx`]);
  });
});

describe("a service that stays down", () => {
  const always = Number.POSITIVE_INFINITY;
  test.each([
    [{ kind: "status", status: 503 }, "GitHub answered 503"],
    [{ kind: "stall" }, "GitHub did not answer (The operation was aborted due to timeout)"],
    [{ kind: "reset-mid-body" }, "GitHub did not answer (the answer broke off)"],
    [{ kind: "secondary-limit", retryAfter: 3600 }, "GitHub's rate limit is used up for another 60 minutes"],
    [{ kind: "secondary-limit" }, "GitHub's rate limit is used up for another minute"],
    [{ kind: "rate-limit", resetIn: 120 }, "GitHub's rate limit is used up for another 3 minutes"],
  ] as const)("%o is told and waited for within bounds", async (fault, skipped) => {
    fake.fault({ times: always }, fault);
    const pace = freePace();
    expect(await upsert("x", { pace })).toEqual({ skipped });
    expect(pace.total()).toBeLessThanOrEqual(30_000);
    expect(fake.requests.length).toBeLessThanOrEqual(3);
  });

  test("a limit that is asked for again and again uses up the patience and no more", async () => {
    fake.fault({ times: always }, { kind: "secondary-limit", retryAfter: 8 });
    const pace = freePace();
    expect(await upsert("x", { pace })).toHaveProperty("skipped");
    expect(pace.total()).toBe(24_000);
  });

  test("a POST that fails twice is not tried a third time", async () => {
    fake.fault({ method: "POST", times: always }, { kind: "status", status: 502 });
    expect(await upsert("x")).toEqual({ skipped: "GitHub answered 502" });
    expect(fake.requests.filter(({ method }) => method === "POST")).toHaveLength(2);
    expect(bodies()).toEqual([]);
  });

  test("waiting is told in the log", async () => {
    fake.fault({}, { kind: "secondary-limit", retryAfter: 5 });
    const log = memoryLog();
    await openComment({ event: pullRequestEvent(fake), token: jobToken, log, clock: { now: () => 0 }, pace: freePace() }).upsert("k", "x");
    expect(log.lines).toEqual(["GitHub's rate limit: waiting 5 s, as it asks."]);
  });
});

describe("lists that lag", () => {
  test.each([1, 2, 3])("an answer that was lost is found %i lists later, and nothing is posted twice", async (lag) => {
    fake.state.listLag = lag;
    fake.fault({ method: "POST", path: "/issues" }, { kind: "status", status: 502, after: true });
    expect(await upsert("x")).toHaveProperty("url");
    expect(bodies()).toEqual([`${marker}\nx`]);
    expect(fake.requests.filter(({ method, path }) => method === "POST" && path.includes("issues")).length).toBeLessThanOrEqual(2);
  });

  test("the run after, which does not see the comment yet, leaves one", async () => {
    fake.state.listLag = 2;
    await openComment({
      event: pullRequestEvent(fake),
      token: jobToken,
      log: memoryLog(),
      clock: { now: () => 0 },
      // No patience to look again: the comment stays unseen.
      pace: { ...freePace(), patience: 0 },
    }).upsert("coverage-gate", "first");
    repository.listsServed = 0;
    await upsert("second");
    expect(bodies()).toEqual([`${marker}\nsecond`]);
  });
});

describe("races", () => {
  test.each([
    [2, 0],
    [10, 0],
    [2, 1],
    [10, 2],
  ])("%i at once leave one comment (lists lag by %i)", async (writers, lag) => {
    fake.state.listLag = lag;
    const answers = await Promise.all(Array.from({ length: writers }, (_, index) => upsert(`writer ${index}`)));
    expect(new Set(answers.map((answer) => ("url" in answer ? answer.url : answer.skipped))).size).toBe(1);
    expect(repository.comments).toHaveLength(1);
    expect(bodies()[0]).toMatch(/writer \d$/);
  });

  test("what a killed run left double is mended by the next: the oldest stays", async () => {
    const author = "github-actions[bot]";
    const oldest = fake.state.addComment(repository, { issue: 7, author, body: `${marker}\na` });
    fake.state.addComment(repository, { issue: 7, author, body: `${marker}\nb` });
    fake.state.addComment(repository, { issue: 7, author, body: `${marker}\nc` });
    await upsert("d");
    expect(repository.comments.map(({ id, body }) => [id, body])).toEqual([[oldest.id, `${marker}\nd`]]);
  });

  test("a comment that is deleted under our hands is posted again", async () => {
    await upsert("old");
    fake.fault({ method: "PATCH" }, { kind: "answer", status: 404, message: "Not Found" });
    repository.comments.length = 0;
    fake.state.addComment(repository, { issue: 7, author: "github-actions[bot]", body: `${marker}\nold` });
    expect(await upsert("new")).toHaveProperty("url");
  });
});

test("a GHES host with its API below /api/v3, and GraphQL beside it", async () => {
  const enterprise = await startFakeGitHub({ prefix: "/api/v3" });
  try {
    const ours = arrangeRepository(enterprise);
    const context = {
      event: pullRequestEvent(enterprise),
      token: jobToken,
      log: memoryLog(),
      clock: { now: () => Date.now() },
      pace: freePace(),
    };
    await openComment(context).upsert("k", "one");
    await openComment(context).upsert("k", "two");
    expect(ours.comments.map(({ body }) => body)).toEqual([`${markerOf("k")}\ntwo`]);
    enterprise.verify();
  } finally {
    await enterprise.close();
  }
});
