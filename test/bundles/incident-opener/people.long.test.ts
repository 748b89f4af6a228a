import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp } from "../harness.ts";
import { author, minutes, told, type World, world } from "./github.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  cleanUp();
  await fake.close();
});

/** What a person does on the page, through the API. */
async function byHand(here: World, login: string, method: string, path: string, body: unknown): Promise<void> {
  fake.state.addUserToken(`ghp_${login}`, login, here.repository, { issues: "write", contents: "write" });
  const response = await fetch(`${fake.url}/repos/octo/app${path}`, {
    method,
    headers: { authorization: `Bearer ghp_${login}`, "user-agent": "person", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
}

async function opened(here: World, inputs: Readonly<Record<string, string>> = {}): Promise<number> {
  const run = await here.run({ verdict: "fail", ...inputs });
  expect(run.outputs["opened"], run.log).toBe("true");
  here.pass(minutes(4));
  return Number(run.outputs["incident-number"]);
}

const comment = (here: World, login: string, number: number, body: string) =>
  byHand(here, login, "POST", `/issues/${number}/comments`, { body });

describe("acknowledged", () => {
  it("by `/ack` of somebody who may write, from the first failing sample on", async () => {
    const here = world(fake);
    const number = await opened(here);
    here.repository.issues.collaborators.set("ada", "write");
    await comment(here, "ada", number, "/ack on it");
    here.pass(minutes(1));
    const run = await here.run({ verdict: "fail" });
    expect(told(run)).toEqual([0, "pass", "acknowledged", String(number)]);
    expect(run.outputs).toMatchObject({ "time-to-acknowledge": "240", changed: "true" });
    expect(here.incidents()[0]?.labels).toContain("acknowledged");
    expect(here.incidents()[0]?.body).toContain("by ada");
    fake.verify();
  });

  it.each([
    ["somebody who may only read", "read", "/ack"],
    ["a comment that only mentions it", "write", "please /ack this"],
    ["another word", "write", "/acknowledge-later"],
    ["a quotation", "write", "> /ack"],
  ] as const)("not by %s", async (_, permission, text) => {
    const here = world(fake);
    const number = await opened(here);
    here.repository.issues.collaborators.set("eve", permission);
    await comment(here, "eve", number, text);
    expect((await here.run({ verdict: "fail" })).outputs["state"]).toBe("open");
    fake.verify();
  });

  it("by an assignee whom we did not assign, and not by one whom we did", async () => {
    const here = world(fake);
    const number = await opened(here, { assignees: "oncall" });
    expect(here.incidents()[0]?.assignees).toEqual(["oncall"]);
    expect((await here.run({ verdict: "fail", assignees: "oncall" })).outputs["state"]).toBe("open");
    await byHand(here, "ada", "PATCH", `/issues/${number}`, { assignees: ["oncall", "ada"] });
    expect((await here.run({ verdict: "fail", assignees: "oncall" })).outputs["state"]).toBe("acknowledged");
    fake.verify();
  });

  it("by the label", async () => {
    const here = world(fake);
    const number = await opened(here);
    const labels = [...(here.incidents()[0]?.labels ?? []), "acknowledged"];
    await byHand(here, "ada", "PATCH", `/issues/${number}`, { labels });
    const run = await here.run({ verdict: "fail" });
    expect([run.outputs["state"], run.outputs["time-to-acknowledge"]]).toEqual(["acknowledged", "240"]);
    fake.verify();
  });

  it("by the operation, and it survives a pass and a failure", async () => {
    const here = world(fake);
    await opened(here);
    expect((await here.run({ operation: "acknowledge" })).outputs["state"]).toBe("acknowledged");
    here.pass(minutes(1));
    expect((await here.run({ verdict: "pass" })).outputs["state"]).toBe("mitigated");
    here.pass(minutes(1));
    expect((await here.run({ verdict: "fail" })).outputs["state"]).toBe("acknowledged");
    fake.verify();
  });
});

describe("closed by a person", () => {
  it("as completed: still failing reopens it", async () => {
    const here = world(fake);
    const number = await opened(here);
    await byHand(here, "ada", "PATCH", `/issues/${number}`, { state: "closed", state_reason: "completed" });
    here.pass(minutes(1));
    const run = await here.run({ verdict: "fail" });
    expect(told(run)).toEqual([0, "pass", "open", String(number)]);
    expect(here.incidents().map(({ open }) => open)).toEqual([true]);
    fake.verify();
  });

  it("as not planned: it stays closed while it goes on failing, and the next trouble is a new issue", async () => {
    const here = world(fake);
    const number = await opened(here);
    await byHand(here, "ada", "PATCH", `/issues/${number}`, { state: "closed", state_reason: "not_planned" });
    here.pass(minutes(1));
    expect((await here.run({ verdict: "fail" })).outputs["state"]).toBe("closed");
    expect(here.open()).toEqual([]);
    here.pass(minutes(5));
    await here.run({ verdict: "pass" });
    here.pass(minutes(5));
    const anew = await here.run({ verdict: "fail" });
    expect(anew.outputs["opened"], anew.log).toBe("true");
    expect(here.incidents()).toHaveLength(2);
    fake.verify();
  });

  it("as a duplicate: says of which", async () => {
    const here = world(fake);
    const number = await opened(here);
    await comment(here, "ada", number, "Duplicate of #77");
    await byHand(here, "ada", "PATCH", `/issues/${number}`, { state: "closed", state_reason: "duplicate" });
    here.pass(minutes(1));
    const run = await here.run({ verdict: "fail" });
    expect([run.outputs["state"], run.outputs["duplicate-of"]]).toEqual(["duplicate", "77"]);
    expect(here.open()).toEqual([]);
    fake.verify();
  });
});

describe("whose issue it is", () => {
  it("an issue of somebody else with our label and marker is never ours", async () => {
    const here = world(fake);
    const dry = await here.run({ verdict: "fail", for: "1h" });
    const fingerprint = String(dry.report?.data["fingerprint"]);
    await byHand(here, "eve", "POST", "/issues", {
      title: "mine",
      body: `<!-- forge-incident:${fingerprint} {} -->`,
      labels: [`fp:${fingerprint}`],
    });
    const run = await here.run({ operation: "open" });
    expect(run.outputs["opened"], run.log).toBe("true");
    expect(here.incidents().map((issue) => issue.author)).toEqual(["eve", author]);
    expect(here.incidents()[0]).toMatchObject({ title: "mine", open: true });
    fake.verify();
  });

  it("what people write below our last line stays, and so does a title of their own", async () => {
    const here = world(fake);
    const number = await opened(here);
    const body = `${here.incidents()[0]?.body.trimEnd()}\n\n## Notes\nIt was the cache 😀\n`;
    await byHand(here, "ada", "PATCH", `/issues/${number}`, { body, title: "The cache again" });
    here.pass(minutes(1));
    await here.run({ verdict: "pass", "resolve-after": "0s" });
    expect(here.incidents()[0]?.body).toContain("## Notes\nIt was the cache 😀");
    expect(here.incidents()[0]?.body).toContain("**Resolved**");
    expect(here.incidents()[0]?.title).toBe("The cache again");
    fake.verify();
  });

  it("a deleted issue is opened anew", async () => {
    const here = world(fake);
    const number = await opened(here);
    here.repository.issues.all.delete(number);
    here.repository.issues.all.set(number + 5, { ...structuredClone(emptyIssue), number: number + 5 });
    const run = await here.run({ verdict: "fail" });
    expect(run.outputs["opened"], run.log).toBe("true");
    expect(here.open().filter((issue) => issue.author === author)).toHaveLength(1);
    fake.verify();
  });
});

const emptyIssue = {
  id: 1,
  number: 1,
  author: "ada",
  created: "2026-11-21T00:00:00Z",
  title: "else",
  body: "",
  open: true,
  reason: null,
  labels: [],
  assignees: [],
  locked: false,
  updated: "2026-11-21T00:00:00Z",
  closed: null,
  listed: 0,
  searchable: 0,
};

describe("by hand", () => {
  it("`open` does not wait, `resolve` does not either", async () => {
    const here = world(fake);
    const run = await here.run({ operation: "open", for: "1h" });
    expect(run.outputs["state"]).toBe("open");
    here.pass(minutes(3));
    const over = await here.run({ operation: "resolve" });
    expect(told(over)).toEqual([0, "pass", "resolved", run.outputs["incident-number"]]);
    expect(over.outputs["time-to-recover"]).toBe("180");
    expect(here.open()).toEqual([]);
    fake.verify();
  });

  it("`update` brings text, evidence and severity up to date", async () => {
    const here = world(fake);
    await opened(here, { summary: "Nobody knows yet.", severity: "low" });
    const run = await here.run({ operation: "update", summary: "The certificate has expired.", title: "Certificate", severity: "high" });
    expect(told(run).slice(0, 3)).toEqual([0, "pass", "open"]);
    const [issue] = here.incidents();
    expect(issue?.title).toBe("[high] Certificate");
    expect(issue?.body).toContain("The certificate has expired.");
    expect(issue?.body).not.toContain("Nobody knows yet.");
    fake.verify();
  });

  it.each(["update", "acknowledge", "resolve"])("`%s` without an incident is neutral", async (operation) => {
    const here = world(fake);
    const run = await here.run({ operation });
    expect(told(run)).toEqual([0, "neutral", "", ""]);
    expect(here.repository.issues.all.size).toBe(0);
    fake.verify();
  });

  it("`resolve` of what fails contradicts itself", async () => {
    const run = await world(fake).run({ operation: "resolve", verdict: "fail" });
    expect([run.exitCode, run.outputs["verdict"]]).toEqual([3, "unknown"]);
    expect(fake.requests).toEqual([]);
  });
});
