import fc from "fast-check";
import { expect, test } from "vitest";
import type { LineRange } from "../../../packages/frame/ports.ts";
import { mapToOld } from "../../../packages/git/line-map.ts";
import { diffOf, expand, lines, newRepository } from "./sandbox.ts";

/** A pull request whose base has gone on: 50 lines above its hunk, other files, a removed file. */
async function moved() {
  const repository = newRepository();
  const fork = repository.commit({ "a.txt": lines(40), "b.txt": lines(10), "only-main.txt": lines(10), "dropped.txt": "1\n" });
  repository.git("switch", "--quiet", "--create", "feature");
  const head = repository.commit({
    "a.txt": lines(40).replace("line 20\n", "mine\nmine too\n").replace("line 30\n", ""),
    "b.txt": `first\n${lines(10)}`,
  });
  repository.git("switch", "--quiet", "main");
  repository.git("rm", "--quiet", "dropped.txt");
  const main = repository.commit({ "a.txt": lines(50, "above") + lines(40), "only-main.txt": `${lines(10)}more\n` });
  repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "feature");
  const merge = repository.git("rev-parse", "HEAD");
  const pullRequest = { number: 7, headSha: head, baseSha: main, baseRef: "main", fork: false };
  return { repository, fork, head, merge, event: { name: "pull_request", sha: merge, ref: "refs/pull/7/merge", pullRequest } };
}

test("lines of the merge commit are found again in the head", async () => {
  const { repository, event } = await moved();
  const diff = diffOf(repository.root, event);
  const { files } = await diff.change();
  expect(files.map(({ path, added }) => [path, added])).toEqual([
    ["a.txt", [[70, 71]]],
    ["b.txt", [[1, 1]]],
  ]);
  const heads = await Promise.all([70, 71, 1, 50, 51, 90].map((line) => diff.toHead("a.txt", line)));
  expect(heads).toEqual([20, 21, undefined, undefined, 1, 40]);
  expect(await diff.toHead("b.txt", 1)).toBe(1);
  // One for the change and one for the map of all its files.
  expect(diff.heard.commands.filter(({ args }) => args.includes("diff"))).toHaveLength(2);
  // Files that the pull request did not touch: the last line came with main.
  expect([await diff.toHead("only-main.txt", 10), await diff.toHead("only-main.txt", 11)]).toEqual([10, undefined]);
});

test("where the head itself is checked out, and on every other event, lines are themselves", async () => {
  const { repository, head, event } = await moved();
  repository.git("switch", "--quiet", "--detach", head);
  expect(await diffOf(repository.root, event).toHead("a.txt", 20)).toBe(20);
  expect(await diffOf(repository.root, { name: "push", ref: "refs/heads/main", sha: head }).toHead("a.txt", 7)).toBe(7);
  expect(await diffOf(repository.root).toHead("a.txt", 7)).toBe(7);
});

test("the map of lines agrees with counting", () => {
  const sides = fc.array(fc.constantFrom("same", "added", "removed"), { maxLength: 40 });
  fc.assert(
    fc.property(sides, (steps) => {
      const added: [number, number][] = [];
      const removed: [number, number][] = [];
      const expected = new Map<number, number | undefined>();
      let old = 0;
      let now = 0;
      for (const step of steps) {
        if (step !== "added") old += 1;
        if (step !== "removed") now += 1;
        if (step === "added") added.push([now, now]);
        if (step === "removed") removed.push([old, old]);
        else expected.set(now, step === "same" ? old : undefined);
      }
      const map = mapToOld(added, removed);
      for (const [line, from] of expected) expect(map(line)).toBe(from);
      // Behind the last line of both.
      expect(map(now + 3)).toBe(old + 3);
    }),
  );
});

const word = fc.constantFrom("a", "b", "c", "", "@@ -1 +1 @@", "--- a/x", "+++ b/x", "\\ No newline", "\r", "\0");
const content = fc.array(word, { maxLength: 12 });

test("for random files, what stays is alike and in order on both sides, and nothing else is called unchanged", async () => {
  const repository = newRepository();
  let before = repository.commit();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(content, content, fc.boolean(), fc.boolean()), { minLength: 12, maxLength: 12 }), async (files) => {
      const text = (all: readonly string[], end: boolean): string => all.join("\n") + (end && all.length > 0 ? "\n" : "");
      const first = files.map(([old, , end], index) => [`dir ${index}/f.txt`, text(old, end)] as const);
      const second = files.map(([, now, , end], index) => [`dir ${index}/f.txt`, text(now, end)] as const);
      before = repository.commit(Object.fromEntries(first));
      const head = repository.commit(Object.fromEntries(second));
      const { files: changed } = await diffOf(repository.root, { name: "push", ref: "refs/heads/main", sha: head, before }).change();
      for (const [index, [path, old]] of first.entries()) {
        const now = second[index]?.[1] ?? "";
        const file = changed.find((each) => each.path === path);
        expect(file === undefined).toBe(old === now);
        if (file === undefined) continue;
        const kept = (all: string, gone: readonly LineRange[]): string[] => {
          const numbers = new Set(expand(gone));
          const rows = all.match(/[^\n]*\n|[^\n]+$/g) ?? [];
          for (const number of numbers) expect(number).toBeLessThanOrEqual(rows.length);
          return rows.filter((_, at) => !numbers.has(at + 1));
        };
        expect(kept(now, file.added)).toEqual(kept(old, file.removed));
      }
    }),
    { numRuns: 15 },
  );
});

test("a pull request of 3,500 files and 60,000 lines is one process of git diff", async () => {
  const repository = newRepository();
  const files = Array.from({ length: 3_500 }, (_, index) => `src/folder${index % 70}/file${index}.ts`);
  const before = repository.commit(Object.fromEntries(files.map((path) => [path, lines(20)])));
  const head = repository.commit(Object.fromEntries(files.map((path) => [path, lines(20) + lines(17, "new")])));
  const diff = diffOf(repository.root, { name: "push", ref: "refs/heads/main", sha: head, before });
  const change = await diff.change();
  expect(change.files).toHaveLength(3_500);
  expect(change.files.reduce((sum, file) => sum + expand(file.added).length, 0)).toBe(59_500);
  expect(diff.heard.commands.filter(({ args }) => args.includes("diff"))).toHaveLength(1);
  expect(diff.heard.commands.length).toBeLessThan(8);
});
