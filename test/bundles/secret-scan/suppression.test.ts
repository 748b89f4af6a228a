import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cleanUp } from "../harness.ts";
import { git } from "../repository.ts";
import { commit, ended, fresh, project, scan, told } from "./arrange.ts";

afterAll(cleanUp);

function leaking(): { folder: string; secret: string; at: string } {
  const { folder } = project();
  const secret = fresh();
  return { folder, secret, at: commit(folder, { "src/a.js": `one\nkey = "${secret}"\n` }) };
}

/** A rule of a configuration as gitleaks reads it. */
function rule(id: string, regex: string): string {
  return `[[rules]]\nid = "${id}"\nregex = "${regex}"\nkeywords = ["top-"]\n`;
}

describe("our own ignore file", () => {
  it("takes the fingerprint as it was told, and holds after lines move and history is squashed", async () => {
    const { folder, secret } = leaking();
    const fingerprint = told(await scan(folder))[0]?.fingerprint ?? "";
    expect(fingerprint).toMatch(/^github-pat:src\/a\.js:[0-9a-f]{12}$/);
    commit(folder, { ".forge-secrets-ignore": `${fingerprint} # a test key, until=2099-01-01\n` });
    const run = await scan(folder);
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(run.outputs).toMatchObject({ findings: "0", "new-findings": "0", suppressed: "1", "stale-suppressions": "0" });
    git(folder, "checkout", "-q", "--orphan", "squashed");
    commit(folder, { "src/a.js": `zero\none\n\nkey = "${secret}"\n` }, "squashed");
    git(folder, "branch", "-q", "-D", "main");
    expect(ended(await scan(folder))).toEqual([0, "pass"]);
    expect(ended(await scan(folder, { scope: "worktree" }))).toEqual([0, "pass"]);
  });

  it("an expired line accepts nothing and is told, as is one that accepts nothing", async () => {
    const { folder } = leaking();
    const fingerprint = told(await scan(folder))[0]?.fingerprint ?? "";
    commit(folder, { ".forge-secrets-ignore": `${fingerprint} # until=2020-01-01\ngithub-pat:gone.js:0123456789ab # old\n` });
    const run = await scan(folder);
    expect(ended(run)).toEqual([1, "fail"]);
    expect(run.outputs["stale-suppressions"]).toBe("2");
  });

  it("a line that is none is wrong input, with its place", async () => {
    const { folder } = leaking();
    commit(folder, { ".forge-secrets-ignore": "# fine\nnonsense\n" });
    const run = await scan(folder);
    expect(run.exitCode).toBe(2);
    expect(run.outputs["summary"]).toContain(".forge-secrets-ignore:2");
  });
});

describe(".gitleaksignore", () => {
  it("with commit, without, and with a commit that a rebase has taken away", async () => {
    const { folder, at } = leaking();
    for (const text of [`${at}:src/a.js:github-pat:2`, "src/a.js:github-pat:2", `${"e".repeat(40)}:src/a.js:github-pat:2`]) {
      const run = await scan(folder, { "ignore-file": join(folder, "x.ignore") }).then(async () => {
        commit(folder, { ".gitleaksignore": `${text}\n` });
        return scan(folder);
      });
      expect(ended(run), text).toEqual([0, "pass"]);
    }
    commit(folder, { ".gitleaksignore": `${git(folder, "rev-parse", `${at}^`)}:src/a.js:github-pat:2\n` });
    expect(ended(await scan(folder))).toEqual([1, "fail"]);
  });
});

describe("a secret that stands in a file twice", () => {
  it("is told where the configuration accepts only one of its lines", async () => {
    const accepts = '[[rules.allowlists]]\nregexTarget = "line"\nregexes = ["^accepted"]\n';
    const { folder } = project({
      ".gitleaks.toml": rule("word", "TOP-[a-z]{8}") + accepts,
      "a.txt": "accepted TOP-abcdefgh\nother TOP-abcdefgh\n",
    });
    const run = await scan(folder);
    expect(told(run).map(({ line }) => line)).toEqual([2]);
    expect(ended(run), run.log).toEqual([1, "fail"]);
  });

  it("is told where a comment accepts only one of its lines, also where the pattern touches the next line", async () => {
    const text = "TOP-abcdefgh # gitleaks:allow\nTOP-abcdefgh\nnext # gitleaks:allow\n";
    const { folder } = project({ ".gitleaks.toml": rule("word", "(TOP-[a-z]{8})\\\\s"), "a.txt": text });
    expect(told(await scan(folder)).map(({ line, suppressed }) => [line, suppressed])).toEqual([[2, false]]);
  });
});

it("a configuration's generic rule gives way to a specific one that finds the same on the same line", async () => {
  const config = rule("generic-thing", "= (TOP-[a-z]{8})") + rule("word", "TOP-abc[a-z]{5}");
  const { folder } = project({ ".gitleaks.toml": config, "a.txt": "a = TOP-abcdefgh\nb = TOP-xyzxyzxy\n" });
  const lines = told(await scan(folder)).map((finding) => `${finding.rule} ${finding.line}`);
  expect(lines.sort()).toEqual(["generic-thing 2", "word 1"]);
});

describe("comments", () => {
  it("accept a line in every spelling", async () => {
    const secret = fresh();
    const { folder } = project({
      "a.py": `a = "${secret}"  # gitleaks:allow\n`,
      "b.py": `a = "${secret}"  # pragma: allowlist secret\n`,
      "c.js": `// secretlint-disable-next-line\nconst a = "${secret}";\n`,
      "d.js": `const a = "${secret}"; // trufflehog:ignore\n`,
    });
    const run = await scan(folder);
    expect(ended(run)).toEqual([0, "pass"]);
    expect(run.outputs["suppressed"]).toBe("4");
  });
});

describe("a baseline", () => {
  it("of our own JSON: known findings count, and do not fail; new ones do", async () => {
    const { folder } = leaking();
    const first = await scan(folder, { json: "known.json" });
    expect(first.exitCode).toBe(1);
    const run = await scan(folder, { baseline: "known.json" });
    expect(ended(run)).toEqual([0, "pass"]);
    expect(run.outputs).toMatchObject({ findings: "1", "new-findings": "0" });
    commit(folder, { "b.js": `k = "${fresh()}"\n` });
    expect((await scan(folder, { baseline: "known.json" })).outputs).toMatchObject({ findings: "2", "new-findings": "1" });
  });

  it("of gitleaks and of detect-secrets", async () => {
    const { folder, secret } = leaking();
    const gitleaks = [{ RuleID: "github-pat", File: "src/a.js", StartLine: 99, Secret: secret, Commit: "f".repeat(40), Fingerprint: "x" }];
    const detect = {
      version: "1.5.0",
      results: { "src/a.js": [{ type: "GitHub Token", hashed_secret: createHash("sha1").update(secret).digest("hex"), line_number: 1 }] },
    };
    for (const content of [gitleaks, detect]) {
      commit(folder, { "base.json": JSON.stringify(content) });
      const run = await scan(folder, { baseline: "base.json", paths: "src/**" });
      expect(ended(run), run.log).toEqual([0, "pass"]);
    }
  });

  it("that is none is wrong input", async () => {
    const { folder } = leaking();
    commit(folder, { "base.json": '{"hello": 1}', "torn.json": "[{" });
    for (const baseline of ["base.json", "torn.json", "absent.json"]) expect((await scan(folder, { baseline })).exitCode).toBe(2);
  });
});

describe("the JSON file", () => {
  it("is the same for the same repository, and has no secret", async () => {
    const { folder, secret } = leaking();
    await scan(folder, { json: "one.json" });
    await scan(folder, { json: "two.json" });
    const [one, two] = ["one.json", "two.json"].map((name) => readFileSync(join(folder, name), "utf8"));
    expect(one).toBe(two);
    expect(one).not.toContain(secret);
    expect(JSON.parse(one ?? "")).toMatchObject({
      schema: "forge-secrets/1",
      findings: [{ rule: "github-pat", path: "src/a.js", line: 2, author: "Test" }],
    });
  });
});
