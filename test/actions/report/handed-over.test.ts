import { expect, it } from "vitest";
import { openDeflate } from "../../../actions/report/adapters/deflate.ts";
import { pullFacts, runFacts } from "../../../actions/report/adapters/facts.ts";
import { takeOver } from "../../../actions/report/src/handed-over.ts";
import type { GitHub } from "../../../actions/report/src/model.ts";
import { memoryHost } from "../../../packages/frame/adapters/memory.ts";
import { archive } from "../../bundles/report/archive.ts";
import { jsonOf } from "./sample.ts";

const sha = "b".repeat(40);
const packed = archive([
  { name: "forge.json", content: JSON.stringify({ schema: "forge-artifact/1", pull_request: 7, head_sha: sha }) },
  { name: "coverage-gate.json", content: jsonOf() },
]);

/** A GitHub that answers with this about the run and the pull request. */
function github(run: object, pull: object): GitHub {
  const unused = async (): Promise<never> => {
    throw new Error("not asked for");
  };
  return {
    run: async () => runFacts({ id: 1, event: "pull_request", status: "completed", conclusion: "failure", head_sha: sha, ...run }),
    artifacts: async () => [{ id: 2, name: "forge-report", size: packed.length, expired: false }],
    download: async () => packed,
    pull: async () => pullFacts({ number: 7, ...pull }),
    pullsFrom: unused,
    commits: async () => [],
    comment: unused,
    post: unused,
    check: unused,
  };
}

const take = (run: object, pull: object) => takeOver(1, { key: "report", id: "" }, github(run, pull), openDeflate(), memoryHost().event);

const home = (name: string) => ({ full_name: name });

it.each([
  ["the same fork", { head_repository: home("stranger/app") }, { head: { sha, repo: home("Stranger/App") } }],
  ["a fork that is gone on both sides", { head_repository: null }, { head: { sha, repo: null } }],
  ["a server that does not say", {}, { head: { sha } }],
])("the number is right: %s", async (_, run, pull) => {
  expect(await take(run, pull)).toMatchObject({ pull: 7, headSha: sha, run: "1.1" });
});

it.each([
  ["another commit", { head_repository: home("stranger/app") }, { head: { sha: "c".repeat(40), repo: home("stranger/app") } }],
  ["another fork", { head_repository: home("stranger/app") }, { head: { sha, repo: home("victim/app") } }],
  ["a run whose fork is gone", { head_repository: null }, { head: { sha, repo: home("victim/app") } }],
  ["a pull request whose fork is gone", { head_repository: home("stranger/app") }, { head: { sha, repo: null } }],
  ["a pull request without a head", { head_repository: home("stranger/app") }, {}],
])("the number is refused: %s", async (_, run, pull) => {
  await expect(take(run, pull)).rejects.toMatchObject({ name: "UserError", exitCode: 2 });
});

it("pull requests of other repositories in a run's list are not this repository's", () => {
  const end = (repository: string) => ({ base: { repo: { url: `https://api.github.com/repos/${repository}` } } });
  const run = {
    id: 1,
    head_sha: sha,
    repository: home("octo/app"),
    pull_requests: [
      { number: 3, ...end("stranger/app") },
      { number: 7, ...end("octo/app") },
    ],
  };
  expect(runFacts(run)?.pulls).toEqual([7]);
});
