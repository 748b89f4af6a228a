import { expect, it } from "vitest";
import { parseUnifiedDiff } from "../../../packages/diff/unified.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const created = (says: number, lines: string) =>
  bytes(`diff --git a/a.ts b/a.ts\nnew file mode 100644\n--- /dev/null\n+++ b/a.ts\n@@ -0,0 +1,${says} @@\n${lines}`);

it("a new file's hunk that was not counted is taken as it stands, and said so", () => {
  const notes: string[] = [];
  const [file] = parseUnifiedDiff(created(5, "+one\n+two\n+} "), "change.diff", notes);
  expect(file?.added).toEqual([[1, 3]]);
  expect(notes).toEqual(["change.diff ends 2 lines before its last hunk (line 5) should; the lines that are there were judged."]);
});

it("is an error where nobody asked for leniency, and for files that were there before", () => {
  expect(() => parseUnifiedDiff(created(5, "+one\n"), "change.diff")).toThrow(
    /line 7: the diff breaks off inside the hunk that starts in line 5/,
  );
  const modified = bytes("diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1 +1,5 @@\n-old\n+one\n");
  expect(() => parseUnifiedDiff(modified, "change.diff", [])).toThrow(/breaks off inside the hunk/);
});
