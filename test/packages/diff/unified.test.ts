import fc from "fast-check";
import { expect, test } from "vitest";
import { openUnifiedDiff, parseUnifiedDiff } from "../../../packages/diff/unified.ts";
import { isUserError } from "../../../packages/frame/errors.ts";
import type { ChangedFile } from "../../../packages/frame/ports.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): ChangedFile[] => parseUnifiedDiff(bytes(text), "change.diff");
const git = (path: string, body: string, index = "index 1111111..2222222 100644"): string =>
  `diff --git a/${path} b/${path}\n${index}\n--- a/${path}\n+++ b/${path}\n${body}`;

test("hunks without and with context give the same lines", () => {
  const tight = parse(git("x", "@@ -2 +2,2 @@ heading\n-b\n+B\n+B2\n@@ -9,0 +11 @@\n+z\n@@ -12,2 +13,0 @@\n-p\n-q\n"));
  expect(tight).toEqual([
    {
      path: "x",
      status: "modified",
      binary: false,
      added: [
        [2, 3],
        [11, 11],
      ],
      removed: [
        [2, 2],
        [12, 13],
      ],
    },
  ]);
  const loose = parse(
    git("x", "@@ -1,3 +1,4 @@\n a\n-b\n+B\n+B2\n c\n@@ -8,6 +9,5 @@\n h\n i\n+z\n j\n k\n-p\n-q\n\\ No newline at end of file\n"),
  );
  expect(loose).toEqual(tight);
});

test.each([
  ["git's own prefixes", "diff --git a/src/x y.ts b/src/x y.ts\n", "--- a/src/x y.ts\t\n+++ b/src/x y.ts\t\n"],
  ["mnemonic prefixes", "diff --git i/src/x y.ts w/src/x y.ts\n", "--- i/src/x y.ts\t\n+++ w/src/x y.ts\t\n"],
  ["prefixes of one's own", "diff --git old/src/x y.ts newer/src/x y.ts\n", "--- old/src/x y.ts\n+++ newer/src/x y.ts\n"],
  ["no prefix", "diff --git src/x y.ts src/x y.ts\n", "--- src/x y.ts\n+++ src/x y.ts\n"],
  ["diff -u with dates", "", "--- src/x y.ts\t2026-01-01 10:00:00.0 +0000\n+++ src/x y.ts\t2026-01-02 10:00:00.0 +0000\n"],
  ["diff -ru of two folders", "diff -ru one/src/x y.ts two/src/x y.ts\n", "--- one/src/x y.ts\t2026\n+++ two/src/x y.ts\t2026\n"],
  ["the old file with an ending", "", "--- a/src/x y.ts.orig\n+++ b/src/x y.ts\n"],
  ["subversion", "Index: src/x y.ts\n=====\n", "--- src/x y.ts\t(revision 5)\n+++ src/x y.ts\t(working copy)\n"],
  ["header lines with CRLF", "diff --git a/src/x y.ts b/src/x y.ts\r\nindex 1..2\r\n", "--- a/src/x y.ts\t\r\n+++ b/src/x y.ts\t\r\n"],
])("the path is found with %s", (_, first, names) => {
  expect(parse(`${first}${names}@@ -1 +1 @@\n-a\n+b\n`)).toMatchObject([{ path: "src/x y.ts", status: "modified", added: [[1, 1]] }]);
});

test("a folder named like a prefix keeps its name where there is no prefix", () => {
  expect(parse("diff --git a/x a/x\n--- a/x\n+++ a/x\n@@ -1 +1 @@\n-a\n+b\n")).toMatchObject([{ path: "a/x" }]);
  expect(parse("diff --git a/a/x b/a/x\n--- a/a/x\n+++ b/a/x\n@@ -1 +1 @@\n-a\n+b\n")).toMatchObject([{ path: "a/x" }]);
  expect(
    parse("diff --git b/x b/x\nnew file mode 100644\nindex 0000000..e69de29\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+b\n"),
  ).toMatchObject([{ path: "b/x" }]);
});

test("quoted names: C escapes, octal bytes, on one side only", () => {
  const name = '"b/tab\\t quote\\" back\\\\ \\303\\274 \\n.ts"';
  const plain = 'tab\t quote" back\\ ü \n.ts';
  expect(
    parse(`diff --git ${name.replace("b/", "a/")} ${name}\n--- ${name.replace("b/", "a/")}\n+++ ${name}\n@@ -1 +1 @@\n-a\n+b\n`),
  ).toMatchObject([{ path: plain }]);
  expect(parse(`diff --git ${name.replace("b/", "a/")} ${name}\nnew file mode 100644\nindex 0000000..e69de29\n`)).toMatchObject([
    { path: plain, status: "added" },
  ]);
  expect(parse(`diff --git a/x ${name}\nsimilarity index 100%\nrename from x\nrename to ${name.replace("b/", "")}\n`)).toMatchObject([
    { path: plain, previousPath: "x", status: "renamed" },
  ]);
  expect(parse('diff --git a/\u{1f600} "b/\\360\\237\\230\\200"\nold mode 100644\nnew mode 100755\n')).toMatchObject([
    { path: "\u{1f600}", status: "modified" },
  ]);
});

test("a name that is not UTF-8 has U+FFFD for what cannot be read, quoted or not", () => {
  expect(parse('--- "a/\\377x"\n+++ "b/\\377x"\n@@ -1 +1 @@\n-a\n+b\n')).toMatchObject([{ path: "\ufffdx" }]);
  const raw = Uint8Array.from([...bytes("--- a/"), 0xff, ...bytes("x\n+++ b/"), 0xff, ...bytes("x\n@@ -1 +1 @@\n-a\n+b\n")]);
  expect(parseUnifiedDiff(raw, "change.diff")).toMatchObject([{ path: "\ufffdx" }]);
});

test("added, removed, renamed, copied, mode-only, empty, binary, submodule", () => {
  const files = parse(
    [
      "diff --git a/added b/added\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/added\n@@ -0,0 +1,2 @@\n+1\n+2",
      "diff --git a/binary b/binary\nindex 1111111..2222222 100644\nBinary files a/binary and b/binary differ",
      "diff --git a/patched b/patched\nindex 1111111..2222222 100644\nGIT binary patch\ndelta 5\nMcmZQzU|?Z+\n\ndelta 5\nMcmZQzU|?Y+\n",
      "diff --git a/copied b/copy\nsimilarity index 90%\ncopy from copied\ncopy to copy\nindex 1111111..2222222 100644\n--- a/copied\n+++ b/copy\n@@ -1 +1 @@\n-a\n+b",
      "diff --git a/empty file b/empty file\nnew file mode 100644\nindex 0000000..e69de29",
      "diff --git a/gone b/gone\ndeleted file mode 100644\nindex 1111111..0000000\n--- a/gone\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-1\n-2\n-3",
      "diff --git a/lib b/lib\nindex 1111111..2222222 160000\n--- a/lib\n+++ b/lib\n@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2",
      "diff --git a/mode b/mode\nold mode 100644\nnew mode 100755",
      "diff --git a/old name b/new name\nsimilarity index 80%\nrename from old name\nrename to new name\nindex 1111111..2222222 100644\n--- a/old name\t\n+++ b/new name\t\n@@ -5 +5 @@\n-a\n+b",
      "",
    ].join("\n"),
  );
  const plain = { status: "modified", binary: false, added: [], removed: [] };
  expect(files).toEqual([
    { ...plain, path: "added", status: "added", added: [[1, 2]] },
    { ...plain, path: "binary", binary: true },
    { ...plain, path: "copy", status: "added", added: [[1, 1]], removed: [[1, 1]] },
    { ...plain, path: "empty file", status: "added" },
    { ...plain, path: "gone", status: "removed", removed: [[1, 3]] },
    { ...plain, path: "lib", binary: true },
    { ...plain, path: "mode" },
    { ...plain, path: "new name", previousPath: "old name", status: "renamed", added: [[5, 5]], removed: [[5, 5]] },
    { ...plain, path: "patched", binary: true },
  ]);
});

test("content that looks like headers is content", () => {
  const body =
    "@@ -1,4 +1,5 @@\n---- a/y\n--- x\n-@@ -1 +1 @@\n-diff --git a/q b/q\n++++ b/y\n+++ x\n+@@ -1 +1 @@\n+diff --git a/q b/q\n+\\ No newline\n";
  expect(parse(git("x", body) + git("z", "@@ -1 +1 @@\n-a\n+b\n"))).toMatchObject([
    { path: "x", added: [[1, 5]], removed: [[1, 4]] },
    { path: "z", added: [[1, 1]] },
  ]);
});

test("CRLF and bare CR in content, empty context lines, and text around the diff are taken for what they are", () => {
  const mail = "From 123 Mon Sep 17\nSubject: [PATCH] x\n\n---\n x | 2 +-\n\n";
  const body = "@@ -1,5 +1,5 @@\n a\r\n\n-b\rc\r\n+B\r\n\r\n d\n";
  expect(parse(`${mail}${git("x", body)}-- \n2.39.5\n\n`)).toMatchObject([{ path: "x", added: [[3, 3]], removed: [[3, 3]] }]);
});

test("a NUL byte marks the file, and its lines stay", () => {
  expect(parse(git("x", "@@ -1,0 +2,2 @@\n+a\0b\n+c\n") + git("y", "@@ -1,0 +2 @@\n+a\n"))).toMatchObject([
    { path: "x", binary: true, added: [[2, 3]] },
    { path: "y", binary: false },
  ]);
});

test("a file that becomes a link is one modification", () => {
  const diff =
    "diff --git a/x b/x\ndeleted file mode 100644\nindex 1111111..0000000\n--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-1\n-2\ndiff --git a/x b/x\nnew file mode 120000\nindex 0000000..1111111\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+target\n\\ No newline at end of file\n";
  expect(parse(diff)).toEqual([{ path: "x", status: "modified", binary: false, added: [[1, 1]], removed: [[1, 2]] }]);
});

test("nothing is no change, and a byte order mark is no content", () => {
  expect(parse("")).toEqual([]);
  expect(parse("\n \n".replace(" ", ""))).toEqual([]);
  expect(parse(`\ufeff${git("x", "@@ -1 +1 @@\n-a\n+b\n")}`)).toHaveLength(1);
  expect(parse("Only in b: y\nBinary files a/x and b/x differ\n")).toEqual([]);
});

const whole = git("x", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
test.each([
  ["a text that is no diff", "hello\nworld\n", "holds no unified diff"],
  ["a context diff", "*** a\n--- b\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n", "holds no unified diff"],
  ["a hunk that breaks off", whole.slice(0, -3), "line 8: the diff breaks off inside the hunk that starts in line 5"],
  ["a header that breaks off", whole.slice(0, 12), "line 1: the diff breaks off"],
  ["names without a hunk", git("x", ""), "line 1: the diff breaks off before the changed lines"],
  ["a hunk header that breaks off", git("x", "@@ -1,2 +1"), "line 5: this is no hunk header"],
  ["an index line alone", "diff --git a/x b/x\nindex 1111111..2222222 100644\n", "line 1: the diff breaks off before the changed lines"],
  ["an old name alone", `${whole}--- a/y\n`, "line 9: the diff breaks off after a `---` line"],
  ["a git header without the new name", "diff --git a/x b/x\n--- a/x\n@@ -1 +1 @@\n", "line 3"],
  ["one line too few", git("x", "@@ -1,2 +1,2 @@\n a\n-b\n") + whole, "line 8: a line of the hunk that starts in line 5 must start with"],
  ["one line too many", `${whole}+d\n`, "line 9: the hunk that starts in line 5 has more lines than it says"],
  [
    "more removed than announced",
    git("x", "@@ -1 +1,2 @@\n-a\n-b\n+c\n"),
    "line 7: the hunk that starts in line 5 has other lines than it says",
  ],
  ["hunks in the wrong order", git("x", "@@ -9 +9 @@\n-a\n+b\n@@ -1 +1 @@\n-a\n+b\n"), "line 8: the hunks of a file must ascend"],
  ["line 0", git("x", "@@ -0,1 +1 @@\n-a\n+b\n"), "line 5: the hunks"],
  ["huge numbers", git("x", "@@ -99999999999 +1 @@\n-a\n+b\n"), "line 5: this is no hunk header"],
  ["a hunk without names", "@@ -1 +1 @@\n-a\n+b\n", "line 1: a hunk without"],
  [
    "a combined diff",
    "diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n",
    "line 1: this is the combined diff of a merge",
  ],
  ["colours", `\u001b[1mdiff --git a/x b/x\u001b[m\n`, "line 1: the diff is coloured"],
  ["a series of patches", whole + whole, 'changes "x" twice, in line 1 and in line 9'],
  ["a bad escape", '--- "a/\\q"\n+++ "b/\\q"\n@@ -1 +1 @@\n', "line 1: the file name cannot be read"],
  ["an open quote", '--- "a/x\n+++ "b/x\n@@ -1 +1 @@\n', "line 1: the file name cannot be read"],
  ["a name without end", `--- a/${"x".repeat(70_000)}\n+++ b/x\n`, "line 1: the line is too long"],
])("%s is an error that says where", (_, diff, message) => {
  expect(() => parse(diff)).toThrow(
    expect.toSatisfy(
      (error) => isUserError(error) && error.exitCode === 2 && error.message.startsWith("change.diff") && error.message.includes(message),
    ),
  );
});

test("UTF-16, as PowerShell's `>` writes it, is named", () => {
  expect(() => parseUnifiedDiff(Uint8Array.from([0xff, 0xfe, 0x64, 0x00, 0x0a, 0x00]), "change.diff")).toThrow("UTF-16");
});

test("every way to cut a diff into pieces gives the same, and every way to cut it off an error or whole files", () => {
  const diff = bytes(
    whole + git("tab\tq", "@@ -3 +3 @@\n-a\n+b\0\n").replaceAll("tab\tq", "x y") + git("long", `@@ -1 +1 @@\n-${"l".repeat(200)}\n+n\n`),
  );
  const expected = parseUnifiedDiff(diff, "d");
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (sizes) => {
      const reader = openUnifiedDiff("d");
      for (let from = 0, turn = 0; from < diff.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        reader.push(diff.slice(from, from + size));
        from += size;
      }
      expect(reader.end()).toEqual(expected);
    }),
  );
  for (let length = 0; length < diff.length; length += 1) {
    try {
      const files = parseUnifiedDiff(diff.slice(0, length), "d");
      // What was read in whole must be the same; the order is that of the paths.
      for (const file of files)
        expect(expected.map(({ path, added }) => ({ path, added }))).toContainEqual({ path: file.path, added: file.added });
    } catch (error) {
      expect(isUserError(error) && error.exitCode).toBe(2);
    }
  }
});

test("any bytes end in a result or in a UserError", () => {
  const parts = [
    "diff --git a/x b/x\n",
    "--- a/x\n",
    "+++ b/x\n",
    "@@ -1 +1 @@\n",
    "@@ -1,2 +1,0 @@\n",
    "-a\n",
    "+b\n",
    " c\n",
    "\n",
    "\\ No\n",
    "index 1..2\n",
    '"',
    "\0",
    "\r\n",
    "rename to y\n",
    "@@@ ",
  ];
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 5 }))), (pieces) => {
      try {
        parse(pieces.join(""));
      } catch (error) {
        if (!isUserError(error)) throw error;
      }
    }),
    { numRuns: 2_000 },
  );
});
