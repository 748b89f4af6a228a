import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeArtifacts, startFakeArtifacts } from "../../fake-github/artifact-service.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Artifact, PullRequest, Repository, WorkflowRun } from "../../fake-github/state.ts";
import { hostileStrings } from "../../fixtures/hostile.ts";
import { onDefaultBranch } from "../events.ts";
import { type BundleRun, cleanUp, runBundle, temporaryFolder } from "../harness.ts";
import { archive, type Packed } from "./archive.ts";
import { ended, head, jsonOf, merge, pullRequest, token } from "./merge.ts";

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
afterEach(() => fake.verify());
afterAll(async () => {
  await Promise.all([fake.close(), service.close()]);
  cleanUp();
});

const runId = 4242;
const fork = "stranger/app";

interface Arranged {
  readonly repository: Repository;
  readonly pull: PullRequest;
}

/** A pull request from a fork, and its finished run; the token is that of fork-report. */
function arrange(
  given: { run?: Partial<WorkflowRun>; pull?: Partial<PullRequest>; artifact?: Partial<Artifact> & { archive: Buffer } } = {},
): Arranged {
  const repository = fake.state.addRepository("octo/app");
  fake.state.addRepository(fork);
  fake.state.addRepository("other/app");
  repository.git.commitFiles("main", { "README.md": "# App\n" });
  const pull = fake.state.addPullRequest(repository, { number: 7, head: { ref: "change", sha: head, repository: fork }, ...given.pull });
  fake.state.addPullRequest(repository, { number: 8, head: { ref: "change", sha: "8".repeat(40), repository: "other/app" } });
  fake.state.addRun(repository, { id: runId, headSha: head, headRepository: fork, ...given.run });
  if (given.artifact !== undefined) fake.state.addArtifact(repository, { run: runId, name: "forge-report", ...given.artifact });
  fake.state.addActionsToken(token, repository, { actions: "read", pull_requests: "write" });
  return { repository, pull };
}

const letter = (given: Readonly<Record<string, unknown>> = {}): Packed => ({
  name: "forge.json",
  content: JSON.stringify({ schema: "forge-artifact/1", pull_request: 7, head_sha: head, ...given }),
});
const gate: Packed = { name: "coverage-gate.json", content: jsonOf() };

function report(inputs: Readonly<Record<string, string>> = {}): Promise<BundleRun> {
  const happening = onDefaultBranch("workflow_run", "f".repeat(40));
  const env = { ...happening.env, GITHUB_API_URL: fake.url };
  return runBundle("report", { ...happening, env, workspace: temporaryFolder(), inputs: { token, "run-id": String(runId), ...inputs } });
}

describe("both halves", () => {
  it.each([fork, "octo/app"])("what the first could not post for %s, the second does, once", async (home) => {
    const { repository } = arrange({ run: { headRepository: home }, pull: { head: { ref: "change", sha: head, repository: home } } });
    fake.state.addActionsToken("ghs_read", repository, { contents: "read", pull_requests: "read" });
    const happening = pullRequest(fake.url, { fork: home === fork });
    const files = { "coverage-gate.json": jsonOf(), "bundle-size.web.json": jsonOf({ action: "bundle-size", id: "web", verdict: "fail" }) };
    const first = await merge(files, { token: "ghs_read" }, { ...happening, env: { ...happening.env, ...service.environment } });
    expect([...ended(first), first.outputs["artifact"]]).toEqual([1, "fail", "forge-report"]);
    expect(repository.comments).toEqual([]);
    const packed = service.artifacts.get("forge-report") ?? Buffer.alloc(0);
    expect(namesIn(packed)).toEqual(["bundle-size.web.json", "coverage-gate.json", "forge.json"]);
    fake.state.addArtifact(repository, { run: runId, name: "forge-report", archive: packed });
    const before = fake.requests.length;
    const second = await report();
    expect(ended(second), second.log).toEqual([1, "fail"]);
    expect(second.outputs["pull-request"]).toBe("7");
    expect(fake.requests.length - before).toBeLessThanOrEqual(8);
    const again = await report();
    expect(ended(again), again.log).toEqual([0, "neutral"]);
    expect(repository.comments).toHaveLength(1);
    const body = repository.comments[0]?.body ?? "";
    expect(body).toContain(head);
    expect(body).toMatch(/`bundle-size\.web` \| ❌ fail/);
    expect(body).toContain(`https://github.com/octo/app/actions/runs/${runId}`);
  });

  it("another attempt, and another run of the same commit, say what they say", async () => {
    const { repository } = arrange({ artifact: { archive: archive([letter(), { ...gate, content: jsonOf({ verdict: "fail" }) }]) } });
    expect(ended(await report())).toEqual([1, "fail"]);
    fake.state.addArtifact(repository, { run: runId, name: "forge-report", archive: archive([letter(), gate]) });
    fake.state.addRun(repository, { id: runId, attempt: 2, headSha: head, headRepository: fork });
    expect(ended(await report())).toEqual([0, "pass"]);
    expect(repository.comments[0]?.body).toMatch(/`coverage-gate` \| ✅ pass \| ❌ fail/);
    fake.state.addRun(repository, { id: 4243, headSha: head, headRepository: fork });
    fake.state.addArtifact(repository, {
      run: 4243,
      name: "forge-report",
      archive: archive([letter(), { ...gate, content: jsonOf({ verdict: "unknown" }) }]),
    });
    expect(ended(await report({ "run-id": "4243" }))).toEqual([3, "unknown"]);
    expect(repository.comments).toHaveLength(1);
  });

  it("a check run says fail although the step that posts it is not enforced", async () => {
    const { repository } = arrange({ artifact: { archive: archive([letter(), { ...gate, content: jsonOf({ verdict: "fail" }) }]) } });
    fake.state.addActionsToken(token, repository, { actions: "read", pull_requests: "write", checks: "write" });
    expect(ended(await report({ "check-run": "Forge", enforce: "false" }))).toEqual([0, "fail"]);
    expect([...repository.checkRuns.values()]).toMatchObject([{ name: "Forge", headSha: head, conclusion: "failure" }]);
  });

  it("reports of 30 MB are shortened to what is taken", async () => {
    const { repository } = arrange();
    fake.state.addActionsToken("ghs_read", repository, { pull_requests: "read" });
    const rows = Array.from({ length: 60_000 }, (_, index) => [`src/a/rather/long/name/of/a/file-${index}.ts`, "x".repeat(60)]);
    const long = (id: string) =>
      jsonOf({ id, sections: [{ title: "Files", blocks: [{ kind: "table", columns: [{ title: "File" }], rows }] }] });
    const files = Object.fromEntries(["a", "b", "c", "d"].map((id) => [`coverage-gate.${id}.json`, long(id)]));
    const happening = pullRequest(fake.url, { fork: true });
    const first = await merge(files, { token: "ghs_read" }, { ...happening, env: { ...happening.env, ...service.environment } });
    expect(ended(first), first.log.slice(0, 500)).toEqual([0, "pass"]);
    fake.state.addArtifact(repository, {
      run: runId,
      name: "forge-report",
      archive: service.artifacts.get("forge-report") ?? Buffer.alloc(0),
    });
    const second = await report();
    expect(ended(second), second.log.slice(0, 500)).toEqual([0, "pass"]);
    expect(repository.comments[0]?.body).toMatch(/more/);
  });

  function namesIn(packed: Buffer): string[] {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.zip"), packed);
    const listing = execFileSync(
      "python3",
      [
        "-c",
        "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print('\\n'.join(sorted(z.namelist())))",
        join(folder, "a.zip"),
      ],
      { encoding: "utf8" },
    );
    return listing.trim().split("\n");
  }
});

describe("nothing to post is neutral", () => {
  it.each([
    ["a push", { event: "push" }],
    ["a queue", { event: "merge_group" }],
    ["a schedule", { event: "schedule" }],
    ["a cancelled run", { conclusion: "cancelled" }],
    ["a run that was skipped", { conclusion: "skipped" }],
    ["a run that waits for approval", { conclusion: "action_required" }],
  ] as const)("%s", async (_, run) => {
    const { repository } = arrange({ run, artifact: { archive: archive([letter(), gate]) } });
    const ran = await report();
    expect(ended(ran), ran.log).toEqual([0, "neutral"]);
    expect(repository.comments).toEqual([]);
    expect(fake.requests).toHaveLength(1);
  });

  it.each([
    ["of the repository's own pull request", [7], "octo/app"],
    ["of a fork's", [], fork],
    ["of one that was merged before this ran", [], "octo/app", "closed"],
  ] as const)("a run that has posted its own comment, %s", async (_, pulls, home, state: "open" | "closed" = "open") => {
    const { repository } = arrange({
      run: { pulls, headRepository: home },
      pull: { head: { ref: "change", sha: head, repository: home }, state },
    });
    await merge({ "coverage-gate.json": jsonOf({ verdict: "fail" }) }, { token }, pullRequest(fake.url));
    expect(repository.comments).toHaveLength(1);
    const ran = await report();
    expect(ended(ran), ran.log).toEqual([0, "neutral"]);
    expect(ran.outputs["summary"]).toContain("already");
    expect(repository.comments).toHaveLength(1);
  });

  it("a gate whose paths have not changed, unless there is a comment to correct", async () => {
    const idle = jsonOf({ action: "quality-gate", verdict: "neutral", rules: [], sections: [], headline: "Nothing has changed." });
    const packed = archive([letter(), { name: "quality-gate.json", content: idle }]);
    const { repository } = arrange({ artifact: { archive: packed } });
    const ran = await report();
    expect([...ended(ran), repository.comments], ran.log).toEqual([0, "neutral", []]);
    fake.state.addArtifact(repository, { run: runId, name: "forge-report", archive: archive([letter(), gate]) });
    await report();
    repository.artifacts.pop();
    fake.state.addRun(repository, { id: runId, attempt: 2, headSha: head, headRepository: fork });
    const corrected = await report();
    expect([...ended(corrected), repository.comments.length], corrected.log).toEqual([0, "neutral", 1]);
    expect(repository.comments[0]?.body).toContain("Nothing has changed.");
  });

  it("a pull request that has moved on, told by its own commits", async () => {
    const { repository } = arrange();
    const old = repository.git.commitFiles("change", { "a.txt": "old" });
    const now = repository.git.commitFiles("change", { "a.txt": "new" });
    fake.state.addPullRequest(repository, { number: 7, head: { ref: "change", sha: now, repository: fork }, commits: [old, now] });
    fake.state.addRun(repository, { id: runId, headSha: old, headRepository: fork });
    fake.state.addArtifact(repository, { run: runId, name: "forge-report", archive: archive([letter({ head_sha: old }), gate]) });
    const ran = await report();
    expect(ended(ran), ran.log).toEqual([0, "neutral"]);
    expect(repository.comments).toEqual([]);
  });
});

describe("what is not there is 3", () => {
  it("no such run", async () => {
    arrange();
    expect(ended(await report({ "run-id": "1" }))).toEqual([3, "unknown"]);
  });

  it("a run that has left nothing and no comment", async () => {
    const { repository } = arrange();
    const ran = await report();
    expect(ended(ran), ran.log).toEqual([3, "unknown"]);
    expect(ran.outputs["summary"]).toContain("no artifact forge-report");
    expect(repository.comments).toEqual([]);
  });

  it("an artifact that has expired, one of another id, one without reports", async () => {
    const { repository } = arrange({ artifact: { archive: archive([letter()]) } });
    expect(ended(await report())).toEqual([3, "unknown"]);
    repository.artifacts.splice(0);
    fake.state.addArtifact(repository, { run: runId, name: "forge-report", archive: archive([letter(), gate]), expired: true });
    fake.state.addArtifact(repository, { run: runId, name: "forge-report-web", archive: archive([letter(), gate]) });
    expect(ended(await report())).toEqual([3, "unknown"]);
    expect(ended(await report({ id: "web" }))).toEqual([0, "pass"]);
  });

  it("a gate that was expected", async () => {
    const { repository } = arrange({ artifact: { archive: archive([letter(), gate]) } });
    const ran = await report({ expected: "coverage-gate\nsecret-scan" });
    expect(ended(ran)).toEqual([3, "unknown"]);
    expect(repository.comments[0]?.body).toMatch(/`secret-scan` \| ❓ unknown/);
  });

  it.each([
    ["may not read runs", { pull_requests: "write" } as const, /actions: read/],
    ["may not comment", { actions: "read", pull_requests: "read" } as const, /pull-requests: write/],
  ])("a token that %s", async (_, permissions, reason) => {
    const { repository } = arrange({ artifact: { archive: archive([letter(), gate]) } });
    const closed = fake.state.addRepository("octo/app", { private: true });
    Object.assign(closed, { runs: repository.runs, artifacts: repository.artifacts, pulls: repository.pulls });
    fake.state.addActionsToken(token, closed, permissions);
    const ran = await report();
    expect(ended(ran), ran.log).toEqual([3, "unknown"]);
    expect(ran.outputs["summary"]).toMatch(reason);
  });
});

const bomb = Buffer.alloc(200 * 1024 * 1024);
const deep = `{"schema":"forge-report/1","data":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;

describe("a hostile artifact posts nothing", () => {
  it.each<[string, () => Buffer]>([
    ["the number of somebody else's pull request", () => archive([letter({ pull_request: 8 }), gate])],
    ["a number that does not exist", () => archive([letter({ pull_request: 99 }), gate])],
    ["a number that is text", () => archive([letter({ pull_request: "7" }), gate])],
    ["a number with a fraction", () => archive([letter({ pull_request: 7.5 }), gate])],
    ["another commit", () => archive([letter({ head_sha: "e".repeat(40) }), gate])],
    ["a commit that is none", () => archive([letter({ head_sha: "main" }), gate])],
    ["another schema", () => archive([letter({ schema: "forge-artifact/9" }), gate])],
    ["no forge.json", () => archive([gate])],
    ["a forge.json that is no JSON", () => archive([{ name: "forge.json", content: "{" }, gate])],
    ["a forge.json that is a list", () => archive([{ name: "forge.json", content: "[]" }, gate])],
    ["a way out of the folder", () => archive([letter(), gate, { name: "../../evil.json", content: "x" }])],
    ["an absolute path", () => archive([letter(), gate, { name: "/tmp/evil.json", content: "x" }])],
    ["a Windows path", () => archive([letter(), gate, { name: "..\\evil.json", content: "x" }])],
    ["a folder", () => archive([letter(), gate, { name: "a/b.json", content: "x" }])],
    ["a name that is no report's", () => archive([letter(), gate, { name: "run.sh", content: "x" }])],
    ["a name with an end inside", () => archive([letter(), gate, { name: "a\0.json", content: "x" }])],
    ["a link", () => archive([letter(), { ...gate, mode: 0o120777 }])],
    ["a device", () => archive([letter(), { ...gate, mode: 0o020666 }])],
    ["the same name twice", () => archive([letter(), letter({ pull_request: 8 }), gate])],
    ["the same name in other letters", () => archive([letter(), gate, { name: "Coverage-Gate.json", content: "x" }])],
    ["two names for one file", () => archive([letter(), { ...gate, localName: "secret-scan.json" }])],
    ["two files on the same bytes", () => archive([letter(), gate, { ...gate, name: "bundle-size.json", offset: 0 }])],
    ["a file behind the end", () => archive([letter(), { ...gate, offset: 1_000_000 }])],
    ["an encrypted file", () => archive([letter(), { ...gate, flags: 1 }])],
    ["an unknown packing", () => archive([letter(), { ...gate, method: 14 }])],
    ["a wrong checksum", () => archive([letter(), { ...gate, checksum: 1 }])],
    ["a wrong size", () => archive([letter(), { ...gate, size: 10 }])],
    ["a bomb that says its size", () => archive([letter(), { name: "coverage-gate.json", content: bomb }])],
    ["a bomb that does not", () => archive([letter(), { name: "coverage-gate.json", content: bomb, size: 1_000 }])],
    ["many files", () => archive([letter(), ...Array.from({ length: 3_000 }, (_, index) => ({ ...gate, name: `g${index}.json` }))])],
    ["fewer files than it has", () => archive([letter(), gate], { count: 1 })],
    ["more files than it has", () => archive([letter(), gate], { count: 3 })],
    ["half an archive", () => archive([letter(), gate]).subarray(0, 300)],
    ["no archive", () => Buffer.from("<html>not found</html>")],
    ["nothing", () => Buffer.alloc(0)],
    [
      "a second archive in its comment",
      () => archive([letter(), gate], { comment: archive([letter({ pull_request: 8 }), gate]).subarray(0, -1) }),
    ],
    ["a report that is none", () => archive([letter(), { ...gate, content: "{}" }])],
    ["half a report", () => archive([letter(), { ...gate, content: jsonOf().slice(0, 200) }])],
    ["one good report and one bad", () => archive([letter(), gate, { name: "bundle-size.json", content: "[]" }])],
    ["a report nested without end", () => archive([letter(), { ...gate, content: deep }])],
    [
      "a report of two million values",
      () => archive([letter(), { ...gate, content: jsonOf().replace('"data": {}', `"data": {"a":[${"0,".repeat(900_000)}0]}`) }]),
    ],
    [
      "a report with a key for a prototype",
      () => archive([letter(), { ...gate, content: jsonOf().replace('"data": {}', '"data": {"__proto__":{}}') }]),
    ],
    ["a report under another's name", () => archive([letter(), { ...gate, name: "secret-scan.json" }])],
    ["a report that contradicts itself", () => archive([letter(), { ...gate, content: jsonOf({ outputs: { verdict: "fail" } }) }])],
  ])("%s", async (_, make) => {
    const { repository } = arrange({ artifact: { archive: make() } });
    const ran = await report({ "check-run": "Forge", enforce: "false" });
    expect(ended(ran), ran.log).toEqual([2, "unknown"]);
    expect(repository.comments).toEqual([]);
    expect(repository.checkRuns.size).toBe(0);
    expect(fake.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("the commit of somebody else's pull request, from another repository", async () => {
    const { repository } = arrange({ run: { headRepository: "other/app" }, artifact: { archive: archive([letter(), gate]) } });
    const ran = await report();
    expect(ended(ran), ran.log).toEqual([2, "unknown"]);
    expect(repository.comments).toEqual([]);
  });

  it("an artifact whose list says 10 GB is not even fetched; one that is longer than said is not taken whole", async () => {
    arrange({ artifact: { archive: archive([letter(), gate]), size: 10_000_000_000 } });
    expect(ended(await report())).toEqual([2, "unknown"]);
    expect(fake.requests.some(({ path }) => path.includes("/zip"))).toBe(false);
    fake.reset();
    arrange({ artifact: { archive: Buffer.alloc(40_000_000), size: 100 } });
    expect(ended(await report())).toEqual([3, "unknown"]);
  });

  it("is refused within 5 s and 300 MB", async () => {
    const many = Array.from({ length: 90 }, (_, index) => ({
      name: `coverage-gate.g${index}.json`,
      content: Buffer.alloc(2 * 1024 * 1024),
    }));
    arrange({ artifact: { archive: archive([letter(), ...many]) } });
    const happening = onDefaultBranch("workflow_run", "f".repeat(40));
    const started = performance.now();
    const ran = await runBundle("report", {
      ...happening,
      env: { ...happening.env, GITHUB_API_URL: fake.url },
      workspace: temporaryFolder(),
      inputs: { token, "run-id": String(runId) },
      nodeArgs: ["--max-old-space-size=100"],
    });
    expect(ran.exitCode).toBe(2);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("what is taken is harmless", () => {
  it("texts format nothing, mention nobody and link nowhere", async () => {
    const texts = hostileStrings.map(({ text }) => text.slice(0, 500));
    const link = { link: "https://evil.example/login", text: "Log in again" };
    const blocks = [
      { kind: "list" as const, items: [...texts, [link]] },
      { kind: "table" as const, columns: [{ title: "a" }], rows: [[[link]], [link]] },
      { kind: "paragraph" as const, text: link },
    ];
    const hostile = jsonOf({
      headline: texts.join(" "),
      notes: texts,
      runUrl: "https://evil.example/actions/runs/1",
      sections: [{ title: "x", blocks }],
    });
    const { repository } = arrange({ artifact: { archive: archive([letter(), { ...gate, content: hostile }]) } });
    const ran = await report();
    expect(ended(ran), ran.log).toEqual([0, "pass"]);
    const body = repository.comments[0]?.body ?? "";
    expect(body).toContain("Log in again");
    expect(body).not.toMatch(/\]\(https:\/\/evil/);
    expect(body.match(/<!--/g)).toHaveLength(2);
    expect(body).not.toMatch(/(^|[^\u200b\w`])@(org|octocat|everyone)\b/m);
    const allowed = new Set(["error", "warning", "notice", "add-mask", "debug"]);
    expect(ran.commands.filter(({ name }) => !allowed.has(name))).toEqual([]);
    expect(ran.stdout + ran.stderr).not.toMatch(new RegExp(`(?<!add-mask::)${token}\\b`));
  });

  it("ten thousand findings, in a comment that says how many more there are", async () => {
    const findings = Array.from({ length: 10_000 }, (_, index) => ({
      rule: "minimum",
      severity: "error" as const,
      path: `src/${"deep/".repeat(index % 9)}${index}.ts`,
      line: index + 1,
      message: `Line ${index} is not covered, @everyone <!-- --> ](https://evil.example)`,
    }));
    const content = jsonOf({ verdict: "fail", findings });
    const { repository } = arrange({ pull: { state: "closed" }, artifact: { archive: archive([letter(), { ...gate, content }]) } });
    const ran = await report({ enforce: "false" });
    expect(ended(ran), ran.log).toEqual([0, "fail"]);
    const body = repository.comments[0]?.body ?? "";
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(/Findings: 10,000 errors[\s\S]*and 9,900 more/);
    expect(body).not.toMatch(/(^|[^\u200b\w;])@everyone|\]\(https:\/\/evil/m);
  });

  it("archives as others write them: stored, and by Python", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "r"));
    writeFileSync(join(folder, "r", "forge.json"), letter().content);
    writeFileSync(join(folder, "r", "coverage-gate.json"), gate.content);
    const script =
      "import sys,os,zipfile\nz=zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED)\nfor n in os.listdir(sys.argv[2]): z.write(os.path.join(sys.argv[2],n),n)\nz.close()";
    execFileSync("python3", ["-c", script, join(folder, "a.zip"), join(folder, "r")]);
    for (const packed of [
      archive([
        { ...letter(), store: true },
        { ...gate, store: true },
      ]),
      readFileSync(join(folder, "a.zip")),
    ]) {
      fake.reset();
      const { repository } = arrange({ artifact: { archive: packed } });
      expect(ended(await report())).toEqual([0, "pass"]);
      expect(repository.comments).toHaveLength(1);
    }
  });

  it("writes no file of the artifact, anywhere", async () => {
    arrange({ artifact: { archive: archive([letter(), gate]) } });
    const workspace = temporaryFolder();
    const happening = onDefaultBranch("workflow_run", "f".repeat(40));
    await runBundle("report", {
      ...happening,
      env: { ...happening.env, GITHUB_API_URL: fake.url },
      workspace,
      inputs: { token, "run-id": String(runId) },
    });
    expect(existsSync(join(workspace, "coverage-gate.json"))).toBe(false);
  });
});

describe("inputs", () => {
  it.each([
    [{ "run-id": "0" }, "run-id"],
    [{ "run-id": "../1" }, "run-id"],
    [{ reports: "a.json" }, "reports"],
    [{ token: "" }, "token"],
  ])("%j is 2", async (inputs, name) => {
    arrange();
    const ran = await report(inputs);
    expect(ended(ran)).toEqual([2, "unknown"]);
    expect(ran.outputs["summary"]).toContain(name);
    expect(fake.requests).toEqual([]);
  });
});

describe("faults of GitHub", () => {
  it.each([
    ["a run that cannot be asked for", "/actions/runs/4242$"],
    ["a download that breaks", "/zip$"],
    ["a storage that breaks", "/storage/"],
  ])("%s, once: it is asked again", async (_, path) => {
    const { repository } = arrange({ artifact: { archive: archive([letter(), gate]) } });
    fake.fault({ path: new RegExp(path) }, { kind: "status", status: 502 });
    const once = await report();
    expect(ended(once), once.log).toEqual([0, "pass"]);
    expect(repository.comments).toHaveLength(1);
  });
});
