import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { operationsOf } from "../../fake-github/routes/operations.ts";
import { startFakeGitHub } from "../../fake-github/server.ts";
import { startGitServer } from "../../packages/git/server.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { commitAll, git, writeFiles } from "../repository.ts";
import { play, told } from "./world.ts";

afterAll(cleanUp);

interface Hosted {
  readonly clone: string;
  readonly bare: string;
  release(version: string, files: Readonly<Record<string, string>>): string;
  run(inputs: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>): ReturnType<typeof play>;
}

/** A clone of a repository on a real git server that wants a token; `v1` moves with every release. */
async function hosted(): Promise<Hosted> {
  const folder = temporaryFolder();
  const bare = join(folder, "octo", "app");
  git(folder, "init", "--quiet", "--bare", bare);
  git(bare, "config", "http.receivepack", "true");
  const clone = join(folder, "clone");
  writeFiles(clone, { "README.md": "# App\n", ".gitignore": ".forge/\n" });
  commitAll(clone, "first");
  const server = await startGitServer(folder, "a-token");
  git(clone, "remote", "add", "origin", `${server.url}/octo/app`);
  git(clone, "push", "--quiet", bare, "HEAD:refs/heads/main");
  return {
    clone,
    bare,
    release(version, files) {
      writeFiles(clone, files);
      const commit = commitAll(clone, version);
      git(clone, "tag", "--annotate", "--message", version, version);
      git(clone, "push", "--quiet", bare, version, "HEAD:refs/heads/main", "+HEAD:refs/tags/v1");
      return commit;
    },
    run: (inputs, env = {}) => {
      const given = { provider: "git-tag", settings: "{tag: v1, releases: 'v1.*'}", backend: "file", token: "a-token", ...inputs };
      return play(clone, given, { env: { GITHUB_SERVER_URL: server.url, ...env } });
    },
  };
}

it("moves a tag back on a real server, once of two at once", async () => {
  const here = await hosted();
  const good = here.release("v1.0.0", { "a.txt": "1" });
  await here.run({ verdict: "pass", deployment: "1" });
  here.release("v1.1.0", { "a.txt": "2" });
  const runs = await Promise.all([1, 2].map(() => here.run({ verdict: "fail", deployment: "2" })));
  expect(runs.map(({ outputs }) => outputs["decision"]).sort(), runs[0]?.log).toEqual(["already-rolled-back", "rolled-back"]);
  expect(git(here.bare, "rev-parse", "refs/tags/v1^{commit}")).toBe(good);
  expect(runs[0]?.outputs["to"]).toBe("v1.0.0");
});

it("refuses without the right to push, and where a script was first it does nothing", async () => {
  const here = await hosted();
  here.release("v1.0.0", { "a.txt": "1" });
  await here.run({ verdict: "pass", deployment: "1" });
  here.release("v1.1.0", { "a.txt": "2" });
  git(here.bare, "config", "http.receivepack", "false");
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toContain("refused credentials-missing");
  git(here.bare, "config", "http.receivepack", "true");
  git(here.bare, "update-ref", "refs/tags/v1", git(here.bare, "rev-parse", "v1.0.0^{commit}"));
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toContain("0 pass already-rolled-back");
});

it("never goes to a good release whose tag was moved since, and knows releases by the pattern only", async () => {
  const here = await hosted();
  const good = here.release("v1.0.0", { "a.txt": "1" });
  await here.run({ verdict: "pass", deployment: "1" });
  git(here.clone, "push", "--quiet", here.bare, `${good}:refs/tags/very-stable`);
  const other = here.release("v1.1.0", { "a.txt": "2" });
  git(here.bare, "update-ref", "refs/tags/v1.0.0", other);
  const run = await here.run({ verdict: "fail", deployment: "2", to: "v1.0.0" });
  expect(told(run), run.log).toContain("1 fail refused artifact-missing");
  expect(git(here.bare, "rev-parse", "refs/tags/v1^{commit}")).toBe(other);
  git(here.bare, "update-ref", "refs/tags/v1.0.0", good);
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toBe("0 pass rolled-back v1.1.0→v1.0.0");
});

it.each([
  ["expand", "ALTER TABLE users ADD COLUMN nick text;", "0 pass rolled-back v1.1.0→v1.0.0"],
  ["contract", "ALTER TABLE users DROP COLUMN name;", "1 fail refused migration v1.1.0→v1.0.0"],
  ["unknown", "DO $$ BEGIN PERFORM 1; END $$;", "1 fail refused migration v1.1.0→v1.0.0"],
])("a migration that is %s", async (kind, sql, expected) => {
  const here = await hosted();
  here.release("v1.0.0", { "db/1.sql": "CREATE TABLE users (id int, name text);" });
  await here.run({ verdict: "pass", deployment: "1" });
  here.release("v1.1.0", { "db/2.sql": sql });
  const run = await here.run({ verdict: "fail", deployment: "2", migrations: "db/*.sql" });
  expect(told(run), run.log).toBe(expected);
  expect(run.report?.data["migrations"]).toMatchObject([{ path: "db/2.sql", class: kind }]);
});

it("git-revert opens one pull request with the good content, and never pushes to the branch", async () => {
  const here = await hosted();
  const fake = await startFakeGitHub();
  const made = fake.state.addRepository("octo/app");
  fake.state.addActionsToken("a-token", made, { pull_requests: "write", contents: "write" });
  const inputs = { provider: "git-revert", settings: "{branch: main}" };
  const env = { GITHUB_API_URL: fake.url };
  const good = here.release("v1.0.0", { "a.txt": "good" });
  await here.run({ ...inputs, operation: "mark-good", to: "v1.0.0" }, env);
  const bad = here.release("v1.1.0", { "a.txt": "bad", "b.txt": "new" });
  const first = await here.run({ ...inputs, verdict: "fail", deployment: "2" }, env);
  expect([first.exitCode, first.outputs["verdict"], first.outputs["decision"], first.outputs["to"]], first.log).toEqual([
    0,
    "neutral",
    "planned",
    good,
  ]);
  expect(told(await here.run({ ...inputs, verdict: "fail", deployment: "2" }, env))).toContain("0 neutral planned");
  const proposals = operationsOf(made).proposals;
  expect(proposals).toMatchObject([{ base: "main" }]);
  expect(git(here.bare, "rev-parse", `refs/heads/${proposals[0]?.head ?? ""}^{tree}`)).toBe(git(here.bare, "rev-parse", `${good}^{tree}`));
  expect(git(here.bare, "rev-parse", "refs/heads/main")).toBe(bad);
  await fake.close();
});

it("a shallow clone gets what it needs, for the tag and for the migrations", async () => {
  const here = await hosted();
  const good = here.release("v1.0.0", { "db/1.sql": "CREATE TABLE users (id int, name text);" });
  await here.run({ verdict: "pass", deployment: "1" });
  here.release("v1.1.0", { "db/2.sql": "ALTER TABLE users ADD COLUMN nick text;" });
  here.release("v1.2.0", { "db/3.sql": "CREATE INDEX users_name ON users (name);" });
  const shallow = temporaryFolder();
  git(shallow, "clone", "--quiet", "--depth=1", "--no-tags", `file://${here.bare}`, "clone");
  const clone = join(shallow, "clone");
  git(clone, "remote", "set-url", "origin", git(here.clone, "remote", "get-url", "origin"));
  cpSync(join(here.clone, ".forge"), join(clone, ".forge"), { recursive: true });
  const server = new URL(git(clone, "remote", "get-url", "origin")).origin;
  const inputs = {
    provider: "git-tag",
    settings: "{tag: v1, releases: 'v1.*'}",
    backend: "file",
    token: "a-token",
    migrations: "db/*.sql",
  };
  const run = await play(clone, { ...inputs, verdict: "fail", deployment: "3" }, { env: { GITHUB_SERVER_URL: server } });
  expect(told(run), run.log).toBe("0 pass rolled-back v1.2.0→v1.0.0");
  expect(run.report?.data["migrations"]).toMatchObject([
    { path: "db/2.sql", class: "expand" },
    { path: "db/3.sql", class: "expand" },
  ]);
  expect(git(here.bare, "rev-parse", "refs/tags/v1^{commit}")).toBe(good);
});
