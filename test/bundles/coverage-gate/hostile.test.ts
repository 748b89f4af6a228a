import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { hostileStrings } from "../../fixtures/hostile.ts";
import { type BundleRun, cleanUp } from "../harness.ts";
import { edit, pullRequest } from "../pull-request.ts";
import { annotated, ended, fileData, gate, lcov, project, source } from "./gate.ts";

afterAll(cleanUp);

/** What lcov and a file system can hold: one line, no slash, no NUL, short, with nothing at its end that cannot be seen. */
const names = [
  ...new Set(
    hostileStrings
      .map(({ text }) => text.replaceAll(/[\0\n\r\v\f\u0085\u2028\u2029/\\]/g, "_").slice(0, 60))
      .map((text) => text.replace(/[\s\p{Cc}]+$/u, ""))
      .filter((text) => !/\p{Cs}/u.test(text) && /[^._ ]/.test(text)),
  ),
];

/** Markdown without its code, in which nothing can act. */
function outsideCode(markdown: string): string {
  return markdown.replaceAll(/(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/g, "");
}

/** Nothing of what a stranger wrote may act on the runner, on the page, or on a terminal. */
function expectHarmless(run: BundleRun): void {
  const messages = run.commands
    .filter(({ name }) => name !== "debug" && name !== "add-mask")
    .map(({ name, properties }) => `${name} ${properties["title"]}`);
  expect(messages.filter((message) => !/^(error|warning|notice) coverage-gate/.test(message))).toEqual([]);
  for (const text of [run.log, run.summary]) expect(text).not.toMatch(/[^\P{Cc}\n\r\t]|\u202e/u);
  expect(run.stdout).not.toMatch(/##\[/);
  const page = outsideCode(run.summary);
  expect(page.match(/.{0,30}<(?!\/?(?:details|summary|sub|code|strong)>|!-- forge:coverage-gate -->).{0,30}/g) ?? []).toEqual([]);
  expect(page.match(/.{0,30}(?:@(?:octocat|org)|]\((?!https:\/\/github\.com\/)|!\[).{0,30}/g) ?? []).toEqual([]);
}

describe("hostile names", () => {
  it("of files in git, all at once: counted, judged, and shown harmlessly everywhere", async () => {
    expect(names.length).toBeGreaterThan(60);
    const files = names.map((name, index) => `src/${index}${name}`);
    const before = { "src/plain.js": source(2) };
    const pull = pullRequest({ before, change: Object.fromEntries(files.map((path) => [path, source(2)])) });
    edit(pull.folder, { "coverage/lcov.info": lcov(Object.fromEntries([...files, "src/plain.js"].map((path) => [path, "10"]))) });
    const fake: FakeGitHub = await startFakeGitHub();
    try {
      const repository = fake.state.addRepository("octo/app");
      fake.state.addPullRequest(repository, { number: 7 });
      fake.state.addActionsToken("ghs_job", repository, { pull_requests: "write" });
      const env = { ...pull.happening.env, GITHUB_API_URL: fake.url };
      const inputs = { minimum: "0", "minimum-patch": "90", comment: "true", token: "ghs_job", explain: "true" };
      const run = await gate(pull.folder, inputs, { ...pull.happening, env });
      expect(ended(run), run.log).toEqual([1, "fail"]);
      expect(fileData(run).map(({ path }) => path)).toEqual([...files, "src/plain.js"].toSorted());
      expect(run.outputs).toMatchObject({ "patch-covered": String(files.length), "patch-total": String(files.length * 2) });
      expectHarmless(run);
      expectHarmless({ ...run, summary: repository.comments[0]?.body ?? "", commands: [] });
      expect(repository.comments[0]?.body.match(/<!--/g)).toHaveLength(1);
      fake.verify();
    } finally {
      await fake.close();
    }
  });

  it("of files in a report, of packages, and of flags", async () => {
    const { folder } = project({ "src/a.js": "10" });
    edit(folder, {
      "coverage/lcov.info": `${lcov({ "src/a.js": "10" })}${lcov(Object.fromEntries(names.map((name) => [`/evil/${name}`, "1"])))}`,
    });
    const run = await gate(folder, { minimum: "50", explain: "true", flag: "::error::x|<b>@octocat" });
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(run.outputs["total"]).toBe("2");
    expectHarmless(run);
  });

  it("that climb out of the repository or are options lead nowhere", async () => {
    const { folder } = project({ "src/a.js": "11" });
    const climbing = ["../../../etc/passwd", "/etc/passwd", "--output=owned", "-rf", "C:\\Windows\\x.js", ".git/config", "", " "];
    edit(folder, { "coverage/lcov.info": `${lcov({ "src/a.js": "11" })}${lcov(Object.fromEntries(climbing.map((path) => [path, "0"])))}` });
    const run = await gate(folder, { merged: "out/merged.info" });
    expect([0, 2], run.log).toContain(run.exitCode);
    expect(existsSync(join(folder, "owned"))).toBe(false);
    if (run.exitCode === 0) expect(fileData(run).map(({ path }) => path)).toEqual(["src/a.js"]);
  });

  it("of a branch and of the base", async () => {
    const { folder } = project({ "src/a.js": "11" });
    for (const base of ["--upload-pack=touch owned", "$(touch owned)", "HEAD; touch owned", "main..HEAD", "@{-1}", ":/x"]) {
      const run = await gate(folder, { base });
      expect(ended(run), `${base}\n${run.log}`).toEqual([2, "unknown"]);
    }
    expect(existsSync(join(folder, "owned"))).toBe(false);
  });

  it("that hold the job's own token show it nowhere, in no encoding", async () => {
    const token = "ghs_secret0123456789abcdef";
    const encoded = [token, Buffer.from(token).toString("base64")];
    const { folder } = project({ "src/a.js": "10", [`src/${token}.js`]: "0" });
    edit(folder, { "coverage/lcov.info": lcov({ "src/a.js": "10", [`src/${token}.js`]: "0", [`/evil/${encoded[1]}`]: "0" }) });
    const run = await gate(folder, { token, explain: "true", minimum: "90" });
    const everything = [run.log, run.summary, JSON.stringify(run.report), JSON.stringify(run.outputs)].join("\n");
    for (const text of encoded) expect(everything).not.toContain(text);
    expect(everything).toContain("***");
  });

  it("annotations point to the file whatever its name is", async () => {
    const path = "src/a, b:c%2C=d\u00e9.js";
    const pull = pullRequest({
      before: { "README.md": "x\n" },
      change: { [path]: source(3) },
      reports: { "coverage/lcov.info": lcov({ [path]: "100" }) },
    });
    const run = await gate(pull.folder, { "minimum-patch": "90", minimum: "0" }, pull.happening);
    expect(annotated(run)).toEqual([`warning ${path}:2-3`]);
  });
});

describe("hostile contents", () => {
  it.each<[name: string, content: string]>([
    [
      "an external entity",
      '<?xml version="1.0"?><!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><coverage line-rate="1"><packages><package><classes><class filename="&x;"><lines><line number="1" hits="1"/></lines></class></classes></package></packages></coverage>',
    ],
    [
      "names of prototypes",
      '{"__proto__":{"path":"__proto__","statementMap":{"0":{"start":{"line":1},"end":{"line":1}}},"s":{"0":1},"branchMap":{},"b":{},"fnMap":{},"f":{}}}',
    ],
    ["deep JSON", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["deep XML", `<coverage line-rate="1">${"<packages>".repeat(100_000)}`],
    ["a line number beyond all files", "SF:src/a.js\nDA:4294967296,1\nDA:99999999999999999999,1\nend_of_record\n"],
    ["a path of a megabyte", `SF:${"x/".repeat(500_000)}a.js\nDA:1,1\nend_of_record\n`],
    ["one line of ten megabytes", `SF:src/a.js\nFN:1,${"x".repeat(10_000_000)}\nDA:1,1\nend_of_record\n`],
    ["a command in an error", "::error::owned\n::add-mask::pass\n"],
  ])("%s", async (_, content) => {
    const { folder } = project({ "src/a.js": "11" });
    edit(folder, { "coverage/bad": content });
    const run = await gate(folder, { reports: "coverage/bad", minimum: "0" }, { timeoutMs: 10_000 });
    expect([0, 2, 3], run.log.slice(0, 1_000)).toContain(run.exitCode);
    expect(run.log).not.toContain("root:");
    expectHarmless(run);
  });
});
