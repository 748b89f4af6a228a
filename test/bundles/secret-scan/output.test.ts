import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Dice } from "../../actions/secret-scan/samples.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { git } from "../repository.ts";
import { commit, ended, fresh, project, scan, told } from "./arrange.ts";

afterAll(cleanUp);

const dice = new Dice(77);

/** Everything that a run leaves: streams without the masks, summary, outputs, report and files. */
function leftovers(run: Awaited<ReturnType<typeof scan>>, folder: string, files: readonly string[]): string {
  const streams = `${run.stdout}${run.stderr}`.split("\n").filter((line) => !line.startsWith("::add-mask::"));
  const written = files.map((name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : ""));
  return [...streams, run.summary, JSON.stringify(run.outputs), JSON.stringify(run.report), ...written].join("\n");
}

describe("a secret is nowhere to be seen", () => {
  it("of thirty, in any file, with and without a last line break", async () => {
    const tokens = Array.from({ length: 20 }, () => fresh());
    const passwords = Array.from({ length: 8 }, () => `${dice.text("abcdefghkmnpqrs", 5)}${dice.text("23456789", 2)}!`);
    const body = Array.from({ length: 10 }, () => dice.text("ABCDEFGHIJKLabcdefghijkl0123456789+/", 64));
    const key = `-----BEGIN ${"PRIVATE"} KEY-----\n${body.join("\n")}\n-----END ${"PRIVATE"} KEY-----`;
    const files: Record<string, string> = { id_rsa: key, "b64.yml": `x: ${Buffer.from(`key=${tokens[0] ?? ""}`).toString("base64")}` };
    for (const [index, token] of tokens.entries()) files[`t${index}.js`] = index % 2 === 0 ? `k = "${token}"` : `k = "${token}"\n`;
    for (const [index, password] of passwords.entries()) files[`p${index}/.env`] = `DB_PASSWORD=${password}`;
    const { folder } = project(files);
    const run = await scan(folder, { sarif: "out.sarif", json: "out.json" });
    expect(run.exitCode).toBe(1);
    expect(Number(run.outputs["findings"])).toBeGreaterThanOrEqual(30);
    const all = leftovers(run, folder, ["out.sarif", "out.json"]);
    for (const secret of [...tokens, ...passwords, ...body, files["b64.yml"]?.slice(3) ?? ""]) expect(all, secret).not.toContain(secret);
    for (const token of tokens) expect(all).not.toContain(Buffer.from(token).toString("base64"));
  });

  it("is masked before any other line is printed", async () => {
    const { folder } = project({ "a.js": `k = "${fresh()}"\n` });
    const { stdout } = await scan(folder);
    const lines = stdout.split("\n");
    const mask = lines.findIndex((line) => line.startsWith("::add-mask::ghp_"));
    expect(mask).toBeGreaterThanOrEqual(0);
    expect(lines.findIndex((line) => line.includes("github-pat"))).toBeGreaterThan(mask);
  });

  it("not in the names of files either", async () => {
    const secret = fresh();
    const { folder } = project({ [`keys/${secret}.txt`]: `${secret}\n` });
    const run = await scan(folder, { sarif: "out.sarif", json: "out.json" });
    expect(run.exitCode).toBe(1);
    expect(leftovers(run, folder, ["out.sarif", "out.json"])).not.toContain(secret);
  });

  it("redacted shows at most eight and four characters, and no e-mail is anywhere", async () => {
    const { folder } = project({ "a.js": `k = "${fresh("github-fine-grained-pat")}"\n` });
    const run = await scan(folder, { sarif: "out.sarif", json: "out.json" });
    const [leading = "", trailing = ""] = (told(run)[0]?.redacted ?? "").split("…");
    expect([leading.length <= 8, trailing.length <= 4]).toEqual([true, true]);
    expect(leftovers(run, folder, ["out.sarif", "out.json"])).not.toContain("test@example.invalid");
  });
});

describe("SARIF", () => {
  interface Sarif {
    readonly runs: readonly {
      readonly tool: {
        readonly driver: { readonly rules: readonly { readonly id: string; readonly properties: Record<string, unknown> }[] };
      };
      readonly results: readonly {
        readonly ruleId: string;
        readonly level: string;
        readonly partialFingerprints: Record<string, string>;
        readonly locations: unknown;
      }[];
    }[];
  }
  const read = (folder: string): Sarif => JSON.parse(readFileSync(join(folder, "out.sarif"), "utf8")) as Sarif;

  it("has level, security-severity and fingerprints that a rebase does not change", async () => {
    const secret = fresh();
    const { folder } = project({ "a b/c#.js": `k = "${secret}"\n` });
    await scan(folder, { sarif: "out.sarif" });
    const [before] = read(folder).runs;
    expect(before?.results).toMatchObject([
      {
        ruleId: "github-pat",
        level: "error",
        locations: [{ physicalLocation: { artifactLocation: { uri: "a%20b/c%23.js" }, region: { startLine: 1, startColumn: 6 } } }],
      },
    ]);
    expect(before?.tool.driver.rules[0]?.properties["security-severity"]).toBe("9.5");
    commit(folder, { "a b/c#.js": `\n\nk = "${secret}"\n` });
    git(folder, "checkout", "-q", "--orphan", "other");
    git(folder, "commit", "-q", "-m", "squashed");
    git(folder, "branch", "-q", "-D", "main");
    await scan(folder, { sarif: "out.sarif" });
    expect(read(folder).runs[0]?.results[0]?.partialFingerprints).toEqual(before?.results[0]?.partialFingerprints);
  });
});

describe("configuration", () => {
  const own = "[[rules]]\nid = 'ticket'\ndescription = 'Ticket'\nregex = '''TICKET-([0-9]{4})'''\nkeywords = 'ticket-'\n";

  it("of gitleaks is found where gitleaks looks for it, and replaces the built-in rules", async () => {
    const { folder } = project({ ".gitleaks.toml": own, "a.txt": `TICKET-1234\n${fresh()}\n` });
    const run = await scan(folder, { paths: "a.txt" });
    expect(told(run)).toMatchObject([{ rule: "ticket", path: "a.txt", line: 1 }]);
  });

  it("extends them, takes rules away, and changes one", async () => {
    const toml = `${own}\n[extend]\nuseDefault = true\ndisabledRules = ["generic-api-key"]\n[[rules]]\nid = "github-pat"\n[[rules.allowlists]]\npaths = ['''^fixtures/''']\n`;
    const { folder } = project({
      ".gitleaks.toml": toml,
      "fixtures/a.js": `k = "${fresh()}"\n`,
      "b.js": `k = "${fresh()}"\n`,
      ".env": "DB_PASSWORD=s3cr3tP4ss\n",
    });
    expect(told(await scan(folder)).map(({ rule, path }) => `${rule} ${path}`)).toEqual(["github-pat b.js"]);
  });

  it("allowlists: regexes, stopwords, commits, targets and AND", async () => {
    const toml = `${own}[[allowlists]]\nregexTarget = "line"\nregexes = ['''skip this''']\n[[allowlists]]\ncondition = "AND"\npaths = ['''^docs/''']\nstopwords = ["5"]\n[[allowlists]]\ntargetRules = ["other"]\nregexes = ['''.*''']\n`;
    const { folder } = project({
      "c.toml": toml,
      "a.txt": "TICKET-1111 skip this\nTICKET-2222\n",
      "docs/a.txt": "TICKET-5555\nTICKET-6666\n",
    });
    const found = told(await scan(folder, { config: "c.toml", paths: "**/*.txt" })).map(({ path, line }) => `${path}:${line}`);
    expect(found.sort()).toEqual(["a.txt:2", "docs/a.txt:2"]);
  });

  it("rules that need another one near by, and rules for paths alone", async () => {
    const toml = `[[rules]]\nid = "pair"\nregex = '''KEY-[0-9]+'''\n[[rules.required]]\nid = "name"\nwithinLines = 1\n[[rules]]\nid = "name"\nregex = '''NAME-[a-z]+'''\nskipReport = true\n[[rules]]\nid = "dump"\npath = '''\\.dump$'''\n`;
    const { folder } = project({ "c.toml": toml, "a.txt": "NAME-x\nKEY-1\n\n\nKEY-2\n", "x.dump": "\n" });
    const found = told(await scan(folder, { config: "c.toml", paths: "*.txt\n*.dump" })).map(
      ({ rule, path, line }) => `${rule} ${path}:${line}`,
    );
    expect(found.sort()).toEqual(["dump x.dump:1", "pair a.txt:2"]);
  });

  it("of secretlint, in JSON: a rule off, an allowance", async () => {
    const allowed = fresh();
    const rc = {
      rules: [
        {
          id: "@secretlint/secretlint-rule-preset-recommend",
          rules: [
            { id: "@secretlint/secretlint-rule-github", options: { allows: [allowed] } },
            { id: "@secretlint/secretlint-rule-npm", disabled: true },
          ],
        },
      ],
    };
    const { folder } = project({
      ".secretlintrc.json": JSON.stringify(rc),
      "a.js": `"${allowed}"\n`,
      "b.js": `"${fresh()}"\n`,
      "c.js": `"${fresh("npm-access-token")}"\n`,
    });
    expect(told(await scan(folder)).map(({ path }) => path)).toEqual(["b.js"]);
  });

  it.each<[name: string, file: string, text: string, message: RegExp]>([
    ["broken TOML", "c.toml", "[[rules]\nid = 1", /c\.toml:1/],
    ["a pattern that Go does not know", "c.toml", "[[rules]]\nid = 'x'\nregex = '''a(?=b)'''\n", /look-around/],
    ["an unclosed group", "c.toml", "[[rules]]\nid = 'x'\nregex = '''a(b'''\n", /not closed/],
    ["a rule without an id", "c.toml", "[[rules]]\nregex = 'a'\n", /no id/],
    ["an expression", "c.toml", "[[rules]]\nid = 'x'\nregex = 'a'\nfilter = 'true'\n", /filter/],
    ["a program", "c.js", "module.exports = {}", /program/],
    ["an absent file", "none.toml", "", /does not exist/],
  ])("%s is wrong input", async (_, name, text, message) => {
    const { folder } = project({ "README.md": "x\n", ...(name === "none.toml" ? {} : { [name]: text }) });
    const run = await scan(folder, { config: name });
    expect(run.exitCode, run.log).toBe(2);
    expect(run.outputs["summary"]).toMatch(message);
  });

  it("rules by id and by level", async () => {
    const { folder } = project({ "a.js": `"${fresh()}"\n`, ".env": "DB_PASSWORD=s3cr3tP4ss\n" });
    expect(told(await scan(folder, { rules: "!generic-*" })).map(({ rule }) => rule)).toEqual(["github-pat"]);
    expect(told(await scan(folder, { rules: "generic-secret" })).map(({ rule }) => rule)).toEqual(["generic-secret"]);
    expect(told(await scan(folder, { "minimum-severity": "critical" })).map(({ rule }) => rule)).toEqual(["github-pat"]);
    expect((await scan(folder, { rules: "no-such-rule" })).exitCode).toBe(2);
  });
});

describe("what is on a disk", () => {
  it("FIFOs, sockets, links in circles and ignored files are no trouble", async () => {
    const { folder } = project({ ".gitignore": "ignored/\n", "a.js": "a\n" });
    mkdirSync(join(folder, "ignored"));
    writeFileSync(join(folder, "ignored", "k.js"), `"${fresh()}"\n`);
    execFileSync("mkfifo", [join(folder, "pipe")]);
    execFileSync("ln", ["-s", "loop", join(folder, "loop")]);
    const run = await scan(folder, { scope: "worktree" });
    expect(ended(run), run.log).toEqual([0, "pass"]);
    writeFileSync(join(folder, "untracked.js"), `"${fresh()}"\n`);
    expect(told(await scan(folder, { scope: "worktree" })).map(({ path }) => path)).toEqual(["untracked.js"]);
  });

  it("outside of git a FIFO is left out, counted and named", async () => {
    const folder = temporaryFolder();
    execFileSync("mkfifo", [join(folder, "pipe")]);
    writeFileSync(join(folder, "a"), "a\n");
    const run = await scan(folder, { scope: "worktree" });
    expect([...ended(run), run.outputs["skipped"]]).toEqual([0, "pass", "1"]);
    expect(JSON.stringify(run.report?.data)).toContain("pipe");
  });

  it("files over max-file-size are left out, counted and named", async () => {
    const { folder } = project({ "big.js": `${"x".repeat(5_000)}\n"${fresh()}"\n`, "small.js": "a\n" });
    for (const scope of ["history", "worktree"]) {
      const run = await scan(folder, { scope, "max-file-size": "4kB" });
      expect([...ended(run), run.outputs["skipped"]], scope).toEqual([0, "pass", "1"]);
      expect(JSON.stringify(run.report?.data)).toContain("big.js");
    }
  });

  it("a submodule is another repository", async () => {
    const inner = project({ "k.js": `"${fresh()}"\n` });
    const { folder } = project();
    git(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.folder, "sub");
    git(folder, "commit", "-q", "-m", "sub");
    for (const scope of ["history", "worktree"]) expect(ended(await scan(folder, { scope })), scope).toEqual([0, "pass"]);
  });

  it("several threads find what one finds", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`d${index % 7}/f${index}.js`, index % 5 === 0 ? `"${fresh()}"\n` : `x${index}\n`]),
    );
    const { folder } = project(files);
    for (const scope of ["history", "worktree"]) {
      const [one, three] = await Promise.all([scan(folder, { scope, workers: "1" }), scan(folder, { scope, workers: "3" })]);
      expect(
        told(three)
          .map(({ path }) => path)
          .sort(),
      ).toEqual(
        told(one)
          .map(({ path }) => path)
          .sort(),
      );
      expect(told(one)).toHaveLength(12);
    }
  });

  it("leaves nothing behind", async () => {
    const { folder } = project({ "a.js": `"${fresh()}"\n` });
    await scan(folder);
    expect(readdirSync(folder).sort()).toEqual([".git", "a.js"]);
    expect(git(folder, "status", "--porcelain")).toBe("");
  });
});

describe("what other scanners stumble over", () => {
  it("an author who is called like the secret is redacted, and a bare repository is read", async () => {
    const secret = fresh();
    const { folder } = project();
    writeFileSync(join(folder, "a.txt"), `t = ${secret}\n`);
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "--message=x", `--author=N ${secret} <n@n.invalid>`);
    const bare = join(temporaryFolder(), "bare");
    git(folder, "clone", "--quiet", "--bare", folder, bare);
    const run = await scan(bare);
    expect(ended(run)).toEqual([1, "fail"]);
    expect(leftovers(run, bare, [])).not.toContain(secret);
    expect(ended(await scan(bare, { scope: "worktree" }))).toEqual([3, "unknown"]);
  });

  it("a repository without commits has nothing to scan", async () => {
    const folder = temporaryFolder();
    git(folder, "init", "--quiet");
    expect(ended(await scan(folder, { scope: "history" }))).toEqual([0, "neutral"]);
  });

  it("an archive that cannot be unpacked is never clean", async () => {
    const { folder } = project({ "a.zip": Buffer.concat([Buffer.from("PK\u0003\u0004"), Buffer.alloc(80, 7)]) });
    expect(ended(await scan(folder))).toEqual([3, "unknown"]);
    expect(ended(await scan(folder, { paths: "!a.zip" }))).toEqual([0, "pass"]);
  });

  it("a .secretlintignore holds where a .secretlintrc does", async () => {
    const { folder } = project({
      ".secretlintrc.json": JSON.stringify({ rules: [{ id: "@secretlint/secretlint-rule-preset-recommend" }] }),
      ".secretlintignore": "# generated\n**/vendor/**\n*.snap\n",
      "x/vendor/a.txt": `t = ${fresh()}\n`,
      "b.snap": `t = ${fresh()}\n`,
      "c.txt": `t = ${fresh()}\n`,
    });
    expect(told(await scan(folder, { scope: "worktree" })).map(({ path }) => path)).toEqual(["c.txt"]);
  });
});
