import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostileStrings } from "../../fixtures/hostile.ts";
import { onDefaultBranch } from "../events.ts";
import { runBundle, temporaryFolder } from "../harness.ts";
import { archive } from "./archive.ts";
import { forkReports, gate, letter, runId } from "./fork.ts";
import { ended, jsonOf, token } from "./merge.ts";

const here = forkReports();

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
    const { repository } = here.arrange({ artifact: { archive: make() } });
    const ran = await here.report({ "check-run": "Forge", enforce: "false" });
    expect(ended(ran), ran.log).toEqual([2, "unknown"]);
    expect(repository.comments).toEqual([]);
    expect(repository.checkRuns.size).toBe(0);
    expect(here.fake.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("the commit of somebody else's pull request, from another repository", async () => {
    const { repository } = here.arrange({ run: { headRepository: "other/app" }, artifact: { archive: archive([letter(), gate]) } });
    const ran = await here.report();
    expect(ended(ran), ran.log).toEqual([2, "unknown"]);
    expect(repository.comments).toEqual([]);
  });

  it("an artifact whose list says 10 GB is not even fetched; one that is longer than said is not taken whole", async () => {
    here.arrange({ artifact: { archive: archive([letter(), gate]), size: 10_000_000_000 } });
    expect(ended(await here.report())).toEqual([2, "unknown"]);
    expect(here.fake.requests.some(({ path }) => path.includes("/zip"))).toBe(false);
    here.fake.reset();
    here.arrange({ artifact: { archive: Buffer.alloc(40_000_000), size: 100 } });
    expect(ended(await here.report())).toEqual([3, "unknown"]);
  });

  it("is refused within 5 s and 300 MB", async () => {
    const many = Array.from({ length: 90 }, (_, index) => ({
      name: `coverage-gate.g${index}.json`,
      content: Buffer.alloc(2 * 1024 * 1024),
    }));
    here.arrange({ artifact: { archive: archive([letter(), ...many]) } });
    const happening = onDefaultBranch("workflow_run", "f".repeat(40));
    const started = performance.now();
    const ran = await runBundle("report", {
      ...happening,
      env: { ...happening.env, GITHUB_API_URL: here.fake.url },
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
    const { repository } = here.arrange({ artifact: { archive: archive([letter(), { ...gate, content: hostile }]) } });
    const ran = await here.report();
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
    const { repository } = here.arrange({ pull: { state: "closed" }, artifact: { archive: archive([letter(), { ...gate, content }]) } });
    const ran = await here.report({ enforce: "false" });
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
      here.fake.reset();
      const { repository } = here.arrange({ artifact: { archive: packed } });
      expect(ended(await here.report())).toEqual([0, "pass"]);
      expect(repository.comments).toHaveLength(1);
    }
  });

  it("writes no file of the artifact, anywhere", async () => {
    here.arrange({ artifact: { archive: archive([letter(), gate]) } });
    const workspace = temporaryFolder();
    const happening = onDefaultBranch("workflow_run", "f".repeat(40));
    await runBundle("report", {
      ...happening,
      env: { ...happening.env, GITHUB_API_URL: here.fake.url },
      workspace,
      inputs: { token, "run-id": String(runId) },
    });
    expect(existsSync(join(workspace, "coverage-gate.json"))).toBe(false);
  });
});
