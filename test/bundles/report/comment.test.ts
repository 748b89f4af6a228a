import { inflateRawSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeArtifacts, startFakeArtifacts } from "../../fake-github/artifact-service.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Permissions, Repository } from "../../fake-github/state.ts";
import { hostileStrings } from "../../fixtures/hostile.ts";
import { pushed, queued } from "../events.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { ended, head, jsonOf, merge, notes, pullRequest, token } from "./merge.ts";

let fake: FakeGitHub;
let service: FakeArtifacts;
beforeAll(async () => {
  fake = await startFakeGitHub();
  service = await startFakeArtifacts();
});
beforeEach(() => {
  fake.reset();
  service.reset();
});
afterEach(() => {
  fake.verify();
  expect(service.problems).toEqual([]);
});
afterAll(async () => {
  await Promise.all([fake.close(), service.close()]);
  cleanUp();
});

const two = {
  "coverage-gate.json": jsonOf(),
  "bundle-size.json": jsonOf({ action: "bundle-size", verdict: "fail", headline: "app is 12 kB." }),
};

/** The unpacked text of every file in an archive of ours. */
function inflated(archive: Buffer = Buffer.alloc(0)): string {
  const texts: string[] = [];
  for (let at = 0; archive.readUInt32LE(at) === 0x04034b50; ) {
    const from = at + 30 + archive.readUInt16LE(at + 26);
    at = from + archive.readUInt32LE(at + 18);
    texts.push(inflateRawSync(archive.subarray(from, at)).toString());
  }
  return texts.join("\n");
}

function repository(permissions: Permissions = { contents: "read", pull_requests: "write" }): Repository {
  const made = fake.state.addRepository("octo/app");
  made.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addPullRequest(made, { number: 7 });
  fake.state.addActionsToken(token, made, permissions);
  return made;
}

describe("the one comment", () => {
  it("tells the verdicts first, the details folded, and names the head commit", async () => {
    const { comments } = repository();
    const run = await merge(two, { token }, pullRequest(fake.url));
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(comments).toHaveLength(1);
    const body = comments[0]?.body ?? "";
    expect(body).toMatch(/^<!-- forge:report -->\n<!-- forge-verdicts b{40} 1001\.1 bundle-size=fail coverage-gate=pass -->\n### ❌ Fail/);
    expect(body).toContain(head);
    expect(body).toContain("commit `bbbbbbb`");
    expect(body.indexOf("| `bundle-size` | ❌ fail |")).toBeLessThan(body.indexOf("| `coverage-gate` | ✅ pass |"));
    expect(body.indexOf("| `coverage-gate` | ✅ pass |")).toBeLessThan(body.indexOf("<details>"));
    expect(run.outputs).toMatchObject({ comment: expect.stringContaining("/pull/7#issuecomment-"), artifact: "", "pull-request": "7" });
    expect(fake.requests.length).toBeLessThanOrEqual(4);
    expect(service.requests).toEqual([]);
  });

  it("is one, and shows beside each verdict what the run before said", async () => {
    const { comments } = repository();
    await merge(two, { token }, pullRequest(fake.url));
    const next = "e".repeat(40);
    const better = { ...two, "bundle-size.json": jsonOf({ action: "bundle-size" }), "x.json": jsonOf({ action: "secret-scan" }) };
    const run = await merge(better, { token }, pullRequest(fake.url, { head: next }));
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toContain("| `bundle-size` | ✅ pass | ❌ fail |");
    expect(comments[0]?.body).toContain("| `secret-scan` | ✅ pass | new |");
    expect(comments[0]?.body).toContain("| Before |");
    expect(run.summary).toContain("| `bundle-size` | ✅ pass | ❌ fail |");
    expect(run.report?.data["previous"]).toBe(head);
  });

  it("believes no forged marker, and leaves it alone", async () => {
    const made = repository();
    fake.state.addComment(made, {
      issue: 7,
      author: "stranger",
      body: `<!-- forge:report -->\n<!-- forge-verdicts ${head} 1001.1 bundle-size=pass -->`,
    });
    const run = await merge(two, { token }, pullRequest(fake.url));
    expect(made.comments).toHaveLength(2);
    expect(run.summary).not.toContain("Before");
  });

  it("is another one with another id", async () => {
    const { comments } = repository();
    await merge(two, { token }, pullRequest(fake.url));
    await merge(two, { token, id: "web" }, pullRequest(fake.url));
    expect(comments.map(({ body }) => body.split("\n")[0])).toEqual(["<!-- forge:report -->", "<!-- forge:report.web -->"]);
  });

  it("two runs at once leave one", async () => {
    const { comments } = repository();
    await Promise.all([1, 2].map(() => merge(two, { token }, pullRequest(fake.url))));
    expect(comments).toHaveLength(1);
  });

  it("is told although a report cannot be read, and although one is absent", async () => {
    const { comments } = repository();
    const run = await merge({ ...two, "secret-scan.json": "{" }, { token, expected: "benchmark-compare" }, pullRequest(fake.url));
    expect(run.exitCode).toBe(2);
    expect(comments[0]?.body).toMatch(/`benchmark-compare` \| ❓ unknown/);
    expect(comments[0]?.body).toMatch(/`secret-scan` \| ❓ unknown/);
  });

  it("keeps within GitHub's limit with 300 gates, and says more where it cuts", async () => {
    const { comments } = repository();
    const names = Array.from({ length: 300 }, (_, index) => `package-with-a-rather-long-name-${index}`);
    const files = Object.fromEntries(
      names.map((id) => [
        `coverage-gate.${id}.json`,
        jsonOf({ id, headline: "It went well. ".repeat(30), notes: ["A note. ".repeat(200)] }),
      ]),
    );
    const run = await merge(files, { token }, pullRequest(fake.url));
    expect(ended(run), run.log.slice(0, 400)).toEqual([0, "pass"]);
    const body = comments[0]?.body ?? "";
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(/more/);
    expect(body).toContain(head);
    await merge(files, { token }, pullRequest(fake.url));
    expect(comments[0]?.body.length).toBeLessThanOrEqual(65_536);
  });

  it("lets no text of a report mention, link, format or forge", async () => {
    const { comments } = repository();
    const files = Object.fromEntries(
      hostileStrings.map(({ text }, index) => {
        const cut = text.slice(0, 2_000);
        const section = { title: cut, blocks: [{ kind: "list" as const, items: [cut] }] };
        return [`g${index}.json`, jsonOf({ id: `g${index}`, headline: cut, notes: [cut], sections: [section] })];
      }),
    );
    const run = await merge(files, { token }, pullRequest(fake.url));
    const body = comments[0]?.body ?? "";
    expect(body.match(/<!--/g)).toHaveLength(2);
    expect(body).not.toMatch(/(^|[^\u200b\w`])@(org|octocat|everyone)\b/m);
    const allowed = new Set(["error", "warning", "notice", "add-mask", "debug"]);
    expect(run.commands.filter(({ name }) => !allowed.has(name))).toEqual([]);
  });

  it("does not tell the token, even where a report does", async () => {
    const { comments } = repository();
    const secret = `${token}0123456789`;
    fake.state.addActionsToken(secret, fake.state.repository("octo", "app") ?? fake.state.addRepository("octo/app"), {
      pull_requests: "write",
    });
    const happening = pullRequest(fake.url);
    const run = await merge(
      { "a.json": jsonOf({ headline: `The token is ${secret}`, notes: [secret] }) },
      { token: secret, artifact: "always" },
      { ...happening, env: { ...happening.env, ...service.environment } },
    );
    expect(comments).toHaveLength(1);
    expect(inflated(service.artifacts.get("forge-report"))).toContain("coverage-gate");
    expect(inflated(service.artifacts.get("forge-report"))).not.toContain(secret);
    expect(`${comments[0]?.body}${run.summary}${run.log}`).not.toContain(secret);
  });

  it("is not begun to say that nothing was judged, and corrected to say it", async () => {
    const { comments } = repository();
    const idle = { "quality-gate.json": jsonOf({ action: "quality-gate", verdict: "neutral", rules: [], sections: [] }) };
    const happening = pullRequest(fake.url);
    const given = { ...happening, env: { ...happening.env, ...service.environment } };
    const first = await merge(idle, { token }, given);
    expect([...ended(first), comments.length, notes(first), first.outputs["artifact"]], first.log).toEqual([0, "neutral", 0, "", ""]);
    await merge(two, { token }, given);
    await merge(idle, { token }, given);
    expect(comments.map(({ body }) => body.includes("neutral"))).toEqual([true]);
  });

  it("is not posted where it is not wanted, on a push, or in a queue", async () => {
    repository();
    await merge(two, { token, comment: "false" }, pullRequest(fake.url));
    for (const happening of [pushed(head), queued("c".repeat(40), head)]) {
      await merge(two, { token }, { ...happening, env: { ...happening.env, GITHUB_API_URL: fake.url } });
    }
    expect(fake.requests).toEqual([]);
  });
});

describe("a token that may only read", () => {
  const readOnly = { contents: "read", pull_requests: "read" } as const;

  it.each([
    ["a fork's", true],
    ["Dependabot's", false],
  ])("%s: the verdict stands, and the artifact is handed over", async (_, fork) => {
    const { comments } = repository(readOnly);
    const happening = pullRequest(fake.url, { fork });
    const run = await merge(two, { token }, { ...happening, env: { ...happening.env, ...service.environment } });
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(comments).toEqual([]);
    expect(run.outputs).toMatchObject({ comment: "", artifact: "forge-report" });
    expect(notes(run)).toContain("may only read");
    expect([...service.artifacts.keys()]).toEqual(["forge-report"]);
    expect(fake.requests.length).toBeLessThanOrEqual(3);
    expect(run.commands.filter(({ name }) => name === "error")).toHaveLength(1);
  });

  it.each(["snake_case", "camelCase"] as const)("a re-run overwrites the artifact, and an id has its own (%s)", async (spelling) => {
    repository(readOnly);
    service.spelling = spelling;
    const happening = pullRequest(fake.url, { fork: true });
    for (const id of ["", "", "web"]) {
      const run = await merge(two, { token, id }, { ...happening, env: { ...happening.env, ...service.environment } });
      expect(run.outputs["artifact"], notes(run)).toContain("forge-report");
      service.rerun();
    }
    expect([...service.artifacts.keys()].sort()).toEqual(["forge-report", "forge-report-web"]);
  });

  it.each([
    ["denied", /refused it \(403\)/],
    ["down", /\(503\)/],
    ["storage-down", /storage answered 503/],
  ] as const)("an artifact service that is %s changes no verdict", async (mode, reason) => {
    repository(readOnly);
    service.mode = mode;
    const happening = pullRequest(fake.url, { fork: true });
    const run = await merge(two, { token }, { ...happening, env: { ...happening.env, ...service.environment } });
    expect(ended(run)).toEqual([1, "fail"]);
    expect(notes(run)).toMatch(reason);
  });

  it("no token and no service: the summary has it all", async () => {
    const run = await merge(two, { token: "" }, pullRequest(fake.url, { fork: true }));
    expect(ended(run)).toEqual([1, "fail"]);
    expect(notes(run)).toMatch(/no token[\s\S]*no artifact service/);
    expect(fake.requests).toEqual([]);
  });

  it("`never` uploads nothing, `always` on a push too", async () => {
    repository(readOnly);
    const happening = pullRequest(fake.url, { fork: true });
    await merge(two, { token, artifact: "never" }, { ...happening, env: { ...happening.env, ...service.environment } });
    expect(service.requests).toEqual([]);
    const run = await merge(two, { token, artifact: "always" }, { env: service.environment });
    expect([run.outputs["artifact"], service.artifacts.size]).toEqual(["forge-report", 1]);
  });
});

describe("the check run", () => {
  it("stands on the head commit under the name that was asked for", async () => {
    const made = repository({ pull_requests: "write", checks: "write" });
    const run = await merge(two, { token, "check-run": "Forge gates", comment: "false" }, pullRequest(fake.url));
    expect(ended(run)).toEqual([1, "fail"]);
    const [check] = made.checkRuns.values();
    expect(check).toMatchObject({ name: "Forge gates", headSha: head, conclusion: "failure", status: "completed" });
    expect(check?.output.summary).toContain("| `bundle-size` | ❌ fail |");
  });

  it("without the permission is a note", async () => {
    repository();
    const run = await merge({ "a.json": jsonOf() }, { token, "check-run": "Forge" }, pullRequest(fake.url));
    expect(ended(run)).toEqual([0, "pass"]);
    expect(notes(run)).toContain("checks: write");
  });
});

it("an API that is down, and one that breaks in the middle, change no verdict", async () => {
  repository();
  fake.fault({ method: "POST", path: "/comments" }, { kind: "status", status: 502, after: true });
  const run = await merge(two, { token }, { ...pullRequest(fake.url), workspace: temporaryFolder() });
  expect(ended(run)).toEqual([1, "fail"]);
  expect(fake.state.repository("octo", "app")?.comments).toHaveLength(1);
});
