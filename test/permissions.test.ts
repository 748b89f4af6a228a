/** What every action may ask for: with what its README grants, and no more, its comment and its memory work. The folders are the list. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Manifest } from "../packages/frame/manifest.ts";
import { documentedPermissions } from "../scripts/check/permissions.ts";
import { proposed, pushed } from "./bundles/events.ts";
import { cleanUp, root, runBundle, temporaryFolder } from "./bundles/harness.ts";
import { commitAll, git } from "./bundles/repository.ts";
import { type FakeGitHub, startFakeGitHub } from "./fake-github/server.ts";
import type { Permissions, Repository } from "./fake-github/state.ts";

interface Conformance {
  prepare(folder: string): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
}

const names = readdirSync(join(root, "actions")).sort();
const token = "ghs_documented";
let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
beforeEach(() => fake.reset());
afterEach(() => fake.verify());
afterAll(async () => {
  await fake.close();
  cleanUp();
});

async function load(name: string): Promise<{ manifest: Manifest; conformance: Conformance }> {
  const module = async (...path: string[]): Promise<unknown> =>
    ((await import(pathToFileURL(join(root, ...path)).href)) as { default: unknown }).default;
  return {
    manifest: (await module("actions", name, "src", "manifest.ts")) as Manifest,
    conformance: (await module("test", "actions", name, "conformance.ts")) as Conformance,
  };
}

/** A repository at the fake whose token holds exactly what the README grants. */
function repositoryFor(name: string): Repository {
  const made = fake.state.addRepository("octo/app");
  made.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addPullRequest(made, { number: 7 });
  const granted = [...documentedPermissions(root, name)].map(([permission, access]) => [permission.replaceAll("-", "_"), access]);
  fake.state.addActionsToken(token, made, Object.fromEntries(granted) as Permissions);
  return made;
}

async function workspaceOf({
  conformance,
}: {
  conformance: Conformance;
}): Promise<{ folder: string; inputs: Record<string, string>; head: string }> {
  const folder = temporaryFolder();
  const inputs = { ...(await conformance.prepare(folder)), token };
  const isRepository = readdirSync(folder).includes(".git");
  return { folder, inputs, head: isRepository ? git(folder, "rev-parse", "HEAD") : commitAll(folder, "first") };
}

describe.each(names)("%s", async (name) => {
  const action = await load(name);

  it("documents what its job grants", () => {
    const documented = documentedPermissions(root, name);
    expect([...documented.keys()]).not.toEqual([]);
    expect(documented.has("pull-requests")).toBe("comment" in action.manifest.inputs);
  });

  it.runIf("comment" in action.manifest.inputs)("posts one comment", async () => {
    const made = repositoryFor(name);
    const { folder, inputs, head } = await workspaceOf(action);
    const happening = proposed({ base: head, head, tested: head });
    const env = { ...happening.env, GITHUB_API_URL: fake.url };
    const run = await runBundle(name, { workspace: folder, ...happening, env, inputs: { ...inputs, comment: "true" } });
    expect(
      made.comments.map(({ issue }) => issue),
      run.log,
    ).toEqual([7]);
  });

  it.runIf("baseline" in action.manifest.inputs && "baseline-branches" in action.manifest.inputs)(
    "keeps its memory on a branch",
    async () => {
      const made = repositoryFor(name);
      const { folder, inputs, head } = await workspaceOf(action);
      const happening = pushed(head);
      const env = { ...happening.env, GITHUB_API_URL: fake.url };
      const extra = "save-state" in action.manifest.inputs ? { "save-state": "true" } : {};
      const run = await runBundle(name, { workspace: folder, ...happening, env, inputs: { ...inputs, ...extra, baseline: "branch" } });
      expect(made.git.refs.has("refs/heads/forge-data"), run.log).toBe(true);
    },
  );
});
