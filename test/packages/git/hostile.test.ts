import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isUserError } from "../../../packages/frame/errors.ts";
import { diffOf, lines, newRepository, sandboxAt, temporaryFolder } from "./sandbox.ts";

const push = { name: "push", ref: "refs/heads/main", defaultBranch: "main" };

test("hostile names come through unchanged, in changes, lists and contents", async () => {
  const names = [
    "-n",
    "--output=x",
    "a b",
    " lead and trail ",
    "tab\there",
    "new\nline",
    'quo"te',
    "back\\slash",
    "$(touch x)",
    "`id`",
    ":(top)magic",
    "*",
    "über/日本/\u{1f600}",
    "b/x",
    "a/x",
    "dev/null",
    "\u001b[31mred",
    "x => y",
    "x b/x",
    "::error::x",
  ];
  const repository = newRepository();
  const before = repository.commit(Object.fromEntries(names.map((name) => [name, "1\n2\n"])));
  const head = repository.commit(Object.fromEntries(names.map((name) => [name, "1\n2\n3\n"])));
  const diff = diffOf(repository.root, { ...push, sha: head, before });
  const change = await diff.change();
  expect(change.files.map((file) => file.path)).toEqual([...names].sort());
  for (const file of change.files) expect(file).toMatchObject({ status: "modified", added: [[3, 3]], removed: [] });
  expect(await diff.paths()).toEqual([...names].sort());
  for (const name of names) expect(Buffer.from((await diff.show(before, name)) ?? []).toString()).toBe("1\n2\n");
  expect(await diffOf(repository.root).paths()).toEqual([...names].sort());
});

test("a folder of a commit is listed by the names of what stands in it", async () => {
  const repository = newRepository();
  const names = ["-n", "a b", "tab\there", "new\nline", 'quo"te', "*"];
  const files = names.map((name) => [`-in/${name}`, "1\n"] as const);
  const commit = repository.commit(Object.fromEntries([...files, ["-in/deeper/x", "1\n"], ["beside", "1\n"]]));
  repository.commit({ "-in/later": "1\n" });
  const diff = diffOf(repository.root);
  expect(await diff.names(commit, "-in")).toEqual([...names, "deeper"].sort());
  for (const none of ["beside", "missing", "", "../..", "-in/\0"]) expect(await diff.names(commit, none)).toEqual([]);
  await expect(diff.names("6".repeat(40), "-in")).rejects.toThrow();
});

test("new files with hostile names are seen on a laptop", async () => {
  const repository = newRepository();
  repository.commit({ kept: "1\n" });
  const names = ["-n", "a b", "tab\there", "new\nline", 'quo"te', "$(touch x)", ":(top)magic", "*", "? x", "H 160000 x\ty"];
  for (const name of names) repository.write(name, "1\n2\n");
  const diff = diffOf(repository.root);
  expect((await diff.change()).files.map(({ path, added }) => [path, added])).toEqual([...names].sort().map((name) => [name, [[1, 2]]]));
  expect(await diff.paths()).toEqual([...names, "kept"].sort());
});

test("a name that is not UTF-8 has U+FFFD in it, and nobody else's lines are lost", async () => {
  const repository = newRepository();
  const before = repository.commit({ "a.txt": "1\n" });
  writeFileSync(Buffer.concat([Buffer.from(`${repository.root}/caf`), Buffer.from([0xe9])]), "1\n");
  const head = repository.commit({ "a.txt": "2\n" });
  const diff = diffOf(repository.root, { ...push, sha: head, before });
  expect((await diff.change()).files.map((file) => file.path)).toEqual(["a.txt", "caf\ufffd"]);
  expect(await diff.paths()).toEqual(["a.txt", "caf\ufffd"]);
  expect(await diff.show(head, "caf\ufffd")).toBeUndefined();
});

test("attributes of the change cannot hide its lines: -diff, binary, drivers, a NUL byte", async () => {
  const repository = newRepository();
  const before = repository.commit({ "a.js": lines(5), "b.js": lines(5), "c.js": lines(5), "d.js": lines(5), "e.js": lines(5) });
  const changed = lines(5).replace("line 3", "LINE 3");
  const head = repository.commit({
    ".gitattributes": "a.js -diff\nb.js binary\nc.js diff=hidden\nd.js -text -diff linguist-generated\n*.js filter=x ident\n",
    "a.js": changed,
    "b.js": changed,
    "c.js": changed,
    "d.js": changed,
    "e.js": lines(5).replace("line 3", "LINE\0 3"),
  });
  repository.git("config", "diff.hidden.binary", "true");
  repository.git("config", "diff.hidden.textconv", "true");
  repository.git("config", "diff.hidden.command", "true");
  const { files } = await diffOf(repository.root, { ...push, sha: head, before }).change();
  const scripts = files.filter((file) => file.path.endsWith(".js"));
  expect(scripts.map(({ path, added }) => [path, added])).toEqual(["a", "b", "c", "d", "e"].map((name) => [`${name}.js`, [[3, 3]]]));
  expect(scripts.map((file) => file.binary)).toEqual([false, false, false, false, true]);
});

test("settings of the user cannot change the result, and run nothing", async () => {
  const repository = newRepository();
  const before = repository.commit({ "dir/old name.txt": lines(20), "b.txt": lines(20), z: "z\n" });
  repository.git("mv", "dir/old name.txt", "dir/new näme.txt");
  const head = repository.commit({
    "dir/new näme.txt": lines(20).replace("line 3\n", "\n"),
    "b.txt": lines(20).replace("line 7\n", "line  7\n"),
  });
  const event = { ...push, sha: head, before };
  const expected = await diffOf(repository.root, event).change();
  const folder = temporaryFolder();
  const trap = join(folder, "trap");
  const touched = join(folder, "touched");
  writeFileSync(trap, `#!/bin/sh\necho ran >> '${touched}'\nexit 1\n`);
  chmodSync(trap, 0o755);
  const settings = {
    "diff.external": trap,
    "diff.noprefix": "true",
    "diff.mnemonicPrefix": "true",
    "diff.renames": "false",
    "diff.renameLimit": "1",
    "diff.algorithm": "patience",
    "diff.context": "9",
    "diff.interHunkContext": "9",
    "diff.relative": "true",
    "diff.submodule": "log",
    "diff.orderFile": "/nonexistent",
    "diff.colorMoved": "zebra",
    "diff.suppressBlankEmpty": "true",
    "diff.indentHeuristic": "false",
    "diff.wsErrorHighlight": "all",
    "color.ui": "always",
    "color.diff": "always",
    "core.quotePath": "true",
    "core.pager": trap,
    "core.fsmonitor": trap,
    "core.hooksPath": folder,
    "core.attributesFile": join(folder, "attributes"),
    "pager.diff": "true",
    "diff.x.textconv": trap,
    "diff.x.command": trap,
    "filter.x.clean": "cat",
  };
  writeFileSync(join(folder, "attributes"), "* diff=x filter=x -text\n");
  for (const [name, value] of Object.entries(settings)) repository.git("config", name, value);
  expect(await diffOf(repository.root, event).change()).toEqual(expected);
  expect(await diffOf(join(repository.root, "dir"), event).change()).toEqual(expected);
  expect((await diffOf(repository.root).change(before)).files).toEqual(expected.files);
  expect(existsSync(touched)).toBe(false);
  expect(expected.files).toMatchObject([
    { path: "b.txt", added: [[7, 7]] },
    { path: "dir/new näme.txt", previousPath: "dir/old name.txt", status: "renamed", added: [[3, 3]] },
  ]);
});

test("GIT_* variables of the environment cannot lead elsewhere", async () => {
  const repository = newRepository();
  const before = repository.commit({ "a.txt": "1\n" });
  const head = repository.commit({ "a.txt": "2\n" });
  const other = newRepository();
  other.commit({ "other.txt": "1\n" });
  const hostile = {
    GIT_DIR: join(other.root, ".git"),
    GIT_WORK_TREE: other.root,
    GIT_INDEX_FILE: join(other.root, ".git/index"),
    GIT_OBJECT_DIRECTORY: join(other.root, ".git/objects"),
    GIT_EXTERNAL_DIFF: "/bin/false",
    GIT_DIFF_OPTS: "--unified=9",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "diff.noprefix",
    GIT_CONFIG_VALUE_0: "true",
    GIT_CONFIG_PARAMETERS: "'diff.context'='9'",
    GIT_NAMESPACE: "x",
    GIT_CEILING_DIRECTORIES: repository.root,
    GIT_TRACE: "1",
    GIT_PAGER: "false",
  };
  const saved = { ...process.env };
  try {
    Object.assign(process.env, hostile);
    const diff = diffOf(repository.root, { ...push, sha: head, before });
    expect(await diff.root()).toBe(repository.root);
    expect(await diff.change()).toMatchObject({ base: before, files: [{ path: "a.txt", added: [[1, 1]] }] });
    expect(await diff.paths()).toEqual(["a.txt"]);
  } finally {
    for (const name of Object.keys(hostile)) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  }
});

test("a checkout of another user is read on a runner, and explained on a laptop", async () => {
  const repository = newRepository();
  const before = repository.commit({ "a.txt": "1\n" });
  const head = repository.commit({ "a.txt": "2\n" });
  // What git's own tests use to pretend it; as root a changed owner would do as well, but not everybody is root.
  const env = { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" };
  expect(() => execFileSync("git", ["status"], { cwd: repository.root, env: { ...process.env, ...env }, stdio: "pipe" })).toThrow(
    "dubious ownership",
  );
  const runner = diffOf(repository.root, { ...push, sha: head, before }, { env });
  expect(await runner.change()).toMatchObject({ base: before, files: [{ path: "a.txt" }] });
  await expect(diffOf(repository.root, {}, { env }).root()).rejects.toSatisfy(
    (error) => isUserError(error) && error.exitCode === 3 && error.message.includes("safe.directory"),
  );
});

test("worktrees, git folders elsewhere, submodules and folders below the root", async () => {
  const inner = newRepository();
  inner.commit({ "inner.txt": "1\n" });
  const repository = newRepository();
  repository.commit({ "a.txt": "1\n", "sub/b.txt": "1\n" });
  repository.git("submodule", "--quiet", "add", inner.root, "lib");
  const before = repository.commit();
  repository.git("switch", "--quiet", "--create", "feature");
  const library = sandboxAt(join(repository.root, "lib"));
  library.commit({ "inner.txt": "2\n" });
  const head = repository.commit({ "sub/b.txt": "2\n" });
  const event = { ...push, sha: head, before };
  const change = await diffOf(join(repository.root, "sub"), event).change();
  expect(change.files).toEqual([
    { path: "lib", status: "modified", binary: true, added: [], removed: [] },
    { path: "sub/b.txt", status: "modified", binary: false, added: [[1, 1]], removed: [[1, 1]] },
  ]);
  const paths = [".gitmodules", "a.txt", "sub/b.txt"];
  expect(await diffOf(join(repository.root, "sub"), event).paths()).toEqual(paths);
  expect(await diffOf(repository.root).paths()).toEqual(paths);
  expect(await diffOf(library.root).root()).toBe(library.root);
  expect(await diffOf(library.root).paths()).toEqual(["inner.txt"]);
  const worktree = join(temporaryFolder(), "tree");
  repository.git("worktree", "add", "--quiet", "--detach", worktree, head);
  writeFileSync(join(worktree, "new.txt"), "1\n");
  expect(await diffOf(worktree).root()).toBe(worktree);
  expect((await diffOf(worktree).change()).files.map((file) => file.path)).toEqual(["lib", "new.txt", "sub/b.txt"]);
  const elsewhere = sandboxAt(temporaryFolder());
  elsewhere.git("init", "--quiet", "--initial-branch=main", `--separate-git-dir=${join(temporaryFolder(), "git")}`);
  elsewhere.commit({ "a.txt": "1\n" });
  elsewhere.write("b.txt", "1\n");
  expect((await diffOf(elsewhere.root).change()).files.map((file) => file.path)).toEqual(["b.txt"]);
});
