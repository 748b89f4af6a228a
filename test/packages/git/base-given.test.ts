import { expect, test } from "vitest";
import { isUserError } from "../../../packages/frame/errors.ts";
import { diffOf, newRepository, sandboxAt, temporaryFolder } from "./sandbox.ts";
import { story } from "./story.ts";

test("a given base overrides every event: branch, tag, commit, expression", async () => {
  const { repository, fork, main, head, merge, pullRequest } = story();
  repository.git("tag", "-a", "-m", "tag", "v1", fork);
  const diff = diffOf(repository.root, { name: "pull_request", sha: merge, pullRequest });
  expect(await diff.change("v1")).toMatchObject({ base: fork, rule: "v1, as given" });
  expect(await diff.change("feature")).toMatchObject({ base: head });
  expect(await diff.change(fork)).toMatchObject({ base: fork });
  expect(await diff.change("HEAD^1")).toMatchObject({ base: main });
  repository.git("switch", "--quiet", "feature");
  expect(await diffOf(repository.root, { name: "push", ref: "refs/heads/feature" }).change("main")).toMatchObject({
    base: fork,
    rule: "merge base of main, as given, and HEAD",
  });
  const unrelated = repository.git("commit-tree", "-m", "unrelated", "HEAD^{tree}");
  expect(await diff.change(unrelated)).toMatchObject({ base: unrelated, rule: expect.stringContaining("no common history") });
});

test.each(["-n", "--output=/tmp/x", "main..feature", "a\nb", "a\u0000b", "\u001b[31m", "x".repeat(2_000)])(
  "the base %j is refused",
  async (base) => {
    const { repository } = story();
    await expect(diffOf(repository.root).change(base)).rejects.toSatisfy((error) => isUserError(error) && error.exitCode === 2);
  },
);

test("hostile names that git allows are names and nothing else", async () => {
  const { repository, fork, merge, pullRequest } = story();
  repository.git("switch", "--quiet", "feature");
  for (const baseRef of ["`touch$IFS$9x`", "$(touch$IFS$9x)", "a;b|c&d", "'\"", "%0Aerror", "emoji-\u{1f600}"]) {
    repository.git("update-ref", `refs/remotes/origin/${baseRef}`, fork);
    const event = { name: "pull_request", sha: merge, pullRequest: { ...pullRequest, baseRef, baseSha: "" } };
    expect(await diffOf(repository.root, event).change()).toMatchObject({ base: fork, rule: `merge base of ${baseRef} and HEAD` });
    expect(await diffOf(repository.root, { name: "push" }).change(baseRef)).toMatchObject({ base: fork });
  }
  expect(repository.git("status", "--porcelain")).toBe("");
});

test("a base that nobody knows is named in the message", async () => {
  const { repository } = story();
  await expect(diffOf(repository.root, { name: "push" }).change("no-such-branch")).rejects.toThrow(
    'base: "no-such-branch" names no commit',
  );
});

test("branch names that git would take for options or patterns are not handed to it", async () => {
  const { repository, merge, pullRequest } = story();
  repository.git("switch", "--quiet", "feature");
  for (const baseRef of ["--upload-pack=touch x", "-n", "$(touch x)", "a b", "*", "x:refs/heads/main", "..", "a\nb"]) {
    const diff = diffOf(repository.root, { name: "pull_request", sha: merge, pullRequest: { ...pullRequest, baseRef } });
    expect((await diff.change()).files.map((file) => file.path)).toEqual(["a.txt"]);
    expect(diff.heard.commands.flatMap(({ args }) => args).filter((word) => word.includes(baseRef) && baseRef.length > 2)).toEqual([]);
  }
  expect(repository.git("status", "--porcelain")).toBe("");
});

test("outside a repository there is no root, and a change is an error that says what to do", async () => {
  const folder = temporaryFolder();
  const diff = diffOf(folder, { name: "push" });
  expect(await diff.root()).toBeUndefined();
  await expect(diff.change()).rejects.toSatisfy(
    (error) => isUserError(error) && error.exitCode === 3 && /not inside a git repository/.test(error.message),
  );
  await expect(diff.paths()).rejects.toThrow("not inside a git repository");
  const bare = sandboxAt(folder);
  bare.git("init", "--quiet", "--bare", ".");
  expect(await diffOf(folder).root()).toBeUndefined();
});

test("a repository without a commit says so", async () => {
  const repository = newRepository();
  const diff = diffOf(repository.root);
  expect(await diff.root()).toBe(repository.root);
  await expect(diff.change()).rejects.toSatisfy(
    (error) => isUserError(error) && error.exitCode === 3 && /no commit yet/.test(error.message),
  );
});

test("repositories with SHA-256 names work alike", async () => {
  const repository = newRepository("--object-format=sha256");
  const first = repository.commit({ "a.txt": "a\n" });
  const second = repository.commit({ "a.txt": "b\n" });
  expect(first).toHaveLength(64);
  const event = { name: "push", ref: "refs/heads/main", sha: second, defaultBranch: "main" };
  const diff = diffOf(repository.root, { ...event, before: first });
  expect(await diff.change()).toMatchObject({ base: first, head: second, files: [{ path: "a.txt", added: [[1, 1]] }] });
  expect(await diff.ancestors(second, 5)).toEqual([second, first]);
  expect((await diffOf(repository.root, event).change()).base).toBe("6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321");
});

test("a given base without an upstream, or that is no commit, is told apart from a crash", async () => {
  const { repository } = story();
  repository.git("tag", "tree", "HEAD^{tree}");
  for (const base of ["main@{upstream}", "HEAD~100", "tree", "HEAD:a.txt", ":/nothing like this"]) {
    await expect(diffOf(repository.root).change(base)).rejects.toSatisfy(
      (error) => isUserError(error) && error.message.includes("names no commit"),
    );
  }
});
