import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { minutes, rights, told, type World, world } from "./github.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  cleanUp();
  await fake.close();
});

const outbox = ({ workspace }: World): string[] => {
  const folder = join(workspace, ".forge", "outbox");
  return existsSync(folder) ? readdirSync(folder) : [];
};

const both = [
  ["branch", rights.branch],
  ["issue", rights.issue],
] as const;

describe.each(both)("%s: an answer that is lost", (_, permissions) => {
  it("502 after the issue was made: no second one", async () => {
    const here = world(fake, permissions);
    fake.fault({ method: "POST", path: /\/issues$/ }, { kind: "status", status: 502, after: true });
    const run = await here.run({ verdict: "fail" });
    expect(run.exitCode, run.log).toBe(0);
    expect(here.incidents()).toHaveLength(1);
    fake.verify();
  });
});

describe("a limit", () => {
  it.each([
    ["retry-after beyond our patience", { kind: "secondary-limit", retryAfter: 300 }],
    ["a reset", { kind: "rate-limit", resetIn: 600 }],
    ["neither", { kind: "secondary-limit" }],
  ] as const)("%s: not one request more, kept in a file, delivered by the next run", async (_, fault) => {
    const here = world(fake);
    fake.state.time = undefined;
    fake.fault({ times: Number.POSITIVE_INFINITY }, fault);
    const run = await here.run({ verdict: "fail", service: "payment" });
    expect([run.exitCode, run.outputs["verdict"]], run.log).toEqual([3, "unknown"]);
    expect(fake.requests).toHaveLength(1);
    expect(outbox(here)).toHaveLength(1);
    expect(String(run.report?.data["outbox"])).toMatch(/^\.forge\/outbox\//);
    const { workspace } = here;
    const later = { ...world(fake), workspace };
    later.fake.state.time = undefined;
    const next = await later.run({ verdict: "pass", service: "something else" }, { workspace });
    expect(next.exitCode, next.log).toBe(0);
    expect(later.open().map(({ title }) => title)).toEqual(["[high] payment / http is failing in production"]);
    expect(outbox(here)).toEqual([]);
    fake.verify();
  });

  it("in the middle: what is in the ledger is delivered by a run about something else", async () => {
    const here = world(fake);
    fake.fault({ method: "POST", path: /\/issues$/ }, { kind: "secondary-limit", retryAfter: 300 });
    const run = await here.run({ verdict: "fail" });
    expect([run.exitCode, run.outputs["verdict"], run.outputs["state"]], run.log).toEqual([3, "unknown", "open"]);
    expect(outbox(here)).toEqual([]);
    expect(here.incidents()).toEqual([]);
    here.pass(minutes(1));
    const next = await here.run({ verdict: "pass", service: "another" }, { workspace: temporaryFolder() });
    expect(next.exitCode, next.log).toBe(0);
    expect(next.report?.data["delivered"]).toEqual([run.report?.data["fingerprint"]]);
    expect(here.open()).toHaveLength(1);
    fake.verify();
  });

  it("a short one is waited for", async () => {
    const here = world(fake);
    fake.fault({}, { kind: "secondary-limit", retryAfter: 1 });
    const run = await here.run({ verdict: "fail" });
    expect(told(run).slice(0, 3), run.log).toEqual([0, "pass", "open"]);
    fake.verify();
  });
});

const nobody = { env: { GITHUB_API_URL: "http://127.0.0.1:9" } };

const pull = {
  number: 7,
  head: { sha: "b".repeat(40), repo: { full_name: "octo/app" } },
  base: { sha: "c".repeat(40), ref: "main", repo: { full_name: "octo/app" } },
};

describe("no answer at all", () => {
  it("keeps what it has to say for the next run, which says it once, with its time; but a pull request cannot bring letters along", async () => {
    const here = world(fake);
    const [down, free, nothing] = await Promise.all([
      here.run({ verdict: "fail" }, nobody),
      here.run({ verdict: "fail", enforce: "false" }, { ...nobody, workspace: temporaryFolder() }),
      here.run({ verdict: "unknown" }, { ...nobody, workspace: temporaryFolder() }),
    ]);
    expect([down.exitCode, down.outputs["verdict"]], down.log).toEqual([3, "unknown"]);
    expect(outbox(here)).toHaveLength(1);
    expect([free.exitCode, free.outputs["verdict"]]).toEqual([0, "unknown"]);
    expect(free.log).toMatch(/not enforced/i);
    expect([nothing.exitCode, nothing.outputs["verdict"], nothing.report?.data["outbox"]]).toEqual([0, "neutral", null]);

    here.now = Date.now() + minutes(1);
    await here.run({ verdict: "pass", service: "other" }, { eventName: "pull_request", event: { number: 7, pull_request: pull } });
    expect([here.incidents().length, outbox(here).length]).toEqual([0, 1]);
    const next = await here.run({ verdict: "fail" });
    expect(told(next).slice(0, 3), next.log).toEqual([0, "pass", "open"]);
    expect(Number(next.outputs["time-to-detect"])).toBeLessThan(5);
    expect(outbox(here)).toEqual([]);
    fake.verify();
  });
});

describe("permissions", () => {
  it("without issues: write it says so", async () => {
    const here = world(fake, { contents: "write", issues: "read" });
    const run = await here.run({ verdict: "fail" });
    expect([run.exitCode, run.outputs["summary"]]).toEqual([2, expect.stringContaining("issues: write")]);
  });

  it("`branch` without contents: write names the permission and `backend`", async () => {
    const here = world(fake, rights.issue);
    const run = await here.run({ verdict: "fail", backend: "branch" });
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toMatch(/contents: write.*backend: issue/);
    expect(here.incidents()).toEqual([]);
  });

  it.each([
    ["a private repository, issues only", rights.issue],
    ["a private repository, both", { contents: "write", issues: "write" }],
  ] as const)("%s", async (_, permissions) => {
    const here = world(fake, permissions, { private: true });
    const run = await here.run({ verdict: "fail" });
    expect(told(run).slice(0, 3), run.log).toEqual([0, "pass", "open"]);
    expect(run.report?.data["backend"]).toBe("contents" in permissions ? "branch" : "issue");
    fake.verify();
  });

  it("a wrong token, none at all, and issues that are switched off", async () => {
    const here = world(fake);
    expect((await here.run({ verdict: "fail", token: "nonsense" })).exitCode).toBe(2);
    expect((await here.run({ verdict: "fail", token: "" })).outputs["summary"]).toMatch(/^token: none was given/);
    here.repository.issues.disabled = true;
    expect((await here.run({ verdict: "fail" })).outputs["summary"]).toMatch(/switched off/);
  });

  it("somebody who cannot be assigned is left out", async () => {
    const here = world(fake);
    here.repository.issues.unassignable.add("gone");
    const run = await here.run({ verdict: "fail", assignees: "gone" });
    expect(run.outputs["opened"], run.log).toBe("true");
    expect(run.report?.notes?.join(" ")).toContain("gone");
  });
});
