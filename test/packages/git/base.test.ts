import { expect, test } from "vitest";
import { isUserError } from "../../../packages/frame/errors.ts";
import { diffOf, newRepository } from "./sandbox.ts";
import { own, story } from "./story.ts";

test("pull_request with the merge commit compares with its first parent, in lines of the merge commit", async () => {
  const { repository, main, merge, pullRequest } = story();
  const change = await diffOf(repository.root, { name: "pull_request", sha: merge, ref: "refs/pull/7/merge", pullRequest }).change();
  expect(change).toEqual({
    base: main,
    head: merge,
    rule: "first parent of the merge commit, the tip of main",
    files: [{ ...own, added: [[9, 9]], removed: [[9, 9]] }],
  });
});

test("a merge commit is also known by its second parent, when the event names a newer one", async () => {
  const { repository, main, pullRequest } = story();
  const diff = diffOf(repository.root, { name: "pull_request", sha: "0".repeat(40), ref: "refs/pull/7/merge", pullRequest });
  expect(await diff.change()).toMatchObject({ base: main });
});

test("pull_request with the head checked out compares with the merge base", async () => {
  const { repository, fork, head, merge, pullRequest } = story();
  repository.git("switch", "--quiet", "--detach", head);
  const change = await diffOf(repository.root, { name: "pull_request", sha: merge, pullRequest }).change();
  expect(change).toEqual({
    base: fork,
    head,
    rule: "merge base of main and HEAD",
    files: [{ ...own, added: [[8, 8]], removed: [[8, 8]] }],
  });
});

test("a head that is itself a merge of main is not taken for GitHub's merge commit", async () => {
  const { repository, main, pullRequest } = story();
  repository.git("switch", "--quiet", "feature");
  repository.git("merge", "--quiet", "-m", "update the branch", "main");
  const headSha = repository.git("rev-parse", "HEAD");
  const diff = diffOf(repository.root, { name: "pull_request", sha: "1".repeat(40), pullRequest: { ...pullRequest, headSha } });
  expect(await diff.change()).toMatchObject({ base: main, rule: "merge base of main and HEAD" });
});

test("a stale base of the event does not make older commits of main part of the change", async () => {
  const { repository, fork, main, pullRequest } = story();
  repository.git("switch", "--quiet", "feature");
  repository.git("merge", "--quiet", "-m", "update the branch", "main");
  const headSha = repository.git("rev-parse", "HEAD");
  const stale = { ...pullRequest, headSha, baseSha: fork };
  expect(await diffOf(repository.root, { name: "pull_request", pullRequest: stale }).change()).toMatchObject({ base: main });
  // The other way round: the checkout's idea of main is old, the event's is new.
  repository.git("update-ref", "refs/remotes/origin/main", fork);
  expect(await diffOf(repository.root, { name: "pull_request", pullRequest: { ...stale, baseSha: main } }).change()).toMatchObject({
    base: main,
  });
});

test("pull_request_target with the base checked out has nothing to judge, and says so", async () => {
  const { repository, main, pullRequest } = story();
  repository.git("switch", "--quiet", "main");
  const change = await diffOf(repository.root, { name: "pull_request_target", sha: main, ref: "refs/heads/main", pullRequest }).change();
  expect(change).toMatchObject({ base: main, head: main, files: [] });
  expect(change.rule).toContain("nothing to judge");
});

test("pull_request_target with a merge commit of main as the base still has nothing to judge", async () => {
  const { repository, main, pullRequest } = story();
  repository.git("switch", "--quiet", "main");
  repository.git("merge", "--quiet", "--no-ff", "-m", "another pull request", "feature");
  const tip = repository.git("rev-parse", "HEAD");
  repository.git("update-ref", "refs/remotes/origin/main", tip);
  const other = { ...pullRequest, headSha: "2".repeat(40), baseSha: main };
  const change = await diffOf(repository.root, {
    name: "pull_request_target",
    sha: tip,
    ref: "refs/heads/main",
    pullRequest: other,
  }).change();
  expect(change).toMatchObject({ base: tip, files: [] });
});

test("pull_request_target with the head or the merge commit checked out works like pull_request", async () => {
  const { repository, fork, main, head, merge, pullRequest } = story();
  const event = { name: "pull_request_target", sha: main, ref: "refs/heads/main", pullRequest };
  expect(await diffOf(repository.root, event).change()).toMatchObject({ base: main, head: merge });
  repository.git("switch", "--quiet", "--detach", head);
  expect(await diffOf(repository.root, event).change()).toMatchObject({ base: fork, head });
});

test("merge_group compares with the merge base of its base", async () => {
  const { repository, main, merge } = story();
  const event = {
    name: "merge_group",
    sha: merge,
    ref: "refs/heads/gh-readonly-queue/main/pr-7",
    mergeGroup: { baseSha: main, headSha: merge },
  };
  expect(await diffOf(repository.root, event).change()).toMatchObject({
    base: main,
    rule: "merge base of the merge group's base and HEAD",
  });
});

test("push compares with the commit before it, however many commits it brings", async () => {
  const { repository, fork } = story();
  repository.git("switch", "--quiet", "main");
  const head = repository.commit({ "c.txt": "c\n" });
  const change = await diffOf(repository.root, {
    name: "push",
    ref: "refs/heads/main",
    sha: head,
    before: fork,
    defaultBranch: "main",
  }).change();
  expect(change).toMatchObject({ base: fork, rule: "the commit before this push" });
  expect(change.files.map((file) => file.path)).toEqual(["a.txt", "b.txt", "c.txt"]);
});

test("a forced push compares with the merge base of what was there before", async () => {
  const { repository, fork, head } = story();
  repository.git("switch", "--quiet", "--detach", fork);
  const now = repository.commit({ "c.txt": "c\n" });
  const change = await diffOf(repository.root, { name: "push", ref: "refs/heads/feature", sha: now, before: head, forced: true }).change();
  expect(change).toMatchObject({ base: fork, head: now });
  expect(change.rule).toContain("forced push");
});

test("a push whose commit before is gone, or shares no history, compares with the first parent", async () => {
  const { repository, main } = story();
  repository.git("switch", "--quiet", "main");
  const head = repository.commit({ "c.txt": "c\n" });
  const event = { name: "push", ref: "refs/heads/feature", sha: head, forced: true, repository: "", defaultBranch: "main" };
  const gone = await diffOf(repository.root, { ...event, before: "3".repeat(40) }).change();
  expect(gone).toMatchObject({ base: main });
  expect(gone.rule).toContain("is gone");
  const unrelated = repository.git("commit-tree", "-m", "unrelated", "HEAD^{tree}");
  const replaced = await diffOf(repository.root, { ...event, before: unrelated }).change();
  expect(replaced).toMatchObject({ base: main });
  expect(replaced.rule).toContain("replaced the whole history");
});

test("a new branch compares with the merge base of the default branch, and has nothing to judge without commits of its own", async () => {
  const { repository, fork, main, head } = story();
  repository.git("switch", "--quiet", "feature");
  const event = { name: "push", ref: "refs/heads/feature", defaultBranch: "main" };
  expect(await diffOf(repository.root, { ...event, sha: head }).change()).toMatchObject({
    base: fork,
    rule: "merge base of main and HEAD",
  });
  repository.git("switch", "--quiet", "--detach", main);
  expect(await diffOf(repository.root, { ...event, sha: main }).change()).toMatchObject({ base: main, head: main, files: [] });
});

test("the push that creates the default branch compares with the empty tree", async () => {
  const { repository, main } = story();
  repository.git("switch", "--quiet", "main");
  const event = { name: "push", ref: "refs/heads/main", sha: main, defaultBranch: "main" };
  const change = await diffOf(repository.root, event).change();
  expect(change.base).toBe("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  expect(change.files.map(({ path, status, added }) => [path, status, added])).toEqual([
    ["a.txt", "added", [[1, 11]]],
    ["b.txt", "added", [[1, 1]]],
  ]);
});

test.each(["schedule", "workflow_dispatch", "workflow_run", "release", "deployment_status"])(
  "%s compares with the default branch",
  async (name) => {
    const { repository, fork, main, head } = story();
    repository.git("switch", "--quiet", "main");
    const event = { name, ref: "refs/heads/main", sha: main, defaultBranch: "main" };
    const onMain = await diffOf(repository.root, event).change();
    expect(onMain).toMatchObject({ base: fork, rule: "first parent of HEAD, because HEAD is on main itself" });
    repository.git("switch", "--quiet", "feature");
    const onBranch = await diffOf(repository.root, { ...event, ref: "refs/heads/feature", sha: head }).change();
    expect(onBranch).toMatchObject({ base: fork, rule: "merge base of main and HEAD" });
    repository.git("switch", "--quiet", "--detach", fork);
    const root = await diffOf(repository.root, { ...event, sha: fork }).change();
    expect(root).toMatchObject({
      base: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
      rule: "the empty tree, because HEAD is the first commit",
    });
  },
);

test("a pushed tag compares like a release", async () => {
  const { repository, fork, main } = story();
  repository.git("switch", "--quiet", "--detach", main);
  const change = await diffOf(repository.root, { name: "push", ref: "refs/tags/v1", sha: main, defaultBranch: "main" }).change();
  expect(change).toMatchObject({ base: fork, rule: "first parent of HEAD, because HEAD is on main itself" });
});

test("without a default branch in the event, the clone's own idea of it counts, then main and master", async () => {
  const { repository, fork, head } = story();
  repository.git("switch", "--quiet", "feature");
  const event = { name: "schedule", sha: head, repository: "" };
  expect(await diffOf(repository.root, event).change()).toMatchObject({ base: fork });
  repository.git("branch", "--quiet", "--move", "main", "trunk");
  repository.git("update-ref", "-d", "refs/remotes/origin/main");
  await expect(diffOf(repository.root, event).change()).rejects.toSatisfy(
    (error) => isUserError(error) && error.exitCode === 3 && error.message.includes("fetch-depth: 0"),
  );
  repository.git("update-ref", "refs/remotes/origin/trunk", "trunk");
  repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
  expect(await diffOf(repository.root, event).change()).toMatchObject({ base: fork, rule: "merge base of trunk and HEAD" });
});

test("on a laptop a branch is compared with the default branch, on the default branch with its upstream, else HEAD", async () => {
  const { repository, fork, main, head } = story();
  repository.git("switch", "--quiet", "feature");
  expect(await diffOf(repository.root).change()).toMatchObject({
    base: fork,
    head,
    rule: "merge base of origin/main and HEAD, against the working tree",
  });
  repository.git("switch", "--quiet", "main");
  expect(await diffOf(repository.root).change()).toMatchObject({ base: main, rule: "HEAD, against the working tree", files: [] });
  repository.git("remote", "add", "origin", "https://github.example/owner/name");
  repository.git("branch", "--quiet", "--set-upstream-to", "origin/main");
  const ahead = repository.commit({ "c.txt": "c\n" });
  repository.write("c.txt", "c\nnot committed\n");
  const change = await diffOf(repository.root).change();
  expect(change).toMatchObject({ base: main, head: ahead, rule: "merge base of the upstream of main and HEAD, against the working tree" });
  expect(change.files).toMatchObject([{ path: "c.txt", status: "added", added: [[1, 2]] }]);
});

test("on a laptop without a remote the local main or master counts", async () => {
  const repository = newRepository();
  repository.git("switch", "--quiet", "--orphan", "master");
  const fork = repository.commit({ "a.txt": "a\n" });
  repository.git("switch", "--quiet", "--create", "feature");
  repository.commit({ "b.txt": "b\n" });
  expect(await diffOf(repository.root).change()).toMatchObject({
    base: fork,
    rule: "merge base of master and HEAD, against the working tree",
  });
  repository.git("branch", "--quiet", "--move", "master", "something");
  expect(await diffOf(repository.root).change()).toMatchObject({ rule: "HEAD, against the working tree" });
});
