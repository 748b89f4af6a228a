import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { tar, zip } from "../../actions/secret-scan/packing.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { commitAll, git, writeFiles } from "../repository.ts";
import { commit, ended, fresh, project, scan, told } from "./arrange.ts";

afterAll(cleanUp);

const secret = fresh();
const line = `const key = "${secret}";\n`;

/** Contents that other scanners miss; each is committed, and then scanned as history and as files on disk. */
const contents: readonly [name: string, files: Readonly<Record<string, string | Uint8Array>>][] = [
  ["an attribute that hides diffs", { ".gitattributes": "*.js -diff binary export-ignore\n", "a.js": line }],
  ["a text conversion", { ".gitattributes": "*.js diff=none\n", "a.js": line }],
  ["UTF-16LE", { "a.txt": Buffer.from(`\ufeff${line}`, "utf16le") }],
  ["UTF-16BE", { "a.txt": Buffer.from(`\ufeff${line}`, "utf16le").swap16() }],
  ["UTF-16 without a mark", { "a.txt": Buffer.from(line, "utf16le") }],
  ["the beginning of a PDF", { "a.pdf": `%PDF-1.4\n${line}` }],
  ["CRLF", { "a.js": line.replace("\n", "\r\n") }],
  ["a name with a colon, a tab and quotes", { 'a:b\t"c".js': line }],
  ["a name with a line break", { "a\nb.js": line }],
  ["a keyword far away", { "a.js": `token\n${"x = 1;\n".repeat(20_000)}${line}` }],
  ["base64 twice", { "a.yml": `x: ${Buffer.from(Buffer.from(`k=${secret}`).toString("base64")).toString("base64")}\n` }],
  ["percent", { "a.txt": `${Array.from(secret, (letter) => `%${letter.charCodeAt(0).toString(16)}`).join("")}\n` }],
  ["hexadecimal", { "a.txt": `${Buffer.from(secret).toString("hex")}\n` }],
  ["zip", { "a.zip": zip({ "in.js": line }) }],
  ["tar.gz", { "a.tar.gz": gzipSync(tar({ "in.js": line })) }],
  ["a zip in a tar in a gzip", { "a.tgz": gzipSync(tar({ "in.zip": zip({ "in.js": line }) })) }],
  ["a zip behind a program", { "a.exe": Buffer.concat([Buffer.from(`MZ${"\0".repeat(500)}`), zip({ "in.js": line })]) }],
  ["a text in front of a zip", { "a.txt": Buffer.concat([Buffer.from(line), zip({ "in.js": "harmless\n" })]) }],
  ["a zip of more than 8 MiB", { "a.zip": zip({ "r.bin": randomBytes(9 * 2 ** 20), "in.js": line }) }],
  ["12 MB of UTF-16LE", { "a.txt": Buffer.from(`\ufeff${"hello world\n".repeat(500_000)}${line}`, "utf16le") }],
  ["12 MB of UTF-16BE", { "a.txt": Buffer.from(`\ufeff${"hello 😀orld\n".repeat(500_000)}${line}`, "utf16le").swap16() }],
  ["base64 in JSON in YAML", { "a.yaml": `data: '${JSON.stringify({ inner: Buffer.from(`{"k": "${secret}"}`).toString("base64") })}'\n` }],
  ["a line of a megabyte", { "a.js": `${"x".repeat(1_000_000)} ${secret} ${"y".repeat(500_000)}` }],
  ["nine megabytes in front", { "a.log": `${"harmless line of a log\n".repeat(420_000)}${line}` }],
];

describe.each(contents)("%s", (_, files) => {
  it("is caught in the history and on disk", async () => {
    const { folder } = project(files);
    for (const scope of ["history", "worktree"]) {
      const run = await scan(folder, { scope });
      expect(ended(run), run.log).toEqual([1, "fail"]);
      expect(told(run)).toHaveLength(1);
      expect(told(run)[0]).toMatchObject({ rule: "github-pat" });
    }
  });
});

it("a name that is not UTF-8", async () => {
  const folder = temporaryFolder();
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xff]), Buffer.from(".js")]), line);
  commitAll(folder, "first");
  expect(ended(await scan(folder))).toEqual([1, "fail"]);
  expect(ended(await scan(folder, { scope: "worktree" }))).toEqual([1, "fail"]);
  rmSync(join(folder, ".git"), { recursive: true });
  expect(ended(await scan(folder, { scope: "worktree" }))).toEqual([1, "fail"]);
});

it("the target of a link", async () => {
  const { folder } = project();
  symlinkSync(`/x/${secret}`, join(folder, "link"));
  commitAll(folder, "link");
  for (const scope of ["history", "worktree"]) expect(ended(await scan(folder, { scope }))).toEqual([1, "fail"]);
});

it("what only a merge brought", async () => {
  const { folder, first } = project({ "a.js": "a\n" });
  git(folder, "checkout", "-q", "-b", "side");
  commit(folder, { "b.js": "b\n" });
  git(folder, "checkout", "-q", "main");
  commit(folder, { "c.js": "c\n" });
  git(folder, "merge", "-q", "--no-commit", "side");
  writeFiles(folder, { "a.js": line });
  const merge = commitAll(folder, "merge");
  const run = await scan(folder);
  expect(told(run)).toMatchObject([{ path: "a.js", commit: merge, line: 1 }]);
  const change = await scan(folder, { scope: "diff", range: `${first}..HEAD` });
  expect(told(change)).toMatchObject([{ path: "a.js", commit: merge }]);
});

it("an octopus", async () => {
  const { folder } = project({ "a.js": "a\n" });
  for (const name of ["one", "two"]) {
    git(folder, "checkout", "-q", "-b", name, "main");
    commit(folder, { [`${name}.js`]: name === "two" ? line : "x\n" });
  }
  git(folder, "checkout", "-q", "main");
  git(folder, "merge", "-q", "-m", "octopus", "one", "two");
  const run = await scan(folder);
  expect(told(run)).toHaveLength(1);
  expect(told(run)[0]?.commit).toBe(git(folder, "rev-parse", "two"));
});

it("a side branch by a merge's second parent, the 31st and the 251st commit of a change", async () => {
  const { folder, first } = project();
  git(folder, "checkout", "-q", "-b", "side");
  for (let index = 1; index <= 251; index++) {
    const content = index === 31 || index === 251 ? `${index} "${fresh()}"\n` : `${index}\n`;
    writeFiles(folder, { "counter.js": content });
    git(folder, "commit", "-q", "-a", "--allow-empty", "-m", String(index));
    if (index === 1) commitAll(folder, "counter");
  }
  git(folder, "checkout", "-q", "main");
  git(folder, "merge", "-q", "--no-ff", "-m", "merge", "side");
  const run = await scan(folder, { scope: "diff", range: `${first}..HEAD` });
  expect(told(run)).toHaveLength(2);
  expect(run.outputs["scanned-commits"]).toBe(git(folder, "rev-list", "--count", `${first}..HEAD`));
});

it("deleted and restored, moved, and copied: each arrival at a path counts", async () => {
  const { folder } = project({ "a.js": "a\n" });
  const one = commit(folder, { "k.js": line });
  rmSync(join(folder, "k.js"));
  commitAll(folder, "gone");
  const two = commit(folder, { "k.js": line });
  git(folder, "mv", "k.js", "moved.js");
  const three = commitAll(folder, "moved");
  const run = await scan(folder);
  expect(
    told(run)
      .map(({ path, commit: at }) => [path, at])
      .sort(),
  ).toEqual(
    [
      ["k.js", one],
      ["k.js", two],
      ["moved.js", three],
    ].sort(),
  );
  const last = await scan(folder, { scope: "diff", range: "HEAD^..HEAD" });
  expect(told(last).map(({ path }) => path)).toEqual(["moved.js"]);
});

it("an old secret in a file that is changed elsewhere is not told again", async () => {
  const { folder } = project({ "a.js": `${line}one\n` });
  commit(folder, { "a.js": `zero\n${line}two\n` });
  const run = await scan(folder, { scope: "diff", range: "HEAD^..HEAD" });
  expect(ended(run)).toEqual([0, "pass"]);
});

it("a tag on a content that no commit has", async () => {
  const { folder } = project();
  writeFileSync(join(folder, "loose"), line);
  const blob = git(folder, "hash-object", "-w", "loose");
  rmSync(join(folder, "loose"));
  git(folder, "tag", "hidden", blob);
  expect(ended(await scan(folder))).toEqual([1, "fail"]);
});

it("a secret that holds the word false", async () => {
  const password = `Zq7${"false"}Kw9!x`;
  const { folder } = project({ ".env": `DB_PASSWORD=${password}\n` });
  expect(ended(await scan(folder))).toEqual([1, "fail"]);
});

it("a note, a stash, and what is hidden by a replacement", async () => {
  const noted = project().folder;
  git(noted, "notes", "add", "-m", `see ${secret}`);
  expect(ended(await scan(noted))).toEqual([1, "fail"]);
  const stashed = project().folder;
  writeFiles(stashed, { "README.md": line });
  git(stashed, "stash", "-q");
  expect(ended(await scan(stashed))).toEqual([1, "fail"]);
  const { folder } = project({ "a.js": line, "b.js": "harmless\n" });
  git(folder, "replace", git(folder, "rev-parse", "HEAD:a.js"), git(folder, "rev-parse", "HEAD:b.js"));
  expect(ended(await scan(folder))).toEqual([1, "fail"]);
});

it("the line of a secret behind megabytes of UTF-16", async () => {
  const { folder } = project({ "a.txt": Buffer.from(`\ufeff${"hello 😀orld\n".repeat(400_000)}${line}`, "utf16le") });
  expect(told(await scan(folder, { scope: "worktree" }))).toMatchObject([{ line: 400_001, path: "a.txt" }]);
});

it("a folder without git", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src", "a.js"), line);
  const run = await scan(folder, { scope: "worktree" });
  expect(told(run)).toMatchObject([{ path: "src/a.js", line: 1 }]);
  expect(told(run)[0]).not.toHaveProperty("commit");
});

it("a pattern of the configuration that backtracks without end is given up, and the scan is never called clean", async () => {
  const config = '[[rules]]\nid = "slow"\nregex = """key(a{1,30}){1,30}b"""\n';
  const { folder } = project({ ".gitleaks.toml": config, "a.txt": `key${"a".repeat(70)}!\n` });
  const run = await scan(folder, { scope: "worktree" });
  expect(ended(run), run.log).toEqual([3, "unknown"]);
  expect(run.log).toContain("a pattern of the configuration backtracks");
});
