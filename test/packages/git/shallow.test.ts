import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openExec } from "../../../packages/frame/adapters/exec.ts";
import { isUserError } from "../../../packages/frame/errors.ts";
import type { Event } from "../../../packages/frame/event.ts";
import { openFetcher } from "../../../packages/git/fetch.ts";
import { openRepository } from "../../../packages/git/repository.ts";
import { diffOf, lines, plainEvent, type Sandbox, sandboxAt, temporaryFolder } from "./sandbox.ts";
import { startGitServer, startSilentServer } from "./server.ts";

const token = "s3cret-canary-token";

interface World {
  readonly origin: Sandbox;
  readonly folder: string;
  readonly server: Awaited<ReturnType<typeof startGitServer>>;
}

/** `owner/name` behind a server that wants the token. */
async function world(): Promise<World> {
  const folder = temporaryFolder();
  const server = await startGitServer(folder, token);
  const outer = sandboxAt(folder);
  outer.git("init", "--quiet", "--initial-branch=main", "owner/name");
  const origin = sandboxAt(join(folder, "owner/name"));
  origin.git("config", "uploadpack.allowFilter", "true");
  return { origin, folder, server };
}

/** What actions/checkout leaves behind: one commit at some depth, `origin`, no credentials. */
function checkout({ origin, server }: World, commit: string, ref: string, ...options: string[]): Sandbox {
  const clone = sandboxAt(temporaryFolder());
  clone.git("init", "--quiet", "--initial-branch=work");
  clone.git("remote", "add", "origin", `file://${origin.root}`);
  clone.git("fetch", "--quiet", "--no-tags", ...options, "origin", `+${commit}:${ref}`);
  clone.git("checkout", "--quiet", "--detach", ref);
  clone.git("remote", "set-url", "origin", `${server.url}/owner/name`);
  return clone;
}

/** A pull request: main and the branch both have `commits` commits since they parted; refs/pull/7/merge as GitHub has it. */
function pullRequest({ origin }: World, commits: number) {
  const fork = origin.commit({ "a.txt": lines(10), "b.txt": lines(10) });
  origin.git("switch", "--quiet", "--create", "feature");
  for (let count = 1; count < commits; count += 1) origin.git("commit", "--quiet", "--allow-empty", "-m", "mine");
  const headSha = origin.commit({ "a.txt": lines(10).replace("line 8\n", "mine\n") });
  origin.git("switch", "--quiet", "main");
  for (let count = 1; count < commits; count += 1) origin.git("commit", "--quiet", "--allow-empty", "-m", "more");
  const baseSha = origin.commit({ "a.txt": `above\n${lines(10)}` });
  origin.git("switch", "--quiet", "--detach", "main");
  origin.git("merge", "--quiet", "--no-ff", "-m", "merge", "feature");
  const merge = origin.git("rev-parse", "HEAD");
  origin.git("update-ref", "refs/pull/7/merge", merge);
  origin.git("switch", "--quiet", "main");
  return { fork, merge, pull: { number: 7, headSha, baseSha, baseRef: "main", fork: false } };
}

function eventOf({ server }: World, given: Partial<Event>): Partial<Event> {
  return { name: "pull_request", repository: "owner/name", serverUrl: server.url, defaultBranch: "main", ...given };
}

function everyFile(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

test("a merge commit at depth 1 gets its parents with the token, which is on no command line and in no file", async () => {
  const here = await world();
  const { merge, pull } = pullRequest(here, 3);
  const clone = checkout(here, merge, "refs/remotes/pull/7/merge", "--depth=1");
  const diff = diffOf(clone.root, eventOf(here, { sha: merge, ref: "refs/pull/7/merge", pullRequest: pull }), { token });
  const change = await diff.change();
  expect(change).toMatchObject({ base: pull.baseSha, head: merge, files: [{ path: "a.txt", added: [[9, 9]] }] });
  expect(await diff.toHead("a.txt", 9)).toBe(8);
  const credential = Buffer.from(`x-access-token:${token}`).toString("base64");
  expect(here.server.credentials).not.toEqual([]);
  expect(here.server.credentials.every((given) => given.endsWith(credential))).toBe(true);
  expect(diff.heard.secrets).toContain(credential);
  const words = diff.heard.commands.flatMap(({ args }) => args).join("\n") + diff.heard.lines.join("\n");
  for (const secret of [token, credential]) {
    expect(words).not.toContain(secret);
    expect(everyFile(clone.root).filter((path) => readFileSync(path).includes(secret))).toEqual([]);
  }
});

test("depth 2 is enough for a merge commit, without any server", async () => {
  const here = await world();
  const { merge, pull } = pullRequest(here, 3);
  const clone = checkout(here, merge, "refs/remotes/pull/7/merge", "--depth=2");
  const diff = diffOf(clone.root, eventOf(here, { sha: merge, ref: "refs/pull/7/merge", pullRequest: pull }));
  expect(await diff.change()).toMatchObject({ base: pull.baseSha, files: [{ path: "a.txt", added: [[9, 9]] }] });
  expect(await diff.toHead("a.txt", 9)).toBe(8);
  expect(here.server.credentials).toEqual([]);
});

test.each([
  ["no token", undefined],
  ["a wrong token", "wrong"],
])("with %s the message names fetch-depth", async (_, given) => {
  const here = await world();
  const { merge, pull } = pullRequest(here, 1);
  const clone = checkout(here, merge, "refs/remotes/pull/7/merge", "--depth=1");
  const event = eventOf(here, { sha: merge, ref: "refs/pull/7/merge", pullRequest: pull });
  await expect(diffOf(clone.root, event, given === undefined ? {} : { token: given }).change()).rejects.toSatisfy(
    (error) =>
      isUserError(error) && error.exitCode === 3 && error.message.includes("fetch-depth: 0") && error.message.includes("fetch-depth: 2"),
  );
});

test("a server that is away is told with the same advice", async () => {
  const here = await world();
  const { merge, pull } = pullRequest(here, 1);
  const clone = checkout(here, merge, "refs/remotes/pull/7/merge", "--depth=1");
  clone.git("remote", "set-url", "origin", "http://127.0.0.1:9/owner/name");
  const event = eventOf(here, { serverUrl: "http://127.0.0.1:9", sha: merge, pullRequest: pull });
  await expect(diffOf(clone.root, event, { token }).change()).rejects.toThrow("fetch-depth: 0");
});

test("credentials that the checkout left behind make no second header, and serve where the token does not", async () => {
  const here = await world();
  const { merge, pull } = pullRequest(here, 1);
  const event = eventOf(here, { sha: merge, pullRequest: pull });
  const header = (value: string): string => `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${value}`).toString("base64")}`;
  const stale = checkout(here, merge, "refs/remotes/pull/7/merge", "--depth=1");
  stale.git("config", `http.${here.server.url}/.extraheader`, header("stale"));
  expect(await diffOf(stale.root, event, { token }).change()).toMatchObject({ base: pull.baseSha });
  expect(here.server.credentials.filter((given) => given.includes("+"))).toEqual([]);
  const good = checkout(here, merge, "refs/remotes/pull/7/merge", "--depth=1");
  good.git("config", `http.${here.server.url}/.extraheader`, header(token));
  expect(await diffOf(good.root, event, { token: "of-no-use-here" }).change()).toMatchObject({ base: pull.baseSha });
});

test("the token goes to the event's server only", async () => {
  const here = await world();
  const { merge, pull } = pullRequest(here, 1);
  const clone = checkout(here, merge, "refs/remotes/pull/7/merge", "--depth=1");
  const event = eventOf(here, { serverUrl: "https://github.example", sha: merge, pullRequest: pull });
  await expect(diffOf(clone.root, event, { token }).change()).rejects.toThrow("fetch-depth: 0");
  expect(here.server.credentials.length).toBeGreaterThan(0);
  expect(here.server.credentials.every((given) => given === "")).toBe(true);
});

test("a head at depth 1 is deepened until the merge base is found, though the base branch is not in the clone", async () => {
  const here = await world();
  const { fork, pull } = pullRequest(here, 70);
  const clone = checkout(here, pull.headSha, "refs/remotes/pull/7/head", "--depth=1");
  const diff = diffOf(clone.root, eventOf(here, { sha: "1".repeat(40), pullRequest: pull }), { token });
  expect(await diff.change()).toMatchObject({
    base: fork,
    rule: "merge base of main and HEAD",
    files: [{ path: "a.txt", added: [[8, 8]] }],
  });
  expect(clone.git("for-each-ref", "refs/forge")).toBe("");
});

test("in a shallow clone an ancestor is not taken for the merge base while a better one may be cut off", async () => {
  const here = await world();
  const { origin } = here;
  const root = origin.commit({ "a.txt": "1\n" });
  origin.git("switch", "--quiet", "--create", "short");
  origin.commit({ "short.txt": "1\n" });
  origin.git("switch", "--quiet", "main");
  const better = origin.commit({ "better.txt": "1\n" });
  for (let count = 0; count < 60; count += 1) origin.git("commit", "--quiet", "--allow-empty", "-m", "more");
  // The way over `short` leads from the tip to the root in two steps, the way to the better ancestor is long.
  origin.git("merge", "--quiet", "--no-ff", "-m", "merge", "short");
  origin.git("switch", "--quiet", "--create", "feature", root);
  origin.git("merge", "--quiet", "--no-ff", "-m", "merge", better);
  const headSha = origin.commit({ "mine.txt": "1\n" });
  const baseSha = origin.git("rev-parse", "main");
  const clone = checkout(here, headSha, "refs/remotes/pull/7/head", "--depth=4");
  clone.git("fetch", "--quiet", "--depth=4", `file://${origin.root}`, "+main:refs/remotes/origin/main");
  expect(clone.git("merge-base", "HEAD", "origin/main")).toBe(root);
  const pull = { number: 7, headSha, baseSha, baseRef: "main", fork: false };
  const change = await diffOf(clone.root, eventOf(here, { sha: "1".repeat(40), pullRequest: pull }), { token }).change();
  expect(change).toMatchObject({ base: better, files: [{ path: "mine.txt" }] });
});

test("push, merge group, schedule and a given base at depth 1", async () => {
  const here = await world();
  const { fork, merge, pull } = pullRequest(here, 3);
  const main = pull.baseSha;
  const clone = (): string => checkout(here, main, "refs/remotes/origin/main", "--depth=1").root;
  const event = eventOf(here, { name: "push", sha: main, ref: "refs/heads/main" });
  expect(await diffOf(clone(), { ...event, before: fork }, { token }).change()).toMatchObject({ base: fork, files: [{ path: "a.txt" }] });
  expect(await diffOf(clone(), { ...event, before: pull.headSha, forced: true }, { token }).change()).toMatchObject({ base: fork });
  const gone = await diffOf(clone(), { ...event, before: "4".repeat(40), forced: true }, { token }).change();
  expect(gone.base).toBe(here.origin.git("rev-parse", "main^1"));
  expect(await diffOf(clone(), { ...event, name: "schedule" }, { token }).change()).toMatchObject({ base: gone.base });
  expect(await diffOf(clone(), { ...event, name: "schedule" }, { token }).change("feature")).toMatchObject({ base: fork });
  expect(await diffOf(clone(), { ...event, name: "schedule" }, { token }).change(fork)).toMatchObject({ base: fork });
  const group = checkout(here, merge, "refs/remotes/origin/queue", "--depth=1");
  const queued = eventOf(here, { name: "merge_group", sha: merge, mergeGroup: { baseSha: main, headSha: merge } });
  expect(await diffOf(group.root, queued, { token }).change()).toMatchObject({ base: main });
});

test("ancestors and contents beyond a shallow checkout are fetched", async () => {
  const here = await world();
  const { fork, pull } = pullRequest(here, 5);
  const clone = checkout(here, pull.baseSha, "refs/remotes/origin/main", "--depth=1");
  const diff = diffOf(clone.root, eventOf(here, { name: "push", sha: pull.baseSha, ref: "refs/heads/main" }), { token });
  const expected = here.origin.git("rev-list", "--first-parent", "main").split("\n");
  expect(await diff.ancestors(pull.baseSha, 4)).toEqual(expected.slice(0, 4));
  expect(await diff.ancestors(pull.baseSha, 50)).toEqual(expected);
  expect(await diff.ancestors("5".repeat(40), 50)).toEqual([]);
  const other = checkout(here, pull.baseSha, "refs/remotes/origin/main", "--depth=1");
  const contents = diffOf(other.root, eventOf(here, { name: "push", sha: pull.baseSha }), { token });
  expect(Buffer.from((await contents.show(fork, "a.txt")) ?? []).toString()).toBe(lines(10));
  expect(await contents.show(fork, "no-such-file")).toBeUndefined();
  await expect(contents.show("6".repeat(40), "a.txt")).rejects.toThrow("not in this checkout");
  // Where nothing can be fetched, what is here is what there is.
  const alone = checkout(here, pull.baseSha, "refs/remotes/origin/main", "--depth=2");
  expect(await diffOf(alone.root, eventOf(here, { name: "push", sha: pull.baseSha })).ancestors(pull.baseSha, 50)).toEqual(
    expected.slice(0, 2),
  );
});

test("a partial clone fetches what it lacks with the token", async () => {
  const here = await world();
  const { fork, pull } = pullRequest(here, 2);
  const clone = checkout(here, pull.headSha, "refs/remotes/pull/7/head", "--filter=blob:none");
  clone.git("remote", "set-url", "origin", `${here.server.url}/owner/name`);
  const diff = diffOf(clone.root, eventOf(here, { sha: "1".repeat(40), pullRequest: pull }), { token });
  expect(await diff.change()).toMatchObject({ base: fork, files: [{ path: "a.txt", added: [[8, 8]] }] });
  expect(Buffer.from((await diff.show(fork, "b.txt")) ?? []).toString()).toBe(lines(10));
});

test("on a laptop nothing is fetched; the message says what to do", async () => {
  const here = await world();
  const { pull } = pullRequest(here, 3);
  const clone = checkout(here, pull.headSha, "refs/remotes/origin/feature", "--depth=1");
  clone.git("fetch", "--quiet", "--depth=1", `file://${here.origin.root}`, "+main:refs/remotes/origin/main");
  await expect(diffOf(clone.root, eventOf(here, { name: "local" }), { token }).change()).rejects.toSatisfy(
    (error) => isUserError(error) && error.exitCode === 3 && error.message.includes("git fetch --unshallow"),
  );
  expect(here.server.credentials).toEqual([]);
});

test("a server that does not answer costs the budget and not more", async () => {
  const here = await world();
  const { merge } = pullRequest(here, 1);
  const clone = checkout(here, merge, "refs/remotes/pull/7/merge", "--depth=1");
  const url = await startSilentServer();
  clone.git("remote", "set-url", "origin", `${url}/owner/name`);
  const repository = await openRepository(openExec(), clone.root, process.env, true);
  if (repository === undefined) throw new Error("no repository");
  const log = { debug() {}, info() {}, notice() {}, warning() {}, secret() {} };
  const event = { ...plainEvent, serverUrl: url };
  const fetcher = openFetcher({ repository, event, token, log, allowed: true, budget: 300 });
  expect(await fetcher.fetch([{ commit: merge }], 2)).toContain("did not end within");
  expect(await fetcher.fetch([{ commit: merge }], 2)).toContain("time for fetching was used up");
});

test("without origin the event's own repository is asked, and over ssh the token opens it as well", async () => {
  const here = await world();
  const { merge, pull } = pullRequest(here, 1);
  const event = eventOf(here, { sha: merge, pullRequest: pull });
  const none = checkout(here, merge, "refs/remotes/pull/7/merge", "--depth=1");
  none.git("remote", "remove", "origin");
  expect(await diffOf(none.root, event, { token }).change()).toMatchObject({ base: pull.baseSha });
  const ssh = checkout(here, merge, "refs/remotes/pull/7/merge", "--depth=1");
  ssh.git("remote", "set-url", "origin", "git@127.0.0.1:owner/name.git");
  expect(await diffOf(ssh.root, event, { token }).change()).toMatchObject({ base: pull.baseSha });
});
