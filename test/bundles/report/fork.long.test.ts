import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../harness.ts";
import { archive } from "./archive.ts";
import { fork, forkReports, gate, letter, runId } from "./fork.ts";
import { ended, head, jsonOf, merge, pullRequest, token } from "./merge.ts";

const here = forkReports();

describe("both halves", () => {
  it.each([fork, "octo/app"])("what the first could not post for %s, the second does, once", async (home) => {
    const { repository } = here.arrange({ run: { headRepository: home }, pull: { head: { ref: "change", sha: head, repository: home } } });
    here.fake.state.addActionsToken("ghs_read", repository, { contents: "read", pull_requests: "read" });
    const happening = pullRequest(here.fake.url, { fork: home === fork });
    const files = { "coverage-gate.json": jsonOf(), "bundle-size.web.json": jsonOf({ action: "bundle-size", id: "web", verdict: "fail" }) };
    const first = await merge(files, { token: "ghs_read" }, { ...happening, env: { ...happening.env, ...here.service.environment } });
    expect([...ended(first), first.outputs["artifact"]]).toEqual([1, "fail", "forge-report"]);
    expect(repository.comments).toEqual([]);
    const packed = here.service.artifacts.get("forge-report") ?? Buffer.alloc(0);
    expect(namesIn(packed)).toEqual(["bundle-size.web.json", "coverage-gate.json", "forge.json"]);
    here.fake.state.addArtifact(repository, { run: runId, name: "forge-report", archive: packed });
    const before = here.fake.requests.length;
    const second = await here.report();
    expect(ended(second), second.log).toEqual([1, "fail"]);
    expect(second.outputs["pull-request"]).toBe("7");
    expect(here.fake.requests.length - before).toBeLessThanOrEqual(8);
    const again = await here.report();
    expect(ended(again), again.log).toEqual([0, "neutral"]);
    expect(repository.comments).toHaveLength(1);
    const body = repository.comments[0]?.body ?? "";
    expect(body).toContain(head);
    expect(body).toMatch(/`bundle-size\.web` \| ❌ fail/);
    expect(body).toContain(`https://github.com/octo/app/actions/runs/${runId}`);
  });

  it("another attempt, and another run of the same commit, say what they say", async () => {
    const { repository } = here.arrange({ artifact: { archive: archive([letter(), { ...gate, content: jsonOf({ verdict: "fail" }) }]) } });
    expect(ended(await here.report())).toEqual([1, "fail"]);
    here.fake.state.addArtifact(repository, { run: runId, name: "forge-report", archive: archive([letter(), gate]) });
    here.fake.state.addRun(repository, { id: runId, attempt: 2, headSha: head, headRepository: fork });
    expect(ended(await here.report())).toEqual([0, "pass"]);
    expect(repository.comments[0]?.body).toMatch(/`coverage-gate` \| ✅ pass \| ❌ fail/);
    here.fake.state.addRun(repository, { id: 4243, headSha: head, headRepository: fork });
    here.fake.state.addArtifact(repository, {
      run: 4243,
      name: "forge-report",
      archive: archive([letter(), { ...gate, content: jsonOf({ verdict: "unknown" }) }]),
    });
    expect(ended(await here.report({ "run-id": "4243" }))).toEqual([3, "unknown"]);
    expect(repository.comments).toHaveLength(1);
  });

  it("a check run says fail although the step that posts it is not enforced", async () => {
    const { repository } = here.arrange({ artifact: { archive: archive([letter(), { ...gate, content: jsonOf({ verdict: "fail" }) }]) } });
    here.fake.state.addActionsToken(token, repository, { actions: "read", pull_requests: "write", checks: "write" });
    expect(ended(await here.report({ "check-run": "Forge", enforce: "false" }))).toEqual([0, "fail"]);
    expect([...repository.checkRuns.values()]).toMatchObject([{ name: "Forge", headSha: head, conclusion: "failure" }]);
  });

  it("reports of 30 MB are shortened to what is taken", async () => {
    const { repository } = here.arrange();
    here.fake.state.addActionsToken("ghs_read", repository, { pull_requests: "read" });
    const rows = Array.from({ length: 60_000 }, (_, index) => [`src/a/rather/long/name/of/a/file-${index}.ts`, "x".repeat(60)]);
    const long = (id: string) =>
      jsonOf({ id, sections: [{ title: "Files", blocks: [{ kind: "table", columns: [{ title: "File" }], rows }] }] });
    const files = Object.fromEntries(["a", "b", "c", "d"].map((id) => [`coverage-gate.${id}.json`, long(id)]));
    const happening = pullRequest(here.fake.url, { fork: true });
    const first = await merge(files, { token: "ghs_read" }, { ...happening, env: { ...happening.env, ...here.service.environment } });
    expect(ended(first), first.log.slice(0, 500)).toEqual([0, "pass"]);
    here.fake.state.addArtifact(repository, {
      run: runId,
      name: "forge-report",
      archive: here.service.artifacts.get("forge-report") ?? Buffer.alloc(0),
    });
    const second = await here.report();
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
    const { repository } = here.arrange({ run, artifact: { archive: archive([letter(), gate]) } });
    const ran = await here.report();
    expect(ended(ran), ran.log).toEqual([0, "neutral"]);
    expect(repository.comments).toEqual([]);
    expect(here.fake.requests).toHaveLength(1);
  });

  it.each([
    ["of the repository's own pull request", [7], "octo/app"],
    ["of a fork's", [], fork],
    ["of one that was merged before this ran", [], "octo/app", "closed"],
  ] as const)("a run that has posted its own comment, %s", async (_, pulls, home, state: "open" | "closed" = "open") => {
    const { repository } = here.arrange({
      run: { pulls, headRepository: home },
      pull: { head: { ref: "change", sha: head, repository: home }, state },
    });
    await merge({ "coverage-gate.json": jsonOf({ verdict: "fail" }) }, { token }, pullRequest(here.fake.url));
    expect(repository.comments).toHaveLength(1);
    const ran = await here.report();
    expect(ended(ran), ran.log).toEqual([0, "neutral"]);
    expect(ran.outputs["summary"]).toContain("already");
    expect(repository.comments).toHaveLength(1);
  });

  it("a gate whose paths have not changed, unless there is a comment to correct", async () => {
    const idle = jsonOf({ action: "quality-gate", verdict: "neutral", rules: [], sections: [], headline: "Nothing has changed." });
    const packed = archive([letter(), { name: "quality-gate.json", content: idle }]);
    const { repository } = here.arrange({ artifact: { archive: packed } });
    const ran = await here.report();
    expect([...ended(ran), repository.comments], ran.log).toEqual([0, "neutral", []]);
    here.fake.state.addArtifact(repository, { run: runId, name: "forge-report", archive: archive([letter(), gate]) });
    await here.report();
    repository.artifacts.pop();
    here.fake.state.addRun(repository, { id: runId, attempt: 2, headSha: head, headRepository: fork });
    const corrected = await here.report();
    expect([...ended(corrected), repository.comments.length], corrected.log).toEqual([0, "neutral", 1]);
    expect(repository.comments[0]?.body).toContain("Nothing has changed.");
  });

  it("a pull request that has moved on, told by its own commits", async () => {
    const { repository } = here.arrange();
    const old = repository.git.commitFiles("change", { "a.txt": "old" });
    const now = repository.git.commitFiles("change", { "a.txt": "new" });
    here.fake.state.addPullRequest(repository, { number: 7, head: { ref: "change", sha: now, repository: fork }, commits: [old, now] });
    here.fake.state.addRun(repository, { id: runId, headSha: old, headRepository: fork });
    here.fake.state.addArtifact(repository, { run: runId, name: "forge-report", archive: archive([letter({ head_sha: old }), gate]) });
    const ran = await here.report();
    expect(ended(ran), ran.log).toEqual([0, "neutral"]);
    expect(repository.comments).toEqual([]);
  });
});

describe("what is not there is 3", () => {
  it("no such run", async () => {
    here.arrange();
    expect(ended(await here.report({ "run-id": "1" }))).toEqual([3, "unknown"]);
  });

  it("a run that has left nothing and no comment", async () => {
    const { repository } = here.arrange();
    const ran = await here.report();
    expect(ended(ran), ran.log).toEqual([3, "unknown"]);
    expect(ran.outputs["summary"]).toContain("no artifact forge-report");
    expect(repository.comments).toEqual([]);
  });

  it("an artifact that has expired, one of another id, one without reports", async () => {
    const { repository } = here.arrange({ artifact: { archive: archive([letter()]) } });
    expect(ended(await here.report())).toEqual([3, "unknown"]);
    repository.artifacts.splice(0);
    here.fake.state.addArtifact(repository, { run: runId, name: "forge-report", archive: archive([letter(), gate]), expired: true });
    here.fake.state.addArtifact(repository, { run: runId, name: "forge-report-web", archive: archive([letter(), gate]) });
    expect(ended(await here.report())).toEqual([3, "unknown"]);
    expect(ended(await here.report({ id: "web" }))).toEqual([0, "pass"]);
  });

  it("a gate that was expected", async () => {
    const { repository } = here.arrange({ artifact: { archive: archive([letter(), gate]) } });
    const ran = await here.report({ expected: "coverage-gate\nsecret-scan" });
    expect(ended(ran)).toEqual([3, "unknown"]);
    expect(repository.comments[0]?.body).toMatch(/`secret-scan` \| ❓ unknown/);
  });

  it.each([
    ["may not read runs", { pull_requests: "write" } as const, /actions: read/],
    ["may not comment", { actions: "read", pull_requests: "read" } as const, /pull-requests: write/],
  ])("a token that %s", async (_, permissions, reason) => {
    const { repository } = here.arrange({ artifact: { archive: archive([letter(), gate]) } });
    const closed = here.fake.state.addRepository("octo/app", { private: true });
    Object.assign(closed, { runs: repository.runs, artifacts: repository.artifacts, pulls: repository.pulls });
    here.fake.state.addActionsToken(token, closed, permissions);
    const ran = await here.report();
    expect(ended(ran), ran.log).toEqual([3, "unknown"]);
    expect(ran.outputs["summary"]).toMatch(reason);
  });
});

describe("inputs", () => {
  it.each([
    [{ "run-id": "0" }, "run-id"],
    [{ "run-id": "../1" }, "run-id"],
    [{ reports: "a.json" }, "reports"],
    [{ token: "" }, "token"],
  ])("%j is 2", async (inputs, name) => {
    here.arrange();
    const ran = await here.report(inputs);
    expect(ended(ran)).toEqual([2, "unknown"]);
    expect(ran.outputs["summary"]).toContain(name);
    expect(here.fake.requests).toEqual([]);
  });
});

describe("faults of GitHub", () => {
  it.each([
    ["a run that cannot be asked for", "/actions/runs/4242$"],
    ["a download that breaks", "/zip$"],
    ["a storage that breaks", "/storage/"],
  ])("%s, once: it is asked again", async (_, path) => {
    const { repository } = here.arrange({ artifact: { archive: archive([letter(), gate]) } });
    here.fake.fault({ path: new RegExp(path) }, { kind: "status", status: 502 });
    const once = await here.report();
    expect(ended(once), once.log).toEqual([0, "pass"]);
    expect(repository.comments).toHaveLength(1);
  });
});
