/** What becomes of the issue that asked for an approval. */
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Issue } from "../../fake-github/issue-book.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Repository } from "../../fake-github/state.ts";
import { cleanUp } from "../harness.ts";
import { inFile, play, told, type World, world } from "./world.ts";

let fake: FakeGitHub;
let made: Repository;
let here: World;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterEach(() => fake.verify());
afterAll(async () => {
  await fake.close();
  cleanUp();
});

async function waiting(): Promise<void> {
  fake.reset();
  made = fake.state.addRepository("octo/app");
  fake.state.addActionsToken("ghs_job", made, { issues: "write" });
  made.issues.collaborators.set("boss", "write");
  here = world();
  here.deploy("1.0.0");
  await run({ verdict: "pass", deployment: "1" });
  here.deploy("1.1.0");
  expect(told(await run({ verdict: "fail", deployment: "2" }))).toBe("0 neutral planned 1.1.0→1.0.0");
}

const run = (inputs: Readonly<Record<string, string>>): ReturnType<typeof play> => {
  const usual = { provider: "command", settings: inFile, backend: "file", approval: "comment", token: "ghs_job" };
  return play(here.folder, { ...usual, ...inputs }, { env: { GITHUB_API_URL: fake.url } });
};
const asked = (): Issue[] => [...made.issues.all.values()].filter(({ author }) => author === "github-actions[bot]");
const shown = (issue: Issue | undefined): string => (issue?.open === true ? "open" : (issue?.reason ?? "none"));
const said = (issue: Issue | undefined): string[] =>
  made.comments.filter((comment) => comment.issue === issue?.number && comment.author !== "boss").map(({ body }) => body);
/** One that somebody else has written, or that only looks like a request. */
const plant = (number: number, given: Partial<Issue>): Issue => {
  const issue = { ...(asked()[0] as Issue), id: number, number, ...given };
  made.issues.all.set(number, issue);
  return issue;
};
const approve = (issue: Issue | undefined): void => {
  const hash = /forge-approval:([0-9a-f]{12})/.exec(issue?.body ?? "")?.[1];
  fake.state.addComment(made, { issue: issue?.number ?? 0, author: "boss", body: `/approve ${hash}` });
};

it("is closed as not planned when another plan takes its place, and as completed when it was carried out", async () => {
  await waiting();
  const body = asked()[0]?.body ?? "";
  const strangers = [plant(50, { author: "stranger" }), plant(51, { body: `> ${body}` }), plant(52, { labels: [] })];
  here.deploy("1.2.0");
  expect(told(await run({ verdict: "fail", deployment: "2" }))).toBe("0 neutral planned 1.2.0→1.0.0");
  const [first, second] = asked().filter((issue) => !strangers.includes(issue));
  expect([first, second].map(shown)).toEqual(["not_planned", "open"]);
  expect(said(first)).toEqual([
    expect.stringMatching(/Superseded: another plan took its place, [0-9a-f]{12} from `1\.2\.0` to `1\.0\.0`\.$/),
  ]);
  approve(second);
  const back = await run({ verdict: "fail", deployment: "2" });
  expect([told(back), here.changes()], back.log).toEqual(["0 pass rolled-back 1.2.0→1.0.0", ["1.0.0"]]);
  expect(shown(second)).toBe("completed");
  expect(said(second)).toEqual([expect.stringContaining("Carried out: from `1.2.0` back to `1.0.0`, verified.")]);
  const count = fake.requests.length;
  expect(told(await run({ verdict: "fail", deployment: "2" }))).toContain("already-rolled-back");
  expect(fake.requests.slice(count).filter(({ method, path }) => method !== "GET" && !path.includes("graphql"))).toEqual([]);
  expect(strangers.map(shown)).toEqual(["open", "open", "open"]);
});

it("stays open with a note where GitHub fails, and the next run that asks by comment closes it without saying it twice", async () => {
  await waiting();
  const [issue] = asked();
  approve(issue);
  fake.fault({ method: "POST", path: /comments$/ }, { kind: "status", status: 500 });
  const back = await run({ verdict: "fail", deployment: "2" });
  expect([told(back), shown(issue)], back.log).toEqual(["0 pass rolled-back 1.1.0→1.0.0", "open"]);
  expect(JSON.stringify(back.report?.notes)).toContain("An approval's issue could not be closed");
  const count = fake.requests.length;
  for (const inputs of [{ "dry-run": "true" }, { operation: "plan" }, { approval: "none" }])
    expect(told(await run({ verdict: "fail", deployment: "2", ...inputs }))).toContain("already-rolled-back");
  expect([shown(issue), fake.requests.length]).toEqual(["open", count]);
  fake.fault({ method: "PATCH", path: /issues/ }, { kind: "answer", status: 403, message: "Resource not accessible by integration" });
  expect(told(await run({ verdict: "fail", deployment: "2" }))).toContain("0 pass already-rolled-back");
  expect([shown(issue), said(issue).length]).toEqual(["open", 1]);
  expect(told(await run({ operation: "commit" }))).toContain("already-rolled-back");
  expect([shown(issue), said(issue).length]).toEqual(["completed", 1]);
});
