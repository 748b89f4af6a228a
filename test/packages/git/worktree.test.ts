import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diffOf, lines, newRepository } from "./sandbox.ts";

test("a laptop judges what is staged, what is not, and what is new, and changes nothing in the repository", async () => {
  const repository = newRepository();
  const base = repository.commit({
    ".gitignore": "ignored/\n",
    "staged.txt": lines(5),
    "both.txt": lines(9),
    "plain.txt": lines(5),
    "gone.txt": "gone\n",
  });
  repository.git("switch", "--quiet", "--create", "feature");
  const head = repository.commit({ "committed.txt": "1\n" });
  repository.write("staged.txt", lines(5).replace("line 2\n", "two\n"));
  repository.write("both.txt", lines(9).replace("line 2\n", "two\n"));
  repository.git("add", "staged.txt", "both.txt");
  repository.write("both.txt", lines(9).replace("line 2\n", "two\n").replace("line 8\n", "eight\n"));
  repository.write("plain.txt", `${lines(5)}six\n`);
  repository.write("new/file.txt", "1\n2\n3");
  repository.write("ignored/file.txt", "1\n");
  rmSync(join(repository.root, "gone.txt"));
  const index = readFileSync(join(repository.root, ".git/index"));
  const diff = diffOf(repository.root);
  const change = await diff.change();
  expect(change).toMatchObject({ base, head });
  expect(change.files.map(({ path, status, added }) => [path, status, added])).toEqual([
    [
      "both.txt",
      "modified",
      [
        [2, 2],
        [8, 8],
      ],
    ],
    ["committed.txt", "added", [[1, 1]]],
    ["gone.txt", "removed", []],
    ["new/file.txt", "added", [[1, 3]]],
    ["plain.txt", "modified", [[6, 6]]],
    ["staged.txt", "modified", [[2, 2]]],
  ]);
  expect(await diff.paths()).toEqual([".gitignore", "both.txt", "committed.txt", "new/file.txt", "plain.txt", "staged.txt"]);
  expect(readFileSync(join(repository.root, ".git/index"))).toEqual(index);
});

test("a file renamed without git is a rename, as it will be in CI", async () => {
  const repository = newRepository();
  repository.commit({ "old.txt": lines(30), "link.txt": "1\n" });
  renameSync(join(repository.root, "old.txt"), join(repository.root, "new.txt"));
  writeFileSync(join(repository.root, "new.txt"), lines(30).replace("line 9\n", "nine\n"));
  rmSync(join(repository.root, "link.txt"));
  symlinkSync("new.txt", join(repository.root, "link.txt"));
  expect((await diffOf(repository.root).change()).files).toEqual([
    { path: "link.txt", status: "modified", binary: false, added: [[1, 1]], removed: [[1, 1]] },
    { path: "new.txt", previousPath: "old.txt", status: "renamed", binary: false, added: [[9, 9]], removed: [[9, 9]] },
  ]);
});

test("new repositories inside, and files that GitHub would refuse, are left out", async () => {
  const repository = newRepository();
  repository.commit({ "a.txt": "1\n" });
  mkdirSync(join(repository.root, "nested"));
  repository.git("init", "--quiet", "nested");
  repository.write("nested/x.txt", "1\n");
  repository.write("huge.bin", "");
  truncateSync(join(repository.root, "huge.bin"), 101 * 1024 * 1024);
  repository.write("b.txt", "1\n");
  const diff = diffOf(repository.root);
  expect((await diff.change()).files.map((file) => file.path)).toEqual(["b.txt"]);
  expect(diff.heard.lines.join("\n")).toContain("huge.bin is new and larger than 100 MiB");
});

test("a merge that stopped at a conflict shows the file as it stands", async () => {
  const repository = newRepository();
  repository.commit({ "a.txt": lines(5) });
  repository.git("switch", "--quiet", "--create", "feature");
  repository.commit({ "a.txt": lines(5).replace("line 3", "mine") });
  repository.git("switch", "--quiet", "main");
  repository.commit({ "a.txt": lines(5).replace("line 3", "theirs") });
  expect(() => repository.git("merge", "--quiet", "feature")).toThrow();
  const { files } = await diffOf(repository.root).change();
  expect(files).toMatchObject([{ path: "a.txt", status: "modified" }]);
  expect(files[0]?.added.length).toBeGreaterThan(0);
});

test("line ends that git converts are no change", async () => {
  const repository = newRepository();
  repository.commit({ ".gitattributes": "*.txt text eol=crlf\n", "a.txt": lines(5) });
  repository.write("a.txt", lines(5).replace("line 3", "LINE 3").replaceAll("\n", "\r\n"));
  expect((await diffOf(repository.root).change()).files).toMatchObject([{ path: "a.txt", added: [[3, 3]] }]);
});

test("a change that only the index's date gives away is seen, also through the copy of the index", async () => {
  const repository = newRepository();
  repository.git("config", "core.trustctime", "false");
  const date = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 120_000);
  const dated = (path: string): void => utimesSync(join(repository.root, path), date, date);
  repository.write("a.txt", "1\n");
  dated("a.txt");
  repository.commit();
  // Same size, same date: git looks inside, because the index is no newer than the file.
  dated(".git/index");
  repository.write("a.txt", "2\n");
  dated("a.txt");
  repository.write("new.txt", "1\n");
  expect((await diffOf(repository.root).change()).files.map((file) => file.path)).toEqual(["a.txt", "new.txt"]);
});
